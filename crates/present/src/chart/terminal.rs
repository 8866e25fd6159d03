//! Charts drawn with characters.
//!
//! Invariant: no line is wider than the style says, from 30 cells on.

use super::bars::Bars;
use super::canvas::Canvas;
use super::lines::Lines;
use super::scale::{Scale, label, time_label};
use crate::style::{Ink, Style};
use crate::text::{cut, pad, spaces, visible, width};

/// How wide a chart is when there is no limit, and at most: lines beyond are hard to follow.
const WIDTH: (usize, usize) = (100, 200);
/// How many bars are shown unless the style says.
const MOST_BARS: usize = 50;
/// How much room a bar has at least.
const LEAST_BAR: usize = 4;
/// How many lines of characters a chart of lines has.
const ROWS: usize = 11;

fn chart_width(style: &Style) -> usize {
    if style.width == 0 { WIDTH.0 } else { style.width.clamp(20, WIDTH.1) }
}

/// Horizontal bars, with eighths of a block where there are such.
pub(crate) fn bars(bars: &Bars, style: &Style) -> String {
    let shown = bars.bars.len().min(style.max_rows.unwrap_or(MOST_BARS));
    let several = bars.names.len() > 1;
    let values = || bars.bars[..shown].iter().flat_map(|bar| &bar.values);
    let value_text = |value: Option<f64>| value.map_or_else(|| "NULL".to_owned(), label);
    let room = chart_width(style);
    let value_width = values().map(|value| value_text(*value).len()).max().unwrap_or(0);
    // A long number takes from the label before it takes from the bar.
    let most_label = (room * 2 / 5).min(room.saturating_sub(value_width + 3 + LEAST_BAR)).max(1);
    let label_width =
        bars.bars[..shown].iter().map(|bar| width(&bar.label)).max().unwrap_or(0).min(most_label);
    let room = room.saturating_sub(label_width + value_width + 3).max(LEAST_BAR);
    let least = values().flatten().copied().fold(0.0, f64::min);
    let most = values().flatten().copied().fold(0.0, f64::max);
    // Halves, as the range of all doubles is no double.
    let span = most / 2.0 - least / 2.0;
    let share = |value: f64| if span > 0.0 { (value / 2.0).abs() / span } else { 0.0 };
    let left = (share(least) * room as f64).round() as usize;
    let left = if least < 0.0 { left.clamp(1, room - 1) } else { 0 };

    let mut out = String::new();
    heading(bars, style, &mut out);
    for bar in &bars.bars[..shown] {
        for (index, value) in bar.values.iter().enumerate() {
            let text = if index == 0 { cut(&bar.label, label_width, style.ellipsis()) } else { "".into() };
            let mut padded = String::new();
            pad(&text, label_width, &mut padded);
            let ink = match bars.levels {
                true if !several => Ink::of_level(&bar.label),
                _ => Ink::Plain,
            };
            style.paint(ink, &padded, &mut out);
            out.push_str(if style.unicode { " │" } else { " |" });
            let ink = match ink {
                Ink::Plain => Ink::Series(index),
                level => level,
            };
            let value_or_zero = value.unwrap_or(0.0);
            let side = if value_or_zero < 0.0 { left } else { room - left };
            let eighths = share(value_or_zero) * room as f64 * 8.0;
            let eighths =
                if value_or_zero == 0.0 { 0 } else { (eighths.round() as usize).clamp(1, side * 8) };
            let drawn = draw_bar(eighths, value_or_zero < 0.0, style);
            let taken = if value_or_zero < 0.0 {
                spaces(left - width(&drawn), &mut out);
                left
            } else {
                spaces(left, &mut out);
                left + width(&drawn)
            };
            style.paint(ink, &drawn, &mut out);
            if taken > 0 {
                out.push(' ');
            }
            let ink = if value.is_none() { Ink::Dim } else { Ink::Plain };
            style.paint(ink, &value_text(*value), &mut out);
            out.push('\n');
        }
    }
    if shown < bars.bars.len() {
        note(&format!("bars not shown: {}", bars.bars.len() - shown), style, &mut out);
    }
    notes(&bars.notes, style, &mut out);
    out
}

fn heading(bars: &Bars, style: &Style, out: &mut String) {
    let room = chart_width(style);
    let line = format!("{} by {}", bars.names.join(", "), bars.title);
    if bars.names.len() == 1 {
        style.paint(Ink::Bold, &cut(&visible(&line), room, style.ellipsis()), out);
        out.push('\n');
        return;
    }
    style.paint(Ink::Bold, &cut(&visible(&bars.title), room, style.ellipsis()), out);
    out.push('\n');
    for (index, name) in bars.names.iter().enumerate() {
        style.paint(Ink::Series(index), if style.unicode { "█" } else { "#" }, out);
        out.push(' ');
        out.push_str(&cut(&visible(name), room - 2, style.ellipsis()));
        out.push('\n');
    }
}

/// A bar to the right, or to the left for what is negative: for that side there are half blocks alone.
fn draw_bar(eighths: usize, negative: bool, style: &Style) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if !style.unicode {
        return "#".repeat(eighths.div_ceil(8));
    }
    let whole = "█".repeat(eighths / 8);
    match (negative, eighths % 8) {
        (false, rest) => whole + PARTS[rest],
        (true, 0) => whole,
        (true, rest) if rest < 3 && eighths >= 8 => whole,
        (true, rest) if rest > 5 => format!("█{whole}"),
        (true, _) => format!("▐{whole}"),
    }
}

/// Lines over a horizontal axis.
pub(crate) fn lines(lines: &Lines, style: &Style) -> String {
    let room = chart_width(style);
    let y = Scale::round(lines.values(), 4);
    let x = match &lines.zone {
        Some(zone) => Scale::time(lines.xs(), 4, zone),
        None => Scale::exact(lines.xs(), 4),
    };
    let ends = [label(y.max), label(f64::midpoint(y.min, y.max)), label(y.min)];
    let gutter = ends.iter().map(String::len).max().unwrap_or(0);
    let columns = room.saturating_sub(gutter + 2).max(4);
    let mut canvas = Canvas::new(columns, ROWS, lines.series.len(), style);
    for (index, series) in lines.series.iter().enumerate() {
        for run in lines.runs(series) {
            let dots: Vec<(f64, f64)> = run.iter().map(|(at, value)| (x.at(*at), y.at(*value))).collect();
            canvas.line(dots[0], dots[0], index);
            for pair in dots.windows(2) {
                canvas.line(pair[0], pair[1], index);
            }
        }
    }
    let mut out = String::new();
    style.paint(Ink::Bold, &cut(&visible(&format!("by {}", lines.title)), room, style.ellipsis()), &mut out);
    out.push('\n');
    legend(lines, &canvas, room, style, &mut out);
    for row in 0..ROWS {
        let end = match row {
            0 => &ends[0],
            row if row == ROWS / 2 => &ends[1],
            row if row == ROWS - 1 => &ends[2],
            _ => "",
        };
        spaces(gutter - end.len(), &mut out);
        out.push_str(end);
        out.push_str(match (style.unicode, end.is_empty()) {
            (true, false) => " ┤",
            (true, true) => " │",
            (false, _) => " |",
        });
        canvas.append_row(row, style, &mut out);
        out.push('\n');
    }
    spaces(gutter + 1, &mut out);
    let (corner, across) = if style.unicode { ("└", "─") } else { ("+", "-") };
    out.push_str(corner);
    out.extend(std::iter::repeat_n(across, columns));
    out.push('\n');
    spaces(gutter + 2, &mut out);
    let text = |at: f64| match &lines.zone {
        Some(zone) => time_label(at, x.span(), zone),
        None => label(at),
    };
    out.push_str(&axis_labels(&[text(x.min), text(f64::midpoint(x.min, x.max)), text(x.max)], columns));
    out.push('\n');
    notes(&lines.notes, style, &mut out);
    out
}

/// The first label at the left, the last at the right, the middle one between when there is room.
fn axis_labels([first, middle, last]: &[String; 3], room: usize) -> String {
    if first.len() + last.len() + 1 > room {
        return first.chars().take(room).collect();
    }
    let gap = room - first.len() - last.len();
    if gap < middle.len() + 4 {
        return format!("{first}{}{last}", " ".repeat(gap));
    }
    let start = (room / 2).saturating_sub(middle.len() / 2).max(first.len() + 2);
    let start = start.min(room - last.len() - middle.len() - 2);
    let before = start - first.len();
    format!("{first}{}{middle}{}{last}", " ".repeat(before), " ".repeat(gap - before - middle.len()))
}

fn legend(lines: &Lines, canvas: &Canvas, room: usize, style: &Style, out: &mut String) {
    for (index, series) in lines.series.iter().enumerate() {
        style.paint(Ink::Series(index), canvas.mark(index), out);
        let numbers = match series.summary() {
            Some((min, max, last)) => format!("min {}  max {}  last {}", label(min), label(max), label(last)),
            None => "no values".to_owned(),
        };
        let name = visible(&series.name);
        let line = format!(" {}  {numbers}", cut(&name, (room / 2).max(8), style.ellipsis()));
        out.push_str(&cut(&line, room - 1, style.ellipsis()));
        out.push('\n');
    }
}

fn notes(notes: &[String], style: &Style, out: &mut String) {
    for text in notes {
        note(text, style, out);
    }
}

fn note(text: &str, style: &Style, out: &mut String) {
    style.paint(Ink::Dim, &cut(&visible(text), chart_width(style), style.ellipsis()), out);
    out.push('\n');
}
