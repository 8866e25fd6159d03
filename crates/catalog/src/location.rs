//! Where a table's files lie: `{archive}/year=${year}/month=${month}/day=${day}/hour=${hour}/`.
//!
//! `{name}` is a placeholder that the caller fills, `${name}` the value of a partition column. The text up to the
//! last `/` before the first `${` is the root; the rest is the same wherever the root is.

use std::collections::BTreeMap;

/// The placeholders that a location may have, and what fills them.
pub const PLACEHOLDERS: [(&str, &str); 7] = [
    ("archive", "URL of the archive of records: archive.url"),
    ("compacted", "URL under which compaction writes"),
    ("bucket", "bucket of a log that an AWS service writes"),
    ("prefix", "prefix in that bucket; may be empty"),
    ("account", "AWS account id"),
    ("region", "AWS region"),
    ("web_acl", "name of the web ACL"),
];

/// A location with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location {
    text: String,
    parts: Vec<Part>,
}

/// A piece of a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    Literal(String),
    Placeholder(String),
    /// The value of the partition column of this name.
    Value(String),
}

/// A location whose placeholders are filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The URL of the folder that holds all partitions; ends in `/`.
    pub root: String,
    /// The URL of a partition, with `${column}` for the values; ends in `/`.
    pub template: String,
}

/// A placeholder that the caller gave no value for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the location {location:?} needs a value for {{{placeholder}}} ({meaning})")]
pub struct MissingPlaceholder {
    /// The location.
    pub location: String,
    /// The placeholder.
    pub placeholder: String,
    /// What it stands for.
    pub meaning: &'static str,
}

/// Values for placeholders.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Placeholders(BTreeMap<String, String>);

impl Placeholders {
    /// No values.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With a value; slashes at its ends go.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.0.insert(name.to_owned(), value.trim_matches('/').to_owned());
        self
    }
}

impl Location {
    /// Reads a location; the error says what is wrong with it.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let is_value = rest[..open].ends_with('$');
            let literal = rest[..open].strip_suffix('$').unwrap_or(&rest[..open]);
            if !literal.is_empty() {
                parts.push(Part::Literal(literal.to_owned()));
            }
            let (name, behind) = rest[open + 1..].split_once('}').ok_or("a \"}\" is missing")?;
            if is_value && matches!(parts.last(), Some(Part::Value(_))) {
                return Err("two partition columns have nothing between them");
            }
            parts.push(if is_value {
                Part::Value(name.to_owned())
            } else {
                Part::Placeholder(name.to_owned())
            });
            rest = behind;
        }
        if rest.contains('}') {
            return Err("a \"{\" is missing");
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        let first_value = parts.iter().position(|part| matches!(part, Part::Value(_)));
        let behind = &parts[first_value.unwrap_or(parts.len())..];
        if behind.iter().any(|part| matches!(part, Part::Placeholder(_))) {
            return Err("a placeholder stands behind a partition column");
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// The text of the definition.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The names of the placeholders, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Placeholder(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The names of the partition columns in it, in order.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Value(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// The pieces behind the root.
    pub(crate) fn below_root(&self) -> Vec<Part> {
        let Some(first) = self.parts.iter().position(|part| matches!(part, Part::Value(_))) else {
            return Vec::new();
        };
        let mut below = self.parts[first..].to_vec();
        // `/year=` of the piece before the first value belongs to the partition.
        if let Some(Part::Literal(before)) = first.checked_sub(1).map(|before| &self.parts[before]) {
            let own = before.rsplit('/').next().unwrap_or_default();
            if !own.is_empty() {
                below.insert(0, Part::Literal(own.to_owned()));
            }
        }
        below
    }

    /// The template of a partition below its root, such as `year=${year}/`; empty without partitions.
    #[must_use]
    pub fn partition_template(&self) -> String {
        self.below_root().iter().map(Part::to_text).collect()
    }

    /// Fills the placeholders. An empty value takes the slash behind it along.
    ///
    /// # Errors
    /// When a placeholder has no value.
    pub fn resolve(&self, placeholders: &Placeholders) -> Result<Place, MissingPlaceholder> {
        let mut template = String::new();
        let mut swallow = false;
        for part in &self.parts {
            let text = match part {
                Part::Placeholder(name) => {
                    placeholders.0.get(name).cloned().ok_or_else(|| self.missing(name))?
                }
                other => other.to_text(),
            };
            template.push_str(if swallow { text.strip_prefix('/').unwrap_or(&text) } else { &text });
            swallow = text.is_empty();
        }
        let root = template.len() - self.partition_template().len();
        Ok(Place { root: template[..root].to_owned(), template })
    }

    /// The place of a table whose root is known, as when its data is a folder.
    #[must_use]
    pub fn at(&self, root: &str) -> Place {
        let root = format!("{}/", root.trim_end_matches('/'));
        Place { template: format!("{root}{}", self.partition_template()), root }
    }

    fn missing(&self, placeholder: &str) -> MissingPlaceholder {
        let meaning = PLACEHOLDERS.iter().find(|(name, _)| *name == placeholder).map_or("", |(_, text)| text);
        MissingPlaceholder { location: self.text.clone(), placeholder: placeholder.to_owned(), meaning }
    }
}

impl Part {
    fn to_text(&self) -> String {
        match self {
            Self::Literal(text) => text.clone(),
            Self::Placeholder(name) => format!("{{{name}}}"),
            Self::Value(name) => format!("${{{name}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALB: &str = "s3://{bucket}/{prefix}/AWSLogs/{account}/${year}/${month}/";

    #[test]
    fn placeholders_are_filled_and_the_root_is_cut_at_a_slash() {
        let location = Location::parse("{archive}/year=${year}/month=${month}/").unwrap();
        let place = location.resolve(&Placeholders::new().with("archive", "s3://b/app/")).unwrap();
        assert_eq!(place.root, "s3://b/app/");
        assert_eq!(place.template, "s3://b/app/year=${year}/month=${month}/");
        assert_eq!(location.partition_template(), "year=${year}/month=${month}/");
        assert_eq!(location.at("file:///data"), location.at("file:///data/"));
        assert_eq!(location.at("file:///data").template, "file:///data/year=${year}/month=${month}/");
    }

    #[test]
    fn an_empty_prefix_leaves_no_double_slash() {
        let location = Location::parse(ALB).unwrap();
        let values = Placeholders::new().with("bucket", "logs").with("account", "123456789012");
        let place = location.resolve(&values.clone().with("prefix", "")).unwrap();
        assert_eq!(place.root, "s3://logs/AWSLogs/123456789012/");
        let place = location.resolve(&values.clone().with("prefix", "/a/b/")).unwrap();
        assert_eq!(place.template, "s3://logs/a/b/AWSLogs/123456789012/${year}/${month}/");
        let error = location.resolve(&values).unwrap_err().to_string();
        assert!(
            error.ends_with("needs a value for {prefix} (prefix in that bucket; may be empty)"),
            "{error}"
        );
    }

    #[test]
    fn broken_locations_are_refused() {
        for (text, what) in [
            ("{archive", "a \"}\" is missing"),
            ("archive}/", "a \"{\" is missing"),
            ("${a}${b}/", "two partition columns have nothing between them"),
            ("${a}/{region}/", "a placeholder stands behind a partition column"),
        ] {
            assert_eq!(Location::parse(text).unwrap_err(), what);
        }
    }
}
