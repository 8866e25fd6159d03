//! The report: well-formed, closed to what strangers sent, readable by programs.

use quick_xml::Reader;
use quick_xml::events::Event;
use sluice_present::{Answer, ChartKind, ChartSpec, REPORT_ROWS, Section, report};

use crate::samples::{answer, by_level, by_minute, durations, integers, logs, text};

pub(crate) fn section(title: &str, answer: Result<Answer, String>, chart: Option<ChartSpec>) -> Section {
    Section {
        title: title.to_owned(),
        question: format!("What about {title}?"),
        note: "First paragraph\nwith *two* lines.\n\nSecond.".to_owned(),
        sql: "SELECT level, count(*)\nFROM logs\nWHERE a < 1 AND b > 2".to_owned(),
        answer,
        chart,
        stats: "1.2 GB read, 0.006 USD".to_owned(),
    }
}

pub(crate) fn sample() -> Vec<Section> {
    let histogram = ChartSpec { kind: ChartKind::Histogram, x: "ms".to_owned(), y: Vec::new(), series: None };
    let none = ChartSpec { kind: ChartKind::None, x: String::new(), y: Vec::new(), series: None };
    vec![
        section("Records by level", Ok(by_level()), None),
        section("Records by minute", Ok(by_minute()), None),
        section("Durations", Ok(durations()), Some(histogram)),
        section("Latest errors", Ok(logs()), Some(none)),
        section("Broken", Err("line 1:8: Column 'levl' cannot be resolved".to_owned()), None),
    ]
}

pub(crate) fn written_report(sections: &[Section]) -> String {
    let mut out = Vec::new();
    report("Shop, daily", "2026-11-24 06:00 UTC", "2026-11-23 00:00 to 24:00 UTC", sections, &mut out)
        .expect("a report");
    String::from_utf8(out).expect("a report")
}

/// The names of all elements and attributes, and the texts of the cells, row by row.
fn parsed(html: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = Reader::from_str(html);
    reader.config_mut().check_end_names = true;
    let (mut names, mut rows, mut cell) = (Vec::new(), Vec::new(), false);
    let mut depth = 0i32;
    loop {
        let event = reader.read_event().expect("well-formed");
        if let Event::Start(element) | Event::Empty(element) = &event {
            names.push(String::from_utf8(element.name().as_ref().to_vec()).expect("a report"));
            for attribute in element.attributes() {
                names.push(
                    String::from_utf8(attribute.expect("well-formed").key.as_ref().to_vec())
                        .expect("a report"),
                );
            }
        }
        match &event {
            Event::Start(element) => {
                depth += 1;
                match element.name().as_ref() {
                    b"tr" => rows.push(Vec::new()),
                    b"td" | b"th" => {
                        rows.last_mut().expect("a row").push(String::new());
                        cell = true;
                    }
                    _ => {}
                }
            }
            Event::End(element) => {
                depth -= 1;
                cell = cell && !matches!(element.name().as_ref(), b"td" | b"th");
            }
            Event::Text(text) if cell => {
                rows.last_mut()
                    .expect("a report")
                    .last_mut()
                    .expect("a report")
                    .push_str(&text.decode().expect("a report"));
            }
            Event::GeneralRef(name) if cell => {
                let c = match &*name.decode().expect("a report") {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "#39" => '\'',
                    other => panic!("{other}"),
                };
                rows.last_mut().expect("a report").last_mut().expect("a report").push(c);
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "every element ends");
    (names, rows)
}

#[test]
fn the_report_is_well_formed_and_loads_and_runs_nothing() {
    let html = written_report(&sample());
    let (names, _) = parsed(&html);
    for forbidden in ["script", "link", "img", "iframe", "object", "src", "style=", "onload", "xlink:href"] {
        assert!(!names.iter().any(|name| name == forbidden), "{forbidden}");
    }
    assert!(!html.contains("url(") && !html.contains("@import"));
    assert_eq!(names.iter().filter(|name| *name == "figure").count(), 3);
    assert!(html.contains("name=\"viewport\""));
    assert!(html.contains("prefers-color-scheme:dark") && html.contains("@media print"));
}

#[test]
fn hostile_values_are_text_everywhere() {
    let evil = "</td></svg></title></pre><script>alert('1')</script><img src=x onerror=\"alert(1)\"/>]]>&lt;\0\u{202e}";
    let hostile = answer(vec![(evil, text([Some(evil), Some("b")])), ("n", integers(&[Some(1), Some(2)]))]);
    let series = answer(vec![
        ("t", crate::samples::times(&[Some(0), Some(60), Some(60)])),
        ("s", text([Some(evil), Some(evil), Some("b")])),
        (evil, integers(&[Some(1), Some(2), Some(3)])),
    ]);
    let sections = [hostile, series].map(|answer| Section {
        title: evil.to_owned(),
        question: evil.to_owned(),
        note: format!("{evil}\n\n{evil}"),
        sql: evil.to_owned(),
        answer: Ok(answer),
        chart: None,
        stats: evil.to_owned(),
    });
    let failed = section(evil, Err(evil.to_owned()), None);
    let mut out = Vec::new();
    let sections: Vec<_> = sections.into_iter().chain([failed]).collect();
    report(evil, evil, evil, &sections, &mut out).unwrap();
    let html = String::from_utf8(out).unwrap();
    let (names, rows) = parsed(&html);
    assert!(!names.iter().any(|name| ["script", "img", "onerror", "src"].contains(&name.as_str())));
    assert_eq!(rows[1][0], evil.replace('\0', "\\x00").replace('\u{202e}', "\\u{202e}"));
    assert_eq!(names.iter().filter(|name| *name == "figure").count(), 2);
}

#[test]
fn numbers_can_be_read_back_from_the_tables() {
    let (_, rows) = parsed(&written_report(&[section("levels", Ok(by_level()), None)]));
    assert_eq!(rows[0], ["level", "records"]);
    assert_eq!(rows[1], ["info", "84211"]);
    assert_eq!(rows[5], ["NULL", "NULL"]);
}

#[test]
fn long_answers_are_cut_and_say_so() {
    let values: Vec<_> = (0..1000).map(Some).collect();
    let long = answer(vec![("n", integers(&values))]);
    let html = written_report(&[section("long", Ok(long), None)]);
    assert_eq!(parsed(&html).1.len(), 1 + REPORT_ROWS);
    assert!(html.contains("The first 200 of 1000 rows."));
}

#[test]
fn a_chart_that_cannot_be_drawn_is_explained_and_the_table_stays() {
    let spec =
        ChartSpec { kind: ChartKind::Bar, x: "levl".to_owned(), y: vec!["records".to_owned()], series: None };
    let html = written_report(&[section("levels", Ok(by_level()), Some(spec))]);
    assert!(html.contains("No chart: the answer has no column &quot;levl&quot;"), "{html}");
    assert_eq!(parsed(&html).1.len(), 6);
    let empty = answer(vec![("n", integers(&[]))]);
    assert!(written_report(&[section("none", Ok(empty), None)]).contains("No rows."));
}
