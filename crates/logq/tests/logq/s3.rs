//! Archives in S3: an S3 server in the test's own process, and faults on the way to it.

use std::fs;
use std::path::Path;

use sluice_testkit::client::call;
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};
use sluice_testkit::s3::S3Server;

use crate::samples::{command, rows, sample, text};

/// Puts the files below a folder into a bucket, under `app/`.
fn upload(folder: &Path, root: &Path, endpoint: &str) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            upload(&path, root, endpoint);
            continue;
        }
        let key = path.strip_prefix(root).expect("below").display().to_string();
        let url = format!("{endpoint}/logs/app/{}", key.replace('=', "%3D"));
        let answer = call("PUT", &url, &[], fs::read(&path).expect("an object")).expect("an answer");
        assert!(answer.status.is_success(), "{answer:?}");
    }
}

fn ask(endpoint: &str, source: &str, sql: &str) -> std::process::Output {
    let sql = sql.replace("APP", "app_logs WHERE year = '2026' AND month = '11' AND day = '24'");
    command()
        .args(["sql", &sql, "--source", source, "--format", "jsonl", "--stats"])
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_REGION", "ap-northeast-1")
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_MAX_ATTEMPTS", "4")
        .output()
        .expect("logq")
}

#[test]
fn an_archive_in_s3_answers_as_the_folder_does_also_when_calls_fail() {
    let (_folder, archive) = sample("backend-json.log");
    let s3 = S3Server::start_open(&["logs"]);
    upload(&archive, &archive, &s3.endpoint());
    let proxy = FaultProxy::start(&s3.endpoint(), FaultPlan::none());
    let levels = "SELECT level, count(*) AS n FROM APP GROUP BY level ORDER BY n";
    let errors = "SELECT count(message) AS n FROM APP AND level IN ('error', 'fatal')";
    for sql in [levels, errors] {
        let folder = ask(&proxy.endpoint(), &archive.display().to_string(), sql);
        let bucket = ask(&proxy.endpoint(), "s3://logs/app", sql);
        assert_eq!(rows(&folder), rows(&bucket));
    }
    let calls = proxy.calls();
    proxy.fail_next([Fault::Throttle, Fault::InternalError, Fault::Throttle]);
    assert_eq!(rows(&ask(&proxy.endpoint(), "s3://logs/app", errors))[0]["n"], 71);
    assert!(proxy.calls() >= calls + 3);
}

#[test]
fn what_s3_refuses_is_told_with_the_place_and_the_remedy() {
    let s3 = S3Server::start_open(&["logs"]);
    let output = ask(&s3.endpoint(), "s3://lgos/app", "SELECT count(*) AS n FROM APP");
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("cannot list s3://lgos/app/") && told.contains("NoSuchBucket"), "{told}");
    assert!(told.contains("check the name, the region, the credentials"), "{told}");
    let output = ask("http://127.0.0.1:9", "s3://logs/app", "SELECT count(*) AS n FROM APP");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("cannot list s3://logs/app/"), "{}", text(&output.stderr));
}
