//! What clients asked for when they stored objects: the part of a request that the server behind does not keep.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::header::HeaderMap;

/// One object as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// Parts of the multipart upload, 0 for a single `PutObject`.
    pub parts: usize,
    /// The headers `x-amz-*`, `content-*` and `if-*` of `PutObject` or `CreateMultipartUpload`, names in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Stored {
    /// The value of a header, empty when it was not sent.
    #[must_use]
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    /// The storage class asked for; empty means S3's default, `STANDARD`.
    #[must_use]
    pub fn storage_class(&self) -> &str {
        self.header("x-amz-storage-class")
    }

    /// The encryption asked for: `AES256`, `aws:kms`, or empty for the bucket's own.
    #[must_use]
    pub fn encryption(&self) -> &str {
        self.header("x-amz-server-side-encryption")
    }

    /// The tags, as a URL-encoded query.
    #[must_use]
    pub fn tagging(&self) -> &str {
        self.header("x-amz-tagging")
    }
}

/// Stores in the order in which they succeeded, and the uploads under way.
#[derive(Debug, Default)]
pub(super) struct Ledger(Mutex<Books>);

#[derive(Debug, Default)]
struct Books {
    stored: Vec<Stored>,
    uploads: BTreeMap<String, Stored>,
}

impl Ledger {
    fn books(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, stored: Stored) {
        self.books().stored.push(stored);
    }

    pub(super) fn begin(&self, upload: String, stored: Stored) {
        self.books().uploads.insert(upload, stored);
    }

    pub(super) fn is_open(&self, upload: &str) -> bool {
        self.books().uploads.contains_key(upload)
    }

    pub(super) fn complete(&self, upload: &str, parts: usize) {
        let mut books = self.books();
        if let Some(stored) = books.uploads.remove(upload) {
            books.stored.push(Stored { parts, ..stored });
        }
    }

    pub(super) fn abort(&self, upload: &str) {
        self.books().uploads.remove(upload);
    }

    pub(super) fn last(&self, bucket: &str, key: &str) -> Option<Stored> {
        self.books().stored.iter().rev().find(|stored| stored.bucket == bucket && stored.key == key).cloned()
    }

    pub(super) fn all(&self) -> Vec<Stored> {
        self.books().stored.clone()
    }

    pub(super) fn open_uploads(&self) -> Vec<String> {
        self.books().uploads.values().map(|stored| format!("{}/{}", stored.bucket, stored.key)).collect()
    }
}

/// The headers of a request that say something of the object.
pub(super) fn said(headers: &HeaderMap) -> BTreeMap<String, String> {
    let of_object = |name: &str| ["x-amz-", "content-", "if-"].iter().any(|start| name.starts_with(start));
    headers
        .iter()
        .filter(|(name, _)| of_object(name.as_str()))
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}
