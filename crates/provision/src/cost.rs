//! What a month costs: everything in CloudWatch Logs against the split, and what stands around it.
//!
//! Prices are data (`prices/*.toml`) with their date. A month has 730 hours and 30 days, as AWS's own calculator.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

const HOURS: f64 = 730.0;
const DAYS: f64 = 30.0;
const FILES: [&str; 2] =
    [include_str!("../prices/ap-northeast-1.toml"), include_str!("../prices/us-east-1.toml")];

/// Prices of a region.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prices {
    /// The region.
    pub region: String,
    /// Where it is.
    pub name: String,
    /// The day on which they were read.
    pub date: String,
    logs: LogsPrices,
    s3: S3Prices,
    athena: AthenaPrices,
    network: NetworkPrices,
    monitoring: MonitoringPrices,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct LogsPrices {
    ingestion_gb: f64,
    ingestion_infrequent_gb: f64,
    storage_gb_month: f64,
    storage_ratio: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct S3Prices {
    standard_gb_month: f64,
    glacier_gb_month: f64,
    put_1000: f64,
    to_glacier_1000: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct AthenaPrices {
    scanned_tb: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct NetworkPrices {
    endpoint_hour: f64,
    endpoint_gb: f64,
    nat_hour: f64,
    nat_gb: f64,
}

#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct MonitoringPrices {
    alarm_metric_month: f64,
    dashboard_month: f64,
    key_month: f64,
}

/// The prices of a region; Tokyo's when it has none here.
///
/// # Panics
/// Never: a test reads the built-in files.
#[must_use]
pub fn prices(region: Option<&str>) -> Prices {
    let mut all =
        FILES.iter().map(|text| toml::from_str(text).expect("prices, built in")).collect::<Vec<Prices>>();
    let index = all.iter().position(|prices| Some(prices.region.as_str()) == region).unwrap_or(0);
    all.swap_remove(index)
}

/// What an estimate is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Usage {
    /// Bytes of log lines a day, by level.
    pub bytes_a_day: BTreeMap<String, f64>,
    /// How many times smaller objects are than the lines in them.
    pub compression: f64,
    /// Objects written a day.
    pub objects_a_day: f64,
    /// Days until objects move to Glacier; none, if they do not.
    pub glacier_after_days: Option<f64>,
    /// Days that objects are kept; none, if for ever (then a year is counted).
    pub kept_days: Option<f64>,
    /// Days that CloudWatch keeps events.
    pub retention_days: f64,
    /// Whether the log group is of the class for infrequent access.
    pub infrequent_access: bool,
    /// Levels that go to CloudWatch.
    pub gate: Vec<String>,
    /// Bytes that queries scan in a month, compressed.
    pub scanned_a_month: f64,
    /// Interface endpoints.
    pub endpoints: f64,
    /// Availability Zones that they stand in.
    pub zones: f64,
    /// Metrics that alarms watch.
    pub alarm_metrics: f64,
    /// Dashboards.
    pub dashboards: f64,
}

/// A line of an estimate: what, how much of it, dollars a month.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is.
    pub what: String,
    /// How the figure comes about.
    pub how: String,
    /// US dollars a month.
    pub dollars: f64,
}

/// An estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct Estimate {
    /// The log pipeline as it is: errors to CloudWatch, everything to S3.
    pub split: Vec<Line>,
    /// The same lines all in CloudWatch Logs.
    pub cloudwatch: Vec<Line>,
    /// What is paid either way: endpoints, alarms, dashboards, the key.
    pub around: Vec<Line>,
    /// A NAT gateway in each zone, in place of the endpoints.
    pub nat: Line,
}

impl Estimate {
    /// The sum of lines.
    #[must_use]
    pub fn total(lines: &[Line]) -> f64 {
        lines.iter().map(|line| line.dollars).sum()
    }

    /// The estimate for programs.
    #[must_use]
    pub fn json(&self) -> Value {
        let lines = |lines: &[Line]| -> Value { lines.iter().map(line_json).collect() };
        json!({
            "split": {"dollars": cents(Self::total(&self.split)), "lines": lines(&self.split)},
            "cloudwatch": {"dollars": cents(Self::total(&self.cloudwatch)), "lines": lines(&self.cloudwatch)},
            "around": {"dollars": cents(Self::total(&self.around)), "lines": lines(&self.around)},
            "nat_instead_of_endpoints": line_json(&self.nat),
        })
    }
}

fn line_json(line: &Line) -> Value {
    json!({"what": line.what, "how": line.how, "dollars": cents(line.dollars)})
}

fn cents(dollars: f64) -> f64 {
    (dollars * 100.0).round() / 100.0
}

/// Estimates a month.
#[must_use]
pub fn estimate(usage: &Usage, prices: &Prices) -> Estimate {
    let gb = |bytes: f64| bytes / 1e9;
    let line = |what: &str, how: String, dollars: f64| Line { what: what.to_owned(), how, dollars };
    let all = gb(usage.bytes_a_day.values().sum::<f64>()) * DAYS;
    let through = usage.bytes_a_day.iter().filter(|(level, _)| usage.gate.contains(level));
    let errors = gb(through.map(|(_, bytes)| bytes).sum::<f64>()) * DAYS;
    let logs = |volume: f64, infrequent: bool| {
        let price = if infrequent { prices.logs.ingestion_infrequent_gb } else { prices.logs.ingestion_gb };
        let kept = volume * usage.retention_days / DAYS * prices.logs.storage_ratio;
        [
            line("CloudWatch Logs, ingestion", format!("{volume:.1} GB × ${price}"), volume * price),
            line(
                "CloudWatch Logs, storage",
                format!("{kept:.1} GB kept × ${}", prices.logs.storage_gb_month),
                kept * prices.logs.storage_gb_month,
            ),
        ]
    };
    let daily = all / DAYS / usage.compression;
    let kept = usage.kept_days.unwrap_or(365.0);
    let hot = usage.glacier_after_days.unwrap_or(kept).min(kept);
    let objects = usage.objects_a_day * DAYS;
    let moved = if hot < kept { objects } else { 0.0 };
    let mut split = logs(errors, usage.infrequent_access).to_vec();
    split.extend([
        line(
            "S3, requests",
            format!("{objects:.0} objects written, {moved:.0} moved to Glacier"),
            objects / 1000.0 * prices.s3.put_1000 + moved / 1000.0 * prices.s3.to_glacier_1000,
        ),
        line(
            "S3, Standard",
            format!("{:.1} GB of {hot:.0} days × ${}", daily * hot, prices.s3.standard_gb_month),
            daily * hot * prices.s3.standard_gb_month,
        ),
        line(
            "S3, Glacier Flexible Retrieval",
            format!(
                "{:.1} GB of {:.0} days × ${}",
                daily * (kept - hot),
                kept - hot,
                prices.s3.glacier_gb_month
            ),
            daily * (kept - hot) * prices.s3.glacier_gb_month,
        ),
        line(
            "Athena",
            format!("{:.3} TB scanned × ${}", usage.scanned_a_month / 1e12, prices.athena.scanned_tb),
            usage.scanned_a_month / 1e12 * prices.athena.scanned_tb,
        ),
    ]);
    Estimate {
        split,
        cloudwatch: logs(all, false).to_vec(),
        around: around(usage, prices, errors),
        nat: nat(usage, prices, errors),
    }
}

fn around(usage: &Usage, prices: &Prices, errors: f64) -> Vec<Line> {
    let network = &prices.network;
    let endpoints = usage.endpoints * usage.zones * HOURS * network.endpoint_hour;
    let monitoring = &prices.monitoring;
    let line = |what: &str, how: String, dollars: f64| Line { what: what.to_owned(), how, dollars };
    vec![
        line(
            "Interface endpoints",
            format!("{} in {} zones × {HOURS} h × ${}", usage.endpoints, usage.zones, network.endpoint_hour),
            endpoints,
        ),
        line(
            "Interface endpoints, data",
            format!("{errors:.1} GB × ${}", network.endpoint_gb),
            errors * network.endpoint_gb,
        ),
        line(
            "Alarms",
            format!("{} metrics × ${}", usage.alarm_metrics, monitoring.alarm_metric_month),
            usage.alarm_metrics * monitoring.alarm_metric_month,
        ),
        line(
            "Dashboards",
            format!("{} × ${}", usage.dashboards, monitoring.dashboard_month),
            usage.dashboards * monitoring.dashboard_month,
        ),
        line("Key of the topics", "1".to_owned(), monitoring.key_month),
    ]
}

fn nat(usage: &Usage, prices: &Prices, errors: f64) -> Line {
    let network = &prices.network;
    Line {
        what: "NAT gateways in place of the endpoints".to_owned(),
        how: format!("{} × {HOURS} h × ${}, and ${} a GB", usage.zones, network.nat_hour, network.nat_gb),
        dollars: usage.zones * HOURS * network.nat_hour + errors * network.nat_gb,
    }
}

/// What alarms cost a month: each metric that one watches is paid for.
#[must_use]
pub fn alarms_monthly<'a>(alarms: impl Iterator<Item = &'a Value>, prices: &Prices) -> f64 {
    alarm_metrics(alarms) * prices.monitoring.alarm_metric_month
}

/// The metrics that alarms watch.
#[must_use]
pub fn alarm_metrics<'a>(alarms: impl Iterator<Item = &'a Value>) -> f64 {
    let metrics = |alarm: &Value| match alarm["Metrics"].as_array() {
        Some(queries) => queries.iter().filter(|query| query["MetricStat"].is_object()).count(),
        None => 1,
    };
    #[allow(clippy::cast_precision_loss)]
    let count = alarms.map(metrics).sum::<usize>() as f64;
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn usage() -> Usage {
        Usage {
            bytes_a_day: [("info".to_owned(), 99e9), ("error".to_owned(), 1e9)].into(),
            compression: 8.0,
            objects_a_day: 1000.0,
            glacier_after_days: Some(90.0),
            kept_days: Some(365.0),
            retention_days: 30.0,
            infrequent_access: false,
            gate: vec!["error".to_owned(), "fatal".to_owned()],
            scanned_a_month: 1e12,
            endpoints: 4.0,
            zones: 2.0,
            alarm_metrics: 20.0,
            dashboards: 2.0,
        }
    }

    #[test]
    fn the_split_costs_a_fraction_of_everything_in_cloudwatch() {
        let tokyo = prices(None);
        let estimate = estimate(&usage(), &tokyo);
        // 3,000 GB at $0.76, and 15 % of them kept for a month.
        assert!((estimate.cloudwatch[0].dollars - 2280.0).abs() < 0.01);
        assert!((estimate.cloudwatch[1].dollars - 14.85).abs() < 0.01);
        assert!((estimate.split[0].dollars - 22.8).abs() < 0.01);
        assert!(Estimate::total(&estimate.split) < 0.05 * Estimate::total(&estimate.cloudwatch));
    }

    #[test]
    fn endpoints_are_billed_by_zone() {
        let of = |zones: f64| estimate(&Usage { zones, ..usage() }, &prices(None)).around[0].dollars;
        assert!((of(2.0) - 81.76).abs() < 0.001, "{}", of(2.0));
        assert!((of(1.0) - 40.88).abs() < 0.001, "{}", of(1.0));
    }

    #[test]
    fn a_region_without_prices_is_told_tokyos() {
        assert_eq!(prices(Some("us-east-1")).name, "Virginia");
        assert_eq!(prices(Some("mars-north-1")).name, "Tokyo");
    }
}
