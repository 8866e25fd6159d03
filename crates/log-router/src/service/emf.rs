//! The counters in CloudWatch's Embedded Metric Format, on standard output: with the `awslogs` driver they become
//! metrics without an agent.
//!
//! Source: <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html>

use std::io::{self, Write};
use std::rc::Rc;
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::admin::metrics;
use super::core::Core;
use super::counters::{Kind, Metric};
use super::now_ms;

/// Most metrics of one document.
const MOST: usize = 100;

/// Writes the counters again and again.
pub(super) async fn run(core: Rc<Core>, namespace: String, every: Duration) {
    let mut before = metrics(&core);
    let mut ticks = tokio::time::interval(every);
    ticks.tick().await;
    loop {
        ticks.tick().await;
        let now = metrics(&core);
        let document = document(&namespace, &core.rules.service, now_ms(), &before, &now);
        // When nobody reads it there is nobody to tell.
        let _ = writeln!(io::stdout(), "{document}");
        before = now;
    }
}

/// Counters are told as what was added since the last time, so that CloudWatch can sum them up.
fn document(namespace: &str, service: &str, now_ms: i64, before: &[Metric], now: &[Metric]) -> Value {
    let (mut definitions, mut values) = (Vec::new(), Map::new());
    for (before, now) in before.iter().zip(now).take(MOST) {
        let value = match now.kind {
            Kind::Counter => now.value.wrapping_sub(before.value),
            Kind::Gauge => now.value,
        };
        definitions.push(json!({ "Name": now.name, "Unit": now.unit }));
        values.insert(now.name.to_owned(), value.into());
    }
    values.insert("service".to_owned(), service.into());
    values.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now_ms,
            "CloudWatchMetrics":
                [{ "Namespace": namespace, "Dimensions": [["service"]], "Metrics": definitions }],
        }),
    );
    Value::Object(values)
}

#[cfg(test)]
mod tests {
    use super::super::counters::{Counters, add};
    use super::*;

    #[test]
    fn a_counter_is_told_as_what_was_added_and_a_gauge_as_it_is() {
        let counters = Counters::default();
        add(&counters.in_bytes, 5);
        counters.connections.set(3);
        let before = counters.all();
        add(&counters.in_bytes, 7);
        let document = document("Sluice", "api", 1, &before, &counters.all());
        assert_eq!(document["sluice_in_bytes_total"], 7);
        assert_eq!(document["sluice_connections"], 3);
        let metrics = document["_aws"]["CloudWatchMetrics"][0]["Metrics"].as_array().unwrap();
        assert_eq!(metrics.len(), before.len());
        assert!(before.len() <= MOST);
    }
}
