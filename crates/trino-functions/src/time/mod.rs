//! Functions of instants and dates.
//!
//! An instant is a `Timestamp(Millisecond)`. Its zone, if any, is that of the column's type: fields,
//! days and longer units go by it. A text's own offset gives the instant and is not kept.

mod arithmetic;
mod civil;
mod fields;
mod iso;
mod joda;
mod mysql;
mod pattern;

use crate::function::{Call, Definition, Kind, Returns, utc};
use civil::{DAY, Local, Zone, days_in_month, offset_text};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, Date32Array, Float64Array, StringArray, StringBuilder,
    TimestampMillisecondArray, TimestampMillisecondBuilder,
};
use datafusion::arrow::datatypes::{DataType, Date32Type, Int64Type, TimeUnit};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use pattern::Item;
use std::sync::Arc;

/// Formats and parses of these functions.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["from_iso8601_timestamp"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(utc),
        body: from_iso8601_timestamp,
    },
    Definition {
        names: &["from_iso8601_date"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Date32),
        body: from_iso8601_date,
    },
    Definition {
        names: &["date"],
        forms: &[&[Kind::Text], &[Kind::Moment]],
        returns: Returns::Is(|| DataType::Date32),
        body: date,
    },
    Definition {
        names: &["last_day_of_month"],
        forms: &[&[Kind::Instant]],
        returns: Returns::Is(|| DataType::Date32),
        body: last_day_of_month,
    },
    Definition {
        names: &["to_iso8601"],
        forms: &[&[Kind::Moment]],
        returns: Returns::Is(|| DataType::Utf8),
        body: to_iso8601,
    },
    Definition {
        names: &["from_unixtime"],
        forms: &[&[Kind::Long], &[Kind::Double], &[Kind::Long, Kind::Text], &[Kind::Double, Kind::Text]],
        returns: Returns::From(|given, constants| match given.len() {
            1 => Ok(utc()),
            _ => in_zone(constants, 1),
        }),
        body: from_unixtime,
    },
    Definition {
        names: &["to_unixtime"],
        forms: &[&[Kind::Instant]],
        returns: Returns::Is(|| DataType::Float64),
        body: to_unixtime,
    },
    Definition {
        names: &["at_timezone"],
        forms: &[&[Kind::Instant, Kind::Text]],
        returns: Returns::From(|_, constants| in_zone(constants, 1)),
        body: at_timezone,
    },
    Definition {
        names: &["with_timezone"],
        forms: &[&[Kind::Instant, Kind::Text]],
        returns: Returns::From(|_, constants| in_zone(constants, 1)),
        body: with_timezone,
    },
    Definition {
        names: &["current_timezone"],
        forms: &[&[]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| Ok(Arc::new(StringArray::from(vec!["UTC"; call.rows]))),
    },
    Definition {
        names: &["format_datetime"],
        forms: &[&[Kind::Instant, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| format(call, joda::compile),
    },
    Definition {
        names: &["date_format"],
        forms: &[&[Kind::Instant, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| format(call, mysql::compile),
    },
    Definition {
        names: &["parse_datetime"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(utc),
        body: |call| parse(call, joda::compile),
    },
    Definition {
        names: &["date_parse"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Timestamp(TimeUnit::Millisecond, None)),
        body: |call| parse(call, mysql::compile),
    },
    arithmetic::DATE_ADD,
    arithmetic::DATE_DIFF,
    fields::YEAR,
    fields::QUARTER,
    fields::MONTH,
    fields::WEEK,
    fields::DAY,
    fields::DAY_OF_WEEK,
    fields::DAY_OF_YEAR,
    fields::YEAR_OF_WEEK,
    fields::HOUR,
    fields::MINUTE,
    fields::SECOND,
    fields::MILLISECOND,
    fields::TIMEZONE_HOUR,
    fields::TIMEZONE_MINUTE,
];

/// The type of an instant in the zone that a constant argument names.
fn in_zone(constants: &[Option<&ScalarValue>], index: usize) -> Result<DataType> {
    let Some(Some(name)) = constants.get(index) else {
        return plan_err!("the time zone must be a constant text");
    };
    match name.try_as_str().flatten() {
        None => Ok(utc()),
        Some(name) => {
            Zone::named(name)?;
            Ok(DataType::Timestamp(TimeUnit::Millisecond, Some(name.into())))
        }
    }
}

/// Gives an array of instants the type that the call returns.
fn typed(call: &Call<'_>, instants: TimestampMillisecondArray) -> ArrayRef {
    Arc::new(instants.with_data_type(call.returns.clone()))
}

/// Calls a text to instant function for every row.
fn instants(
    call: &Call<'_>,
    mut parse: impl FnMut(&str, usize) -> Result<Option<i64>>,
) -> Result<TimestampMillisecondArray> {
    let text = call.text(0)?;
    let mut out = TimestampMillisecondBuilder::with_capacity(call.rows);
    for row in 0..call.rows {
        match text.get(row) {
            Some(text) => out.append_option(parse(text, row)?),
            None => out.append_null(),
        }
    }
    Ok(out.finish())
}

fn from_iso8601_timestamp(call: &Call<'_>) -> Result<ArrayRef> {
    let parsed = instants(call, |text, _| iso::parse(text).map(Some).map_err(|error| call.error(error)))?;
    Ok(typed(call, parsed))
}

fn from_iso8601_date(call: &Call<'_>) -> Result<ArrayRef> {
    let text = call.text(0)?;
    let dates: Date32Array = (0..call.rows)
        .map(|row| text.get(row).map(|text| iso::date(text).map(|days| days as i32)).transpose())
        .collect::<std::result::Result<_, _>>()
        .map_err(|error| call.error(error))?;
    Ok(Arc::new(dates))
}

fn date(call: &Call<'_>) -> Result<ArrayRef> {
    match call.type_of(0) {
        DataType::Date32 => call.array(0),
        given @ DataType::Timestamp(..) => {
            let zone = Zone::of(&given)?;
            let dates: Date32Array =
                call.instant(0)?.unary(|instant| zone.local(instant).div_euclid(DAY) as i32);
            Ok(Arc::new(dates))
        }
        _ => from_iso8601_date(call),
    }
}

fn last_day_of_month(call: &Call<'_>) -> Result<ArrayRef> {
    let zone = Zone::of(&call.type_of(0))?;
    let dates: Date32Array = call.instant(0)?.unary(|instant| {
        let local = Local::of(zone.local(instant));
        (local.days - local.day + days_in_month(local.year, local.month)) as i32
    });
    Ok(Arc::new(dates))
}

fn to_iso8601(call: &Call<'_>) -> Result<ArrayRef> {
    let given = call.type_of(0);
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 24);
    let mut text = String::new();
    if given == DataType::Date32 {
        let dates = call.array(0)?;
        let pattern = [Item::Year(4), literal("-"), Item::Month(2), literal("-"), Item::Day(2)];
        for day in dates.as_primitive::<Date32Type>() {
            let Some(day) = day else {
                out.append_null();
                continue;
            };
            text.clear();
            pattern::write(&mut text, &pattern, &Zone::Fixed(0), i64::from(day) * DAY);
            out.append_value(&text);
        }
        return Ok(Arc::new(out.finish()));
    }
    let zone = Zone::of(&given)?;
    let zoned = matches!(given, DataType::Timestamp(_, Some(_)));
    let pattern = joda::compile("yyyy-MM-dd'T'HH:mm:ss.SSS").map_err(|error| call.error(error))?;
    for instant in &call.instant(0)? {
        let Some(instant) = instant else {
            out.append_null();
            continue;
        };
        text.clear();
        pattern::write(&mut text, &pattern, &zone, instant);
        match zone.offset(instant) {
            _ if !zoned => {}
            0 => text.push('Z'),
            offset => text.push_str(&offset_text(offset, true)),
        }
        out.append_value(&text);
    }
    Ok(Arc::new(out.finish()))
}

fn literal(text: &str) -> Item {
    Item::Literal(text.to_owned())
}

fn from_unixtime(call: &Call<'_>) -> Result<ArrayRef> {
    let instants: TimestampMillisecondArray = if call.type_of(0) == DataType::Int64 {
        let seconds = call.array(0)?;
        seconds.as_primitive::<Int64Type>().try_unary(|seconds| {
            seconds.checked_mul(1000).ok_or_else(|| call.error(format!("Millis overflow: {seconds}")))
        })?
    } else {
        // Half a millisecond goes up, as Java rounds.
        call.double(0)?.unary(|seconds| (seconds * 1000.0 + 0.5).floor() as i64)
    };
    Ok(typed(call, instants))
}

fn to_unixtime(call: &Call<'_>) -> Result<ArrayRef> {
    let seconds: Float64Array = call.instant(0)?.unary(|instant| instant as f64 / 1000.0);
    Ok(Arc::new(seconds))
}

fn at_timezone(call: &Call<'_>) -> Result<ArrayRef> {
    if call.text(1)?.get(0).is_none() {
        return Ok(datafusion::arrow::array::new_null_array(call.returns, call.rows));
    }
    Ok(typed(call, call.instant(0)?))
}

fn with_timezone(call: &Call<'_>) -> Result<ArrayRef> {
    if call.text(1)?.get(0).is_none() {
        return Ok(datafusion::arrow::array::new_null_array(call.returns, call.rows));
    }
    let (from, to) = (Zone::of(&call.type_of(0))?, Zone::of(call.returns)?);
    let instants = call.instant(0)?.try_unary(|instant| to.instant(from.local(instant)))?;
    Ok(typed(call, instants))
}

type Compile = fn(&str) -> std::result::Result<Vec<Item>, String>;

/// The last pattern compiled: rows rarely differ in theirs.
struct Compiled<'a> {
    compile: Compile,
    pattern: Option<(&'a str, Vec<Item>)>,
}

impl<'a> Compiled<'a> {
    fn new(compile: Compile) -> Self {
        Self { compile, pattern: None }
    }

    fn get(&mut self, call: &Call<'_>, wanted: &'a str) -> Result<&[Item]> {
        if self.pattern.as_ref().is_none_or(|(pattern, _)| *pattern != wanted) {
            self.pattern = Some((wanted, (self.compile)(wanted).map_err(|error| call.error(error))?));
        }
        Ok(self.pattern.as_ref().map_or(&[], |(_, items)| items))
    }
}

fn format(call: &Call<'_>, compile: Compile) -> Result<ArrayRef> {
    let zone = Zone::of(&call.type_of(0))?;
    let (given, patterns) = (call.instant(0)?, call.text(1)?);
    let mut compiled = Compiled::new(compile);
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 20);
    let mut text = String::new();
    for row in 0..call.rows {
        let Some(pattern) = patterns.get(row).filter(|_| given.is_valid(row)) else {
            out.append_null();
            continue;
        };
        text.clear();
        pattern::write(&mut text, compiled.get(call, pattern)?, &zone, given.value(row));
        out.append_value(&text);
    }
    Ok(Arc::new(out.finish()))
}

fn parse(call: &Call<'_>, compile: Compile) -> Result<ArrayRef> {
    let patterns = call.text(1)?;
    let mut compiled = Compiled::new(compile);
    let parsed = instants(call, |text, row| {
        let Some(pattern) = patterns.get(row) else { return Ok(None) };
        let items = compiled.get(call, pattern)?;
        pattern::read(items, text).map(Some).map_err(|error| call.error(error))
    })?;
    Ok(typed(call, parsed))
}
