//! Takes secrets and personal data out of a raw input line before anything is written.
//!
//! Invariants, held by property tests in `tests.rs`:
//! * a valid JSON line stays valid JSON, and only the strings and numbers that held a match are rewritten;
//! * in a JSON line the *decoded* keys and values are looked at, so an escape cannot hide a match;
//! * a line without a match comes back borrowed.
//!
//! Limits: lines are looked at one by one, so a secret broken over two lines is not found, except for the lines of a
//! PEM key, which are masked up to its last one. A line that begins with `{` but is not JSON is treated as text.
//!
//! `named` holds the patterns that come with the program, `rule` applies one pattern, `json` finds the
//! strings and numbers of a line, `card` and `network` check what a pattern cannot.

mod card;
mod json;
mod named;
mod network;
mod rule;
#[cfg(test)]
mod tests;

pub use named::{NAMED, NamedPattern};

use std::borrow::Cow;

use regex::bytes::{RegexSet, RegexSetBuilder};
use rule::Rule;

/// A pattern of the user's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomRule {
    /// Appears in the counts and in the default replacement.
    pub name: String,
    /// A regular expression of the `regex` crate, on decoded JSON strings and on text lines. It must not
    /// match the empty string.
    pub pattern: String,
    /// What is put in place of a match; `$1`, `${name}` stand for groups and `$$` for a dollar sign.
    /// `None` is `[redacted:NAME]`.
    pub replacement: Option<String>,
}

/// Why a [`Redactor`] could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RedactError {
    /// The name is none of [`NAMED`].
    #[error("no redaction pattern is named {name:?}; use one of: {}", known())]
    UnknownName {
        /// As it was given.
        name: String,
    },
    /// Two rules have the same name.
    #[error("redaction rule {name:?} is given twice; remove or rename one")]
    Duplicate {
        /// The name.
        name: String,
    },
    /// The pattern is no regular expression, or too large.
    #[error("compiling the pattern of redaction rule {name:?} failed; correct its `pattern`")]
    Pattern {
        /// The rule's name.
        name: String,
        /// What the regex crate says.
        #[source]
        source: Box<regex::Error>,
    },
    /// The pattern matches the empty string, so it would put its replacement everywhere.
    #[error("the pattern of redaction rule {name:?} matches the empty string; make it require a character")]
    MatchesEmpty {
        /// The rule's name.
        name: String,
    },
}

fn known() -> String {
    NAMED.iter().map(|pattern| pattern.name).collect::<Vec<_>>().join(", ")
}

/// Most bytes of a compiled pattern, or of all of them together.
const PATTERN_BYTES: usize = 10 << 20;

/// JSON texts inside strings of JSON texts are looked into so far.
const TEXTS_IN_TEXTS: u8 = 4;

/// Most lines of a PEM key that are masked behind its first one.
const KEY_LINES: u16 = 200;

/// What a stream of lines is within: the key whose first line has been seen.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Within {
    key_lines: u16,
}

/// How often a value is looked at again after a replacement, which may lay bare another match.
const ROUNDS: usize = 4;

/// Applies a set of rules to lines and counts what they replaced.
#[derive(Debug, Clone)]
pub struct Redactor {
    rules: Vec<Rule>,
    set: RegexSet,
    /// Some pattern has an anchor, which holds at the ends of a string but not within its line, so the set
    /// must be asked about every string.
    anchored: bool,
    /// The lines of a PEM key are masked too.
    masks_keys: bool,
}

/// A line between the first and the last of a PEM key: base64, or a header such as `DEK-Info: …`.
fn is_key_body(line: &[u8]) -> bool {
    line.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
        || line.starts_with(b"Proc-Type: ")
        || line.starts_with(b"DEK-Info: ")
}

impl Redactor {
    /// Compiles the rules: the named patterns first, then the user's own, each in the order given.
    pub fn new(named: &[&str], custom: &[CustomRule]) -> Result<Redactor, RedactError> {
        let mut rules: Vec<Rule> = Vec::with_capacity(named.len() + custom.len());
        for name in named {
            let pattern = NAMED
                .iter()
                .find(|pattern| pattern.name == *name)
                .ok_or_else(|| RedactError::UnknownName { name: (*name).to_owned() })?;
            rules.push(Rule::named(pattern)?);
        }
        for rule in custom {
            rules.push(Rule::custom(rule)?);
        }
        for (i, rule) in rules.iter().enumerate() {
            if rules[..i].iter().any(|other| other.name() == rule.name()) {
                return Err(RedactError::Duplicate { name: rule.name().to_owned() });
            }
        }
        let set =
            RegexSetBuilder::new(rules.iter().map(Rule::pattern)).size_limit(PATTERN_BYTES).build().map_err(
                |source| RedactError::Pattern { name: "all together".to_owned(), source: Box::new(source) },
            )?;
        let anchored = custom.iter().any(|rule| {
            rule.pattern.contains(['^', '$']) || rule.pattern.contains("\\A") || rule.pattern.contains("\\z")
        });
        Ok(Redactor { rules, set, anchored, masks_keys: named.contains(&"private_key") })
    }

    /// The line with every match replaced; borrowed when there is none. The line has no line feed.
    pub fn redact_line<'a>(&mut self, line: &'a [u8]) -> Cow<'a, [u8]> {
        if self.rules.is_empty() {
            return Cow::Borrowed(line);
        }
        let json = line.trim_ascii_start().first() == Some(&b'{');
        let suspect = self.set.is_match(line);
        if !suspect && !(json && (self.anchored || memchr::memchr(b'\\', line).is_some())) {
            return Cow::Borrowed(line);
        }
        if !json || !json::is_json_object(line) {
            return self.redact_text(line);
        }
        let every = suspect || self.anchored;
        match json::rewrite(line, every, |key, value| self.redact_slot(key, value, 0)) {
            Some(new) => Cow::Owned(new),
            None => Cow::Borrowed(line),
        }
    }

    /// [`Redactor::redact_line`] for the next line of a stream, which may be within a key that began before it.
    pub(crate) fn redact_in<'a>(&mut self, within: &mut Within, line: &'a [u8]) -> Cow<'a, [u8]> {
        if within.key_lines > 0 {
            let text = line.trim_ascii();
            let ends = text.starts_with(b"-----END ");
            within.key_lines = if ends { 0 } else { within.key_lines - 1 };
            if ends || is_key_body(text) {
                return Cow::Borrowed(b"[redacted:private_key]");
            }
            within.key_lines = 0;
        }
        let begins = self.masks_keys
            && memchr::memmem::find(line, b"-----BEGIN ").is_some()
            && memchr::memmem::find(line, b"PRIVATE KEY").is_some()
            && memchr::memmem::find(line, b"-----END ").is_none();
        if begins {
            within.key_lines = KEY_LINES;
        }
        self.redact_line(line)
    }

    /// How often each rule replaced something, since the start, in the order of the rules.
    pub fn counts(&self) -> impl Iterator<Item = (&str, u64)> {
        self.rules.iter().map(|rule| (rule.name(), rule.count()))
    }

    fn redact_slot(&mut self, key: Option<&[u8]>, value: &[u8], depth: u8) -> Option<Vec<u8>> {
        // JSON text inside a string may hide a match behind an escape of its own.
        if value.first() == Some(&b'{')
            && depth < TEXTS_IN_TEXTS
            && memchr::memchr(b'\\', value).is_some()
            && json::is_json_object(value)
            && let Some(new) =
                json::rewrite(value, true, |key, value| self.redact_slot(key, value, depth + 1))
        {
            return Some(self.redact_value(&new).unwrap_or(new));
        }
        let keyed = key.and_then(|key| self.rules.iter_mut().find_map(|rule| rule.apply_keyed(key, value)));
        keyed.or_else(|| self.redact_value(value))
    }

    fn redact_text<'a>(&mut self, line: &'a [u8]) -> Cow<'a, [u8]> {
        self.redact_value(line).map_or(Cow::Borrowed(line), Cow::Owned)
    }

    /// One decoded value with its matches replaced, or `None` when there are none.
    fn redact_value(&mut self, value: &[u8]) -> Option<Vec<u8>> {
        let mut new: Option<Vec<u8>> = None;
        for round in 0..ROUNDS {
            let mut changed = false;
            let hits = self.set.matches(new.as_deref().unwrap_or(value));
            for i in hits.iter() {
                if round > 0 && !self.rules[i].may_repeat() {
                    continue;
                }
                if let Some(next) = self.rules[i].apply(new.as_deref().unwrap_or(value)) {
                    new = Some(next);
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        new
    }
}
