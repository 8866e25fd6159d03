//! `partitions`: the columns that come from the names of the folders, and their projection.

use super::{Document, Fields, comment, name};
use crate::{
    date_pattern::DatePattern,
    partition::{DateBound, DateUnit, Partition, Projection},
};

/// The keys of each kind of projection, besides `type`.
const KEYS: [(&str, &[&str]); 4] = [
    ("integer", &["range", "interval", "digits"]),
    ("enum", &["values"]),
    ("date", &["range", "format", "interval", "unit"]),
    ("injected", &[]),
];
const UNITS: [(&str, DateUnit); 4] = [
    ("days", DateUnit::Days),
    ("hours", DateUnit::Hours),
    ("minutes", DateUnit::Minutes),
    ("seconds", DateUnit::Seconds),
];

/// The partition columns; none when one of them could not be read.
pub(super) fn read<'a>(document: &mut Document<'a>, root: &Fields<'a>) -> Option<Vec<Partition>> {
    if !root.has("partitions") {
        return Some(Vec::new());
    }
    document.each(root, "partitions", partition)
}

fn partition(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<Partition> {
    document.known_keys(fields, &["name", "comment", "projection"]);
    let name = name(document, fields);
    let comment = comment(document, fields);
    if !fields.has("projection") {
        let what = "the partition column has no projection";
        let remedy = "add projection = { type = \"integer\", range = [0, 23], digits = 2 }, or another type";
        document.fail(fields, "projection", what, remedy);
        return None;
    }
    let projection = document.table(fields, "projection")?;
    let projection = read_projection(document, &projection);
    Some(Partition { name: name?, comment, projection: projection? })
}

fn read_projection(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<Projection> {
    let kind = document.choice(fields, "type", &KEYS.map(|(name, keys)| (name, (name, keys))));
    let Some((kind, own)) = kind else {
        let all: Vec<&str> = KEYS.iter().flat_map(|(_, keys)| *keys).copied().chain(["type"]).collect();
        document.known_keys(fields, &all);
        return None;
    };
    document.known_keys(fields, &[own, &["type"]].concat());
    match kind {
        "integer" => integer(document, fields),
        "enum" => {
            let values = document.words(fields, "values")?;
            let fault = values.iter().find(|value| value.is_empty() || value.contains(','));
            if let Some(value) = fault {
                let what = format!("{value:?} cannot be a value: values are joined by commas");
                document.fail(fields, "values", what, "leave it out");
            } else if values.is_empty() {
                document.fail(fields, "values", "there are no values", "list them: [\"a\", \"b\"]");
            }
            Some(Projection::Enum(values))
        }
        "date" => date(document, fields),
        _ => Some(Projection::Injected),
    }
}

fn interval(document: &mut Document<'_>, fields: &Fields<'_>) -> u32 {
    let interval = document.optional_whole(fields, "interval", 1, i64::from(u32::MAX));
    interval.and_then(|interval| interval.try_into().ok()).unwrap_or(1)
}

fn integer(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<Projection> {
    let interval = interval(document, fields);
    let digits = document.optional_whole(fields, "digits", 0, 18).unwrap_or(0);
    let words = document.words(fields, "range")?;
    let numbers: Vec<i64> = words.iter().filter_map(|word| word.parse().ok()).collect();
    let ([from, to], [_, _]) = (numbers.as_slice(), words.as_slice()) else {
        let what = "the range is not two whole numbers";
        document.fail(fields, "range", what, "write the first and the last: [2020, 2035]");
        return None;
    };
    if from > to {
        let what = format!("the range begins at {from}, behind its end {to}");
        document.fail(fields, "range", what, format!("write [{to}, {from}]"));
    }
    let digits = digits.try_into().unwrap_or(0);
    Some(Projection::Integer { from: *from, to: *to, interval, digits })
}

fn date(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<Projection> {
    let interval = interval(document, fields);
    let unit = document.optional_choice(fields, "unit", &UNITS).unwrap_or(DateUnit::Days);
    let format = document.text(fields, "format")?;
    let Some(pattern) = DatePattern::parse(&format) else {
        let what = format!("{format:?} is not a date pattern");
        let remedy = "write yyyy, MM, dd, HH, mm, ss once each, with other letters in single quotes";
        document.fail(fields, "format", what, remedy);
        return None;
    };
    let words = document.words(fields, "range")?;
    let bounds: Vec<DateBound> = words.iter().filter_map(|word| DateBound::parse(word, &pattern)).collect();
    let ([from, to], [_, _]) = (bounds.as_slice(), words.as_slice()) else {
        let what = format!("the range is not two dates in the format {format:?}");
        document.fail(
            fields,
            "range",
            what,
            "write the first and the last, for example \"NOW-90DAYS\", \"NOW\"",
        );
        return None;
    };
    let now = Some(jiff::Timestamp::UNIX_EPOCH);
    let comparable = matches!((from, to), (DateBound::At(_), DateBound::At(_)))
        || matches!((from, to), (DateBound::Now { .. }, DateBound::Now { .. }));
    if comparable && from.seconds(now) > to.seconds(now) {
        let what = format!("the range begins at {}, behind its end {}", words[0], words[1]);
        document.fail(fields, "range", what, format!("write [{:?}, {:?}]", words[1], words[0]));
    }
    Some(Projection::Date { from: *from, to: *to, pattern, interval, unit })
}
