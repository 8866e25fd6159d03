//! How the files of a table are read: format, compression, SerDe, Hadoop's input and output formats.

use std::collections::BTreeMap;

/// How files are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Format {
    /// What a file holds.
    pub kind: FormatKind,
    /// How it is compressed as a whole.
    pub compression: Compression,
    /// Who turns it into rows for Hive, Athena and Trino.
    pub serde: SerDe,
    /// Hadoop's class that splits files into rows.
    pub input: String,
    /// Hadoop's class that would write them.
    pub output: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatKind {
    /// A JSON object a line.
    Json,
    /// Apache Parquet.
    Parquet,
    /// Lines that this regular expression matches as a whole; its groups are the columns in order.
    Regex {
        /// The expression, in the syntax that Java and Rust share.
        expression: String,
    },
    /// Lines of values.
    Delimited {
        /// What stands between two values.
        delimiter: char,
        /// Lines at the start of each file that hold no values.
        header_lines: u32,
    },
}

/// How files are compressed as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compression {
    /// Not, or inside, as Parquet does.
    None,
    /// Gzip.
    Gzip,
}

/// A Java class that turns files into rows, and its settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SerDe {
    /// The class.
    pub library: String,
    /// Its settings.
    pub parameters: BTreeMap<String, String>,
}

const TEXT_INPUT: &str = "org.apache.hadoop.mapred.TextInputFormat";
const TEXT_OUTPUT: &str = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat";

impl FormatKind {
    /// The format's name in definition files.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Parquet => "parquet",
            Self::Regex { .. } => "regex",
            Self::Delimited { .. } => "delimited",
        }
    }

    /// What AWS Glue calls it.
    #[must_use]
    pub fn classification(&self) -> &'static str {
        if matches!(self, Self::Delimited { .. }) { "csv" } else { self.name() }
    }

    /// The usual classes: SerDe, input format, output format.
    pub(crate) fn classes(&self) -> [&'static str; 3] {
        match self {
            Self::Json => ["org.openx.data.jsonserde.JsonSerDe", TEXT_INPUT, TEXT_OUTPUT],
            Self::Parquet => [
                "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
                "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
                "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            ],
            Self::Regex { .. } => ["org.apache.hadoop.hive.serde2.RegexSerDe", TEXT_INPUT, TEXT_OUTPUT],
            Self::Delimited { .. } => {
                ["org.apache.hadoop.hive.serde2.lazy.LazySimpleSerDe", TEXT_INPUT, TEXT_OUTPUT]
            }
        }
    }

    /// The settings of the usual SerDe that follow from the format.
    pub(crate) fn serde_parameters(&self) -> BTreeMap<String, String> {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        match self {
            Self::Json => BTreeMap::new(),
            Self::Parquet => BTreeMap::from([pair("serialization.format", "1")]),
            Self::Regex { expression } => {
                BTreeMap::from([pair("input.regex", expression), pair("serialization.format", "1")])
            }
            Self::Delimited { delimiter, .. } => {
                let delimiter = delimiter.to_string();
                BTreeMap::from([pair("field.delim", &delimiter), pair("serialization.format", &delimiter)])
            }
        }
    }
}

/// The number of capturing groups of a regular expression.
pub(crate) fn capturing_groups(expression: &str) -> usize {
    let (mut groups, mut in_class) = (0, false);
    let mut characters = expression.chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                characters.next();
            }
            '[' => in_class = true,
            ']' => in_class = false,
            '(' if !in_class && characters.peek() != Some(&'?') => groups += 1,
            _ => {}
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_groups_that_capture_count() {
        assert_eq!(capturing_groups(r#"([^ (]*) \((?:x([0-9]))? "([^\]("]*)""#), 3);
        assert_eq!(capturing_groups(""), 0);
    }
}
