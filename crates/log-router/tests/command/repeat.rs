use std::io::Write;
use std::process::Stdio;

use crate::support::{Place, sample};

/// A configuration with segments as small as can be.
const SMALL: &str = "name = 'api'\nspool.segment_bytes = '64KiB'";

#[test]
fn the_same_input_twice_gives_the_same_bytes_under_the_same_names() {
    let (first, second) = (Place::new(), Place::new());
    let mut input = sample("backend-json.log");
    input.extend(sample("crash-java-uncaught.log"));
    first.route(&[], &input);
    second.route(&[], &input);
    let tree = first.tree();
    assert_eq!(tree, second.tree());
    // Once more over itself: replaced, not doubled.
    first.route(&[], &input);
    assert_eq!(first.tree(), tree);
}

#[test]
fn the_blocks_in_which_the_input_comes_make_no_difference() {
    let (whole, dribbled) = (Place::new(), Place::new());
    let mut input = sample("backend-text.log");
    input.extend(sample("backend-json.log"));
    let path = whole.file("input.log", &input);
    let config = whole.file("sluice.toml", SMALL);
    let args = ["--config", config.to_str().unwrap()];
    let summary = whole.route(&[args[0], args[1], path.to_str().unwrap()], "");
    assert!(summary["objects"].as_u64().unwrap() > 10);

    let mut child = dribbled.pipe(&args).stdin(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut rest = &input[..];
    for size in (1..4000).cycle().step_by(97) {
        let (block, later) = rest.split_at(size.min(rest.len()));
        stdin.write_all(block).unwrap();
        rest = later;
        if rest.is_empty() {
            break;
        }
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert_eq!(whole.tree(), dribbled.tree());
}

#[test]
fn input_without_times_is_filed_by_the_clock_and_never_replaces_that_of_another_run() {
    let place = Place::new();
    place.route(&[], "done\n");
    place.route(&[], "done\n");
    assert_eq!(place.records().len(), 2);

    let stated = Place::new();
    for _ in 0..2 {
        stated.route(&["--received-at", "2026-11-24T01:02:03Z"], "done\n");
    }
    let records = stated.records();
    assert_eq!(records.len(), 1);
    assert_eq!(records[0].record["ts"], "2026-11-24T01:02:03.000Z");
}

#[test]
fn inputs_that_differ_never_share_an_object() {
    let place = Place::new();
    for n in 0..5 {
        place.route(&[], format!("2026-11-24T01:02:03Z INFO a: {n}\n"));
    }
    assert_eq!(place.records().len(), 5);
}
