//! Answers without rows, without columns, of many batches; limits.

use std::sync::Arc;

use arrow::datatypes::Schema;
use sluice_present::{Answer, Format, Style};

use crate::samples::{answer, every_type, integers, logs, text, try_write, written};

#[test]
fn an_answer_without_rows_keeps_its_header() {
    let empty = Answer { schema: logs().schema, batches: Vec::new() };
    let style = Style::default();
    assert_eq!(written(&empty, Format::Csv, &style), "ts,level,message,ms,n\r\n");
    assert_eq!(written(&empty, Format::Table, &style).lines().count(), 4);
    assert_eq!(written(&empty, Format::Vertical, &style), "");
    assert_eq!(written(&empty, Format::Markdown, &style).lines().count(), 2);
}

#[test]
fn an_answer_without_columns_is_written_in_every_format() {
    let nothing = Answer { schema: Arc::new(Schema::empty()), batches: Vec::new() };
    for format in Format::ALL {
        let result = try_write(&nothing, format, &Style::default(), None);
        assert_eq!(result.is_err(), format == Format::Chart, "{format}");
    }
}

#[test]
fn rows_are_limited_for_people_and_complete_for_programs() {
    let mut many = logs();
    many.batches = vec![many.batches[0].clone(), many.batches[0].clone()];
    assert_eq!((many.rows(), many.columns()), (10, 5));
    let style = Style { max_rows: Some(7), ..Style::default() };
    assert_eq!(written(&many, Format::Table, &style).lines().count(), 4 + 7);
    assert_eq!(written(&many, Format::Markdown, &style).lines().count(), 2 + 7);
    assert_eq!(written(&many, Format::Vertical, &style).matches("[ RECORD").count(), 7);
    assert_eq!(written(&many, Format::Jsonl, &style).lines().count(), 10);
}

#[test]
fn a_table_without_limit_is_as_wide_as_its_values() {
    let long = "x".repeat(3000);
    let wide = answer(vec![("a", text([Some(&long)])), ("b", integers(&[Some(1)]))]);
    for width in [0, usize::MAX] {
        assert!(written(&wide, Format::Table, &Style { width, ..Style::default() }).contains(&long));
    }
    for width in 1..20 {
        assert!(!written(&every_type(), Format::Table, &Style { width, ..Style::default() }).is_empty());
    }
}
