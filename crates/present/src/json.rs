//! An answer as one JSON array, or as one JSON object a line.
//!
//! Invariant: keys stand in the order of the columns and are different from each other. Numbers that JSON does
//! not know (`NaN`, `Infinity`) are strings.

use std::io::Write;

use crate::answer::Answer;
use crate::error::Error;
use crate::value::quote;

/// One object a line.
pub(crate) fn lines(answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
    each_object(answer, |object| Ok(writeln!(out, "{object}")?))
}

/// One array, one line an object.
#[derive(Default)]
pub(crate) struct Array {
    is_begun: bool,
}

impl Array {
    pub(crate) fn rows(&mut self, answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
        each_object(answer, |object| {
            let before = if self.is_begun { ",\n" } else { "[\n" };
            self.is_begun = true;
            Ok(write!(out, "{before}{object}")?)
        })
    }

    pub(crate) fn end(self, out: &mut dyn Write) -> Result<(), Error> {
        Ok(out.write_all(if self.is_begun { b"\n]\n" } else { b"[]\n" })?)
    }
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
