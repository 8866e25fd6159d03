//! `[redact]`: what is masked before a record is stored or sent anywhere.

use crate::{
    define::{choices, section},
    values::text::Text,
};

section! {
    /// What is masked in every record.
    pub struct Redact {
        /// Well-known secrets and personal data to mask.
        named: Vec<NamedPattern> { default: [], example: ["email", "bearer_token"], },
        /// Patterns of your own, applied after the named ones in this order.
        custom: Vec<CustomPattern> { example: [{ name = "order_id", pattern = "ORD-[0-9]{8}" }], },
    }
}

section! {
    /// A pattern of one's own.
    pub struct CustomPattern {
        /// Name that its matches are counted under.
        name: String { example: "order_id", rule: Text::Name, },
        /// Regular expression in the syntax of Rust's regex crate: linear time, no look-around, no back-references.
        pattern: String { example: "ORD-[0-9]{8}", rule: Text::Regex, },
        /// What stands in place of a match; `$1` or `${name}` is a group of the pattern.
        replacement: String { default: "[redacted]", example: "ORD-***", rule: Text::Free, },
    }
}

choices! {
    /// Well-known secrets and personal data.
    pub enum NamedPattern {
        /// E-mail addresses.
        Email = "email",
        /// The token after `Bearer`, as in an Authorization header.
        BearerToken = "bearer_token",
        /// AWS access key ids.
        AwsAccessKey = "aws_access_key",
        /// AWS secret access keys after their name.
        AwsSecretKey = "aws_secret_key",
        /// Payment card numbers that pass the Luhn check.
        CreditCard = "credit_card",
        /// JSON Web Tokens.
        Jwt = "jwt",
        /// IPv4 addresses.
        Ipv4 = "ipv4",
        /// PEM private keys.
        PrivateKey = "private_key",
        /// User and password in a URL.
        BasicAuthUrl = "basic_auth_url",
        /// Slack tokens.
        SlackToken = "slack_token",
        /// GitHub tokens.
        GithubToken = "github_token",
        /// Values after `password=` and its kin, or of JSON keys that end so.
        PasswordField = "password_field",
    }
}
