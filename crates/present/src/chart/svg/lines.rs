//! Lines with both axes. The numbers of the vertical axis stand on their grid lines: no space is lost at the side.

use std::fmt::Write;

use super::super::lines::Lines;
use super::super::scale::{Scale, label, time_label};
use super::{legend, notes, open, percent, x_axis};
use crate::html::escaped;

/// The space above the lines, for the topmost number, and the height of the lines.
const TOP: usize = 18;
const HEIGHT: usize = 220;
/// With more points than this a series has no marks that tell their values.
const MOST_MARKS: usize = 150;

pub(super) fn draw(chart: &Lines, title: &str) -> String {
    let y = Scale::round(chart.values(), 4);
    let x = match &chart.zone {
        Some(zone) => Scale::time(chart.xs(), 4, zone),
        None => Scale::exact(chart.xs(), 4),
    };
    let text = |at: f64| match &chart.zone {
        Some(zone) => time_label(at, x.span(), zone),
        None => label(at),
    };
    let down = |share: f64| (1.0 - share) * HEIGHT as f64;
    let mut out = String::new();
    let entries: Vec<_> = (chart.series.iter())
        .map(|series| {
            let numbers = series.summary().map_or_else(
                || "no values".to_owned(),
                |(min, max, last)| format!("min {} · max {} · last {}", label(min), label(max), label(last)),
            );
            (series.name.clone(), numbers)
        })
        .collect();
    legend(&entries, &mut out);
    open(title, TOP + HEIGHT + 26, &mut out);
    x_axis(&x, TOP, TOP + HEIGHT, text, &mut out);
    for tick in &y.ticks {
        let at = TOP as f64 + down(y.at(*tick));
        // Writing to a string never fails.
        _ = writeln!(out, "<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>");
    }
    let (mut paths, mut marks) = (String::new(), String::new());
    for (index, series) in chart.series.iter().enumerate() {
        let few = series.points.len() <= MOST_MARKS;
        for run in chart.runs(series) {
            let mut path = String::new();
            for (step, (at, value)) in run.iter().enumerate() {
                let command = if step == 0 { 'M' } else { 'L' };
                _ = write!(path, "{command}{:.2} {:.2}", x.at(*at) * 1000.0, down(y.at(*value)));
                if few || run.len() == 1 {
                    _ = writeln!(
                        marks,
                        "<circle class=\"s{}\" cx=\"{}\" cy=\"{:.1}\" r=\"{}\"><title>{}: {} · {}</title></circle>",
                        index % 8,
                        percent(x.at(*at)),
                        TOP as f64 + down(y.at(*value)),
                        if run.len() == 1 { 3.5 } else { 2.5 },
                        escaped(&series.name),
                        text(*at),
                        label(*value)
                    );
                }
            }
            _ = writeln!(
                paths,
                "<path class=\"line s{}\" vector-effect=\"non-scaling-stroke\" d=\"{path}\"/>",
                index % 8
            );
        }
    }
    _ = write!(
        out,
        "<svg x=\"0\" y=\"{TOP}\" width=\"100%\" height=\"{HEIGHT}\" viewBox=\"0 0 1000 {HEIGHT}\" \
         preserveAspectRatio=\"none\" overflow=\"visible\">\n{paths}</svg>\n{marks}"
    );
    for tick in &y.ticks {
        let at = TOP as f64 + down(y.at(*tick)) - 4.0;
        _ = writeln!(out, "<text class=\"tick over\" x=\"2\" y=\"{at:.1}\">{}</text>", label(*tick));
    }
    let bottom = TOP + HEIGHT;
    _ = writeln!(out, "<line class=\"axis\" x1=\"0\" x2=\"100%\" y1=\"{bottom}\" y2=\"{bottom}\"/>\n</svg>");
    notes(&chart.notes, &mut out);
    out
}
