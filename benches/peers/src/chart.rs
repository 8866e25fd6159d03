//! CPU and memory of the runs as a chart that needs nothing but a viewer of SVG.

use std::fmt::Write;

use crate::report::Row;

const WIDTH: f64 = 760.0;
const LABEL: f64 = 230.0;
const FIGURE: f64 = 70.0;
const BAR: f64 = 18.0;
const GAP: f64 = 8.0;
const HEAD: f64 = 34.0;

/// Two groups of bars: CPU seconds a GB of lines, and peak memory.
pub(crate) fn svg(rows: &[Row], machine: &str) -> String {
    let group = HEAD + rows.len() as f64 * (BAR + GAP);
    let height = 2.0 * group + 40.0;
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"white\"/>\n"
    );
    bars(&mut text, 0.0, "CPU seconds a GB of lines", rows, |row| row.cpu_s_per_gb);
    bars(&mut text, group, "peak memory, MiB", rows, |row| row.peak_mib);
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "<text x=\"10\" y=\"{}\" fill=\"#666\">{}</text>\n</svg>",
        height - 14.0,
        escaped(machine)
    );
    text
}

fn bars(text: &mut String, top: f64, title: &str, rows: &[Row], figure: impl Fn(&Row) -> f64) {
    let most = rows.iter().map(&figure).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let _ = writeln!(text, "<text x=\"10\" y=\"{}\" font-weight=\"bold\">{title}</text>", top + 22.0);
    for (at, row) in rows.iter().enumerate() {
        let y = top + HEAD + at as f64 * (BAR + GAP);
        let value = figure(row);
        let width = value / most * (WIDTH - LABEL - FIGURE);
        let colour = if row.router == "log-router" { "#2563eb" } else { "#9ca3af" };
        let name = escaped(&format!("{} {}", row.router, row.scenario.name()));
        let baseline = y + BAR - 5.0;
        let _ = writeln!(
            text,
            "<text x=\"10\" y=\"{baseline}\">{name}</text><rect x=\"{LABEL}\" y=\"{y}\" width=\"{width:.1}\" height=\"{BAR}\" fill=\"{colour}\"/><text x=\"{:.1}\" y=\"{baseline}\">{value:.1}</text>",
            LABEL + width + 6.0,
        );
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(router: &'static str, cpu_s_per_gb: f64) -> Row {
        let scenario = "text@max".parse().expect("a scenario");
        Row { router, scenario, json: serde_json::Value::Null, cpu_s_per_gb, peak_mib: 20.0 }
    }

    #[test]
    fn bars_are_as_long_as_their_figures_and_names_cannot_break_the_chart() {
        let text = svg(&[row("log-router", 10.0), row("fluent-bit", 40.0)], "a <machine> & more");
        let full = WIDTH - LABEL - FIGURE;
        assert!(
            text.contains(&format!("width=\"{full:.1}\""))
                && text.contains(&format!("width=\"{:.1}\"", full / 4.0))
        );
        assert!(text.contains("a &lt;machine&gt; &amp; more") && text.contains("log-router text@max"));
        assert!(text.starts_with("<svg") && text.trim_end().ends_with("</svg>"));
    }
}
