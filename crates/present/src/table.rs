//! An answer as a table in a box.
//!
//! Invariant: one row is one line, whatever its values hold.

use std::io::Write;

use crate::answer::{Answer, Kind};
use crate::error::Error;
use crate::layout::{self, Layout};
use crate::style::{Ink, Style};
use crate::text::{cut, spaces, visible, width};
use crate::value::Shape;

struct Cell {
    text: String,
    width: usize,
    ink: Ink,
}

struct Box {
    top: [&'static str; 3],
    middle: [&'static str; 3],
    bottom: [&'static str; 3],
    across: &'static str,
    down: &'static str,
}

const UNICODE: Box =
    Box {
        top: ["┌", "┬", "┐"], middle: ["├", "┼", "┤"], bottom: ["└", "┴", "┘"], across: "─", down: "│"
    };
const ASCII: Box = Box { top: ["+"; 3], middle: ["+"; 3], bottom: ["+"; 3], across: "-", down: "|" };

pub(crate) fn write(answer: &Answer, style: &Style, out: &mut dyn Write) -> Result<(), Error> {
    if answer.columns() == 0 {
        return Ok(());
    }
    let cell = |text: &str, ink| {
        let text = visible(text);
        let text = if style.width == 0 {
            text
        } else {
            cut(&text, style.width, style.ellipsis()).into_owned().into()
        };
        Cell { width: width(&text), text: text.into_owned(), ink }
    };
    let header: Vec<Cell> =
        (0..answer.columns()).map(|column| cell(answer.name(column), Ink::Bold)).collect();
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut text = String::new();
    answer.each_row(style.max_rows, |row| {
        let mut cells = Vec::with_capacity(row.len());
        for column in 0..row.len() {
            text.clear();
            cells.push(match row.append(column, &mut text)? {
                Shape::Null => cell("NULL", Ink::Dim),
                _ if answer.is_level(column) => cell(&text, Ink::of_level(&text)),
                _ => cell(&text, Ink::Plain),
            });
        }
        rows.push(cells);
        Ok(())
    })?;
    let natural: Vec<usize> = (0..answer.columns())
        .map(|column| rows.iter().map(|row| row[column].width).fold(header[column].width.max(1), usize::max))
        .collect();
    let kinds: Vec<Kind> = (0..answer.columns()).map(|column| answer.kind(column)).collect();
    let rigid: Vec<bool> = kinds.iter().map(|kind| matches!(kind, Kind::Number | Kind::Time)).collect();
    let layout = layout::fit(&natural, &rigid, style.width);
    let frame = if style.unicode { &UNICODE } else { &ASCII };

    let mut lines = String::new();
    rule(&layout, &frame.top, frame.across, &mut lines);
    line(&header, &kinds, &layout, frame, style, &mut lines);
    rule(&layout, &frame.middle, frame.across, &mut lines);
    for row in &rows {
        line(row, &kinds, &layout, frame, style, &mut lines);
        if lines.len() > 1 << 16 {
            out.write_all(lines.as_bytes())?;
            lines.clear();
        }
    }
    rule(&layout, &frame.bottom, frame.across, &mut lines);
    Ok(out.write_all(lines.as_bytes())?)
}

fn rule(layout: &Layout, [left, cross, right]: &[&str; 3], across: &str, out: &mut String) {
    let widths = layout.widths.iter().copied().chain(layout.elided.then_some(1));
    for (index, width) in widths.enumerate() {
        out.push_str(if index == 0 { left } else { cross });
        out.extend(std::iter::repeat_n(across, width + 2));
    }
    out.extend([right, "\n"]);
}

fn line(cells: &[Cell], kinds: &[Kind], layout: &Layout, frame: &Box, style: &Style, out: &mut String) {
    for ((cell, kind), to) in cells.iter().zip(kinds).zip(&layout.widths) {
        out.push_str(frame.down);
        out.push(' ');
        let text = cut(&cell.text, *to, style.ellipsis());
        let gap = to.saturating_sub(width(&text));
        if *kind == Kind::Number {
            spaces(gap, out);
        }
        style.paint(cell.ink, &text, out);
        if *kind != Kind::Number {
            spaces(gap, out);
        }
        out.push(' ');
    }
    if layout.elided {
        out.extend([frame.down, " "]);
        style.paint(Ink::Dim, style.ellipsis(), out);
        out.push(' ');
    }
    out.extend([frame.down, "\n"]);
}
