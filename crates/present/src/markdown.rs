//! An answer as a table of Markdown.
//!
//! Invariant: values are shown as their characters; none of them starts a link, an emphasis, HTML or a cell.

use std::io::Write;

use crate::answer::{Answer, Kind};
use crate::error::Error;
use crate::style::Style;
use crate::text::visible_lines;
use crate::value::Shape;

pub(crate) fn write(answer: &Answer, style: &Style, out: &mut dyn Write) -> Result<(), Error> {
    if answer.columns() == 0 {
        return Ok(());
    }
    let (mut line, mut rule) = (String::from("|"), String::from("|"));
    for column in 0..answer.columns() {
        cell(answer.name(column), &mut line);
        rule.push_str(if answer.kind(column) == Kind::Number { " ---: |" } else { " --- |" });
    }
    writeln!(out, "{line}\n{rule}")?;
    let mut text = String::new();
    answer.each_row(style.max_rows, |row| {
        line.truncate(1);
        for column in 0..row.len() {
            text.clear();
            if row.append(column, &mut text)? == Shape::Null {
                line.push_str(" NULL |");
            } else {
                cell(&text, &mut line);
            }
        }
        Ok(writeln!(out, "{line}")?)
    })
}

fn cell(text: &str, line: &mut String) {
    line.push(' ');
    let text = text.replace("\r\n", "\n");
    let text = visible_lines(&text);
    let mut before = ' ';
    let mut chars = text.trim().chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' => line.push_str("<br>"),
            '\t' => line.push(' '),
            '<' => line.push_str("&lt;"),
            '&' => line.push_str("&amp;"),
            // Inside of a word an underscore is one.
            '_' if before.is_alphanumeric() && chars.peek().is_some_and(|c| c.is_alphanumeric()) => {
                line.push(c);
            }
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' => line.extend(['\\', c]),
            c => line.push(c),
        }
        before = c;
    }
    line.push_str(" |");
}
