//! An answer as one block a row and one line a value, as Trino's `\G` shows it.
//!
//! Lines of a value are lines of the block: stack traces stay readable. Nothing is cut.

use std::io::Write;

use crate::answer::Answer;
use crate::error::Error;
use crate::style::{Ink, Style};
use crate::text::{pad, spaces, visible, visible_lines, width};
use crate::value::Shape;

/// How wide the rule over a block is at most.
const RULE: usize = 80;

pub(crate) fn write(answer: &Answer, style: &Style, out: &mut dyn Write) -> Result<(), Error> {
    let (across, cross, down) = if style.unicode { ("─", "┬", "│") } else { ("-", "+", "|") };
    let names: Vec<_> = (0..answer.columns()).map(|column| visible(answer.name(column))).collect();
    let widest = names.iter().map(|name| width(name)).max().unwrap_or(0);
    let rule = if style.width == 0 { RULE } else { style.width.min(RULE) };
    let (mut count, mut text, mut lines) = (0usize, String::new(), String::new());
    answer.each_row(style.max_rows, |row| {
        count += 1;
        lines.clear();
        let head = format!("{across}[ RECORD {count} ]");
        let mut at = width(&head);
        let mut title = head;
        while at < rule.max(widest + 2) {
            title.push_str(if at == widest + 1 { cross } else { across });
            at += 1;
        }
        style.paint(Ink::Dim, &title, &mut lines);
        lines.push('\n');
        for (column, name) in names.iter().enumerate().take(row.len()) {
            text.clear();
            let ink = match row.append(column, &mut text)? {
                Shape::Null => {
                    text.push_str("NULL");
                    Ink::Dim
                }
                _ if answer.is_level(column) => Ink::of_level(&text),
                _ => Ink::Plain,
            };
            let value = text.replace("\r\n", "\n").replace('\t', "    ");
            for (index, line) in visible_lines(&value).split('\n').enumerate() {
                if index == 0 {
                    let mut label = String::new();
                    pad(name, widest, &mut label);
                    style.paint(Ink::Bold, &label, &mut lines);
                } else {
                    spaces(widest, &mut lines);
                }
                lines.extend([" ", down]);
                if !line.is_empty() {
                    lines.push(' ');
                }
                style.paint(ink, line, &mut lines);
                lines.push('\n');
            }
        }
        Ok(out.write_all(lines.as_bytes())?)
    })
}
