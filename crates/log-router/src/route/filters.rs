//! FireLens' include and exclude patterns: a container's `log_configuration` may hold them, and the agent writes them
//! into the configuration it mounts. A line that does not pass is left out everywhere, and counted.

use regex::bytes::Regex;

/// A pattern that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the {kind} `{pattern}` for {tag} is no regular expression; every line passes it")]
pub struct BadFilter {
    /// `include-pattern` or `exclude-pattern`.
    pub kind: &'static str,
    /// The pattern.
    pub pattern: String,
    /// What tags it is for.
    pub tag: String,
    /// What is wrong.
    #[source]
    pub source: regex::Error,
}

/// Patterns by tag. The default lets every line pass.
#[derive(Debug, Clone, Default)]
pub struct Filters {
    all: Vec<Filter>,
}

#[derive(Debug, Clone)]
struct Filter {
    /// The tags it is for, by Fluent Bit's `Match`: `*` stands for any characters.
    tag: String,
    pattern: Regex,
    /// Whether lines that match pass, or those that do not.
    include: bool,
}

impl Filters {
    /// Adds a pattern for the tags that `tag` matches.
    ///
    /// # Errors
    /// When it is no regular expression; nothing is added then.
    pub fn add(&mut self, tag: &str, pattern: &str, include: bool) -> Result<(), BadFilter> {
        let kind = if include { "include-pattern" } else { "exclude-pattern" };
        let compiled = Regex::new(pattern).map_err(|source| BadFilter {
            kind,
            pattern: pattern.to_owned(),
            tag: tag.to_owned(),
            source,
        })?;
        self.all.push(Filter { tag: tag.to_owned(), pattern: compiled, include });
        Ok(())
    }

    /// How many patterns there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Whether every line passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Whether the line passes all patterns for its tag.
    #[inline]
    #[must_use]
    pub fn pass(&self, tag: &[u8], line: &[u8]) -> bool {
        self.all.iter().all(|filter| {
            !tag_matches(filter.tag.as_bytes(), tag) || filter.pattern.is_match(line) == filter.include
        })
    }
}

/// Fluent Bit's `Match`: `*` stands for any characters, also none.
fn tag_matches(pattern: &[u8], tag: &[u8]) -> bool {
    let mut pieces = pattern.split(|byte| *byte == b'*');
    let Some(mut rest) = pieces.next().and_then(|first| tag.strip_prefix(first)) else { return false };
    let mut open_end = false;
    for piece in pieces {
        open_end = piece.is_empty();
        let Some(at) = memchr::memmem::find(rest, piece) else { return false };
        rest = &rest[at + piece.len()..];
    }
    // The last piece must reach the end; `find` took the first place it fits.
    open_end
        || rest.is_empty()
        || pattern
            .rsplit(|byte| *byte == b'*')
            .next()
            .is_some_and(|last| pattern.contains(&b'*') && !last.is_empty() && rest.ends_with(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters() {
        for (pattern, tag, matches) in [
            ("app-firelens*", "app-firelens-0123", true),
            ("app-firelens*", "web-firelens-0123", false),
            ("*", "", true),
            ("a*c", "abcabc", true),
            ("a*c", "abcab", false),
            ("app", "app", true),
            ("app", "apps", false),
            ("*-x", "a-x-x", true),
        ] {
            assert_eq!(tag_matches(pattern.as_bytes(), tag.as_bytes()), matches, "{pattern} {tag}");
        }
    }

    #[test]
    fn lines_pass_what_is_for_their_tag() {
        let mut filters = Filters::default();
        filters.add("app*", "fail|warn", true).unwrap();
        filters.add("app*", "health", false).unwrap();
        assert!(filters.add("app*", "*failure*", true).is_err());
        assert_eq!(filters.len(), 2);
        assert!(filters.pass(b"app-1", b"it failed"));
        assert!(!filters.pass(b"app-1", b"fine"));
        assert!(!filters.pass(b"app-1", b"health check failed"));
        assert!(filters.pass(b"web-1", b"fine"));
    }
}
