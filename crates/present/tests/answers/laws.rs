//! What holds whatever an answer has in it.

use arrow::array::{ArrayRef, StringArray};
use proptest::prelude::*;
use sluice_present::{Answer, ChartKind, ChartSpec, Error, Format, Style, sparkline};
use unicode_width::UnicodeWidthStr;

use crate::samples::{answer, doubles, drawn, times, written};

fn words() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), "[a-z日本🎉\u{301}\u{1b}\n ]{0,60}", Just("👩‍💻👨‍👩‍👧".repeat(9))]
}

fn tables() -> impl Strategy<Value = Answer> {
    (1usize..9, 0usize..6).prop_flat_map(|(columns, rows)| {
        let column = (words(), prop::collection::vec(prop::option::of(words()), rows), any::<bool>());
        prop::collection::vec(column, columns).prop_map(|columns| {
            let arrays: Vec<(String, ArrayRef)> = columns
                .into_iter()
                .map(|(name, values, number)| {
                    let lengths: Vec<_> =
                        values.iter().map(|v| v.as_ref().map(|v| v.len() as f64 / 3.0)).collect();
                    let array: ArrayRef = if number {
                        doubles(&lengths)
                    } else {
                        std::sync::Arc::new(StringArray::from(values))
                    };
                    (name, array)
                })
                .collect();
            answer(arrays.iter().map(|(name, array)| (name.as_str(), array.clone())).collect())
        })
    })
}

proptest! {
    #[test]
    fn no_line_of_a_table_is_wider_than_the_style(table in tables(), width in 19usize..120, unicode: bool) {
        let style = Style { width, unicode, ..Style::default() };
        let text = written(&table, Format::Table, &style);
        prop_assert_eq!(text.lines().count(), 4 + table.rows());
        for line in text.lines() {
            prop_assert!(line.width() <= width, "{} > {width}: {line}", line.width());
        }
    }

    #[test]
    fn nothing_for_a_terminal_has_control_characters(table in tables(), width in 0usize..90) {
        for format in [Format::Table, Format::Vertical, Format::Markdown] {
            let text = written(&table, format, &Style { width, ..Style::default() });
            prop_assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        }
    }

    #[test]
    fn every_chart_is_drawn_or_refused_with_a_reason_and_fits_the_width(
        rows in prop::collection::vec((prop::option::of(any::<i32>()), prop::option::of(any::<f64>()), words()), 0..40),
        kind in prop::sample::select(ChartKind::ALL.to_vec()),
        width in 30usize..100,
        unicode: bool,
        series: bool,
    ) {
        let at: Vec<_> = rows.iter().map(|row| row.0.map(i64::from)).collect();
        let values: Vec<_> = rows.iter().map(|row| row.1).collect();
        let labels: Vec<_> = rows.iter().map(|row| row.2.as_str()).collect();
        let answer = answer(vec![
            ("t", times(&at)),
            ("v", doubles(&values)),
            ("l", std::sync::Arc::new(StringArray::from(labels))),
        ]);
        let x = if kind == ChartKind::Bar { "l" } else { "t" };
        let spec = ChartSpec {
            kind,
            x: x.to_owned(),
            y: vec!["v".to_owned()],
            series: series.then(|| "l".to_owned()),
        };
        for spec in [Some(&spec), None] {
            match drawn(&answer, spec, &Style { width, unicode, ..Style::default() }) {
                Ok(text) => for line in text.lines() {
                    prop_assert!(line.width() <= width, "{} > {width}: {line}", line.width());
                },
                Err(Error::NothingToChart { reason, remedy }) => {
                    prop_assert!(!reason.is_empty() && !remedy.is_empty());
                }
                Err(other) => panic!("{other}"),
            }
        }
    }

    #[test]
    fn a_sparkline_has_one_character_a_value(values in prop::collection::vec(any::<f64>(), 0..50)) {
        prop_assert_eq!(sparkline(&values).chars().count(), values.len());
    }
}
