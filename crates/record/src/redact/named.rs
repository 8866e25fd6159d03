//! The patterns that come with the program: those that can be told from other text with few false matches.

use super::{card, network};

/// A pattern that a configuration may switch on by its name.
#[derive(Debug, Clone, Copy)]
pub struct NamedPattern {
    /// The name in the configuration, the counts and the replacement `[redacted:NAME]`.
    pub name: &'static str,
    /// What it finds, in one line.
    pub finds: &'static str,
    /// A text that it finds.
    pub example: &'static str,
    pub(super) pattern: &'static str,
    /// Groups that stay before and after the replacement.
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) check: Check,
    /// The name before the value is part of the pattern: in JSON the key counts as that name.
    pub(super) keyed: bool,
}

/// What a pattern cannot say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Check {
    None,
    Card,
    Ipv4,
}

impl Check {
    /// Where the match truly ends; `None` when it is none.
    pub(super) fn end(self, value: &[u8], start: usize, end: usize) -> Option<usize> {
        match self {
            Check::None => Some(end),
            Check::Card => card::end_of_card(value, start),
            Check::Ipv4 => network::is_ipv4(value, start, end).then_some(end),
        }
    }
}

const fn plain(
    name: &'static str,
    finds: &'static str,
    example: &'static str,
    pattern: &'static str,
) -> NamedPattern {
    NamedPattern { name, finds, example, pattern, before: "", after: "", check: Check::None, keyed: false }
}

/// All named patterns.
pub const NAMED: &[NamedPattern] = &[
    plain(
        "email",
        "an e-mail address",
        "jane.doe@example.com",
        r"(?-u)[A-Za-z0-9._%+-]+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*\.[A-Za-z]{2,}",
    ),
    NamedPattern {
        before: "${1}",
        ..plain(
            "bearer_token",
            "the token after `Bearer` of an Authorization header",
            "Authorization: Bearer mF_9.B5f-4.1JqM",
            r"(?-u)((?i:\bbearer)[ \t]+)[A-Za-z0-9._~+/-]{8,}=*",
        )
    },
    plain(
        "aws_access_key",
        "the id of an AWS access key",
        "AKIAIOSFODNN7EXAMPLE",
        r"(?-u)\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    ),
    NamedPattern {
        before: "${1}",
        keyed: true,
        // Forty characters alone are as well a hash, so the name must stand before them.
        ..plain(
            "aws_secret_key",
            "an AWS secret access key after its name",
            "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            r#"(?-u)((?i:secret_?access_?key|aws_?secret_?key|aws_?secret)["']?\s*(?:=>|[=:])\s*["']?)[A-Za-z0-9/+]{40}\b"#,
        )
    },
    NamedPattern {
        check: Check::Card,
        ..plain(
            "credit_card",
            "a card number of 13 to 19 digits with an issuer's prefix and a valid check digit",
            "4111 1111 1111 1111",
            r"(?-u)\b(?:4[0-9]|5[1-5]|2[2-7]|3[04-9]|6[0-9])(?:[ -]?[0-9]){11,17}",
        )
    },
    plain(
        "jwt",
        "a signed JSON web token",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        r"(?-u)\beyJ[A-Za-z0-9_-]{5,}\.eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*",
    ),
    NamedPattern {
        check: Check::Ipv4,
        ..plain(
            "ipv4",
            "an IPv4 address (a version number of four parts looks the same)",
            "203.0.113.7",
            r"(?-u)\b[0-9]{1,3}(?:\.[0-9]{1,3}){3}\b",
        )
    },
    plain(
        "private_key",
        "a PEM private key: to its end where it stands in one value, else its first line",
        "-----BEGIN RSA PRIVATE KEY-----",
        r"(?s-u)-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----(?:[A-Za-z0-9+/=\s\\:,-]*?-----END (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----)?",
    ),
    NamedPattern {
        before: "${1}",
        after: "@",
        ..plain(
            "basic_auth_url",
            "user and password of a URL",
            "postgres://app:s3cret@db:5432/app",
            r"(?-u)(\b[A-Za-z][A-Za-z0-9+.-]*://)[^\s/@:\x22'<>\[\]]*:[^\s/@\x22'<>]+@",
        )
    },
    plain(
        "slack_token",
        "a Slack token",
        "xoxb-123456789012-abcdefABCDEF",
        r"(?-u)\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    ),
    plain(
        "github_token",
        "a GitHub token",
        "ghp_0123456789abcdefghijABCDEFGHIJ012345",
        r"(?-u)\b(?:gh[opsur]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{40,})",
    ),
    NamedPattern {
        before: "${1}",
        keyed: true,
        ..plain(
            "password_field",
            "the value after `password=` and its kin, or of a JSON key that ends so",
            "password=s3cret",
            r#"(?-u)((?i:password|passwd|pwd|passphrase)["']?\s*[=:]\s*["']?)[^\s,;&"'\[\]{}()]+"#,
        )
    },
];
