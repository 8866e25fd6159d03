//! A record, field by field in the order of AWS's documentation.

use serde::Serialize;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Record<'a> {
    pub(super) timestamp: i64,
    pub(super) format_version: u32,
    pub(super) webacl_id: &'a str,
    pub(super) terminating_rule_id: &'a str,
    pub(super) terminating_rule_type: &'a str,
    pub(super) action: &'a str,
    pub(super) terminating_rule_match_details: Vec<MatchDetails>,
    pub(super) http_source_name: &'a str,
    pub(super) http_source_id: &'a str,
    pub(super) rule_group_list: Vec<RuleGroup<'a>>,
    pub(super) rate_based_rule_list: Vec<RateBasedRule<'a>>,
    pub(super) non_terminating_matching_rules: Vec<Match<'a>>,
    pub(super) request_headers_inserted: Option<Vec<Header<'a>>>,
    pub(super) response_code_sent: Option<u16>,
    pub(super) http_request: HttpRequest<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) labels: Vec<Label<'a>>,
    pub(super) request_body_size: u64,
    pub(super) request_body_size_inspected_by_waf: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ja3_fingerprint: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ja4_fingerprint: Option<&'a str>,
}

/// Only rules about SQL and scripts say what they saw.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MatchDetails {
    pub(super) condition_type: &'static str,
    pub(super) sensitivity_level: &'static str,
    pub(super) location: &'static str,
    pub(super) matched_data: &'static [&'static str],
    pub(super) matched_field_name: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RuleGroup<'a> {
    pub(super) rule_group_id: &'a str,
    pub(super) terminating_rule: Option<Match<'a>>,
    pub(super) non_terminating_matching_rules: Vec<Match<'a>>,
    pub(super) excluded_rules: Option<()>,
    pub(super) customer_config: Option<()>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Match<'a> {
    pub(super) rule_id: &'a str,
    pub(super) action: &'a str,
    /// What the group would do of itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) overridden_action: Option<&'a str>,
    pub(super) rule_match_details: Vec<MatchDetails>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct RateBasedRule<'a> {
    pub(super) rate_based_rule_id: String,
    pub(super) rate_based_rule_name: &'a str,
    pub(super) limit_key: &'a str,
    pub(super) max_rate_allowed: u32,
    pub(super) evaluation_window_sec: &'a str,
    pub(super) limit_value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HttpRequest<'a> {
    pub(super) client_ip: String,
    pub(super) country: &'a str,
    pub(super) headers: Vec<Header<'a>>,
    pub(super) uri: &'a str,
    pub(super) args: &'a str,
    pub(super) http_version: &'a str,
    pub(super) http_method: &'a str,
    pub(super) request_id: String,
    pub(super) fragment: &'a str,
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
}

#[derive(Serialize)]
pub(super) struct Header<'a> {
    pub(super) name: &'a str,
    pub(super) value: String,
}

#[derive(Serialize)]
pub(super) struct Label<'a> {
    pub(super) name: &'a str,
}
