//! What was measured, as JSON and as a table.

use std::fmt::Write;
use std::time::Duration;

use serde_json::{Value, json};

use crate::load::Input;
use crate::measure::Measured;
use crate::scenario::Scenario;
use crate::yardstick::Bare;

/// One run's figures.
pub(crate) struct Row {
    /// Which program.
    pub(crate) router: &'static str,
    /// On what.
    pub(crate) scenario: Scenario,
    /// The figures.
    pub(crate) json: Value,
    /// CPU seconds a GB of lines.
    pub(crate) cpu_s_per_gb: f64,
    /// Peak memory in MiB.
    pub(crate) peak_mib: f64,
}

/// Puts the figures of a run together.
pub(crate) fn row(
    router: &'static str,
    scenario: Scenario,
    input: &Input,
    measured: &Measured,
    bare: &[Bare],
) -> Row {
    let (found, sent) = (&measured.found, &measured.sent);
    let gb = input.line_bytes as f64 / 1e9;
    let cpu_s_per_gb = measured.cpu_s / gb;
    let peak_mib = measured.peak_kib as f64 / 1024.0;
    let seconds = sent.took.as_secs_f64();
    let wanted = scenario.rate.map(|rate| input.line_bytes as f64 / 1e6 / rate);
    // The yardstick compresses output; a GB of lines makes more or less of it.
    let output_per_line = found.output_bytes as f64 / input.line_bytes as f64;
    let yardstick: Vec<Value> = bare
        .iter()
        .map(|bare| {
            json!({
                "name": bare.name,
                "cpu_s_per_gb_of_lines": round(bare.cpu_s_per_gb * output_per_line, 2),
                "ratio": round(bare.ratio, 2),
            })
        })
        .collect();
    let json = json!({
        "router": router,
        "scenario": scenario.name(),
        "records": input.records.len(),
        "messages": input.messages,
        "line_mb": round(input.line_bytes as f64 / 1e6, 1),
        "seconds": round(seconds, 2),
        "mb_per_s": round(input.line_bytes as f64 / 1e6 / seconds, 2),
        // A sender that was held up by less than a fiftieth kept its rate.
        "kept_rate": wanted.map(|wanted| seconds < wanted * 1.02 + 0.05),
        "longest_write_ms": ms(Some(sent.longest)),
        "connections_closed": sent.closed,
        "cpu_s": round(measured.cpu_s, 2),
        "cpu_s_per_gb": round(cpu_s_per_gb, 2),
        "system_share": round(measured.system_share, 2),
        "peak_mib": round(peak_mib, 1),
        "drain_s": round(measured.drain.as_secs_f64(), 2),
        "ended_well": measured.ended_well,
        "objects": found.objects,
        "object_bytes": found.object_bytes,
        "output_bytes": found.output_bytes,
        "ratio": round(found.ratio(), 2),
        "lost": found.lost,
        "repeated": found.repeated,
        "wrong_hour": found.wrong_hour,
        "changed": found.changed,
        "other": found.other,
        "errors": input.records.iter().filter(|record| record.is_error).count(),
        "errors_lost": found.errors_lost,
        "errors_repeated": found.errors_repeated,
        "errors_other": found.errors_other,
        "error_latency_p50_ms": ms(found.latency_p50),
        "error_latency_p99_ms": ms(found.latency_p99),
        "cloudwatch_violations": measured.violations,
        "whole": found.is_whole() && measured.violations.is_empty(),
        "yardstick": yardstick,
    });
    Row { router, scenario, json, cpu_s_per_gb, peak_mib }
}

fn round(value: f64, places: i32) -> f64 {
    let scale = 10f64.powi(places);
    (value * scale).round() / scale
}

fn ms(duration: Option<Duration>) -> Option<u64> {
    duration.map(|duration| duration.as_millis() as u64)
}

/// Name of a column and the keys of its figures.
const COLUMNS: [(&str, &[&str]); 13] = [
    ("router", &["router"]),
    ("scenario", &["scenario"]),
    ("MB/s", &["mb_per_s"]),
    ("CPU s/GB", &["cpu_s_per_gb"]),
    ("peak MiB", &["peak_mib"]),
    ("ratio", &["ratio"]),
    ("records", &["records"]),
    ("lost/twice", &["lost", "repeated"]),
    ("wrong hour", &["wrong_hour"]),
    ("changed/other", &["changed", "other"]),
    ("errors", &["errors"]),
    ("lost/twice/other", &["errors_lost", "errors_repeated", "errors_other"]),
    ("p50/p99 ms", &["error_latency_p50_ms", "error_latency_p99_ms"]),
];

/// A table for a terminal, the yardstick of each run below it.
pub(crate) fn table(rows: &[Row]) -> String {
    let mut cells: Vec<Vec<String>> = vec![COLUMNS.iter().map(|(name, _)| (*name).to_owned()).collect()];
    for row in rows {
        let cell =
            |keys: &[&str]| keys.iter().map(|key| plain(&row.json[*key])).collect::<Vec<_>>().join("/");
        cells.push(COLUMNS.iter().map(|(_, keys)| cell(keys)).collect());
    }
    let widths: Vec<usize> =
        (0..COLUMNS.len()).map(|at| cells.iter().map(|row| row[at].len()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for row in &cells {
        for (at, cell) in row.iter().enumerate() {
            // Names to the left, figures to the right. Writing to a String cannot fail.
            let _ = if at < 2 {
                write!(text, "{cell:<w$}  ", w = widths[at])
            } else {
                write!(text, "{cell:>w$}  ", w = widths[at])
            };
        }
        text.truncate(text.trim_end().len());
        text.push('\n');
    }
    for row in rows {
        let _ = write!(text, "{} {}:", row.router, row.json["scenario"].as_str().unwrap_or_default());
        for bare in row.json["yardstick"].as_array().into_iter().flatten() {
            let (name, cpu) = (bare["name"].as_str().unwrap_or_default(), &bare["cpu_s_per_gb_of_lines"]);
            let _ = write!(text, " {name} {cpu} s/GB, ratio {};", bare["ratio"]);
        }
        text.pop();
        text.push('\n');
        if row.json["kept_rate"] == false {
            let _ = writeln!(
                text,
                "  the rate was not kept: a write took up to {} ms",
                row.json["longest_write_ms"]
            );
        }
        if row.json["ended_well"] == false {
            text.push_str("  it did not end with status 0\n");
        }
        if row.json["connections_closed"] != 0 {
            let _ = writeln!(text, "  it closed {} connections", row.json["connections_closed"]);
        }
    }
    text
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
