//! Where the archive lies: a bucket, or a folder of this machine.

use std::{fmt, path::PathBuf, str::FromStr};

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::Entry,
};

/// The place of an archive, written `s3://bucket/prefix` or `file:///folder`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ArchiveUrl {
    /// A bucket and the first part of its keys, without slashes at its ends; it may be empty.
    S3 {
        /// The bucket's name.
        bucket: String,
        /// The keys' first part.
        prefix: String,
    },
    /// A folder; it is made when it does not exist.
    File {
        /// Its absolute path. The URL's path is taken as it is written, without percent decoding.
        path: PathBuf,
    },
}

/// The form of an archive URL, for the schema.
pub(crate) const PATTERN: &str = "^(s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/.*)?|file:///.*)$";

/// Why a text is no archive URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ArchiveUrlError {
    /// Neither `s3://` nor `file://`.
    #[error("the URL must begin with s3:// or file:///")]
    Scheme,
    /// `file://` with a host or a relative path.
    #[error("a file URL needs an absolute path and no host: three slashes, as in file:///var/log/archive")]
    RelativeFile,
    /// S3's rules for bucket names.
    #[error(
        "a bucket's name is 3 to 63 lower-case letters, digits, '-' and '.', the first and last no '-' or '.'"
    )]
    Bucket,
    /// A prefix that tools would not agree on.
    #[error("the prefix must not have empty, '.' or '..' parts, control characters, '?', '#' or '\\'")]
    Prefix,
}

impl FromStr for ArchiveUrl {
    type Err = ArchiveUrlError;

    fn from_str(text: &str) -> Result<Self, ArchiveUrlError> {
        if let Some(path) = text.strip_prefix("file://") {
            let absolute = path.starts_with('/') && !path.contains('\0');
            return absolute.then(|| Self::File { path: path.into() }).ok_or(ArchiveUrlError::RelativeFile);
        }
        let rest = text.strip_prefix("s3://").ok_or(ArchiveUrlError::Scheme)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'.';
        let ends_well = !bucket.starts_with(['-', '.']) && !bucket.ends_with(['-', '.']);
        if !(3..=63).contains(&bucket.len())
            || !bucket.bytes().all(inner)
            || !ends_well
            || bucket.contains("..")
        {
            return Err(ArchiveUrlError::Bucket);
        }
        let prefix = prefix.trim_matches('/');
        let odd_part = !prefix.is_empty() && prefix.split('/').any(|part| matches!(part, "" | "." | ".."));
        if odd_part || prefix.contains(|c: char| c.is_control() || matches!(c, '?' | '#' | '\\')) {
            return Err(ArchiveUrlError::Prefix);
        }
        Ok(Self::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl fmt::Display for ArchiveUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::S3 { bucket, prefix } if prefix.is_empty() => write!(out, "s3://{bucket}"),
            Self::S3 { bucket, prefix } => write!(out, "s3://{bucket}/{prefix}"),
            Self::File { path } => write!(out, "file://{}", path.display()),
        }
    }
}

impl Setting for ArchiveUrl {
    type Rule = ();

    fn shape(_rule: &()) -> Shape {
        Shape::ArchiveUrl
    }

    fn read(rule: &(), entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let text = reader.text::<Self>(rule, entry)?;
        text.parse()
            .map_err(|error: ArchiveUrlError| {
                reader.fail(entry, format!("{text:?} is not an archive URL: {error}"));
            })
            .ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_reads_back_as_it_is_shown() {
        for text in ["s3://example-logs", "s3://example-logs/app/a b", "file:///tmp/x y", "file:///"] {
            assert_eq!(text.parse::<ArchiveUrl>().unwrap().to_string(), text);
        }
        let trimmed: ArchiveUrl = "s3://example-logs/app/".parse().unwrap();
        assert_eq!(trimmed, ArchiveUrl::S3 { bucket: "example-logs".into(), prefix: "app".into() });
    }

    #[test]
    fn urls_that_would_write_elsewhere_are_refused() {
        let error = |text: &str| text.parse::<ArchiveUrl>().unwrap_err();
        assert_eq!(error("https://example.com/x"), ArchiveUrlError::Scheme);
        assert_eq!(error("file://logs/x"), ArchiveUrlError::RelativeFile);
        for bucket in ["", "ab", "Example", "-abc", "abc.", "a..b", "under_score"] {
            assert_eq!(error(&format!("s3://{bucket}/p")), ArchiveUrlError::Bucket, "{bucket}");
        }
        for prefix in ["a//b", "../a", "a/./b", "a?b", "a#b", "a\\b", "a\nb"] {
            assert_eq!(error(&format!("s3://example-logs/{prefix}")), ArchiveUrlError::Prefix, "{prefix}");
        }
    }
}
