//! Where objects lie: folders of this machine, buckets of S3.

mod folder;
mod s3;

use std::io;
use std::path::Path;
use std::sync::Arc;

use sluice_archive::ReadAt;

/// An object, by its URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its URL.
    pub url: String,
    /// Its bytes.
    pub size: u64,
}

/// Why objects cannot be listed or read.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A URL of no kind that is known.
    #[error("{url} is no place for data; give a folder, a file:// URL or an s3:// URL")]
    Scheme {
        /// What was given.
        url: String,
    },
    /// A folder or file.
    #[error("cannot read {path}; check the path and its rights")]
    Folder {
        /// Its path.
        path: String,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
    /// S3.
    #[error("cannot {what} {url}; check the name, the region, the credentials and their rights")]
    S3 {
        /// `list` or `read`.
        what: &'static str,
        /// The place.
        url: String,
        /// What S3 or the way there answered.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// All places that queries read. Calls block: they are made on threads that may.
#[derive(Debug, Default)]
pub struct Store {
    s3: s3::S3,
}

impl Store {
    /// The objects below a URL that ends in `/`, at any depth, by name; none when there is no such place. Names that
    /// begin with `_` or `.` are nobody's data.
    ///
    /// # Errors
    /// When the place is there and cannot be listed.
    pub fn list(&self, url: &str) -> Result<Vec<Object>, StoreError> {
        let mut objects = match Place::of(url)? {
            Place::Folder(path) => folder::list(&path)?,
            Place::S3 { bucket, key } => self.s3.list(url, bucket, key)?,
        };
        objects.retain(|object| {
            let name = object.url.rsplit('/').next().unwrap_or_default();
            object.size > 0 && !name.starts_with(['_', '.'])
        });
        objects.sort_unstable_by(|a, b| a.url.cmp(&b.url));
        Ok(objects)
    }

    /// The last folder of partitions (`name=value`) below a URL that ends in `/`, as deep as they go: that of the newest
    /// hour, where folders are hours. None when there is none. One listing a level.
    ///
    /// # Errors
    /// When the place is there and cannot be listed.
    pub fn newest(&self, url: &str) -> Result<Option<String>, StoreError> {
        let mut at = url.to_owned();
        loop {
            let folders = match Place::of(&at)? {
                Place::Folder(path) => folder::folders(&path)?,
                Place::S3 { bucket, key } => self.s3.folders(&at, bucket, key)?,
            };
            let Some(last) = folders.into_iter().filter(|name| name.contains('=')).max() else {
                return Ok((at != url).then_some(at));
            };
            at.push_str(&last);
            at.push('/');
        }
    }

    /// An object to read from at will.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(&self, object: &Object) -> Result<Arc<dyn ReadAt + Send + Sync>, StoreError> {
        match Place::of(&object.url)? {
            Place::Folder(path) => folder::open(&path),
            Place::S3 { bucket, key } => self.s3.open(&object.url, bucket, key, object.size),
        }
    }

    /// Puts a finished file at a URL, in one step: whoever reads sees what was there before or all of it. In folders
    /// the file is moved, so it must be on the same disk.
    ///
    /// # Errors
    /// When it cannot be put there.
    pub fn publish(&self, file: &Path, url: &str) -> Result<(), StoreError> {
        match Place::of(url)? {
            Place::Folder(path) => folder::publish(file, &path),
            Place::S3 { bucket, key } => self.s3.put(url, bucket, key, file),
        }
    }
}

enum Place<'u> {
    Folder(String),
    S3 { bucket: &'u str, key: &'u str },
}

impl Place<'_> {
    fn of(url: &str) -> Result<Place<'_>, StoreError> {
        if let Some(path) = url.strip_prefix("file://") {
            return Ok(Place::Folder(path.to_owned()));
        }
        let rest = url.strip_prefix("s3://").ok_or_else(|| StoreError::Scheme { url: url.to_owned() })?;
        let (bucket, key) = rest.split_once('/').unwrap_or((rest, ""));
        Ok(Place::S3 { bucket, key })
    }
}
