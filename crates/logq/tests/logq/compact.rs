//! Compaction: the same records, once each, whatever happens on the way.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use sluice_testkit::process::Child;
use sluice_testkit::wait::until;

use crate::samples::{command, logq, rows, sample, text};

const DAY: [&str; 4] = ["--from", "2026-11-24", "--to", "2026-11-25"];

fn sources(archive: &Path, target: &Path) -> Vec<String> {
    let sources = [archive.display().to_string(), format!("app_logs_parquet={}", target.display())];
    sources.into_iter().flat_map(|source| ["--source".to_owned(), source]).collect()
}

/// What `logq compact` says of each hour.
fn compact(archive: &Path, target: &Path) -> Vec<Value> {
    let mut words: Vec<String> = ["compact", "--format", "jsonl"].iter().map(ToString::to_string).collect();
    words.extend(DAY.map(str::to_owned));
    words.extend(sources(archive, target));
    rows(&logq(&words))
}

/// Answers over a table: counts by level, a sum, the latest message, and a field of `attrs`.
fn answers(archive: &Path, target: &Path, table: &str) -> Vec<Value> {
    let sql = format!(
        "SELECT level, count(*) AS n, round(sum(duration_ms), 6) AS ms, count(trace_id) AS traces, max(ts) AS last, \
         count(json_extract_scalar(attrs, '$.version')) AS versions, min(message) AS first \
         FROM {table} WHERE year = '2026' AND month = '11' AND day = '24' GROUP BY level ORDER BY level"
    );
    let mut words = vec!["sql".to_owned(), sql, "--format".to_owned(), "jsonl".to_owned()];
    words.extend(sources(archive, target));
    rows(&logq(&words))
}

/// The archive's hour with its object so many times.
fn copies(archive: &Path, objects: usize) {
    let hour = archive.join("year=2026/month=11/day=24/hour=05");
    let object = fs::read_dir(&hour).expect("objects").next().expect("one").expect("an object").path();
    for copy in 1..objects {
        fs::copy(&object, hour.join(format!("copy-{copy}.json.gz"))).expect("a copy");
    }
}

/// What `logq tables view` says of the day.
fn view(archive: &Path, target: &Path) -> String {
    let mut words = vec!["tables".to_owned(), "view".to_owned()];
    words.extend(DAY.map(str::to_owned));
    words.extend(sources(archive, target));
    let output = logq(&words);
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout)
}

fn parquet(target: &Path) -> PathBuf {
    target.join("year=2026/month=11/day=24/hour=05/records.parquet")
}

#[test]
fn a_compacted_hour_has_the_same_records_and_is_left_alone_the_next_time() {
    let (folder, archive) = sample("backend-json.log");
    let target = folder.path().join("parquet");
    let said = compact(&archive, &target);
    assert_eq!(said.len(), 1);
    assert_eq!((&said[0]["hour"], &said[0]["records"]), (&"2026-11-24T05".into(), &2175.into()));
    let raw = answers(&archive, &target, "app_logs");
    assert_eq!(raw.len(), 5);
    assert_eq!(answers(&archive, &target, "app_logs_parquet"), raw);
    assert_eq!(answers(&archive, &target, "app_logs_all"), raw);
    let before = fs::metadata(parquet(&target)).expect("a file").modified().expect("a time");
    assert_eq!(compact(&archive, &target)[0]["outcome"], "was compacted before");
    assert_eq!(fs::metadata(parquet(&target)).expect("a file").modified().expect("a time"), before);
}

#[test]
fn records_that_come_late_are_seen_at_once_and_compacted_by_the_next_run() {
    let (folder, archive) = sample("backend-json.log");
    let target = folder.path().join("parquet");
    assert!(view(&archive, &target).contains("WHERE FALSE"));
    compact(&archive, &target);
    let whole = view(&archive, &target);
    assert!(whole.contains("BETWEEN '2026112405' AND '2026112405'"), "{whole}");
    let (_other, more) = sample("backend-text.log");
    let mut late = 0;
    for entry in fs::read_dir(more.join("year=2026/month=11/day=24")).expect("hours") {
        let hour = entry.expect("an hour").path();
        let place = archive.join("year=2026/month=11/day=24").join(hour.file_name().expect("a name"));
        fs::create_dir_all(&place).expect("a folder");
        for object in fs::read_dir(hour).expect("objects") {
            late += 1;
            fs::copy(object.expect("an object").path(), place.join(format!("late-{late}.json.gz")))
                .expect("a copy");
        }
    }
    let raw = answers(&archive, &target, "app_logs");
    assert_eq!(answers(&archive, &target, "app_logs_all"), raw);
    assert!(!view(&archive, &target).contains("'2026112405'"), "a compacted hour with late records is raw");
    assert_ne!(answers(&archive, &target, "app_logs_parquet"), raw);
    assert!(compact(&archive, &target).iter().any(|hour| hour["outcome"] == "compacted"));
    assert_eq!(answers(&archive, &target, "app_logs_parquet"), raw);
    assert_eq!(answers(&archive, &target, "app_logs_all"), raw);
    // When the raw objects expire, the compacted hours stay.
    fs::remove_dir_all(&archive).expect("gone");
    fs::create_dir_all(&archive).expect("a folder");
    assert_eq!(answers(&archive, &target, "app_logs_all"), raw);
}

#[test]
fn a_run_that_is_killed_leaves_nothing_that_counts_and_the_next_ends_right() {
    let (folder, archive) = sample("backend-json.log");
    let target = folder.path().join("parquet");
    copies(&archive, 60);
    for round in 0..3 {
        let mut words = vec!["compact".to_owned()];
        words.extend(DAY.map(str::to_owned));
        words.extend(sources(&archive, &target));
        let child = Child::start(command().args(&words));
        let unfinished = parquet(&target).with_file_name("_records.parquet");
        // Killed as soon as there is something half done.
        until(Duration::from_secs(60), "the file is being written", || unfinished.exists().then_some(()));
        child.kill();
        child.wait(Duration::from_secs(10));
        assert!(!parquet(&target).exists(), "round {round}");
        assert!(answers(&archive, &target, "app_logs_parquet").is_empty());
    }
    assert_eq!(compact(&archive, &target)[0]["records"], 60 * 2175);
    assert_eq!(answers(&archive, &target, "app_logs_parquet"), answers(&archive, &target, "app_logs"));
    let names: Vec<String> = fs::read_dir(parquet(&target).parent().expect("a folder"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(names, ["records.parquet"]);
}

#[test]
fn a_filter_on_time_or_an_id_reads_only_a_part_of_the_file() {
    let (folder, archive) = sample("backend-json.log");
    let target = folder.path().join("parquet");
    copies(&archive, 20);
    let mut words: Vec<String> =
        ["compact", "--row-group", "100KiB"].iter().map(ToString::to_string).collect();
    words.extend(DAY.map(str::to_owned));
    words.extend(sources(&archive, &target));
    assert!(logq(&words).status.success());
    let ask = |condition: &str| {
        let sql =
            format!("SELECT count(message) AS n FROM app_logs_parquet WHERE year = '2026' AND {condition}");
        let mut words =
            vec!["sql".to_owned(), sql, "--format".to_owned(), "csv".to_owned(), "--stats".to_owned()];
        words.extend(sources(&archive, &target));
        let output = logq(&words);
        let stats = text(&output.stderr);
        let records =
            stats.trim_end().rsplit("; ").next().and_then(|tail| tail.split(' ').next().map(str::to_owned));
        (
            text(&output.stdout),
            records.and_then(|n| n.parse::<u64>().ok()).unwrap_or_else(|| panic!("{stats}")),
        )
    };
    let (_, all) = ask("message IS NOT NULL");
    assert_eq!(all, 20 * 2175);
    let (_, few) = ask("ts < '2026-11-24T05:31:47.000Z'");
    assert!(few < all, "{few} of {all} records were looked at");
    let (answer, none) = ask("trace_id = 'no such trace'");
    assert_eq!((answer.as_str(), none), ("n\r\n0\r\n", 0));
}

#[test]
fn what_would_be_compacted_is_said_first() {
    let (folder, archive) = sample("backend-json.log");
    let target = folder.path().join("parquet");
    let mut words = vec!["compact".to_owned(), "--dry-run".to_owned()];
    words.extend(DAY.map(str::to_owned));
    words.extend(sources(&archive, &target));
    let output = logq(&words);
    assert!(text(&output.stdout).starts_with("2026-11-24T05  would be compacted: 1 objects"));
    assert!(!target.exists());
}
