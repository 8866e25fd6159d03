use crate::support::{Place, feed, files};

#[test]
fn an_empty_input_makes_no_object_and_is_no_failure() {
    let place = Place::new();
    let summary = place.route(&[], "");
    assert_eq!((&summary["lines"], &summary["objects"]), (&0.into(), &0.into()));
    assert!(files(&place.path("archive")).is_empty());
    assert!(place.errors().is_empty());
}

#[test]
fn a_last_line_without_a_line_feed_counts() {
    let place = Place::new();
    assert_eq!(place.route(&[], "one\ntwo")["lines"], 2);
    assert_eq!(place.messages(), ["one", "two"]);
}

#[test]
fn empty_lines_are_records() {
    let place = Place::new();
    assert_eq!(place.route(&[], "\n\none\n\n")["records"], 4);
    assert_eq!(place.messages(), ["", "", "one", ""]);
}

#[test]
fn a_carriage_return_goes_with_its_line_feed_only() {
    let place = Place::new();
    place.route(&[], "{\"a\":1}\r\none\r\ntwo\rthree\r\n");
    let records = place.records();
    assert_eq!(records[0].record["attrs"]["a"], 1);
    assert_eq!(
        (&records[1].record["message"], &records[2].record["message"]),
        (&"one".into(), &"two\rthree".into())
    );
}

#[test]
fn nul_bytes_and_control_characters_are_kept() {
    let place = Place::new();
    place.route(&[], b"a\0b\x01c\n");
    assert_eq!(place.messages(), ["a\0b\u{1}c"]);
}

#[test]
fn a_line_that_is_no_text_keeps_its_bytes_in_base64() {
    let place = Place::new();
    place.route(&[], b"caf\xe9 \xff\n");
    let record = &place.records()[0].record;
    assert_eq!(record["message"], "caf\u{fffd} \u{fffd}");
    assert_eq!(record["attrs"]["raw_base64"], "Y2Fm6SD/");
}

#[test]
fn a_line_of_ten_megabytes_becomes_one_record() {
    let place = Place::new();
    let long = "0123456789".repeat(1_000_000);
    let summary = place.route(&[], format!("before\n{{\"msg\":\"{long}\"}}\nafter\n"));
    assert_eq!((&summary["lines"], &summary["records"]), (&3.into(), &3.into()));
    assert!(place.messages() == ["before", &long, "after"]);
}

#[test]
fn a_line_above_the_limit_of_parts_is_split_and_counted() {
    let place = Place::new();
    let config = place.file(
        "sluice.toml",
        "name = 'api'\ninputs.max_line_bytes = '4KiB'\nparse.partial_max_bytes = '16KiB'",
    );
    let long = "x".repeat(40 << 10);
    let summary = place.route(&["--config", config.to_str().unwrap()], format!("{long}\r\nshort\n"));
    assert_eq!(
        (&summary["lines"], &summary["records"], &summary["lines_split"]),
        (&2.into(), &4.into(), &2.into())
    );
    let lengths: Vec<usize> = place.messages().iter().map(String::len).collect();
    assert_eq!(lengths, [16 << 10, 16 << 10, 8 << 10, 5]);
}

#[test]
fn a_record_that_no_member_can_hold_is_cut_and_counted() {
    let place = Place::new();
    let config = place.file("sluice.toml", "name = 'api'\nparse.partial_max_bytes = '64MiB'");
    // Each of the bytes becomes six: \u0001.
    let mut line = vec![1; 12 << 20];
    line.push(b'\n');
    let output = feed(place.pipe(&["--config", config.to_str().unwrap()]), &line);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 too long for the archive and cut"));
    assert_eq!(place.summary()["records_cut"], 1);
    let record = &place.records()[0].record;
    assert!(record["attrs"]["record_bytes"].as_u64().unwrap() > 72 << 20);
    assert!(record["message"].as_str().unwrap().bytes().all(|byte| byte == 1));
}
