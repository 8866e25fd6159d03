//! Accuracy on the labelled logs of Loghub (Zhu et al., <https://github.com/logpai/loghub>), which are not part of
//! this repository: `LOGHUB=/path/to/loghub cargo test -p sluice-record --test loghub -- --ignored --nocapture`.
//!
//! Each folder has `NAME_2k.log` and `NAME_2k.log_structured.csv`, whose column `Level` is the truth about levels;
//! times are checked against the columns of date and time where a folder has them in a layout named below.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::PathBuf;

use sluice_record::{Engine, Level, Origin, Settings};

const RECEIVED_MS: i64 = 1_795_521_600_000;

/// One record a line: level and ts.
fn records(log: &[u8]) -> Vec<(Level, String)> {
    let mut settings = Settings::default();
    settings.join.enabled = false;
    let mut engine = Engine::new(settings);
    let stream = engine.stream(Origin::new("loghub"));
    let mut all = Vec::new();
    let mut emit = |record: sluice_record::Record<'_>| {
        let text = std::str::from_utf8(record.json).unwrap();
        all.push((record.level, text[7..31].to_owned()));
    };
    for line in log.split(|b| *b == b'\n').filter(|line| !line.trim_ascii().is_empty()) {
        engine.push(stream, line, RECEIVED_MS, &mut emit);
    }
    engine.flush(&mut emit);
    all
}

/// The digits of a date and time, for comparison with `ts` whatever the layout: `yyyymmddhhmmss`, or without a year.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// What the structured row says of the time, as digits that `ts` must begin or continue with.
fn expected_time(name: &str, row: &dyn Fn(&str) -> String) -> Option<(usize, String)> {
    let month = |name: &str| {
        let all = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        all.iter().position(|known| *known == name).map(|at| format!("{:02}", at + 1))
    };
    Some(match name {
        "Hadoop" | "OpenStack" | "Zookeeper" | "Windows" => (0, digits(&(row("Date") + &row("Time")))),
        "Spark" => (0, format!("20{}", digits(&(row("Date") + &row("Time"))))),
        "HDFS" => (0, format!("20{}{:0>6}", row("Date"), row("Time"))),
        "Apache" => {
            let time = row("Time");
            let parts: Vec<&str> = time.split(' ').collect();
            (0, format!("{}{}{}{}", parts[4], month(parts[1])?, parts[2], digits(parts[3])))
        }
        "Linux" | "OpenSSH" | "Mac" => {
            let day = ["Day", "Date"].map(&row).into_iter().find(|day| !day.is_empty())?;
            (
                4,
                format!(
                    "{}{:0>2}{}",
                    month(&row("Month")).or_else(|| month(&row("Date")))?,
                    day,
                    digits(&row("Time"))
                ),
            )
        }
        "Android" => (4, digits(&(row("Date") + &row("Time")))),
        _ => return None,
    })
}

#[test]
#[ignore = "needs the Loghub collection: LOGHUB=/path cargo test -p sluice-record --test loghub -- --ignored"]
fn levels_and_times_of_loghub_are_read_without_a_mistake() {
    let root = PathBuf::from(std::env::var("LOGHUB").expect("LOGHUB names the folder of the collection"));
    let mut wrong = Vec::new();
    let mut tried = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let name = folder.file_name().unwrap().to_string_lossy().into_owned();
        let Ok(log) = std::fs::read(folder.join(format!("{name}_2k.log"))) else { continue };
        let mut csv = csv::Reader::from_path(folder.join(format!("{name}_2k.log_structured.csv"))).unwrap();
        let headers = csv.headers().unwrap().clone();
        let records = records(&log);
        let (mut levels, mut times, mut rows) = (0, 0, 0);
        for (line, row) in csv.records().map(Result::unwrap).enumerate() {
            rows += 1;
            let column = |name: &str| {
                let at = headers.iter().position(|header| header == name);
                at.and_then(|at| row.get(at)).unwrap_or_default().to_owned()
            };
            let (level, ts) = &records[line];
            let word = column("Level");
            if let Some(expected) = Level::from_word(word.as_bytes()) {
                levels += 1;
                if *level != expected {
                    wrong.push(format!("{name}:{}: {level} but the label is {word}", line + 1));
                }
            }
            if let Some((skip, expected)) = expected_time(&name, &column) {
                times += 1;
                let shown = digits(ts);
                let expected = &expected[..expected.len().min(shown.len() - skip)];
                if &shown[skip..skip + expected.len()] != expected {
                    wrong.push(format!("{name}:{}: {ts} but the label is {expected}", line + 1));
                }
            }
        }
        assert_eq!(rows, records.len(), "{name}");
        println!("{name}: {rows} lines, {levels} levels and {times} times compared");
        tried += 1;
    }
    assert!(tried > 0, "{} has no folder NAME with NAME_2k.log", root.display());
    assert!(wrong.is_empty(), "{} mistakes:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
}
