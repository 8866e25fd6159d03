//! An answer as one JSON array, or as one JSON object a line.
//!
//! Invariant: keys stand in the order of the columns and are different from each other. Numbers that JSON does
//! not know (`NaN`, `Infinity`) are strings.

use std::io::Write;

use crate::answer::Answer;
use crate::error::Error;
use crate::value::quote;

/// One object a line.
pub(crate) fn write_lines(answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
    each_object(answer, |object| Ok(writeln!(out, "{object}")?))
}

/// One array, one line an object.
pub(crate) fn write_array(answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
    let mut before = "[\n";
    each_object(answer, |object| {
        write!(out, "{before}{object}")?;
        before = ",\n";
        Ok(())
    })?;
    Ok(out.write_all(if answer.rows() == 0 { b"[]\n" } else { b"\n]\n" })?)
}

fn each_object(answer: &Answer, mut each: impl FnMut(&str) -> Result<(), Error>) -> Result<(), Error> {
    let keys: Vec<String> = answer
        .unique_names()
        .iter()
        .map(|name| {
            let mut key = String::new();
            quote(name, &mut key);
            key
        })
        .collect();
    let mut object = String::new();
    answer.each_row(None, |row| {
        object.clear();
        object.push('{');
        for (column, key) in keys.iter().enumerate().take(row.len()) {
            if column > 0 {
                object.push(',');
            }
            object.extend([key, ":"]);
            row.append_json(column, &mut object)?;
        }
        object.push('}');
        each(&object)
    })
}
