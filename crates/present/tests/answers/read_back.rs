//! What programs read back from an answer is what it held.

use std::sync::Arc;

use arrow::array::{RecordBatch, StringArray};
use arrow::compute::concat_batches;
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::prelude::*;
use serde_json::Value;
use sluice_present::{Answer, Format, Style};

use crate::samples::{answer, doubles, every_type, integers, logs, text, try_write, written};

fn parquet(answer: &Answer) -> Answer {
    let bytes = try_write(answer, Format::Parquet, &Style::default(), None).expect("an answer of Parquet");
    let reader = ParquetRecordBatchReaderBuilder::try_new(bytes_of(bytes)).expect("an answer of Parquet");
    let schema = Arc::clone(reader.schema());
    let batches = reader
        .build()
        .expect("an answer of Parquet")
        .collect::<Result<Vec<_>, _>>()
        .expect("an answer of Parquet");
    Answer { schema, batches }
}

/// The reader wants a file.
fn bytes_of(bytes: Vec<u8>) -> std::fs::File {
    use std::io::{Seek, Write};
    let mut file = tempfile::tempfile().expect("an answer of Parquet");
    file.write_all(&bytes).expect("an answer of Parquet");
    file.rewind().expect("an answer of Parquet");
    file
}

#[test]
fn parquet_gives_every_type_back() {
    let before = every_type();
    let after = parquet(&before);
    assert_eq!(after.schema.fields(), before.schema.fields());
    assert_eq!(concat_batches(&after.schema, &after.batches).unwrap().columns(), before.batches[0].columns());
}

#[test]
fn parquet_takes_many_batches_none_and_names_that_repeat() {
    let mut many = logs();
    many.batches = (0..1000).map(|_| many.batches[0].clone()).collect();
    assert_eq!(parquet(&many).rows(), 5000);
    many.batches.clear();
    assert_eq!((parquet(&many).rows(), parquet(&many).columns()), (0, 5));
    let twice = parquet(&answer(vec![("n", integers(&[Some(1)])), ("n", integers(&[Some(2)]))]));
    assert_eq!(twice.schema.field(1).name(), "n_2");
}

#[test]
fn json_is_one_array_and_json_lines_are_its_objects() {
    let array: Vec<Value> =
        serde_json::from_str(&written(&every_type(), Format::Json, &Style::default())).unwrap();
    let lines: Vec<Value> = written(&every_type(), Format::Jsonl, &Style::default())
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(array, lines);
    assert_eq!(array[0]["bigint"], i64::MAX);
    assert_eq!(array[0]["double"], 12.5);
    assert_eq!(array[0]["special"], "NaN");
    assert_eq!(array[0]["boolean"], true);
    assert_eq!(array[0]["timestamp"], "2026-11-24 01:02:03.123");
    assert_eq!(array[0]["zoned"], "2026-11-24 01:02:03.123 UTC");
    assert_eq!(array[0]["array"], serde_json::json!(["a", "\"b\"", null]));
    assert_eq!(array[0]["map"], serde_json::json!({"k": 1}));
    assert_eq!(array[0]["row"], serde_json::json!({"id": 7, "name": "Ü"}));
    assert_eq!(array[0]["varbinary"], "00 ff 41");
    assert!(array[2].as_object().unwrap().values().all(Value::is_null));
    let empty = Answer { schema: every_type().schema, batches: Vec::new() };
    assert_eq!(written(&empty, Format::Json, &Style::default()), "[]\n");
    assert_eq!(written(&empty, Format::Jsonl, &Style::default()), "");
}

#[test]
fn columns_of_the_same_name_are_numbered_past_names_that_exist() {
    let one = || integers(&[Some(1)]);
    let twice = answer(vec![("n", one()), ("n", one()), ("n_2", one()), ("n", one())]);
    assert_eq!(
        written(&twice, Format::Jsonl, &Style::default()),
        "{\"n\":1,\"n_3\":1,\"n_2\":1,\"n_4\":1}\n"
    );
}

#[test]
fn csv_tells_null_from_the_empty_string() {
    let both = answer(vec![("a", text([Some(""), None])), ("b", text([Some("x"), Some("y")]))]);
    assert_eq!(written(&both, Format::Csv, &Style::default()), "a,b\r\n\"\",x\r\n,y\r\n");
}

proptest! {
    #[test]
    fn csv_and_json_give_texts_and_numbers_back(
        rows in prop::collection::vec((any::<String>(), any::<f64>(), any::<i64>()), 1..20),
    ) {
        let sample = {
            let texts: Vec<&str> = rows.iter().map(|row| row.0.as_str()).collect();
            let columns = [
                Field::new("t", DataType::Utf8, true),
                Field::new("d", DataType::Float64, true),
                Field::new("i", DataType::Int64, true),
            ];
            let schema = Arc::new(Schema::new(columns.to_vec()));
            let arrays = vec![
                Arc::new(StringArray::from(texts)) as _,
                doubles(&rows.iter().map(|row| Some(row.1)).collect::<Vec<_>>()),
                integers(&rows.iter().map(|row| Some(row.2)).collect::<Vec<_>>()),
            ];
            Answer { schema: Arc::clone(&schema), batches: vec![RecordBatch::try_new(schema, arrays).unwrap()] }
        };
        let bytes = try_write(&sample, Format::Csv, &Style::default(), None).unwrap();
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let back: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(back.len(), rows.len());
        for ((text, double, integer), record) in rows.iter().zip(&back) {
            prop_assert_eq!(&record[0], text);
            prop_assert_eq!(record[1].parse::<f64>().unwrap().to_bits(), double.to_bits());
            prop_assert_eq!(record[2].parse::<i64>().unwrap(), *integer);
        }
        let json = written(&sample, Format::Jsonl, &Style::default());
        for ((text, double, integer), line) in rows.iter().zip(json.split('\n')) {
            let object: Value = serde_json::from_str(line).unwrap();
            prop_assert_eq!(object["t"].as_str().unwrap(), text);
            // The reader of JSON may be off by the last bit.
            let read = object["d"].as_f64().unwrap();
            prop_assert!((read - double).abs() <= double.abs() * 1e-15, "{read} {double}");
            prop_assert_eq!(object["i"].as_i64().unwrap(), *integer);
        }
    }
}
