//! Hands calls on to `s3s-fs`, and keeps what it does not: see [`Stored`].
//!
//! Calls that are not here answer `NotImplemented`, so a test notices when the program begins to use another one.

use std::sync::Arc;

use http_body_util::BodyExt;
use hyper::body::Bytes;
use s3s::checksum::ChecksumHasher;
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, Checksum, CompleteMultipartUploadInput,
    CompleteMultipartUploadOutput, CreateMultipartUploadInput, CreateMultipartUploadOutput,
    DeleteObjectInput, DeleteObjectOutput, GetObjectInput, GetObjectOutput, HeadBucketInput,
    HeadBucketOutput, HeadObjectInput, HeadObjectOutput, ListObjectsV2Input, ListObjectsV2Output,
    PutObjectInput, PutObjectOutput, StreamingBlob, UploadPartInput, UploadPartOutput,
};
use s3s::{Body, S3, S3Request, S3Response, S3Result, TrailingHeaders, s3_error};
use s3s_fs::FileSystem;

use super::stored::{Ledger, Stored, said};

pub(super) struct Recording {
    files: FileSystem,
    buckets: Vec<String>,
    ledger: Arc<Ledger>,
}

impl Recording {
    pub(super) fn new(files: FileSystem, buckets: &[&str], ledger: Arc<Ledger>) -> Self {
        Self { files, buckets: buckets.iter().map(|&bucket| bucket.to_owned()).collect(), ledger }
    }

    /// S3's error for a bucket that is not there, which s3s-fs would make.
    fn bucket(&self, bucket: &String) -> S3Result<()> {
        if self.buckets.contains(bucket) { Ok(()) } else { Err(s3_error!(NoSuchBucket)) }
    }

    /// S3's error for an upload that is no more, of which s3s-fs says `AccessDenied`.
    fn know(&self, upload: &str) -> S3Result<()> {
        if self.ledger.is_open(upload) { Ok(()) } else { Err(s3_error!(NoSuchUpload)) }
    }
}

/// The checksums that a request says its body has.
macro_rules! claimed {
    ($input:expr) => {
        Checksum {
            checksum_crc32: $input.checksum_crc32.clone(),
            checksum_crc32c: $input.checksum_crc32c.clone(),
            checksum_crc64nvme: $input.checksum_crc64nvme.clone(),
            checksum_sha1: $input.checksum_sha1.clone(),
            checksum_sha256: $input.checksum_sha256.clone(),
            ..Checksum::default()
        }
    };
}

/// The whole body, once it has the checksums that were claimed. s3s-fs does not verify those of parts, and those of
/// objects only when the object was already replaced. A checksum behind the body is verified for parts only, since
/// s3s-fs looks at it itself for objects and it can be taken once.
async fn verified(
    body: Option<StreamingBlob>,
    behind: Option<&TrailingHeaders>,
    part: bool,
    claimed: &Checksum,
) -> S3Result<Bytes> {
    let Some(body) = body else { return Err(s3_error!(IncompleteBody)) };
    let collected = Body::from(body).collect().await;
    let body = collected.map_err(|_| s3_error!(IncompleteBody))?.to_bytes();
    let mut claimed = claimed.clone();
    if let (true, Some(behind)) = (part, behind.and_then(TrailingHeaders::take)) {
        let of = |name: &str| behind.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        claimed.checksum_crc32 = claimed.checksum_crc32.or_else(|| of("x-amz-checksum-crc32"));
        claimed.checksum_crc32c = claimed.checksum_crc32c.or_else(|| of("x-amz-checksum-crc32c"));
        claimed.checksum_crc64nvme = claimed.checksum_crc64nvme.or_else(|| of("x-amz-checksum-crc64nvme"));
    }
    let mut hasher = ChecksumHasher {
        crc32: claimed.checksum_crc32.is_some().then(Default::default),
        crc32c: claimed.checksum_crc32c.is_some().then(Default::default),
        crc64nvme: claimed.checksum_crc64nvme.is_some().then(Default::default),
        sha1: claimed.checksum_sha1.is_some().then(Default::default),
        sha256: claimed.checksum_sha256.is_some().then(Default::default),
    };
    hasher.update(&body);
    if hasher.finalize() == claimed { Ok(body) } else { Err(s3_error!(BadDigest)) }
}

/// Calls that are only handed on.
macro_rules! hand_on {
    ($($call:ident: $input:ty => $output:ty,)*) => { $(
        fn $call<'a, 'async_trait>(&'a self, req: S3Request<$input>)
            -> std::pin::Pin<Box<dyn Future<Output = S3Result<S3Response<$output>>> + Send + 'async_trait>>
        where 'a: 'async_trait, Self: 'async_trait {
            self.files.$call(req)
        }
    )* };
}

#[async_trait::async_trait]
impl S3 for Recording {
    hand_on! {
        get_object: GetObjectInput => GetObjectOutput,
        head_object: HeadObjectInput => HeadObjectOutput,
        head_bucket: HeadBucketInput => HeadBucketOutput,
        delete_object: DeleteObjectInput => DeleteObjectOutput,
        list_objects_v2: ListObjectsV2Input => ListObjectsV2Output,
    }

    async fn put_object(&self, mut req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        self.bucket(&req.input.bucket)?;
        let stored = Stored {
            bucket: req.input.bucket.clone(),
            key: req.input.key.clone(),
            parts: 0,
            headers: said(&req.headers),
        };
        let claimed = claimed!(req.input);
        let body = verified(req.input.body.take(), req.trailing_headers.as_ref(), false, &claimed).await?;
        req.input.body = Some(StreamingBlob::from(Body::from(body)));
        // s3s-fs refuses every class but two, which would keep a router that is set to another from being tested.
        req.input.storage_class = None;
        let answer = self.files.put_object(req).await?;
        self.ledger.put(stored);
        Ok(answer)
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        self.bucket(&req.input.bucket)?;
        let stored = Stored {
            bucket: req.input.bucket.clone(),
            key: req.input.key.clone(),
            parts: 0,
            headers: said(&req.headers),
        };
        let answer = self.files.create_multipart_upload(req).await?;
        if let Some(upload) = &answer.output.upload_id {
            self.ledger.begin(upload.clone(), stored);
        }
        Ok(answer)
    }

    async fn upload_part(
        &self,
        mut req: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        self.know(&req.input.upload_id)?;
        let claimed = claimed!(req.input);
        let body = verified(req.input.body.take(), req.trailing_headers.as_ref(), true, &claimed).await?;
        req.input.body = Some(StreamingBlob::from(Body::from(body)));
        self.files.upload_part(req).await
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let upload = req.input.upload_id.clone();
        self.know(&upload)?;
        let parts = req.input.multipart_upload.as_ref().and_then(|upload| upload.parts.as_ref());
        let parts = parts.map_or(0, Vec::len);
        let answer = self.files.complete_multipart_upload(req).await?;
        self.ledger.complete(&upload, parts);
        Ok(answer)
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let upload = req.input.upload_id.clone();
        self.know(&upload)?;
        let answer = self.files.abort_multipart_upload(req).await?;
        self.ledger.abort(&upload);
        Ok(answer)
    }
}
