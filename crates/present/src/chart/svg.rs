//! Charts as SVG inside of HTML.
//!
//! Places across are percentages and sizes of text are those of the page, so that a chart fills a wide screen and
//! can still be read on a phone. Colours are classes: `s0` to `s7` for series, the page gives them.

mod bars;
mod lines;

use std::fmt::Write;

use super::plot::Plot;
use super::scale::Scale;
use crate::html::escaped;

/// The chart, with its legend and notes.
pub(crate) fn draw(plot: &Plot, title: &str) -> String {
    match plot {
        Plot::Bars(chart) => bars::draw(chart, title),
        Plot::Lines(chart) => lines::draw(chart, title),
    }
}

fn open(title: &str, height: usize, out: &mut String) {
    // Writing to a string never fails.
    _ = writeln!(
        out,
        "<svg class=\"chart\" role=\"img\" aria-label=\"{}\" width=\"100%\" height=\"{height}\" \
         xmlns=\"http://www.w3.org/2000/svg\">",
        escaped(title)
    );
}

fn percent(share: f64) -> String {
    format!("{:.2}%", share * 100.0)
}

/// A text on an axis: the outermost ones end at the edge.
fn tick_text(share: f64, y: usize, text: &str, out: &mut String) {
    let anchor = match share {
        share if share < 0.06 => "start",
        share if share > 0.94 => "end",
        _ => "middle",
    };
    _ = writeln!(
        out,
        "<text class=\"tick\" x=\"{}\" y=\"{y}\" text-anchor=\"{anchor}\">{}</text>",
        percent(share),
        escaped(text)
    );
}

/// Vertical lines at the ticks, and their labels below.
fn x_axis(scale: &Scale, top: usize, bottom: usize, text: impl Fn(f64) -> String, out: &mut String) {
    for tick in &scale.ticks {
        let at = percent(scale.at(*tick));
        _ = writeln!(out, "<line class=\"grid\" x1=\"{at}\" x2=\"{at}\" y1=\"{top}\" y2=\"{bottom}\"/>");
        tick_text(scale.at(*tick), bottom + 18, &text(*tick), out);
    }
}

fn legend(entries: &[(String, String)], out: &mut String) {
    out.push_str("<ul class=\"legend\">\n");
    for (index, (name, numbers)) in entries.iter().enumerate() {
        _ = writeln!(
            out,
            "<li><span class=\"key s{}\"></span>{} <small>{}</small></li>",
            index % 8,
            escaped(name),
            escaped(numbers)
        );
    }
    out.push_str("</ul>\n");
}

fn notes(notes: &[String], out: &mut String) {
    for note in notes {
        _ = writeln!(out, "<p class=\"more\">{}</p>", escaped(note));
    }
}
