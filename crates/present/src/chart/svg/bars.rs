//! Horizontal bars; each has its label above, where long ones have room.

use std::fmt::Write;

use super::super::bars::Bars;
use super::super::scale::{Scale, label};
use super::{legend, notes, open, percent, x_axis};
use crate::html::escaped;
use crate::style::Ink;
use crate::text::cut;

/// How many bars are drawn; the table has the others.
const MOST: usize = 50;
/// How many cells of a label are shown.
const LABEL: usize = 40;
/// Heights of a label, a bar, and the space after the bars of a label.
const HEIGHTS: (usize, usize, usize) = (18, 12, 8);

pub(super) fn draw(chart: &Bars, title: &str) -> String {
    let shown = &chart.bars[..chart.bars.len().min(MOST)];
    let several = chart.names.len() > 1;
    let scale = Scale::from_zero(shown.iter().flat_map(|bar| bar.values.iter().copied().flatten()), 4);
    let (label_height, bar_height, after) = HEIGHTS;
    let height_of = |values: usize| label_height + values * (bar_height + 2) + after;
    let bottom: usize = shown.iter().map(|bar| height_of(bar.values.len())).sum();
    let mut out = String::new();
    if several {
        let entries: Vec<_> = chart.names.iter().map(|name| (name.clone(), String::new())).collect();
        legend(&entries, &mut out);
    }
    open(title, bottom + 26, &mut out);
    x_axis(&scale, 0, bottom, label, &mut out);
    let zero = scale.at(0.0);
    let mut y = 0;
    for bar in shown {
        let text = cut(&bar.label, LABEL, "…");
        // Writing to a string never fails.
        _ = writeln!(out, "<text class=\"label\" x=\"0\" y=\"{}\">{}</text>", y + 14, escaped(&text));
        let mut top = y + label_height;
        for (index, value) in bar.values.iter().enumerate() {
            let number = value.map_or_else(|| "NULL".to_owned(), label);
            let class = match Ink::of_level(&bar.label).class() {
                level if chart.levels && !several && !level.is_empty() => level.to_owned(),
                _ => format!("s{}", index % 8),
            };
            if let Some(value) = value {
                let end = scale.at(*value);
                _ = writeln!(
                    out,
                    "<rect class=\"{class}\" x=\"{}\" width=\"{}\" y=\"{top}\" height=\"{bar_height}\">\
                     <title>{}: {number}</title></rect>",
                    percent(zero.min(end)),
                    percent((zero - end).abs()),
                    escaped(&bar.label)
                );
            }
            let baseline = if several { top + bar_height - 1 } else { y + 14 };
            _ = writeln!(
                out,
                "<text class=\"value\" x=\"100%\" y=\"{baseline}\" text-anchor=\"end\">{number}</text>"
            );
            top += bar_height + 2;
        }
        y += height_of(bar.values.len());
    }
    let at = percent(zero);
    _ = writeln!(out, "<line class=\"axis\" x1=\"{at}\" x2=\"{at}\" y1=\"0\" y2=\"{bottom}\"/>\n</svg>");
    if shown.len() < chart.bars.len() {
        notes(&[format!("Bars not shown: {}", chart.bars.len() - shown.len())], &mut out);
    }
    notes(&chart.notes, &mut out);
    out
}
