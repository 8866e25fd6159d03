//! The firewall's logs: a JSON object a line, for every request that was HTTP.
//!
//! The id of a request is the load balancer's trace id, so that the three logs can be joined.

mod record;
mod rules;

use record::{Header, HttpRequest, Label, Match, MatchDetails, RateBasedRule, Record, RuleGroup};
use rules::Rule;

use crate::Error;
use crate::clock::{Micros, civil, stamp};
use crate::delivered::{Delivered, suffix};
use crate::files::Files;
use crate::plan::Plan;
use crate::summary::{Summary, WafCounts, add};
use crate::traffic::{Outcome, Refusal, Request, TraceId, Traffic};
use crate::world::{ACCOUNT, ELB, HOST, REGION, WEB_ACL};

pub(crate) fn write(
    plan: &Plan,
    traffic: &Traffic,
    files: &mut Files,
    summary: &mut Summary,
) -> Result<(), Error> {
    let mut lines = Delivered::default();
    for request in &traffic.requests {
        if !matches!(request.outcome, Outcome::Refused(Refusal::Malformed)) {
            lines.push(request.at, 0, line(request, &mut summary.waf));
        }
    }
    lines.write(b"", |end, source| name(plan, end, source), files)
}

fn name(plan: &Plan, end: Micros, source: usize) -> String {
    format!(
        "waf/AWSLogs/{ACCOUNT}/WAFLogs/{REGION}/shop/{}/{ACCOUNT}_waflogs_{REGION}_shop_{}_{}.log.gz",
        civil(end).strftime("%Y/%m/%d/%H/%M"),
        stamp(end),
        suffix(plan.seed, "waf", end, source, b"0123456789abcdef"),
    )
}

fn line(request: &Request, counts: &mut WafCounts) -> Vec<u8> {
    let blocked = match request.outcome {
        Outcome::Refused(Refusal::Blocked(id)) => Some(Rule::of(id)),
        _ => None,
    };
    let counted = request.counted.map(Rule::of);
    let action = if blocked.is_some() { "BLOCK" } else { "ALLOW" };
    let country = request.client.country();
    count(counts, blocked.as_ref(), counted.as_ref(), action, country);

    let plain = matches!(request.outcome, Outcome::Refused(Refusal::Redirected));
    let usual = request.route.usual();
    let agent = request.client.agent;
    let client = request.client.address.to_string();
    let posted = if usual.method == "POST" { request.received.saturating_sub(600) } else { 0 };
    let source = format!("{ACCOUNT}-{ELB}");
    let record = Record {
        timestamp: request.at / 1000,
        format_version: 1,
        webacl_id: WEB_ACL,
        terminating_rule_id: blocked.as_ref().map_or("Default_Action", |rule| &rule.name),
        terminating_rule_type: blocked.as_ref().map_or("REGULAR", |rule| rule.kind),
        action,
        terminating_rule_match_details: details(blocked.as_ref()),
        http_source_name: "ALB",
        http_source_id: &source,
        rule_group_list: groups(blocked.as_ref(), counted.as_ref()),
        rate_based_rule_list: rates(blocked.as_ref(), &client),
        non_terminating_matching_rules: counted
            .iter()
            .filter(|rule| rule.group.is_none())
            .map(|rule| Match {
                rule_id: rule.id,
                action: "COUNT",
                overridden_action: None,
                rule_match_details: Vec::new(),
            })
            .collect(),
        request_headers_inserted: None,
        response_code_sent: blocked.as_ref().map(|_| 403),
        http_request: HttpRequest {
            client_ip: client.clone(),
            country,
            headers: headers(agent.name, agent.h2 && !plain),
            uri: &request.path,
            args: &request.query,
            http_version: if agent.h2 && !plain { "HTTP/2.0" } else { "HTTP/1.1" },
            http_method: usual.method,
            request_id: TraceId(request.trace).to_string(),
            fragment: "",
            scheme: if plain { "http" } else { "https" },
            host: HOST,
        },
        labels: counted
            .iter()
            .chain(&blocked)
            .filter_map(|rule| rule.label.as_deref())
            .map(|name| Label { name })
            .collect(),
        request_body_size: posted,
        request_body_size_inspected_by_waf: posted.min(8192),
        ja3_fingerprint: (!plain).then_some(agent.ja3),
        ja4_fingerprint: (!plain).then_some(agent.ja4),
    };
    // Strings and numbers only: there is nothing in it that JSON lacks.
    serde_json::to_vec(&record).unwrap_or_default()
}

/// The headers that are logged, with names as the version of HTTP has them.
fn headers(agent: &str, h2: bool) -> Vec<Header<'_>> {
    let name = |low, high| if h2 { low } else { high };
    let mut headers = vec![
        Header { name: name("host", "Host"), value: HOST.into() },
        Header { name: name("accept", "Accept"), value: "*/*".into() },
    ];
    // Who sends no user agent has a dash in the load balancer's log, where quotes are escaped as well.
    if agent != "-" {
        headers.push(Header { name: name("user-agent", "User-Agent"), value: agent.replace("\\x22", "\"") });
    }
    headers
}

fn details(blocked: Option<&Rule>) -> Vec<MatchDetails> {
    match blocked {
        Some(rule) if rule.id.starts_with("SQLi") => vec![MatchDetails {
            condition_type: "SQL_INJECTION",
            sensitivity_level: "HIGH",
            location: "ALL_QUERY_ARGS",
            matched_data: &["1", "OR", "1"],
            matched_field_name: "",
        }],
        _ => Vec::new(),
    }
}

fn groups<'a>(blocked: Option<&'a Rule>, counted: Option<&'a Rule>) -> Vec<RuleGroup<'a>> {
    let group = |rule: &'a Rule, terminating| {
        let hit = Match {
            rule_id: rule.id,
            action: if terminating { "BLOCK" } else { "COUNT" },
            overridden_action: (!terminating).then_some("BLOCK"),
            rule_match_details: Vec::new(),
        };
        let (terminating_rule, rest) = if terminating { (Some(hit), Vec::new()) } else { (None, vec![hit]) };
        rule.group.as_deref().map(|rule_group_id| RuleGroup {
            rule_group_id,
            terminating_rule,
            non_terminating_matching_rules: rest,
            excluded_rules: None,
            customer_config: None,
        })
    };
    let counted = counted.and_then(|rule| group(rule, false));
    counted.into_iter().chain(blocked.and_then(|rule| group(rule, true))).collect()
}

fn rates<'a>(blocked: Option<&'a Rule>, client: &str) -> Vec<RateBasedRule<'a>> {
    blocked
        .filter(|rule| rule.kind == "RATE_BASED")
        .map(|rule| RateBasedRule {
            rate_based_rule_id: format!("{WEB_ACL}/{}", rule.id),
            rate_based_rule_name: rule.id,
            limit_key: "IP",
            max_rate_allowed: 10,
            evaluation_window_sec: "300",
            limit_value: client.to_owned(),
        })
        .into_iter()
        .collect()
}

fn count(
    counts: &mut WafCounts,
    blocked: Option<&Rule>,
    counted: Option<&Rule>,
    action: &str,
    country: &str,
) {
    counts.records += 1;
    add(&mut counts.by_action, action.to_owned());
    if let Some(rule) = blocked {
        add(&mut counts.blocked_by_rule, rule.name.clone());
        add(&mut counts.blocked_by_country, country.to_owned());
    }
    if let Some(rule) = counted {
        add(&mut counts.counted_by_rule, rule.id.to_owned());
    }
}
