//! Every expression that Trino was asked, asked of these functions.
//!
//! `answers/*.tsv` hold an expression and Trino's answer per line; `answers/known.tsv` holds the
//! expressions known to be answered otherwise here, and why. What is not in there must agree.

#![allow(clippy::unwrap_used, clippy::print_stdout)] // a test panics and tells its count

use datafusion::arrow::array::{Array, ArrayRef, AsArray};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Float64Type, TimeUnit, TimestampMillisecondType, UInt64Type,
};
use datafusion::prelude::SessionContext;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn context() -> SessionContext {
    let context = SessionContext::new();
    let mut state = context.state();
    sluice_trino_functions::register(&mut state).unwrap();
    SessionContext::new_with_state(state)
}

/// A value as Trino's protocol writes it.
fn value(array: &ArrayRef, row: usize) -> Value {
    if array.is_null(row) || array.data_type() == &DataType::Null {
        return Value::Null;
    }
    match array.data_type() {
        DataType::Boolean => json!(array.as_boolean().value(row)),
        DataType::Float64 => {
            let number = array.as_primitive::<Float64Type>().value(row);
            if number.is_nan() { json!("NaN") } else { json!(number) }
        }
        DataType::UInt64 => json!(array.as_primitive::<UInt64Type>().value(row)),
        DataType::Utf8 => json!(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => json!(array.as_string::<i64>().value(row)),
        DataType::Utf8View => json!(array.as_string_view().value(row)),
        DataType::Date32 => {
            let days = array.as_primitive::<Date32Type>().value(row);
            let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            json!(date.to_string())
        }
        DataType::Timestamp(TimeUnit::Millisecond, zone) => {
            let millis = array.as_primitive::<TimestampMillisecondType>().value(row);
            let instant = jiff::Timestamp::from_millisecond(millis).unwrap();
            let name = zone.as_deref().unwrap_or("UTC");
            let local = match name.strip_prefix('+') {
                None => instant.in_tz(name).unwrap().datetime(),
                Some(offset) => {
                    let (hours, minutes) = offset.split_once(':').unwrap();
                    let seconds = hours.parse::<i32>().unwrap() * 3600 + minutes.parse::<i32>().unwrap() * 60;
                    jiff::tz::Offset::from_seconds(seconds).unwrap().to_datetime(instant)
                }
            };
            let zone = zone.as_deref().map(|zone| format!(" {zone}")).unwrap_or_default();
            json!(format!("{}{zone}", local.strftime("%Y-%m-%d %H:%M:%S%.3f")))
        }
        DataType::List(_) => {
            let list = array.as_list::<i32>().value(row);
            (0..list.len()).map(|row| value(&list, row)).collect()
        }
        DataType::Map(..) => {
            let map = array.as_map();
            let entries = map.value(row);
            let mut out = Map::new();
            for row in 0..entries.len() {
                let key = match value(entries.column(0), row) {
                    Value::String(key) => key,
                    key => key.to_string(),
                };
                out.insert(key, value(entries.column(1), row));
            }
            Value::Object(out)
        }
        other if other.is_integer() => {
            let number = datafusion::arrow::compute::cast(array, &DataType::Int64).unwrap();
            json!(number.as_primitive::<datafusion::arrow::datatypes::Int64Type>().value(row))
        }
        other => json!(format!("({other})")),
    }
}

/// Whether two values are the same, doubles to the last digits.
fn same(ours: &Value, trinos: &Value) -> bool {
    match (ours, trinos) {
        (Value::Number(a), Value::Number(b)) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-12 * a.abs().max(b.abs()),
            _ => false,
        },
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

async fn ask(context: &SessionContext, expression: &str) -> Result<Value, String> {
    let query = async { context.sql(&format!("SELECT {expression}")).await?.collect().await };
    let batches =
        query.await.map_err(|error| error.to_string().lines().next().unwrap_or_default().to_owned())?;
    let batch = batches.iter().find(|batch| batch.num_rows() > 0).ok_or("no row")?;
    Ok(value(batch.column(0), 0))
}

fn lines(path: &Path) -> Vec<(String, String)> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.rsplit_once('\t'))
        .map(|(expression, answer)| (expression.to_owned(), answer.to_owned()))
        .collect()
}

#[tokio::test]
async fn functions_answer_as_trino() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/answers");
    let known: BTreeMap<String, String> = lines(&folder.join("known.tsv")).into_iter().collect();
    let mut unused: BTreeSet<&String> = known.keys().collect();
    let mut wrong = Vec::new();
    let (mut agree, mut all) = (0, 0);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let context = context();
    for file in files.iter().filter(|file| !file.ends_with("known.tsv")) {
        let (mut here, mut asked) = (0, 0);
        for (expression, answer) in lines(file) {
            asked += 1;
            let ours = ask(&context, &expression).await;
            let agrees = match (&ours, answer.strip_prefix('!')) {
                (Err(_), Some(_)) => true,
                (Ok(ours), None) => same(ours, &serde_json::from_str(&answer).unwrap()),
                _ => false,
            };
            here += usize::from(agrees);
            if known.contains_key(&expression) {
                unused.remove(&expression);
                if agrees {
                    wrong.push(format!("{expression}: agrees, and is in known.tsv"));
                }
            } else if !agrees {
                let ours = ours.map_or_else(|error| format!("!{error}"), |ours| ours.to_string());
                wrong.push(format!("{expression}: {ours}, in Trino {answer}"));
            }
        }
        println!("{}: {here} of {asked} agree", file.file_stem().unwrap().display());
        agree += here;
        all += asked;
    }
    println!("{agree} of {all} answers agree with Trino 476; {} are known not to", known.len());
    assert!(wrong.is_empty(), "{} answers differ:\n{}", wrong.len(), wrong.join("\n"));
    assert!(unused.is_empty(), "in known.tsv, but never asked: {unused:?}");
}
