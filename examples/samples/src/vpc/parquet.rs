//! Flow records as Parquet, compressed with Snappy.

use std::path::PathBuf;
use std::sync::Arc;

use ::parquet::arrow::ArrowWriter;
use ::parquet::arrow::arrow_writer::ArrowWriterOptions;
use ::parquet::basic::Compression;
use ::parquet::errors::ParquetError;
use ::parquet::file::properties::WriterProperties;
use arrow_array::{ArrayRef, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};

use super::fields::{FIELDS, Type, Value};
use crate::Error;
use crate::files::Files;

pub(super) fn write(name: &str, rows: &[[Value; 40]], files: &mut Files) -> Result<(), Error> {
    let bytes = encode(rows).map_err(|source| Error::Parquet { path: PathBuf::from(name), source })?;
    files.plain(name, &bytes)
}

fn encode(rows: &[[Value; 40]]) -> Result<Vec<u8>, ParquetError> {
    let fields: Vec<Field> = FIELDS
        .iter()
        .map(|(name, kind)| {
            let kind = match kind {
                Type::Int => DataType::Int32,
                Type::Long => DataType::Int64,
                Type::Text => DataType::Utf8,
            };
            Field::new(name.replace('-', "_"), kind, true)
        })
        .collect();
    let schema = Arc::new(Schema::new(fields));
    let columns = (0..FIELDS.len()).map(|column| array(rows, column)).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), columns)?;
    // Files of AWS carry no schema of Arrow.
    let options = ArrowWriterOptions::new()
        .with_skip_arrow_metadata(true)
        .with_properties(WriterProperties::builder().set_compression(Compression::SNAPPY).build());
    let mut writer = ArrowWriter::try_new_with_options(Vec::new(), schema, options)?;
    writer.write(&batch)?;
    writer.into_inner()
}

fn array(rows: &[[Value; 40]], column: usize) -> ArrayRef {
    let cells = || rows.iter().map(|row| &row[column]);
    match FIELDS[column].1 {
        Type::Int => Arc::new(Int32Array::from_iter(cells().map(|cell| match cell {
            Value::Int(number) => *number,
            _ => None,
        }))),
        Type::Long => Arc::new(Int64Array::from_iter(cells().map(|cell| match cell {
            Value::Long(number) => *number,
            _ => None,
        }))),
        Type::Text => Arc::new(StringArray::from_iter(cells().map(|cell| match cell {
            Value::Text(text) => Some(text.as_str()),
            _ => None,
        }))),
    }
}
