//! What an alarm watches, as a text that only alarms on the same have.

use serde_json::Value;

/// Metric, dimensions and direction of an alarm; of metric math, the expression and all of its metrics.
#[must_use]
pub fn signature(alarm: &Value) -> String {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let direction = if text(alarm, "ComparisonOperator").starts_with("Less") { "<" } else { ">" };
    let metrics = alarm["Metrics"].as_array().map(Vec::as_slice).unwrap_or_default();
    if metrics.is_empty() {
        return format!("{direction} {}", metric(alarm));
    }
    let mut parts: Vec<String> = metrics
        .iter()
        .map(|query| match query["Expression"].as_str() {
            Some(expression) => expression.chars().filter(|c| !c.is_whitespace()).collect(),
            None => metric(&query["MetricStat"]["Metric"]),
        })
        .collect();
    parts.sort();
    format!("{direction} {}", parts.join(" "))
}

fn metric(value: &Value) -> String {
    let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let dimensions = value["Dimensions"].as_array().map(Vec::as_slice).unwrap_or_default();
    let mut pairs: Vec<String> =
        dimensions.iter().map(|d| format!("{}={}", text(d, "Name"), text(d, "Value"))).collect();
    pairs.sort();
    format!("{}/{}{{{}}}", text(value, "Namespace"), text(value, "MetricName"), pairs.join(","))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_order_of_dimensions_and_the_threshold_do_not_matter_but_the_direction_does() {
        let alarm = |operator: &str, first: &str, second: &str, threshold: u32| {
            signature(&json!({
                "Namespace": "AWS/ECS", "MetricName": "CPUUtilization", "Threshold": threshold,
                "ComparisonOperator": operator,
                "Dimensions": [{"Name": first, "Value": first}, {"Name": second, "Value": second}],
            }))
        };
        let one = alarm("GreaterThanThreshold", "a", "b", 80);
        assert_eq!(one, alarm("GreaterThanOrEqualToThreshold", "b", "a", 70));
        assert_ne!(one, alarm("LessThanThreshold", "a", "b", 80));
    }
}
