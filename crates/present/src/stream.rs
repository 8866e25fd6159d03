//! Answers that are written as their rows come, for formats that need not know the whole.

use std::io::Write;

use arrow::datatypes::SchemaRef;

use crate::answer::Answer;
use crate::error::Error;
use crate::format::Format;
use crate::{csv, json, parquet};

/// Writes an answer batch by batch.
///
/// Invariant: what it writes is what [`write`](fn@crate::write) writes of the whole answer, as long as Parquet's row
/// groups are not compared.
pub struct RowWriter {
    form: Form,
}

enum Form {
    Csv,
    Lines,
    Array(json::Array),
    Parquet(Box<parquet::File>),
}

impl RowWriter {
    /// Begins an answer; `None` when the format needs the whole of it.
    ///
    /// # Errors
    /// When the output fails, and when a column has a type that the format cannot hold.
    pub fn new(format: Format, schema: SchemaRef, out: &mut dyn Write) -> Result<Option<RowWriter>, Error> {
        let empty = Answer { schema, batches: Vec::new() };
        let form = match format {
            Format::Csv => {
                csv::header(&empty, out)?;
                Form::Csv
            }
            Format::Jsonl => Form::Lines,
            Format::Json => Form::Array(json::Array::default()),
            Format::Parquet => Form::Parquet(Box::new(parquet::File::new(&empty)?)),
            Format::Table | Format::Vertical | Format::Markdown | Format::Chart => return Ok(None),
        };
        Ok(Some(RowWriter { form }))
    }

    /// Writes rows: a part of the answer.
    ///
    /// # Errors
    /// When the output fails, and when a value has no form in the format.
    pub fn rows(&mut self, rows: &Answer, out: &mut dyn Write) -> Result<(), Error> {
        match &mut self.form {
            Form::Csv => csv::rows(rows, out),
            Form::Lines => json::lines(rows, out),
            Form::Array(array) => array.rows(rows, out),
            Form::Parquet(file) => file.rows(rows, out),
        }
    }

    /// Ends the answer.
    ///
    /// # Errors
    /// When the output fails.
    pub fn end(self, out: &mut dyn Write) -> Result<(), Error> {
        match self.form {
            Form::Csv | Form::Lines => Ok(()),
            Form::Array(array) => array.end(out),
            Form::Parquet(file) => file.end(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, RecordBatch, StringArray};
    use arrow::datatypes::{DataType, Field, Schema};

    use super::*;
    use crate::Style;

    fn answer() -> Answer {
        let schema = Arc::new(Schema::new(vec![
            Field::new("n", DataType::Int64, true),
            Field::new("text", DataType::Utf8, true),
        ]));
        let batch = |n: i64, text: Option<&str>| {
            let columns: [arrow::array::ArrayRef; 2] =
                [Arc::new(Int64Array::from(vec![n])), Arc::new(StringArray::from(vec![text]))];
            RecordBatch::try_new(Arc::clone(&schema), columns.to_vec()).unwrap()
        };
        Answer { schema: Arc::clone(&schema), batches: vec![batch(1, Some("a,\"b")), batch(2, None)] }
    }

    #[test]
    fn batch_by_batch_is_the_same_as_the_whole() {
        for rows in [0, 1, 2] {
            let mut answer = answer();
            answer.batches.truncate(rows);
            for format in [Format::Csv, Format::Json, Format::Jsonl, Format::Parquet] {
                let mut whole = Vec::new();
                crate::write(&answer, format, &Style::default(), None, &mut whole).unwrap();
                let mut parts = Vec::new();
                let mut writer =
                    RowWriter::new(format, Arc::clone(&answer.schema), &mut parts).unwrap().unwrap();
                for batch in answer.batches.clone() {
                    let part = Answer { schema: Arc::clone(&answer.schema), batches: vec![batch] };
                    writer.rows(&part, &mut parts).unwrap();
                }
                writer.end(&mut parts).unwrap();
                assert_eq!(parts, whole, "{format}, {rows} batches");
            }
        }
    }

    #[test]
    fn formats_for_the_eye_need_the_whole() {
        for format in [Format::Table, Format::Vertical, Format::Markdown, Format::Chart] {
            assert!(RowWriter::new(format, answer().schema, &mut Vec::new()).unwrap().is_none());
        }
    }
}
