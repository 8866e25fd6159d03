//! An answer as RFC 4180 has it: a header, lines that end in CR LF.
//!
//! NULL is nothing and the empty string is `""`, so that both come back; no general writer of CSV tells them
//! apart. A NULL in the only column is an empty line.

use std::io::Write;

use crate::answer::Answer;
use crate::error::Error;
use crate::value::Shape;

pub(crate) fn header(answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
    let mut line = String::new();
    for column in 0..answer.columns() {
        part(column, &mut line);
        field(answer.name(column), &mut line);
    }
    line.push_str("\r\n");
    Ok(out.write_all(line.as_bytes())?)
}

pub(crate) fn rows(answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
    let (mut line, mut text) = (String::new(), String::new());
    answer.each_row(None, |row| {
        line.clear();
        for column in 0..row.len() {
            part(column, &mut line);
            text.clear();
            if row.append(column, &mut text)? != Shape::Null {
                field(&text, &mut line);
            }
        }
        line.push_str("\r\n");
        Ok(out.write_all(line.as_bytes())?)
    })
}

fn part(column: usize, line: &mut String) {
    if column > 0 {
        line.push(',');
    }
}

fn field(text: &str, line: &mut String) {
    if text.is_empty() || text.contains(['"', ',', '\r', '\n']) {
        line.push('"');
        line.push_str(&text.replace('"', "\"\""));
        line.push('"');
    } else {
        line.push_str(text);
    }
}
