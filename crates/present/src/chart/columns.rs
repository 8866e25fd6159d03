//! The columns of an answer as a chart needs them: numbers, seconds, labels.

use arrow::array::types::{Float64Type, Int64Type};
use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimeUnit};

use crate::answer::{Answer, Kind, plain};
use crate::error::Error;
use crate::text::visible;
use crate::time::Zone;
use crate::value::Shape;

/// The column of that name, or the columns there are.
pub(crate) fn find(answer: &Answer, name: &str) -> Result<usize, Error> {
    let names = answer.unique_names();
    let found = names.iter().position(|other| other == name);
    let found = found.or_else(|| names.iter().position(|other| other.eq_ignore_ascii_case(name)));
    found.ok_or_else(|| {
        Error::nothing(
            format!("the answer has no column {name:?}"),
            format!("its columns are {}", names.join(", ")),
        )
    })
}

/// A column's values as numbers; NULL and what is not finite are `None`.
pub(crate) fn numbers(answer: &Answer, column: usize) -> Result<Vec<Option<f64>>, Error> {
    if answer.kind(column) != Kind::Number {
        return Err(Error::nothing(
            format!("column {:?} holds no numbers", answer.name(column)),
            "choose a column of numbers for the values, or cast it to double in the query",
        ));
    }
    let mut values = Vec::with_capacity(answer.rows());
    each(answer, column, |array| {
        let array = cast(array, &DataType::Float64)?;
        values.extend(array.as_primitive::<Float64Type>().iter().map(|v| v.filter(|v| v.is_finite())));
        Ok(())
    })?;
    Ok(values)
}

/// Times in seconds since 1970, and their zone.
pub(crate) type Times = (Vec<Option<f64>>, Zone);

/// A column's times, or `None` when it holds no times. Text counts as times
/// when all of it reads as such.
pub(crate) fn times(answer: &Answer, column: usize) -> Result<Option<Times>, Error> {
    let kind = answer.kind(column);
    if !matches!(kind, Kind::Time | Kind::Text) {
        return Ok(None);
    }
    let zone = match answer.schema.field(column).data_type() {
        DataType::Timestamp(_, zone) => zone.clone(),
        _ => None,
    };
    let target = DataType::Timestamp(TimeUnit::Microsecond, zone.clone());
    let mut values = Vec::with_capacity(answer.rows());
    let mut missing = 0;
    each(answer, column, |array| {
        let micros = cast(array, &target)?;
        missing += micros.null_count() - array.null_count();
        let micros = cast(&micros, &DataType::Int64)?;
        values.extend(micros.as_primitive::<Int64Type>().iter().map(|v| v.map(|v| v as f64 / 1e6)));
        Ok(())
    })?;
    let no_times = kind == Kind::Text && (missing > 0 || values.iter().all(Option::is_none));
    Ok((!no_times).then(|| (values, Zone::of(zone.as_deref()))))
}

/// A column's values as text.
pub(crate) fn labels(answer: &Answer, column: usize) -> Result<Vec<String>, Error> {
    let mut labels = Vec::with_capacity(answer.rows());
    answer.each_row(None, |row| {
        let mut text = String::new();
        if row.append(column, &mut text)? == Shape::Null {
            text.push_str("NULL");
        }
        labels.push(visible(&text).into_owned());
        Ok(())
    })?;
    Ok(labels)
}

fn each(
    answer: &Answer,
    column: usize,
    mut each: impl FnMut(&ArrayRef) -> Result<(), Error>,
) -> Result<(), Error> {
    answer.batches.iter().try_for_each(|batch| each(&plain(batch.column(column))?))
}
