use std::collections::BTreeSet;

use serde_json::Value;

use crate::files::{Samples, samples, tally};

fn records(samples: &Samples) -> Vec<Value> {
    samples.lines("waf").iter().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Readers that know no capitals must not see a key twice.
fn keys_are_unique_in_lower_case(value: &Value) {
    match value {
        Value::Object(fields) => {
            let keys: BTreeSet<String> = fields.keys().map(|key| key.to_lowercase()).collect();
            assert_eq!(keys.len(), fields.len(), "{value}");
            fields.values().for_each(keys_are_unique_in_lower_case);
        }
        Value::Array(values) => values.iter().for_each(keys_are_unique_in_lower_case),
        _ => {}
    }
}

#[test]
fn every_line_is_a_record_with_the_documented_fields() {
    for record in records(&samples()) {
        keys_are_unique_in_lower_case(&record);
        for field in [
            "timestamp",
            "formatVersion",
            "webaclId",
            "terminatingRuleId",
            "terminatingRuleType",
            "action",
            "httpSourceName",
            "httpSourceId",
            "ruleGroupList",
            "rateBasedRuleList",
            "nonTerminatingMatchingRules",
            "requestHeadersInserted",
            "responseCodeSent",
            "httpRequest",
        ] {
            assert!(record.get(field).is_some(), "no {field} in {record}");
        }
        for field in
            ["clientIp", "country", "headers", "uri", "args", "httpVersion", "httpMethod", "requestId"]
        {
            assert!(record["httpRequest"].get(field).is_some(), "no httpRequest.{field} in {record}");
        }
    }
}

#[test]
fn the_summary_counts_what_the_records_say() {
    let samples = samples();
    let records = records(&samples);
    let counts = &samples.summary.waf;
    assert_eq!(counts.records, records.len() as u64);
    assert_eq!(counts.by_action, tally(records.iter().map(|record| text(&record["action"]))));
    let blocked = || records.iter().filter(|record| record["action"] == "BLOCK");
    assert_eq!(counts.blocked_by_rule, tally(blocked().map(|record| text(&record["terminatingRuleId"]))));
    assert_eq!(
        counts.blocked_by_country,
        tally(blocked().map(|record| text(&record["httpRequest"]["country"])))
    );
    let counted = records.iter().flat_map(|record| {
        let groups = record["ruleGroupList"].as_array().unwrap().iter();
        let inside = groups.flat_map(|group| group["nonTerminatingMatchingRules"].as_array().unwrap());
        record["nonTerminatingMatchingRules"].as_array().unwrap().iter().chain(inside)
    });
    assert_eq!(counts.counted_by_rule, tally(counted.map(|rule| text(&rule["ruleId"]))));
    assert_eq!(counts.counted_by_rule.len(), 2);
}

#[test]
fn what_the_firewall_blocked_is_a_403_of_the_load_balancer() {
    let samples = samples();
    let blocked: BTreeSet<String> = records(&samples)
        .iter()
        .filter(|record| record["action"] == "BLOCK")
        .map(|record| text(&record["httpRequest"]["requestId"]))
        .collect();
    assert_eq!(Some(&(blocked.len() as u64)), samples.summary.alb.by_elb_status.get(&403));
    for line in samples.lines("alb").iter().filter(|line| line.contains(" -1 -1 -1 403 - ")) {
        let id = line.split("\"Root=").nth(1).unwrap().split('"').next().unwrap();
        assert!(blocked.contains(id), "{line}");
        assert!(line.contains(r#" "waf" "#), "{line}");
    }
}
