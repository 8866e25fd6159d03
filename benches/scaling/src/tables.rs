//! The tables of docs/scaling.md, and their place in it.

use std::fmt::Write;

use crate::model::{Day, Load, Settings, simulate};
use crate::prices::{Limits, Prices};

const TASKS: [u32; 5] = [1, 10, 100, 1000, 10_000];
const SEED: u64 = 7;
/// Days of a month, as AWS's own calculator has it.
const MONTH: f64 = 30.0;

/// A table with the name of its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// What stands in the comment before it.
    pub name: &'static str,
    /// Its lines.
    pub text: String,
}

/// Every table.
#[must_use]
pub fn tables(load: &Load, prices: &Prices, limits: &Limits) -> Vec<Table> {
    vec![
        Table { name: "requests", text: requests(load, limits) },
        Table { name: "cost", text: cost(load, prices, limits) },
        Table { name: "objects", text: objects(load, prices, limits) },
        Table { name: "compaction", text: compaction(load, prices, limits) },
        Table { name: "query", text: query(load, prices, limits) },
    ]
}

/// The document with its tables made anew. What stands between `<!-- table NAME -->` and `<!-- end -->` is theirs.
///
/// # Errors
/// With the name of a table that has no place.
pub fn document(text: &str, tables: &[Table]) -> Result<String, String> {
    let mut text = text.to_owned();
    for table in tables {
        let open = format!("<!-- table {} -->\n", table.name);
        let start = text.find(&open).ok_or_else(|| format!("there is no {}", open.trim_end()))? + open.len();
        let len =
            text[start..].find("<!-- end -->").ok_or_else(|| format!("{} does not end", open.trim_end()))?;
        text.replace_range(start..start + len, &table.text);
    }
    Ok(text)
}

fn lines(head: &str, rows: impl IntoIterator<Item = String>) -> String {
    let columns = head.matches('|').count() - 1;
    let mut text = format!("{head}\n|{}\n", "---|".repeat(columns));
    for row in rows {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{row}");
    }
    text
}

fn requests(load: &Load, limits: &Limits) -> String {
    let share = |value: f64, of: f64| format!("{:.1} %", 100.0 * value / of);
    lines(
        "| tasks | GB of lines a day | PUT/s, mean | fullest second | all begun within 10 s | at the hour | of one prefix's quota | PutLogEvents/s | of the quota |",
        TASKS.map(|tasks| {
            let day = Day::of(f64::from(tasks), load, &Settings::DEFAULT);
            let peak = simulate(tasks, load, &Settings::DEFAULT, SEED);
            let most = f64::from(peak.spread.max(peak.together).max(peak.at_the_hour));
            format!(
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                whole(f64::from(tasks)),
                short(day.line_gb),
                short(day.puts_per_second),
                peak.spread,
                peak.together,
                peak.at_the_hour,
                share(most, limits.s3.puts_per_second),
                short(day.log_puts_per_second),
                share(day.log_puts_per_second, limits.logs.puts_per_second),
            )
        }),
    )
}

fn cost(load: &Load, prices: &Prices, limits: &Limits) -> String {
    let _ = limits;
    lines(
        "| tasks | all to CloudWatch Logs | errors to CloudWatch Logs | S3 PUT, roll 60 s | S3 storage, each month kept | the split in all |",
        TASKS.map(|tasks| {
            let day = Day::of(f64::from(tasks), load, &Settings::DEFAULT);
            let everything = day.line_gb * MONTH * prices.logs.ingestion_gb;
            let errors = day.error_gb * MONTH * prices.logs.ingestion_gb;
            let puts = day.objects * MONTH / 1000.0 * prices.s3.put_1000;
            let storage = day.object_gb * MONTH * prices.s3.standard_gb_month;
            let tasks = whole(f64::from(tasks));
            let [everything, errors, puts, storage, all] =
                [everything, errors, puts, storage, errors + puts + storage].map(dollars);
            format!("| {tasks} | {everything} | {errors} | {puts} | {storage} | {all} |")
        }),
    )
}

fn objects(load: &Load, prices: &Prices, limits: &Limits) -> String {
    const TASKS: f64 = 100.0;
    lines(
        "| `spool.segment_age` | objects a day | KB an object | PUT a month | GET of a day read whole | PUT/s at 10,000 tasks |",
        [15.0, 60.0, 300.0, 900.0, 3600.0].map(|segment_age| {
            let settings = Settings { segment_age, ..Settings::DEFAULT };
            let day = Day::of(TASKS, load, &settings);
            format!(
                "| {} s | {} | {} | {} | {} | {} |",
                whole(segment_age),
                whole(day.objects),
                short(day.object_kb()),
                dollars(day.objects * MONTH / 1000.0 * prices.s3.put_1000),
                dollars(day.objects / 1000.0 * limits.s3.get_1000),
                short(Day::of(10_000.0, load, &settings).puts_per_second),
            )
        }),
    )
}

fn compaction(load: &Load, prices: &Prices, limits: &Limits) -> String {
    lines(
        "| tasks | objects an hour | GB an hour to read | GB of text an hour | GET and PUT a month | objects after, an hour |",
        TASKS.map(|tasks| {
            let day = Day::of(f64::from(tasks), load, &Settings::DEFAULT);
            // Each object is read once, each hour written once.
            let requests = day.objects * MONTH / 1000.0 * limits.s3.get_1000
                + 24.0 * MONTH / 1000.0 * prices.s3.put_1000;
            format!(
                "| {} | {} | {} | {} | {} | 1 |",
                whole(f64::from(tasks)),
                whole(day.objects / 24.0),
                short(day.object_gb / 24.0),
                short(day.line_gb / 24.0),
                dollars(requests),
            )
        }),
    )
}

fn query(load: &Load, prices: &Prices, limits: &Limits) -> String {
    lines(
        "| tasks | GET requests, raw | their price | GET/s limit of a prefix: at least | Athena, raw | GET requests, compacted, at least | Athena, compacted, a tenth of the columns |",
        TASKS.map(|tasks| {
            let day = Day::of(f64::from(tasks), load, &Settings::DEFAULT);
            let athena =
                |gb: f64| (gb * 1e9).max(limits.athena.least_bytes) / 1e12 * prices.athena.scanned_tb;
            format!(
                "| {} | {} | {} | {} s | {} | 24 | {} |",
                whole(f64::from(tasks)),
                whole(day.objects),
                dollars(day.objects / 1000.0 * limits.s3.get_1000),
                // 24 folders, which S3 may hold in one partition.
                short(day.objects / limits.s3.gets_per_second),
                dollars(athena(day.object_gb)),
                dollars(athena(day.object_gb / 10.0)),
            )
        }),
    )
}

/// With commas between thousands.
fn whole(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Two figures that count, at least.
fn short(value: f64) -> String {
    match value {
        v if v >= 10.0 => whole(v),
        v if v >= 1.0 => format!("{v:.1}"),
        v if v >= 0.1 => format!("{v:.2}"),
        v => format!("{v:.3}"),
    }
}

fn dollars(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("${}", whole(v)),
        v if v >= 0.01 => format!("${v:.2}"),
        v => format!("${v:.5}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_for_people() {
        assert_eq!([whole(1.0), whole(1_234.4), whole(12_345_678.0)], ["1", "1,234", "12,345,678"]);
        assert_eq!(
            [short(0.0012), short(0.5), short(1.26), short(1234.0)],
            ["0.001", "0.50", "1.3", "1,234"]
        );
        assert_eq!([dollars(0.00005), dollars(1.5), dollars(2030.4)], ["$0.00005", "$1.50", "$2,030"]);
    }

    #[test]
    fn a_document_without_a_place_is_told() {
        let table = Table { name: "a", text: "x\n".to_owned() };
        let place = "<!-- table a -->\nold\n<!-- end -->";
        assert_eq!(
            document(place, std::slice::from_ref(&table)).as_deref(),
            Ok("<!-- table a -->\nx\n<!-- end -->")
        );
        document("", std::slice::from_ref(&table)).unwrap_err();
        document("<!-- table a -->\n", &[table]).unwrap_err();
    }
}
