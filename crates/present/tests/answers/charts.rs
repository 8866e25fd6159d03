//! Which chart an answer gets, and what charts make of odd values.

use sluice_present::{Answer, ChartKind, ChartSpec, Error, Style};

use crate::samples::{answer, by_level, doubles, drawn, integers, text, times};

fn spec(kind: ChartKind, x: &str, y: &[&str]) -> ChartSpec {
    ChartSpec { kind, x: x.to_owned(), y: y.iter().map(|name| (*name).to_owned()).collect(), series: None }
}

fn drawn_ascii(answer: &Answer, spec: &ChartSpec) -> String {
    drawn(answer, Some(spec), &Style { width: 40, unicode: false, ..Style::default() }).expect("a chart")
}

fn refused(answer: &Answer, spec: Option<&ChartSpec>) -> String {
    match drawn(answer, spec, &Style::default()) {
        Err(error @ Error::NothingToChart { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_that_no_chart_suits_is_refused_with_reason_and_remedy() {
    let numbers = answer(vec![("a", integers(&[Some(1)])), ("b", integers(&[Some(2)]))]);
    assert!(refused(&numbers, None).contains("neither a column of times nor one of text"));
    let words = answer(vec![("a", text([Some("x")]))]);
    assert!(refused(&words, None).contains("no column of numbers; count or sum"));
    let empty = Answer { schema: by_level().schema, batches: Vec::new() };
    assert!(refused(&empty, None).contains("no rows; widen"));
    let nulls = answer(vec![("a", text([Some("x")])), ("b", doubles(&[Some(f64::NAN)]))]);
    assert!(refused(&nulls, None).contains("every value is NULL or not a number"));
    assert!(refused(&by_level(), Some(&spec(ChartKind::None, "", &[]))).contains("for reading"));
    assert!(
        refused(&by_level(), Some(&spec(ChartKind::Bar, "lvl", &["records"]))).contains("level, records")
    );
    assert!(
        refused(&by_level(), Some(&spec(ChartKind::Bar, "level", &["level"]))).contains("holds no numbers")
    );
    assert!(refused(&by_level(), Some(&spec(ChartKind::Bar, "level", &[]))).contains("no column of values"));
    assert!(refused(&by_level(), Some(&spec(ChartKind::Line, "level", &["records"]))).contains("no numbers"));
}

#[test]
fn bars_show_negative_zero_null_and_tiny_values() {
    let odd = answer(vec![
        ("name", text([Some("loss"), Some("zero"), Some("null"), Some("gain"), Some("tiny")])),
        ("v", doubles(&[Some(-10.0), Some(0.0), None, Some(20.0), Some(0.001)])),
    ]);
    let text = drawn_ascii(&odd, &spec(ChartKind::Bar, "name", &["v"]));
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "v by name",
            "loss |######### -10",
            "zero |          0",
            "null |          NULL",
            "gain |         ################### 20",
            "tiny |         # 0.001",
        ]
    );
}

#[test]
fn a_long_number_takes_its_room_from_the_label() {
    let long = answer(vec![
        ("name", text([Some("a-rather-long-label")])),
        ("v", doubles(&[Some(-910_648_971_652_705.8)])),
    ]);
    let style = Style { width: 30, unicode: false, ..Style::default() };
    let drawn = drawn(&long, Some(&spec(ChartKind::Bar, "name", &["v"])), &style).unwrap();
    assert_eq!(drawn.lines().nth(1).unwrap(), "a-rath~ |### -910648971652706");
}

#[test]
fn equal_values_and_single_rows_are_drawn() {
    let equal = answer(vec![("t", times(&[Some(0), Some(60)])), ("v", integers(&[Some(5), Some(5)]))]);
    let one = answer(vec![("t", times(&[Some(0)])), ("v", integers(&[Some(0)]))]);
    assert!(drawn_ascii(&equal, &spec(ChartKind::Line, "t", &["v"])).contains("min 5  max 5  last 5"));
    assert!(drawn_ascii(&one, &spec(ChartKind::Line, "t", &["v"])).contains("|"));
    assert_eq!(drawn_ascii(&equal, &spec(ChartKind::Histogram, "v", &[])).lines().count(), 2);
    assert_eq!(drawn_ascii(&one, &spec(ChartKind::Histogram, "t", &["v"])).lines().count(), 2);
}

#[test]
fn a_gap_stays_open() {
    let values = [Some(1), Some(1), None, None, None, None, Some(1), Some(1)];
    let at: Vec<_> = (0..8).map(|minute| Some(minute * 60)).collect();
    let gap = answer(vec![("t", times(&at)), ("v", integers(&values))]);
    let text = drawn_ascii(&gap, &spec(ChartKind::Line, "t", &["v"]));
    let top = text.lines().nth(2).unwrap();
    assert!(top.contains("*      "), "{text}");
    // Minutes without rows are a gap too.
    let at = [0, 1, 2, 3, 9, 10, 11, 12].map(|minute| Some(minute * 60));
    let missing = answer(vec![("t", times(&at)), ("v", integers(&[Some(1); 8]))]);
    let text = drawn_ascii(&missing, &spec(ChartKind::Line, "t", &["v"]));
    assert!(text.lines().nth(2).unwrap().contains("*      "), "{text}");
}

#[test]
fn times_as_text_make_lines() {
    let answer = answer(vec![
        ("t", text([Some("2026-11-24 01:00:00"), Some("2026-11-24 02:00:00")])),
        ("v", integers(&[Some(1), Some(2)])),
    ]);
    let text = drawn_ascii(&answer, &spec(ChartKind::Line, "t", &["v"]));
    assert!(text.contains("01:00") && text.contains("02:00"), "{text}");
}

#[test]
fn a_histogram_counts_every_number_and_says_how_many_are_missing() {
    let values: Vec<_> = (0..100).map(|i| (i != 3).then_some(f64::from(i))).collect();
    let text = drawn_ascii(&answer(vec![("v", doubles(&values))]), &spec(ChartKind::Histogram, "v", &[]));
    let counts: u32 = (text.lines().skip(1))
        .filter_map(|line| line.split_once('|')?.1.rsplit(' ').next()?.parse::<u32>().ok())
        .sum();
    assert_eq!(counts, 99, "{text}");
    assert!(text.contains("rows without a number: 1"), "{text}");
}
