//! The S3 server: what it keeps, what it refuses, and that the headers the router sends do no harm.

#![allow(clippy::unwrap_used)] // Clippy spares test functions of it, but not their helpers.

use std::collections::BTreeMap;

use sluice_testkit::client::{Answer, call};
use sluice_testkit::s3::S3Server;

fn put(url: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    call("PUT", url, headers, body.to_vec()).unwrap()
}

fn between<'a>(text: &'a str, open: &str, close: &str) -> &'a str {
    text.split_once(open).and_then(|(_, rest)| rest.split_once(close)).unwrap().0
}

#[test]
fn an_object_is_kept_with_what_was_said_of_it() {
    let s3 = S3Server::start_open(&["logs", "other"]);
    let key = "p/year=2026/month=11/day=24/hour=01/api-1-2-3.json.gz";
    let url = format!("{}/logs/{key}", s3.endpoint());
    let headers = [
        ("content-type", "application/x-ndjson"),
        ("content-encoding", "gzip"),
        // CRC-32 of `hello`, big endian, in base64.
        ("x-amz-checksum-crc32", "NhCmhg=="),
        ("x-amz-storage-class", "INTELLIGENT_TIERING"),
        ("x-amz-server-side-encryption", "aws:kms"),
        ("x-amz-server-side-encryption-aws-kms-key-id", "alias/logs"),
        ("x-amz-tagging", "service=api&env=test"),
        ("x-amz-meta-records", "17"),
    ];
    let answer = put(&url, &headers, b"hello");
    assert_eq!(
        (answer.status.as_u16(), answer.header("x-amz-checksum-crc32")),
        (200, "NhCmhg=="),
        "{answer:?}"
    );
    assert_eq!(s3.objects("logs"), BTreeMap::from([(key.to_owned(), b"hello".to_vec())]));
    assert!(s3.objects("other").is_empty());
    let stored = s3.stored("logs", key).unwrap();
    assert_eq!((stored.storage_class(), stored.encryption()), ("INTELLIGENT_TIERING", "aws:kms"));
    assert_eq!((stored.tagging(), stored.header("x-amz-meta-records")), ("service=api&env=test", "17"));
    let read = call("GET", &url, &[], "").unwrap();
    assert_eq!((read.header("content-encoding"), read.header("x-amz-meta-records")), ("gzip", "17"));
}

#[test]
fn a_wrong_checksum_is_refused_and_what_was_there_stays() {
    let s3 = S3Server::start_open(&["logs"]);
    let url = format!("{}/logs/a", s3.endpoint());
    put(&url, &[], b"before");
    let answer = put(&url, &[("x-amz-checksum-crc32", "AAAAAA==")], b"hello");
    assert!(answer.status == 400 && answer.text().contains("BadDigest"), "{answer:?}");
    assert_eq!(s3.objects("logs")["a"], b"before");
    assert_eq!(s3.history().len(), 1);
}

#[test]
fn an_upload_in_parts_becomes_one_object_and_is_known_no_more() {
    let s3 = S3Server::start_open(&["logs"]);
    let url = format!("{}/logs/big", s3.endpoint());
    let begun = call("POST", &format!("{url}?uploads"), &[("x-amz-tagging", "a=b")], "").unwrap().text();
    let upload = between(&begun, "<UploadId>", "</UploadId>");
    assert_eq!((s3.open_uploads(), s3.objects("logs").len()), (vec!["logs/big".to_owned()], 0));
    let parts = [vec![b'a'; 5 << 20], vec![b'b'; 5 << 20], b"end".to_vec()];
    let mut list = String::new();
    for (number, part) in (1..).zip(&parts) {
        let part_url = format!("{url}?partNumber={number}&uploadId={upload}");
        let wrong = put(&part_url, &[("x-amz-checksum-crc32", "AAAAAA==")], part);
        assert!(wrong.status == 400 && wrong.text().contains("BadDigest"), "{wrong:?}");
        let etag = put(&part_url, &[], part).header("etag").to_owned();
        list += &format!("<Part><PartNumber>{number}</PartNumber><ETag>{etag}</ETag></Part>");
    }
    let list = format!("<CompleteMultipartUpload>{list}</CompleteMultipartUpload>");
    let complete = || call("POST", &format!("{url}?uploadId={upload}"), &[], list.clone()).unwrap();
    let answer = complete();
    assert_eq!(answer.status.as_u16(), 200, "{answer:?}");
    assert!(s3.objects("logs")["big"] == parts.concat());
    let stored = s3.stored("logs", "big").unwrap();
    assert_eq!((stored.parts, stored.tagging()), (3, "a=b"));
    assert!(s3.open_uploads().is_empty());
    let again = complete();
    assert!(again.status == 404 && again.text().contains("NoSuchUpload"), "{again:?}");
}

#[test]
fn a_call_without_a_signature_a_missing_bucket_and_an_unused_call_are_refused() {
    let s3 = S3Server::start(&["logs"]);
    let answer = put(&format!("{}/logs/a", s3.endpoint()), &[], b"x");
    assert!(answer.status == 403 && answer.text().contains("AccessDenied"), "{answer:?}");
    let s3 = S3Server::start_open(&["logs"]);
    let answer = put(&format!("{}/nowhere/a", s3.endpoint()), &[], b"x");
    assert!(answer.status == 404 && answer.text().contains("NoSuchBucket"), "{answer:?}");
    let answer = call("GET", &format!("{}/logs?versions", s3.endpoint()), &[], "").unwrap();
    assert!(answer.status == 501 && answer.text().contains("NotImplemented"), "{answer:?}");
}

#[test]
fn a_condition_that_does_not_hold_keeps_the_object() {
    let s3 = S3Server::start_open(&["logs"]);
    let url = format!("{}/logs/a", s3.endpoint());
    assert_eq!(put(&url, &[("if-none-match", "*")], b"1").status.as_u16(), 200);
    assert_eq!(put(&url, &[("if-none-match", "*")], b"2").status.as_u16(), 412);
    assert_eq!(s3.objects("logs")["a"], b"1");
}
