//! The regular expressions of the built-in tables, on lines as AWS documents them.
#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::collections::BTreeMap;

use regex::Regex;
use sluice_catalog::{Catalog, FormatKind};

/// The columns of a line that the table's expression matches; those whose group took part in the match.
fn columns(table: &str, line: &str) -> Option<BTreeMap<String, String>> {
    let catalog = Catalog::builtin();
    let table = catalog.get(table).unwrap();
    let FormatKind::Regex { expression } = &table.format.kind else { panic!("no expression") };
    // Hive matches the whole line.
    let found = Regex::new(&format!("^(?:{expression})$")).unwrap().captures(line)?;
    let named = table.columns.iter().enumerate();
    let value = |at: usize| found.get(at + 1).map(|group| group.as_str().to_owned());
    Some(named.filter_map(|(at, column)| Some((column.name.clone(), value(at)?))).collect())
}

const REQUEST: &str = r#"https 2026-11-24T01:02:03.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.0.2.1:2817 10.0.0.1:80 0.086 0.048 0.037 200 200 0 57 "GET https://www.example.com:443/a?b=c d HTTP/1.1" "curl/7.46.0 (x; y)" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067 "Root=1-58337281-1d84f3d73c47ec4e58577259" "www.example.com" "arn:aws:acm:us-east-2:123456789012:certificate/12345678-1234-1234-1234-123456789012" 1 2026-11-24T01:02:03.120000Z "authenticate,forward" "-" "-""#;
const TO_29: &str = r#" "10.0.0.1:80" "200" "Acceptable" "-""#;
const TO_30: &str = " TID_1234abcd5678ef90";
const TO_33: &str = r#" "m.example.com" "-" "TransformSuccess""#;
const TO_34: &str = r#" "new""#;
const TO_37: &str = r#" 7 - "a b""#;

/// Lines with so many fields, as AWS has added them over the years. Three of the fields fill more than one column:
/// those of client and target two each, the request three.
#[test]
fn access_log_lines_of_every_age_are_read() {
    let ends = [TO_29, TO_30, TO_33, TO_34, TO_37];
    let all_filled = ("request_transform_status", "TransformSuccess");
    for (newest, fields, filled, last) in [
        (1, 29, 33, ("classification", "Acceptable")),
        (2, 30, 34, ("conn_trace_id", "TID_1234abcd5678ef90")),
        (3, 33, 37, all_filled),
        (4, 34, 37, all_filled),
        (5, 37, 37, all_filled),
    ] {
        let line = format!("{REQUEST}{}", ends[..newest].concat());
        assert_eq!(fields_of(&line), fields, "{line}");
        let found = columns("alb_access_logs", &line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(found.len(), filled, "{line}");
        assert_eq!(found[last.0], last.1);
        assert_eq!(found["time"], "2026-11-24T01:02:03.186641Z");
        assert_eq!((&*found["client_ip"], &*found["client_port"]), ("192.0.2.1", "2817"));
        assert_eq!((&*found["target_ip"], &*found["target_port"]), ("10.0.0.1", "80"));
        assert_eq!(found["request_url"], "https://www.example.com:443/a?b=c d");
        assert_eq!(found["request_proto"], "HTTP/1.1");
        assert_eq!(found["user_agent"], "curl/7.46.0 (x; y)");
    }
}

/// The number of values of a line, in which those in quotes may have blanks.
fn fields_of(line: &str) -> usize {
    Regex::new(r#""[^"]*"|[^ ]+"#).unwrap().find_iter(line).count()
}

#[test]
fn access_log_lines_without_a_target_or_a_request_are_read() {
    let line = r#"http 2026-11-24T01:02:03.186641Z app/my-loadbalancer/50dc6c495c0c9188 192.0.2.1:2817 - -1 -1 -1 400 - 34 366 "- http://www.example.com:80- -" "-" - - - "-" "-" "-" - 2026-11-24T01:02:03.186641Z "-" "-" "-" "-" "-" "-" "-""#;
    let found = columns("alb_access_logs", line).unwrap();
    assert_eq!((&*found["elb_status_code"], &*found["target_status_code"]), ("400", "-"));
    assert_eq!((&*found["target_ip"], &*found["target_port"]), ("", ""));
    assert_eq!(found["request_url"], "http://www.example.com:80-");
}

#[test]
fn connection_log_lines_are_read() {
    let handshake = r#"2026-11-24T01:02:03.514108Z 203.0.113.1 36280 443 TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256 0.014 "CN=amazondomains.com,O=endEntity,L=Seattle,ST=Washington,C=US" NotBefore=2026-09-21T22:43:21Z;NotAfter=2029-06-17T22:43:21Z FEF257372D5C14D4 Success"#;
    let failed = r#"2026-11-24T01:02:03.514108Z 203.0.113.1 36280 443 - - - "-" - - Failed:UnmappedConnectionError TID_3180a73013c8ca4bac2f731159d4b0fe"#;
    for (line, fields, status) in [
        (handshake.to_owned(), 11, "Success"),
        (format!("{handshake} TID_3180a73013c8ca4bac2f731159d4b0fe"), 12, "Success"),
        (format!("{handshake} TID_3180a73013c8ca4bac2f731159d4b0fe X25519MLKEM768 -"), 12, "Success"),
        (failed.to_owned(), 12, "Failed:UnmappedConnectionError"),
    ] {
        let found = columns("alb_connection_logs", &line).unwrap_or_else(|| panic!("{line}"));
        assert_eq!(found.len(), fields, "{line}");
        assert_eq!(found["tls_verify_status"], status);
        assert_eq!(found["listener_port"], "443");
    }
}

#[test]
fn a_line_of_another_log_is_not_read() {
    assert_eq!(columns("alb_access_logs", "2026-11-24 01:02:03 INFO started"), None);
    assert_eq!(columns("alb_connection_logs", "2026-11-24 01:02:03 INFO started"), None);
}
