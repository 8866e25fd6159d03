//! An S3 server in the test's own process: `s3s` (protocol, signatures) over `s3s-fs` (a temporary folder).
//!
//! What it checks: signatures (SigV4, so a proxy before it must keep the `Host`), `Content-MD5` and
//! `x-amz-checksum-*` of an object or part, the parts' order and least size of 5 MiB, `If-Match`,
//! `If-None-Match: *`. An upload that was completed, aborted or never begun is
//! `NoSuchUpload`, so a repeated `CompleteMultipartUpload` whose first answer was lost gets that.
//!
//! What it does not do:
//! - Storage class, server-side encryption, tags and ACLs change nothing and no answer has them; [`Stored`] records
//!   what was asked for. Names of classes are not checked.
//! - `CompleteMultipartUpload` does not compare the parts' ETags, and ends the upload also when it fails.
//! - The checksum of a whole multipart upload (`x-amz-checksum-*` of `CompleteMultipartUpload`) is not verified.
//! - No versions, no lifecycle, no policies, no regions, no KMS keys: any key id is taken.

mod recording;
mod stored;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use s3s::S3Result;
use s3s::access::{S3Access, S3AccessContext};
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use tempfile::TempDir;

pub use self::stored::Stored;

use self::recording::Recording;
use self::stored::Ledger;
use crate::server::{Outcome, Server};

/// The access key id that the server knows.
pub const ACCESS_KEY: &str = "AKIASLUICETESTKIT000";
/// Its secret key.
pub const SECRET_KEY: &str = "sluice-testkit-secret-key-0000000000000000";

/// An S3 server; it stops when it is dropped, and its objects go with it.
pub struct S3Server {
    server: Server,
    folder: TempDir,
    ledger: Arc<Ledger>,
}

impl S3Server {
    /// Starts a server with these buckets, all empty.
    #[must_use]
    pub fn start(buckets: &[&str]) -> Self {
        Self::with_access(buckets, false)
    }

    /// The same, and calls without a signature are let in too; a signature that is there must verify.
    #[must_use]
    pub fn start_open(buckets: &[&str]) -> Self {
        Self::with_access(buckets, true)
    }

    fn with_access(buckets: &[&str], open: bool) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for bucket in buckets {
            fs::create_dir(folder.path().join(bucket)).expect("a folder for a bucket");
        }
        let files = s3s_fs::FileSystem::new(folder.path()).expect("an S3 over a folder");
        let ledger = Arc::new(Ledger::default());
        let mut builder = S3ServiceBuilder::new(Recording::new(files, buckets, Arc::clone(&ledger)));
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        if open {
            builder.set_access(Everyone);
        }
        let service = builder.build();
        let server = Server::start("s3", move |request| {
            let service = service.clone();
            async move {
                match service.call(request.map(s3s::Body::from)).await {
                    Ok(answer) => Outcome::Answer(answer),
                    // The client went away in the middle of a body, or a bug of the server: no S3 answer either way.
                    Err(_) => Outcome::Close,
                }
            }
        });
        Self { server, folder, ledger }
    }

    /// The URL of the server; buckets are the first part of the path.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.server.endpoint()
    }

    /// All objects of a bucket: key → bytes.
    ///
    /// # Panics
    /// When there is no such bucket.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let root = self.folder.path().join(bucket);
        let mut objects = BTreeMap::new();
        collect(&root, "", &mut objects);
        objects
    }

    /// Copies every file below a folder into a bucket, under a prefix; returns how many. For inputs that are large: no
    /// request is made and nothing is recorded.
    ///
    /// # Panics
    /// When a file cannot be copied.
    pub fn copy_in(&self, bucket: &str, prefix: &str, folder: &Path) -> usize {
        copy(folder, &self.folder.path().join(bucket).join(prefix))
    }

    /// What clients said of the object they stored under `key` last, `None` if none was stored.
    #[must_use]
    pub fn stored(&self, bucket: &str, key: &str) -> Option<Stored> {
        self.ledger.last(bucket, key)
    }

    /// Every store that succeeded, oldest first: more than one of a key means that an object was replaced.
    #[must_use]
    pub fn history(&self) -> Vec<Stored> {
        self.ledger.all()
    }

    /// Multipart uploads that were begun and neither completed nor aborted: `bucket/key`.
    #[must_use]
    pub fn open_uploads(&self) -> Vec<String> {
        self.ledger.open_uploads()
    }
}

/// Lets every call in.
struct Everyone;

#[async_trait::async_trait]
impl S3Access for Everyone {
    async fn check(&self, _: &mut S3AccessContext<'_>) -> S3Result<()> {
        Ok(())
    }
}

fn copy(from: &Path, to: &Path) -> usize {
    fs::create_dir_all(to).unwrap_or_else(|e| panic!("cannot make {}: {e}", to.display()));
    let mut count = 0;
    for entry in fs::read_dir(from).unwrap_or_else(|e| panic!("cannot list {}: {e}", from.display())) {
        let entry = entry.expect("an entry of a folder");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("a kind of file").is_dir() {
            count += copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target)
                .unwrap_or_else(|e| panic!("cannot copy {}: {e}", target.display()));
            count += 1;
        }
    }
    count
}

fn collect(folder: &Path, prefix: &str, objects: &mut BTreeMap<String, Vec<u8>>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("cannot list {}: {e}", folder.display()));
    for entry in entries {
        let entry = entry.expect("an entry of a bucket's folder");
        let key = format!("{prefix}{}", entry.file_name().to_str().expect("a key in UTF-8"));
        if entry.file_type().expect("a kind of file").is_dir() {
            collect(&entry.path(), &format!("{key}/"), objects);
        } else {
            objects.insert(key, fs::read(entry.path()).expect("an object's bytes"));
        }
    }
}
