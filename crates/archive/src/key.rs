//! Names of objects: `{prefix}/{partition}/{service}-{task}-{boot}-{segment}.json.gz`.
//!
//! Names of services and tasks come from outside, and two of them must never lead to one key, for the second
//! object would replace the first. What is allowed, and what happens to the rest:
//! - `service`: ASCII letters, digits, `.`, `_` and `-`; at most 100 bytes. `task` and `boot`: the same
//!   without `-`, which separates the parts; at most 64 bytes.
//! - Any other character becomes `_`, what is too long is cut, and a name that does not start with a letter
//!   or digit gets an `x` in front: Trino, Athena and Spark skip files that begin with `.` or `_`.
//! - A name changed so ends in `.` and the CRC-32 of the original in hex, so that `a/b` and `a:b` stay apart.
//! - `prefix`: the allowed characters and `=`, in parts separated by `/`; others become `_`. Empty parts go,
//!   `.` and `..` become `_` and `__`, so that a key never leaves its folder.
//! - `segment` has ten digits at least, so that a task's objects sort in order.

use std::fmt;

use libdeflater::crc32;
use thiserror::Error;

use crate::partition::Partition;

/// The end of every object's name.
pub const SUFFIX: &str = ".json.gz";
const SERVICE_MAX: usize = 100;
const PART_MAX: usize = 64;

/// A text that is not an object key as this crate writes them.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{key:?} is not the key of an archive object: {what}")]
pub struct KeyError {
    /// The text.
    pub key: String,
    /// What is wrong with it.
    pub what: &'static str,
}

/// The name of an object. Its parts are clean: made so by [`ObjectKey::new`], checked by
/// [`ObjectKey::parse`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectKey {
    prefix: String,
    partition: Partition,
    service: String,
    task: String,
    boot: String,
    segment: u64,
}

impl ObjectKey {
    /// A key; the names are cleaned as the module's documentation says.
    #[must_use]
    pub fn new(
        prefix: &str,
        partition: Partition,
        service: &str,
        task: &str,
        boot: &str,
        segment: u64,
    ) -> Self {
        Self {
            prefix: clean_prefix(prefix),
            partition,
            service: clean(service, SERVICE_MAX, true),
            task: clean(task, PART_MAX, false),
            boot: clean(boot, PART_MAX, false),
            segment,
        }
    }

    /// Reads a key back.
    ///
    /// # Errors
    /// [`KeyError`] when this crate would not have written it so.
    pub fn parse(key: &str) -> Result<Self, KeyError> {
        let wrong = |what| KeyError { key: key.to_owned(), what };
        let (folder, name) = key.rsplit_once('/').ok_or_else(|| wrong("it has no partition"))?;
        let year_at = folder.rmatch_indices('/').nth(3).map(|(at, _)| at);
        let (prefix, hour) = year_at.map_or(("", folder), |at| (&folder[..at], &folder[at + 1..]));
        let partition = Partition::parse(hour).map_err(|error| wrong(error.what))?;
        let stem = name.strip_suffix(SUFFIX).ok_or_else(|| wrong("it does not end in .json.gz"))?;
        let mut parts = stem.rsplitn(4, '-');
        let (Some(segment), Some(boot), Some(task), Some(service)) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(wrong("its name is not service-task-boot-segment"));
        };
        let segment = segment.parse().map_err(|_| wrong("its segment is not a number"))?;
        let parsed = Self {
            prefix: prefix.to_owned(),
            partition,
            service: service.to_owned(),
            task: task.to_owned(),
            boot: boot.to_owned(),
            segment,
        };
        // Names are clean when cleaning leaves them; and each number has one way to be written.
        let again = Self::new(prefix, partition, service, task, boot, segment);
        if again == parsed && parsed.to_string() == key {
            Ok(parsed)
        } else {
            Err(wrong("it has characters that keys do not have"))
        }
    }

    /// What the partition folders lie under, without slashes at its ends; may be empty.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The hour.
    #[must_use]
    pub fn partition(&self) -> Partition {
        self.partition
    }

    /// The service, cleaned.
    #[must_use]
    pub fn service(&self) -> &str {
        &self.service
    }

    /// The task, cleaned.
    #[must_use]
    pub fn task(&self) -> &str {
        &self.task
    }

    /// The start of the router that made the segment, cleaned.
    #[must_use]
    pub fn boot(&self) -> &str {
        &self.boot
    }

    /// The number of the spool segment that the records come from.
    #[must_use]
    pub fn segment(&self) -> u64 {
        self.segment
    }
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { prefix, partition, service, task, boot, segment } = self;
        if !prefix.is_empty() {
            write!(f, "{prefix}/")?;
        }
        write!(f, "{partition}/{service}-{task}-{boot}-{segment:010}{SUFFIX}")
    }
}

fn is_safe(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_')
}

fn clean(name: &str, max: usize, dash: bool) -> String {
    let starts_well = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphanumeric());
    let allowed = |byte: u8| is_safe(byte) || (dash && byte == b'-');
    if starts_well && name.len() <= max && name.bytes().all(allowed) {
        return name.to_owned();
    }
    let mark = format!(".{:08x}", crc32(name.as_bytes()));
    let mut out = String::from(if starts_well { "" } else { "x" });
    for letter in name.chars() {
        if out.len() + mark.len() == max {
            break;
        }
        out.push(if letter.is_ascii() && allowed(letter as u8) { letter } else { '_' });
    }
    out + &mark
}

fn clean_prefix(prefix: &str) -> String {
    let mut out = String::with_capacity(prefix.len());
    for part in prefix.split('/').filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push('/');
        }
        if matches!(part, "." | "..") {
            out.push_str(&"_".repeat(part.len()));
        } else {
            let allowed =
                |letter: char| letter.is_ascii() && (is_safe(letter as u8) || "-=".contains(letter));
            out.extend(part.chars().map(|letter| if allowed(letter) { letter } else { '_' }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hour() -> Partition {
        Partition::at(1_790_000_000_000, 0)
    }

    #[test]
    fn clean_names_stay_as_they_are() {
        let key = ObjectKey::new("/app//logs/", hour(), "my-api.v2", "0123abcd", "b1", 42);
        let text = "app/logs/year=2026/month=09/day=21/hour=14/my-api.v2-0123abcd-b1-0000000042.json.gz";
        assert_eq!(key.to_string(), text);
        assert_eq!(ObjectKey::parse(text), Ok(key));
    }

    #[test]
    fn different_names_never_share_a_key() {
        let of = |service: &str| ObjectKey::new("", hour(), service, "t", "b", 1).to_string();
        let names =
            ["a/b", "a:b", "a_b", "a b", "", ".", "..", "x", "_", "é", &"a".repeat(100), &"a".repeat(101)];
        let keys: std::collections::HashSet<_> = names.iter().map(|name| of(name)).collect();
        assert_eq!(keys.len(), names.len());
    }

    #[test]
    fn no_object_is_hidden_and_none_leaves_its_folder() {
        let key = ObjectKey::new("../a/./b", hour(), "../../etc", "_t/..", ".b", 1);
        let text = key.to_string();
        assert!(text.starts_with("__/a/_/b/year="), "{text}");
        assert!(!text.split('/').any(|part| part.starts_with('.')), "{text}");
        assert!(text.rsplit('/').next().unwrap().starts_with('x'), "{text}");
    }

    #[test]
    fn other_files_are_refused() {
        for text in [
            "x.json.gz",
            "year=2026/month=09/day=21/hour=14/a-b-c-1.json.gz",
            "year=2026/month=09/day=21/hour=14/a-b-c-0000000001.json",
            "year=2026/month=09/day=21/hour=14/b-c-0000000001.json.gz",
            "year=2026/month=09/day=21/hour=14/_a-b-c-0000000001.json.gz",
            "year=2026/month=09/hour=14/a-b-c-0000000001.json.gz",
            "a//year=2026/month=09/day=21/hour=14/a-b-c-0000000001.json.gz",
        ] {
            assert!(ObjectKey::parse(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_key_is_read_back(
            prefix: String, service: String, task: String, boot: String, segment: u64, ts_ms: i64,
        ) {
            let key = ObjectKey::new(&prefix, Partition::at(ts_ms, 0), &service, &task, &boot, segment);
            let text = key.to_string();
            prop_assert!(text.bytes().all(|byte| is_safe(byte) || b"-=/".contains(&byte)));
            prop_assert_eq!(ObjectKey::parse(&text), Ok(key));
        }

        #[test]
        fn parsing_never_panics(text: String) {
            let _ = ObjectKey::parse(&text);
        }
    }
}
