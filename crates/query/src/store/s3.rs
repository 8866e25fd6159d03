//! Buckets of S3. Endpoint, region and credentials come from the SDK's own chain; with an endpoint of one's own
//! (`AWS_ENDPOINT_URL`) addresses are path-style.

use std::error::Error;
use std::io;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use sluice_archive::ReadAt;
use tokio::runtime::{Builder, Handle, Runtime};

use super::{Object, StoreError};

/// An object up to this size is fetched with one request: another costs more time than these bytes.
const WHOLE: u64 = 8 << 20;

/// The client, made when it is first needed, with threads of its own for its calls.
#[derive(Debug, Default)]
pub(super) struct S3 {
    made: OnceLock<(Runtime, Client)>,
}

impl S3 {
    fn client(&self, url: &str) -> Result<(&Handle, &Client), StoreError> {
        if self.made.get().is_none() {
            let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build();
            let runtime = runtime.map_err(|error| fail("reach", url, error))?;
            let client = runtime.block_on(connect());
            // Another thread may have been faster; then that one's is used.
            let _ = self.made.set((runtime, client));
        }
        let (runtime, client) = self.made.get().expect("it was set above");
        Ok((runtime.handle(), client))
    }

    pub(super) fn list(&self, url: &str, bucket: &str, prefix: &str) -> Result<Vec<Object>, StoreError> {
        let (handle, client) = self.client(url)?;
        handle.block_on(async {
            let mut pages = client.list_objects_v2().bucket(bucket).prefix(prefix).into_paginator().send();
            let mut objects = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| fail("list", url, error))?;
                for object in page.contents() {
                    let (Some(key), Some(size)) = (object.key(), object.size()) else { continue };
                    let size = u64::try_from(size).unwrap_or_default();
                    objects.push(Object { url: format!("s3://{bucket}/{key}"), size });
                }
            }
            Ok(objects)
        })
    }

    /// Names of the folders at a prefix.
    pub(super) fn folders(&self, url: &str, bucket: &str, prefix: &str) -> Result<Vec<String>, StoreError> {
        let (handle, client) = self.client(url)?;
        handle.block_on(async {
            let list = client.list_objects_v2().bucket(bucket).prefix(prefix).delimiter("/");
            let mut pages = list.into_paginator().send();
            let mut names = Vec::new();
            while let Some(page) = pages.next().await {
                let page = page.map_err(|error| fail("list", url, error))?;
                let found = page.common_prefixes().iter().filter_map(|found| found.prefix());
                names.extend(found.map(|found| found[prefix.len()..].trim_end_matches('/').to_owned()));
            }
            Ok(names)
        })
    }

    pub(super) fn open(
        &self,
        url: &str,
        bucket: &str,
        key: &str,
        size: u64,
    ) -> Result<Arc<dyn ReadAt + Send + Sync>, StoreError> {
        let (handle, client) = self.client(url)?;
        let object = Remote {
            handle: handle.clone(),
            client: client.clone(),
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            size,
        };
        if size > WHOLE {
            return Ok(Arc::new(object));
        }
        let bytes = object.fetch(None).map_err(|error| fail("read", url, error))?;
        Ok(Arc::new(bytes))
    }

    /// Uploads a file; the object is there when the call ends, and before that what was there before.
    pub(super) fn put(&self, url: &str, bucket: &str, key: &str, file: &Path) -> Result<(), StoreError> {
        let (handle, client) = self.client(url)?;
        handle.block_on(async {
            let body = ByteStream::from_path(file).await.map_err(|error| fail("write", url, error))?;
            let put = client.put_object().bucket(bucket).key(key).body(body);
            put.send().await.map(drop).map_err(|error| fail("write", url, error))
        })
    }
}

fn fail(what: &'static str, url: &str, source: impl Into<Box<dyn Error + Send + Sync>>) -> StoreError {
    StoreError::S3 { what, url: url.to_owned(), source: source.into() }
}

async fn connect() -> Client {
    use aws_smithy_http_client::{Builder as Http, tls};
    let http =
        Http::new().tls_provider(tls::Provider::Rustls(tls::rustls_provider::CryptoMode::Ring)).build_https();
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(http).load().await;
    let own = config.endpoint_url().is_some() || std::env::var_os("AWS_ENDPOINT_URL_S3").is_some();
    Client::from_conf(aws_sdk_s3::config::Builder::from(&config).force_path_style(own).build())
}

/// An object that is read by ranges.
struct Remote {
    handle: Handle,
    client: Client,
    bucket: String,
    key: String,
    size: u64,
}

impl Remote {
    fn fetch(&self, range: Option<(u64, u64)>) -> Result<Vec<u8>, Box<dyn Error + Send + Sync>> {
        self.handle.block_on(async {
            let range = range.map(|(from, len)| format!("bytes={from}-{}", from + len - 1));
            let get = self.client.get_object().bucket(&self.bucket).key(&self.key).set_range(range);
            let object = get.send().await?;
            Ok(object.body.collect().await?.to_vec())
        })
    }
}

impl ReadAt for Remote {
    fn size(&self) -> io::Result<u64> {
        Ok(self.size)
    }

    fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        if buffer.is_empty() {
            return Ok(());
        }
        let bytes = self.fetch(Some((offset, buffer.len() as u64))).map_err(io::Error::other)?;
        if bytes.len() != buffer.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        buffer.copy_from_slice(&bytes);
        Ok(())
    }
}
