//! The formats an answer can be written in.

use std::fmt;
use std::str::FromStr;

use crate::error::Error;

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A table in a box, for terminals.
    Table,
    /// One line a value, one block a row, for wide rows and stack traces.
    Vertical,
    /// One JSON array of objects.
    Json,
    /// One JSON object a line.
    Jsonl,
    /// RFC 4180 with a header.
    Csv,
    /// A table for pull requests and wikis.
    Markdown,
    /// A chart drawn with characters.
    Chart,
    /// A Parquet file, compressed with zstd.
    Parquet,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 8] = [
        Self::Table,
        Self::Vertical,
        Self::Json,
        Self::Jsonl,
        Self::Csv,
        Self::Markdown,
        Self::Chart,
        Self::Parquet,
    ];

    /// The name it is chosen by.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Vertical => "vertical",
            Self::Json => "json",
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Markdown => "markdown",
            Self::Chart => "chart",
            Self::Parquet => "parquet",
        }
    }

    /// Whether it is bytes that no terminal should be given.
    #[must_use]
    pub fn is_binary(self) -> bool {
        self == Self::Parquet
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|format| format.name().eq_ignore_ascii_case(name))
            .ok_or_else(|| Error::UnknownFormat(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse::<Format>().unwrap(), format);
        }
        let refused = "xml".parse::<Format>().unwrap_err().to_string();
        for format in Format::ALL {
            assert!(refused.contains(format.name()), "{refused}");
        }
    }
}
