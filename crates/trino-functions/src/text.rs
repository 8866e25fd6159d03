//! Functions of text; positions and lengths count characters.

use crate::function::{Call, Definition, Kind, Returns, Texts, texts};
use datafusion::arrow::array::{ArrayRef, Int64Array, ListBuilder, StringArray, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::Result;
use std::sync::Arc;

use Kind::{Long, Text};

const fn text(
    names: &'static [&'static str],
    forms: &'static [&'static [Kind]],
    body: fn(&Call<'_>) -> Result<ArrayRef>,
) -> Definition {
    Definition { names, forms, returns: Returns::Is(|| DataType::Utf8), body }
}

/// The functions of text.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["split"],
        forms: &[&[Text, Text], &[Text, Text, Long]],
        returns: Returns::Is(texts),
        body: split,
    },
    text(&["split_part"], &[&[Text, Text, Long]], split_part),
    text(
        &["concat"],
        &[
            &[Text; 1],
            &[Text; 2],
            &[Text; 3],
            &[Text; 4],
            &[Text; 5],
            &[Text; 6],
            &[Text; 7],
            &[Text; 8],
            &[Text; 9],
            &[Text; 10],
            &[Text; 11],
            &[Text; 12],
            &[Text; 13],
            &[Text; 14],
            &[Text; 15],
            &[Text; 16],
        ],
        concat,
    ),
    text(&["substr", "substring"], &[&[Text, Long], &[Text, Long, Long]], substr),
    text(&["replace"], &[&[Text, Text], &[Text, Text, Text]], replace),
    text(&["lpad"], &[&[Text, Long, Text]], |call| pad(call, true)),
    text(&["rpad"], &[&[Text, Long, Text]], |call| pad(call, false)),
    Definition {
        names: &["levenshtein_distance"],
        forms: &[&[Text, Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: levenshtein,
    },
    Definition {
        names: &["hamming_distance"],
        forms: &[&[Text, Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: hamming,
    },
];

fn split(call: &Call<'_>) -> Result<ArrayRef> {
    let (given, separators) = (call.text(0)?, call.text(1)?);
    let limits = if call.len() > 2 { Some(call.long(2)?) } else { None };
    let mut out = ListBuilder::new(StringBuilder::new());
    for row in 0..call.rows {
        let limit = limits.as_ref().map_or(Some(i64::MAX), |limits| limits.get(row));
        let (Some(text), Some(separator), Some(limit)) = (given.get(row), separators.get(row), limit) else {
            out.append_null();
            continue;
        };
        if separator.is_empty() {
            return Err(call.error("The delimiter may not be the empty string"));
        }
        if limit < 1 {
            return Err(call.error("Limit must be positive"));
        }
        for part in text.splitn(limit as usize, separator) {
            out.values().append_value(part);
        }
        out.append(true);
    }
    Ok(Arc::new(out.finish()))
}

fn split_part(call: &Call<'_>) -> Result<ArrayRef> {
    let (given, separators, places) = (call.text(0)?, call.text(1)?, call.long(2)?);
    let mut out = StringBuilder::new();
    for row in 0..call.rows {
        let (Some(text), Some(separator), Some(place)) =
            (given.get(row), separators.get(row), places.get(row))
        else {
            out.append_null();
            continue;
        };
        if place < 1 {
            return Err(call.error("Index must be greater than zero"));
        }
        let place = (place - 1) as usize;
        if separator.is_empty() {
            out.append_option(text.chars().nth(place).map(String::from));
        } else {
            out.append_option(text.split(separator).nth(place));
        }
    }
    Ok(Arc::new(out.finish()))
}

fn concat(call: &Call<'_>) -> Result<ArrayRef> {
    let parts: Vec<Texts<'_>> = (0..call.len()).map(|index| call.text(index)).collect::<Result<_>>()?;
    let mut out = StringBuilder::new();
    let mut whole = String::new();
    for row in 0..call.rows {
        whole.clear();
        let complete = parts.iter().try_for_each(|part| part.get(row).map(|part| whole.push_str(part)));
        out.append_option(complete.map(|()| whole.as_str()));
    }
    Ok(Arc::new(out.finish()))
}

fn substr(call: &Call<'_>) -> Result<ArrayRef> {
    let (given, starts) = (call.text(0)?, call.long(1)?);
    let lengths = if call.len() > 2 { Some(call.long(2)?) } else { None };
    let parts: StringArray = (0..call.rows)
        .map(|row| {
            let length = lengths.as_ref().map_or(Some(i64::MAX), |lengths| lengths.get(row))?;
            Some(part(given.get(row)?, starts.get(row)?, length))
        })
        .collect();
    Ok(Arc::new(parts))
}

/// From a character counted from 1, or from the end when negative; empty outside the text.
fn part(text: &str, start: i64, length: i64) -> &str {
    if start == 0 || length <= 0 {
        return "";
    }
    let skip = if start > 0 {
        start - 1
    } else {
        match text.chars().count() as i64 + start {
            before if before < 0 => return "",
            skip => skip,
        }
    };
    let mut places = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let Some(from) = places.nth(usize::try_from(skip).unwrap_or(usize::MAX)) else { return "" };
    let to = places.nth(usize::try_from(length - 1).unwrap_or(usize::MAX)).unwrap_or(text.len());
    &text[from..to]
}

fn replace(call: &Call<'_>) -> Result<ArrayRef> {
    let (given, searched) = (call.text(0)?, call.text(1)?);
    let replacements = if call.len() > 2 { call.text(2)? } else { Texts::Constant(Some("")) };
    let replaced: StringArray = (0..call.rows)
        .map(|row| Some(given.get(row)?.replace(searched.get(row)?, replacements.get(row)?)))
        .collect();
    Ok(Arc::new(replaced))
}

fn pad(call: &Call<'_>, left: bool) -> Result<ArrayRef> {
    let (given, lengths, paddings) = (call.text(0)?, call.long(1)?, call.text(2)?);
    let mut out = StringBuilder::new();
    for row in 0..call.rows {
        let (Some(text), Some(length), Some(padding)) = (given.get(row), lengths.get(row), paddings.get(row))
        else {
            out.append_null();
            continue;
        };
        let Some(length) = u32::try_from(length).ok().filter(|length| *length <= i32::MAX as u32) else {
            return Err(call.error("Target length must be in the range [0..2147483647]"));
        };
        if padding.is_empty() {
            return Err(call.error("Padding string must not be empty"));
        }
        let missing = (length as usize).saturating_sub(text.chars().count());
        let kept = text.chars().take(length as usize);
        let fill = padding.chars().cycle().take(missing);
        let padded: String = if left { fill.chain(kept).collect() } else { kept.chain(fill).collect() };
        out.append_value(padded);
    }
    Ok(Arc::new(out.finish()))
}

fn levenshtein(call: &Call<'_>) -> Result<ArrayRef> {
    let (left, right) = (call.text(0)?, call.text(1)?);
    let distances: Int64Array = (0..call.rows)
        .map(|row| {
            let left: Vec<char> = left.get(row)?.chars().collect();
            let mut costs: Vec<usize> = (0..=left.len()).collect();
            for (done, other) in right.get(row)?.chars().enumerate() {
                let mut diagonal = costs[0];
                costs[0] = done + 1;
                for (index, one) in left.iter().enumerate() {
                    let change = diagonal + usize::from(*one != other);
                    diagonal = costs[index + 1];
                    costs[index + 1] = change.min(costs[index] + 1).min(diagonal + 1);
                }
            }
            Some(costs[left.len()] as i64)
        })
        .collect();
    Ok(Arc::new(distances))
}

fn hamming(call: &Call<'_>) -> Result<ArrayRef> {
    let (left, right) = (call.text(0)?, call.text(1)?);
    let mut out = Int64Array::builder(call.rows);
    for row in 0..call.rows {
        let (Some(left), Some(right)) = (left.get(row), right.get(row)) else {
            out.append_null();
            continue;
        };
        if left.chars().count() != right.chars().count() {
            return Err(
                call.error("The input strings to hamming_distance function must have the same length")
            );
        }
        out.append_value(left.chars().zip(right.chars()).filter(|(a, b)| a != b).count() as i64);
    }
    Ok(Arc::new(out.finish()))
}
