//! The rules of the web ACL: some of its own, and groups that AWS manages.

/// A rule that a request can match.
pub(super) struct Rule {
    /// Its id, inside its group if it has one.
    pub(super) id: &'static str,
    /// What the web ACL calls it or its group.
    pub(super) name: String,
    pub(super) kind: &'static str,
    pub(super) group: Option<String>,
    pub(super) label: Option<String>,
}

impl Rule {
    pub(super) fn of(id: &'static str) -> Self {
        let own = |kind| Self { id, name: id.to_owned(), kind, group: None, label: None };
        let (set, label) = match id {
            "block-hidden-files" | "count-large-body" => return own("REGULAR"),
            "rate-limit-login" => return own("RATE_BASED"),
            _ if id.starts_with("SQLi") => ("SQLiRuleSet", "sql-database"),
            _ if id.starts_with("Log4J") => ("KnownBadInputsRuleSet", "known-bad-inputs"),
            _ if id.starts_with("Admin") => ("AdminProtectionRuleSet", "admin-protection"),
            _ if id.starts_with("Hosting") => ("AnonymousIpList", "anonymous-ip-list"),
            _ => ("CommonRuleSet", "core-rule-set"),
        };
        Self {
            id,
            name: format!("AWS-AWSManagedRules{set}"),
            kind: "MANAGED_RULE_GROUP",
            group: Some(format!("AWS#AWSManagedRules{set}")),
            label: Some(format!("awswaf:managed:aws:{label}:{}", camel(id))),
        }
    }
}

/// `SQLi_QUERYARGUMENTS` as it stands in a label: `SQLi_QueryArguments`.
fn camel(id: &str) -> String {
    [
        ("QUERYARGUMENTS", "QueryArguments"),
        ("QUERYSTRING", "QueryString"),
        ("URIPATH", "URIPath"),
        ("HEADER", "Header"),
    ]
    .iter()
    .fold(id.to_owned(), |id, (from, to)| id.replace(from, to))
}
