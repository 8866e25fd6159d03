//! What FireLens sends, over three hours: every record once, in its own hour, errors delivered, messages joined.

use std::collections::{BTreeMap, HashMap};

use sluice_system_tests::{BASE_MS, FireLens, Line, Record, Rig, json_line, rfc3339};
use sluice_testkit::archive::misplaced;
use sluice_testkit::faults::FaultPlan;

const HOURS_MS: i64 = 3 * 3_600_000;

/// What a record of the archive should be.
struct Expected {
    level: &'static str,
    lines: usize,
}

/// The lines of record `id`, and what they become. One in fifty is an error.
fn lines(id: u64, ms: i64) -> (Vec<Line>, Expected) {
    let line = |source, text: String| Line { source, ms, text, part: None };
    let time = rfc3339(ms).replace('T', " ").replace('.', ",").replace('Z', "");
    match id % 100 {
        // A traceback of Python behind its head, one of Java.
        0 => {
            let texts = [
                format!("{time} ERROR [app.db] query {id} failed"),
                "Traceback (most recent call last):".to_owned(),
                "  File \"/app/db.py\", line 7, in query".to_owned(),
                "    raise Timeout(table)".to_owned(),
                "app.db.Timeout: orders".to_owned(),
            ];
            (texts.map(|text| line("stderr", text)).into(), Expected { level: "error", lines: 5 })
        }
        50 => {
            let texts = [
                format!("{time} FATAL [main] com.example.Shop - stopping {id}"),
                "java.lang.IllegalStateException: no pool".to_owned(),
                "\tat com.example.Pool.take(Pool.java:81)".to_owned(),
                "\tat com.example.Shop.main(Shop.java:12)".to_owned(),
            ];
            (texts.map(|text| line("stderr", text)).into(), Expected { level: "fatal", lines: 4 })
        }
        // A line that Docker sends in parts.
        7 => {
            let whole =
                json_line(&Record { id, ms, is_error: false }).text.replace("order", &"long ".repeat(9000));
            let pieces: Vec<&str> =
                whole.as_bytes().chunks(16 << 10).map(|piece| str::from_utf8(piece).unwrap_or("")).collect();
            let parts = pieces.iter().enumerate().map(|(at, piece)| Line {
                source: "stdout",
                ms,
                text: (*piece).to_owned(),
                part: Some((format!("part-{id}"), at + 1, at + 1 == pieces.len())),
            });
            (parts.collect(), Expected { level: "info", lines: 1 })
        }
        n if n % 3 == 0 => (
            vec![line("stderr", format!("{time} WARNING [app] slow answer {id}"))],
            Expected { level: "warn", lines: 1 },
        ),
        _ => (vec![json_line(&Record { id, ms, is_error: false })], Expected { level: "info", lines: 1 }),
    }
}

/// The id in a record: a field of its own, or the last number of its message.
fn id(record: &serde_json::Value) -> u64 {
    record["attrs"]["id"].as_u64().unwrap_or_else(|| {
        let message = record["message"].as_str().expect("a message");
        message
            .split(|c: char| !c.is_ascii_digit())
            .rfind(|part| !part.is_empty())
            .expect("a number")
            .parse()
            .expect("an id")
    })
}

#[test]
fn a_hundred_thousand_records_over_three_hours_are_archived_once_in_their_hour_and_errors_delivered() {
    let count = 100_000u64;
    let rig = Rig::new("", &FaultPlan::none());
    let router = rig.start();
    let base_ms = BASE_MS();
    let mut expected: BTreeMap<u64, Expected> = BTreeMap::new();
    let mut events = 0;
    {
        let mut client = FireLens::connect(&rig.socket());
        for number in 0..count {
            let ms = base_ms + (number as i64) * HOURS_MS / count as i64;
            let (lines, becomes) = lines(number, ms);
            events += lines.len() as u64;
            for line in &lines {
                client.line(line);
            }
            expected.insert(number, becomes);
        }
    }
    rig.wait_metric(&router, "in_events_total", |events_in| events_in == events);
    rig.check_account(&router);
    println!("peak memory {} KiB for {events} events", router.peak_rss_kib());
    rig.end(&router);

    let archived = rig.archived();
    assert_eq!(misplaced(&archived), Vec::<String>::new());
    let mut seen: HashMap<u64, usize> = HashMap::new();
    for record in &archived {
        let id = id(&record.json);
        *seen.entry(id).or_default() += 1;
        let wanted = &expected[&id];
        assert_eq!(record.text("level"), wanted.level, "{}", record.json);
        assert_eq!(record.text("container"), "app");
        assert_eq!(record.text("task"), "0123456789abcdef0123456789abcdef");
        if wanted.lines > 1 {
            assert_eq!(record.text("stack").lines().count() + 1, wanted.lines, "{}", record.json);
        }
    }
    assert!(seen.values().all(|times| *times == 1));
    assert_eq!(seen.len() as u64, count);
    let hours: std::collections::BTreeSet<&str> =
        archived.iter().map(|record| record.key.rsplit_once('/').expect("a folder").0).collect();
    assert_eq!(hours.len(), 3, "{hours:?}");

    let errors: Vec<u64> = rig.errors().iter().map(id).collect();
    let wanted: Vec<u64> = (0..count).filter(|id| id % 50 == 0).collect();
    let mut sorted = errors.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, wanted, "exactly the errors, once");
    let stream = &rig.events()[0].stream;
    assert!(stream.starts_with("api/"), "{stream}");
    assert_eq!(rig.logs().retention_days(sluice_system_tests::GROUP), Some(30));
}

#[test]
fn segments_never_tear_a_traceback_though_they_end_every_64_kilobytes() {
    let rig = Rig::new("spool.segment_bytes = '64KiB'\nspool.max_bytes = '64MiB'", &FaultPlan::none());
    let router = rig.start();
    let base_ms = BASE_MS();
    {
        let mut client = FireLens::connect(&rig.socket());
        for number in 0..20_000 {
            // Every other record is a traceback.
            let (lines, _) = lines(number / 2 * 100 + number % 2, base_ms + number as i64 * 100);
            lines.iter().for_each(|line| client.line(line));
        }
    }
    rig.wait_metric(&router, "in_events_total", |events| events == 10_000 * 5 + 10_000);
    rig.end(&router);
    let archived = rig.archived();
    assert!(rig.s3().history().len() > 50);
    let joined = archived.iter().filter(|record| !record.text("stack").is_empty()).count();
    assert_eq!((archived.len(), joined), (20_000, 10_000));
}

#[test]
fn an_error_with_nothing_behind_it_is_delivered_within_moments() {
    let rig = Rig::new("parse.join_max_wait = '200ms'", &FaultPlan::none());
    let router = rig.start();
    let mut client = FireLens::connect(&rig.socket());
    let sent = std::time::Instant::now();
    client.line(&Line {
        source: "stderr",
        ms: sluice_system_tests::now_ms(),
        text: "ERROR:app:refused".to_owned(),
        part: None,
    });
    client.flush();
    let events = rig.logs().wait_for(|events| !events.is_empty(), std::time::Duration::from_secs(30));
    let took = events[0].arrived.duration_since(sent);
    println!("{took:?} from line to PutLogEvents");
    assert!(took.as_secs() < 5, "{took:?}");
    rig.end(&router);
}
