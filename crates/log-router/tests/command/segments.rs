use std::fmt::Write;

use crate::support::Place;

const SMALL: &str = "name = 'api'\nspool.segment_bytes = '64KiB'";

const TRACE: [&str; 7] = [
    "Traceback (most recent call last):",
    "  File \"/app/shop.py\", line 41, in pay",
    "    charge(card)",
    "    ~~~~~~^^^^^^",
    "  File \"/app/card.py\", line 7, in charge",
    "    raise CardError(\"refused\")",
    "shop.card.CardError: refused",
];

fn small(place: &Place) -> String {
    place.file("sluice.toml", SMALL).to_str().unwrap().to_owned()
}

/// Errors with tracebacks, one after the other, so that every segment ends near one.
fn traces(count: usize, wrap: impl Fn(&str) -> String) -> String {
    let mut text = String::new();
    for n in 0..count {
        let head = format!("2026-11-24 01:02:03,123 ERROR [app] failed {n}{}", "!".repeat(n % 53));
        for line in std::iter::once(head.as_str()).chain(TRACE) {
            let _ = writeln!(text, "{}", wrap(line));
        }
    }
    text
}

fn each_is_one_record(text: &str, count: usize) {
    let place = Place::new();
    let config = small(&place);
    let summary = place.route(&["--config", &config], text);
    assert!(summary["objects"].as_u64().unwrap() > 5, "{summary}");
    assert_eq!((&summary["records"], &summary["joined_records"]), (&count.into(), &count.into()));
    assert!(place.records().iter().all(|filed| filed.record["error_type"] == "shop.card.CardError"));
}

#[test]
fn a_traceback_at_the_end_of_a_segment_stays_one_record() {
    each_is_one_record(&traces(2_000, str::to_owned), 2_000);
}

#[test]
fn so_does_one_whose_lines_a_container_runtime_wrapped() {
    each_is_one_record(&traces(2_000, |line| format!("2026-11-24T01:02:03.1234Z stderr F {line}")), 2_000);
    let docker = |line: &str| {
        let log = serde_json::Value::from(format!("{line}\n"));
        format!("{{\"log\":{log},\"stream\":\"stderr\",\"time\":\"2026-11-24T01:02:03.1234Z\"}}")
    };
    each_is_one_record(&traces(2_000, docker), 2_000);
}

#[test]
fn a_message_of_two_lines_stays_one_record() {
    let place = Place::new();
    let config = small(&place);
    let mut text = String::new();
    for n in 0..10_000 {
        let _ = writeln!(text, "Nov 24, 2026 1:02:03 AM shop.Main main\nSEVERE: failed {n}");
    }
    let summary = place.route(&["--config", &config], text);
    assert!(summary["objects"].as_u64().unwrap() > 5);
    assert_eq!(summary["records"], 10_000);
}

#[test]
fn parts_of_a_line_that_a_container_runtime_split_are_put_together_and_accounted_for() {
    let place = Place::new();
    let config = small(&place);
    let mut text = String::new();
    for n in 0..1_000 {
        let half = "x".repeat(100 + n % 57);
        for part in [format!("F whole {half}"), format!("P {half}"), format!("P {half}"), format!("F {half}")]
        {
            let _ = writeln!(text, "2026-11-24T01:02:03.1Z stdout {part}");
        }
    }
    let summary = place.route(&["--config", &config], text);
    assert!(summary["objects"].as_u64().unwrap() > 2);
    assert_eq!((&summary["records"], &summary["joined_parts"]), (&2_000.into(), &2_000.into()));
}

#[test]
fn a_line_without_a_time_at_the_start_of_a_segment_takes_the_last_time_of_the_one_before() {
    let place = Place::new();
    let config = small(&place);
    // Bracketed levels begin records and state no time.
    let mut text = String::from("2020-01-02T03:04:05Z INFO a: the only time\n");
    for n in 0..10_000 {
        let _ = writeln!(text, "[info] untimed {n}");
    }
    let summary = place.route(&["--config", &config], text);
    assert!(summary["objects"].as_u64().unwrap() > 2);
    assert!(place.records().iter().all(|filed| filed.record["ts"] == "2020-01-02T03:04:05.000Z"));
}

#[test]
fn files_are_read_one_after_the_other_and_joined_with_none() {
    let place = Place::new();
    let first = place.file("first.log", "2026-11-24 01:02:03,123 ERROR [app] the end of the first");
    let empty = place.file("empty.log", "");
    let second =
        place.file("second.log", format!("{}\nuntimed\n2020-01-02T03:04:05Z INFO a: b\n", TRACE.join("\n")));
    let args = [first, empty, second].map(|path| path.to_str().unwrap().to_owned());
    let summary = place.route(&[&args[0], &args[1], &args[2], "-"], "from standard input\n");
    assert_eq!((&summary["lines"], &summary["records"]), (&11.into(), &5.into()));
    let hours: Vec<String> = place.records().iter().map(|filed| filed.hour.to_string()).collect();
    // Standard input states no time, and takes the last one known when it is read: that of the file before.
    let (old, new) = ("year=2020/month=01/day=02/hour=03", "year=2026/month=11/day=24/hour=01");
    assert_eq!(hours, [old, old, old, old, new]);
}

#[test]
fn a_named_pipe_is_read_to_its_end() {
    let place = Place::new();
    let pipe = place.path("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let first = place.file("first.log", "one\n");
    let lines = "two\nthree\n".repeat(10_000);
    std::thread::scope(|scope| {
        scope.spawn(|| std::fs::write(&pipe, &lines).unwrap());
        let summary = place.route(&[first.to_str().unwrap(), pipe.to_str().unwrap()], "");
        assert_eq!(summary["records"], 20_001);
    });
}
