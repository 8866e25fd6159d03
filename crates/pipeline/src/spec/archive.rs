//! `[archive]`: the objects that hold every record.

use std::{collections::BTreeMap, time::Duration};

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        size::{ByteSize, GIB, KIB, MIB, Sizes},
        text::Text,
        url::ArchiveUrl,
        whole::Whole,
    },
};

section! {
    /// Where every record goes: gzip objects under hourly partitions.
    pub struct Archive {
        /// Where the archive lies: `s3://bucket/prefix` or `file:///folder`.
        ///
        /// The default is for trying out: the disk of a Fargate task goes with the task.
        url: ArchiveUrl {
            default: "file:///var/lib/log-router/archive",
            example: "s3://example-logs/app",
        },
        /// Time zone of the year, month, day and hour in object keys.
        ///
        /// Queries prune partitions in UTC unless they are told otherwise, so keep UTC unless people browse the bucket.
        zone: String { default: "UTC", example: "Asia/Tokyo", rule: Text::Zone, },
        /// Compression level on libdeflate's scale: 1 is fastest, 12 smallest.
        ///
        /// On ECS log lines level 1 compresses 7.2 times, 4 8.0 times and 6 8.7 times, at 2.9, 5.2 and 7.2 s of CPU
        /// a GB.
        level: u8 { default: 4, example: 6, rule: Whole::Range(1, 12), },
        /// Text in one gzip member, the unit that readers can skip or fetch alone.
        ///
        /// Smaller members let queries skip more and compress a little worse. A member never exceeds a segment.
        member_bytes: ByteSize {
            derived: "1MiB, or `spool.segment_bytes` when that is less",
            example: "512KiB",
            rule: Sizes(64 * KIB, 16 * MIB),
        },
        /// A record older than this by its own time is filed under the hour it was received, and counted.
        ///
        /// Age is receive time minus the record's time. "off" files every record by its own time, however old.
        max_past: Option<Duration> {
            default: "7d",
            example: "30d",
            rule: Span::seconds(60, 3650 * 86_400),
        },
        /// A record newer than this by its own time is filed under the hour it was received, and counted.
        ///
        /// "off" files every record by its own time, however far ahead.
        max_future: Option<Duration> {
            default: "1h",
            example: "10m",
            rule: Span::seconds(1, 3650 * 86_400),
        },
        /// Objects larger than this are uploaded in parts.
        multipart_above: ByteSize { default: "16MiB", example: "32MiB", rule: Sizes(5 * MIB, 5 * GIB), },
        /// Size of a part of such an upload. S3 takes 5 MiB to 5 GiB and at most 10,000 parts.
        part_size: ByteSize { default: "8MiB", example: "16MiB", rule: Sizes(5 * MIB, 5 * GIB), },
        /// Storage class of new objects.
        ///
        /// The infrequent-access classes bill every object as at least 128 KB and 30 days.
        storage_class: StorageClass { default: "standard", example: "standard_ia", },
        /// Encryption at rest that uploads ask for; "off" leaves it to the bucket's default.
        sse: Option<Encryption> { default: "aes256", example: "kms", },
        /// KMS key for `sse = "kms"`: id, alias or ARN. Without it S3 uses the account's key aws/s3.
        kms_key: Option<String> { example: "alias/logs", rule: Text::KmsKey, },
        /// Object tags, at most 10.
        tags: BTreeMap<String, String> { example: { team = "core" }, rule: Text::TagValue, },
        /// The account that must own the bucket; uploads to a bucket of anybody else fail.
        expected_bucket_owner: Option<String> { example: "123456789012", rule: Text::Account, },
        /// How long objects are kept and where. The router does not apply it: it is rendered into the bucket's rules.
        lifecycle: Lifecycle {},
    }
}

section! {
    /// How long objects are kept and where.
    pub struct Lifecycle {
        /// Objects move to Glacier Flexible Retrieval at this age. Athena does not see them any more.
        glacier_after: Option<Duration> {
            derived: "90d, or off when objects expire by then",
            example: "180d",
            rule: Span::days(1, 36_500),
        },
        /// Objects are deleted at this age.
        expire_after: Option<Duration> { default: "365d", example: "730d", rule: Span::days(1, 36_500), },
        /// Overwritten and deleted versions are removed this long after.
        noncurrent_expire_after: Option<Duration> {
            default: "7d",
            example: "30d",
            rule: Span::days(1, 36_500),
        },
        /// Parts of uploads that were never completed are removed at this age; until then they are billed.
        abort_multipart_after: Option<Duration> {
            default: "7d",
            example: "1d",
            rule: Span::days(1, 36_500),
        },
    }
}

choices! {
    /// S3 storage classes that objects can be written to and queried from at once.
    pub enum StorageClass {
        /// For objects that are read often.
        Standard = "standard",
        /// Moves objects by their use; a fee an object of 128 KB or more.
        IntelligentTiering = "intelligent_tiering",
        /// Cheaper storage, a fee for reading.
        StandardIa = "standard_ia",
        /// The same in one Availability Zone.
        OnezoneIa = "onezone_ia",
        /// Cheaper still, dearer to read, at least 90 days.
        GlacierIr = "glacier_ir",
    }
}

choices! {
    /// Server-side encryption of objects.
    pub enum Encryption {
        /// SSE-S3, keys managed by S3.
        Aes256 = "aes256",
        /// SSE-KMS.
        Kms = "kms",
    }
}
