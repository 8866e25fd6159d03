//! Objects into S3.
//!
//! Invariants:
//! * bodies are read from disk as they are sent; parts of a large object are sent one after the other, so memory is
//!   bounded by the client's buffers;
//! * every request carries a CRC-32 that was made when the bytes were, so S3 refuses what changed on the way;
//! * sending an object again replaces it by the same bytes. An upload in parts that fails is aborted.

use std::io::SeekFrom;
use std::path::Path;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::{ByteStream, Length};
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart, ServerSideEncryption,
    StorageClass as S3StorageClass,
};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sluice_pipeline::{Archive, Encryption, StorageClass};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::{AwsError, has_endpoint};
use crate::diagnostics::warn;
use crate::sink::StagedObject;

/// Most parts that S3 takes.
const MOST_PARTS: u64 = 10_000;
/// What every object is.
const CONTENT_TYPE: &str = "application/x-ndjson";
const CONTENT_ENCODING: &str = "gzip";

/// A bucket.
#[derive(Debug, Clone)]
pub struct S3Archive {
    client: Client,
    bucket: String,
    settings: Archive,
    tagging: Option<String>,
}

/// An object could not be sent.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// S3 refused, or could not be reached.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The staged file cannot be read.
    #[error("cannot read {path}; check the spool's disk")]
    Read {
        /// The file.
        path: String,
        /// What the system answered.
        #[source]
        source: std::io::Error,
    },
}

impl S3Archive {
    /// The bucket of `archive.url`.
    #[must_use]
    pub fn new(config: &SdkConfig, bucket: String, settings: Archive) -> S3Archive {
        let config = aws_sdk_s3::config::Builder::from(config).force_path_style(has_endpoint("S3")).build();
        let pairs = settings.tags.iter().map(|(key, value)| format!("{}={}", encoded(key), encoded(value)));
        let tagging = (!settings.tags.is_empty()).then(|| pairs.collect::<Vec<_>>().join("&"));
        S3Archive { client: Client::from_conf(config), bucket, settings, tagging }
    }

    /// Sends one object.
    ///
    /// # Errors
    /// When S3 refuses or the file cannot be read; it may have arrived all the same, and can be sent again.
    pub async fn put(&self, object: &StagedObject) -> Result<(), UploadError> {
        if object.bytes > self.settings.multipart_above.0 {
            return self.put_in_parts(object).await;
        }
        let body = body(&object.path, 0, object.bytes).await?;
        self.client
            .put_object()
            .bucket(&self.bucket)
            .key(&object.key)
            .content_type(CONTENT_TYPE)
            .content_encoding(CONTENT_ENCODING)
            .content_length(object.bytes as i64)
            .checksum_crc32(checksum(object.crc32))
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(self.encryption())
            .set_ssekms_key_id(self.settings.kms_key.clone())
            .set_tagging(self.tagging.clone())
            .set_expected_bucket_owner(self.settings.expected_bucket_owner.clone())
            .body(body)
            .send()
            .await
            .map_err(|error| AwsError::new("cannot put an object into S3", error))?;
        Ok(())
    }

    async fn put_in_parts(&self, object: &StagedObject) -> Result<(), UploadError> {
        let upload = self
            .client
            .create_multipart_upload()
            .bucket(&self.bucket)
            .key(&object.key)
            .content_type(CONTENT_TYPE)
            .content_encoding(CONTENT_ENCODING)
            .checksum_algorithm(ChecksumAlgorithm::Crc32)
            .checksum_type(ChecksumType::FullObject)
            .set_storage_class(self.storage_class())
            .set_server_side_encryption(self.encryption())
            .set_ssekms_key_id(self.settings.kms_key.clone())
            .set_tagging(self.tagging.clone())
            .set_expected_bucket_owner(self.settings.expected_bucket_owner.clone())
            .send()
            .await
            .map_err(|error| AwsError::new("cannot begin an upload to S3", error))?;
        let id = upload.upload_id.unwrap_or_default();
        let sent = self.send_parts(object, &id).await;
        if sent.is_err() {
            // Parts that stay are billed until the bucket's lifecycle removes them.
            let aborted = self
                .client
                .abort_multipart_upload()
                .bucket(&self.bucket)
                .key(&object.key)
                .upload_id(&id)
                .send()
                .await;
            if let Err(error) = aborted {
                let error = AwsError::new("cannot abort an upload to S3", error);
                warn(
                    "parts of an upload stay until the bucket's lifecycle removes them",
                    &[("error", &error)],
                );
            }
        }
        sent
    }

    async fn send_parts(&self, object: &StagedObject, upload: &str) -> Result<(), UploadError> {
        let part_size = self.settings.part_size.0.max(object.bytes.div_ceil(MOST_PARTS));
        let mut parts = Vec::new();
        let mut from = 0;
        while from < object.bytes {
            let len = part_size.min(object.bytes - from);
            let number = parts.len() as i32 + 1;
            let crc32 = checksum(crc32_of(&object.path, from, len).await?);
            let part = self
                .client
                .upload_part()
                .bucket(&self.bucket)
                .key(&object.key)
                .upload_id(upload)
                .part_number(number)
                .content_length(len as i64)
                .checksum_crc32(&crc32)
                .body(body(&object.path, from, len).await?)
                .send()
                .await
                .map_err(|error| AwsError::new("cannot put a part of an object into S3", error))?;
            let part = CompletedPart::builder()
                .part_number(number)
                .set_e_tag(part.e_tag)
                .checksum_crc32(crc32)
                .build();
            parts.push(part);
            from += len;
        }
        self.client
            .complete_multipart_upload()
            .bucket(&self.bucket)
            .key(&object.key)
            .upload_id(upload)
            .checksum_crc32(checksum(object.crc32))
            .checksum_type(ChecksumType::FullObject)
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build())
            .send()
            .await
            .map_err(|error| AwsError::new("cannot complete an upload to S3", error))?;
        Ok(())
    }

    fn storage_class(&self) -> Option<S3StorageClass> {
        match self.settings.storage_class {
            // It is the default, and needs no header.
            StorageClass::Standard => None,
            StorageClass::IntelligentTiering => Some(S3StorageClass::IntelligentTiering),
            StorageClass::StandardIa => Some(S3StorageClass::StandardIa),
            StorageClass::OnezoneIa => Some(S3StorageClass::OnezoneIa),
            StorageClass::GlacierIr => Some(S3StorageClass::GlacierIr),
        }
    }

    fn encryption(&self) -> Option<ServerSideEncryption> {
        self.settings.sse.map(|encryption| match encryption {
            Encryption::Aes256 => ServerSideEncryption::Aes256,
            Encryption::Kms => ServerSideEncryption::AwsKms,
        })
    }
}

/// S3 has checksums in Base64, the most significant byte first.
fn checksum(crc32: u32) -> String {
    BASE64_STANDARD.encode(crc32.to_be_bytes())
}

/// A key or value of the `x-amz-tagging` header, which is written like a URL's query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes()
        .map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

async fn body(path: &Path, from: u64, len: u64) -> Result<ByteStream, UploadError> {
    let body = ByteStream::read_from().path(path).offset(from).length(Length::Exact(len)).build().await;
    body.map_err(|error| unreadable(path, std::io::Error::other(error)))
}

async fn crc32_of(path: &Path, from: u64, len: u64) -> Result<u32, UploadError> {
    let read = async {
        let mut file = tokio::fs::File::open(path).await?;
        file.seek(SeekFrom::Start(from)).await?;
        let mut file = file.take(len);
        let (mut crc32, mut buffer) = (crc32fast::Hasher::new(), vec![0; 64 << 10]);
        loop {
            match file.read(&mut buffer).await? {
                0 => return Ok(crc32.finalize()),
                n => crc32.update(&buffer[..n]),
            }
        }
    };
    read.await.map_err(|source| unreadable(path, source))
}

fn unreadable(path: &Path, source: std::io::Error) -> UploadError {
    UploadError::Read { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_written_like_a_query() {
        assert_eq!(encoded("cost center+ö"), "cost%20center%2B%C3%B6");
    }

    #[test]
    fn a_checksum_is_as_s3_documents_it() {
        // CRC-32 of "123456789" is cbf43926.
        assert_eq!(checksum(0xcbf4_3926), "y/Q5Jg==");
    }
}
