//! One compiled rule: finds matches, lets a check refuse some, writes the replacement.

use regex::bytes::{Captures, Regex, RegexBuilder};

use super::named::{Check, NamedPattern};
use super::{CustomRule, PATTERN_BYTES, RedactError};

/// A pattern, what replaces its matches, and how often it did.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    name: String,
    regex: Regex,
    replacement: Vec<u8>,
    check: Check,
    count: u64,
    /// Its replacement cannot match it again, so it may be applied to its own output.
    repeats: bool,
    /// The key of a JSON value may be the first part of a match.
    keyed: bool,
}

impl Rule {
    pub(super) fn named(pattern: &NamedPattern) -> Result<Rule, RedactError> {
        let replacement = format!("{}[redacted:{}]{}", pattern.before, pattern.name, pattern.after);
        let rule = Rule::build(pattern.name, pattern.pattern, &replacement, pattern.check)?;
        Ok(Rule { keyed: pattern.keyed, ..rule })
    }

    pub(super) fn custom(rule: &CustomRule) -> Result<Rule, RedactError> {
        // `$` in a name must not be read as a group.
        let default = || format!("[redacted:{}]", rule.name.replace('$', "$$"));
        let replacement = rule.replacement.clone().unwrap_or_else(default);
        let built = Rule::build(&rule.name, &rule.pattern, &replacement, Check::None)?;
        if built.regex.is_match(b"") {
            return Err(RedactError::MatchesEmpty { name: rule.name.clone() });
        }
        Ok(built)
    }

    fn build(name: &str, pattern: &str, replacement: &str, check: Check) -> Result<Rule, RedactError> {
        let regex = RegexBuilder::new(pattern)
            .size_limit(PATTERN_BYTES)
            .build()
            .map_err(|source| RedactError::Pattern { name: name.to_owned(), source: Box::new(source) })?;
        let plain = !replacement.contains('$');
        let repeats = check != Check::None || !plain || !regex.is_match(replacement.as_bytes());
        Ok(Rule {
            name: name.to_owned(),
            regex,
            replacement: replacement.into(),
            check,
            count: 0,
            repeats,
            keyed: false,
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn pattern(&self) -> &str {
        self.regex.as_str()
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn may_repeat(&self) -> bool {
        self.repeats
    }

    /// The value with all matches replaced, or `None` when there is none.
    pub(super) fn apply(&mut self, value: &[u8]) -> Option<Vec<u8>> {
        let mut out = Vec::new();
        let mut copied = 0;
        let mut from = 0;
        while let Some(groups) = self.regex.captures_at(value, from) {
            let Some(found) = groups.get(0) else { break };
            if found.is_empty() {
                // A pattern of nothing but look-arounds; the end of the value may be reached.
                if found.end() == value.len() {
                    break;
                }
                from = found.end() + 1;
                continue;
            }
            match self.check.end(value, found.start(), found.end()) {
                Some(end) => {
                    out.extend_from_slice(&value[copied..found.start()]);
                    self.write(&groups, &mut out);
                    self.count += 1;
                    copied = end;
                    from = end;
                }
                // Another match may begin within the refused one.
                None => from = found.start() + 1,
            }
        }
        if copied == 0 {
            return None;
        }
        out.extend_from_slice(&value[copied..]);
        Some(out)
    }

    /// The replacement of a whole JSON value when its key and it match together, as `key":"value` in the line.
    pub(super) fn apply_keyed(&mut self, key: &[u8], value: &[u8]) -> Option<Vec<u8>> {
        if !self.keyed || value.is_empty() {
            return None;
        }
        let pair = [key, b"\":\"", value].concat();
        // The key may hold a whole match of its own before the one that reaches into the value.
        let mut from = 0;
        loop {
            let found = self.regex.find_at(&pair, from).filter(|found| found.start() < key.len())?;
            if found.end() > key.len() + 3 {
                break;
            }
            from = found.start() + 1;
        }
        self.count += 1;
        Some(format!("[redacted:{}]", self.name).into_bytes())
    }

    fn write(&self, groups: &Captures<'_>, out: &mut Vec<u8>) {
        groups.expand(&self.replacement, out);
    }
}
