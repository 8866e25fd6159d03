//! Rows of JSON to Arrow.
//!
//! A [`Decoder`] has the types of the columns; each run of rows becomes a batch. Columns of instants are stored in
//! UTC; when all values of one had the same zone the schema names that zone at the end.

mod column;
mod text;

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{
    DataType, Field, Schema, TimeUnit, TimestampMicrosecondType, TimestampMillisecondType,
    TimestampNanosecondType, TimestampSecondType,
};
use arrow::error::ArrowError;
use serde_json::Value;
use sluice_present::Answer;

pub(crate) use self::column::Builder;
use crate::error::Error;
use crate::protocol::Column;
use crate::types::Type;

/// As much of a value is shown in an error.
const SHOWN_MAX: usize = 80;

/// The zones that the values of a column had.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Zone {
    #[default]
    None,
    One(String),
    Several,
}

impl Zone {
    fn saw(&mut self, name: &str) {
        match self {
            Zone::None => *self = Zone::One(name.to_owned()),
            Zone::One(one) if one == name => {}
            Zone::One(_) | Zone::Several => *self = Zone::Several,
        }
    }
}

/// Makes batches of rows.
#[derive(Debug)]
pub(crate) struct Decoder {
    columns: Vec<(String, String, Type)>,
    zones: Vec<Zone>,
    batches: Vec<RecordBatch>,
    rows: u64,
}

/// Why rows cannot be read.
#[derive(Debug)]
pub(crate) enum DecodeError {
    /// They are not of the protocol.
    Protocol(String),
    /// Any other cause.
    Other(Error),
}

impl From<ArrowError> for DecodeError {
    fn from(error: ArrowError) -> Self {
        DecodeError::Other(error.into())
    }
}

impl Decoder {
    pub(crate) fn new(columns: &[Column]) -> Result<Self, String> {
        let typed = |column: &Column| {
            let kind = Type::of(&column.type_signature)?;
            Ok::<_, String>((column.name.clone(), column.kind.clone(), kind))
        };
        let columns = columns.iter().map(typed).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { zones: vec![Zone::None; columns.len()], columns, batches: Vec::new(), rows: 0 })
    }

    /// How many rows there are so far.
    pub(crate) fn rows(&self) -> u64 {
        self.rows
    }

    /// Takes an array of rows, each an array of values.
    pub(crate) fn take(&mut self, json: &[u8]) -> Result<(), DecodeError> {
        let rows: Vec<Vec<Value>> = serde_json::from_slice(json)
            .map_err(|error| DecodeError::Protocol(format!("rows are no JSON of rows: {error}")))?;
        if rows.is_empty() {
            return Ok(());
        }
        let width = self.columns.len();
        if let Some(row) = rows.iter().find(|row| row.len() != width) {
            let what = format!("a row has {} values, but there are {width} columns", row.len());
            return Err(DecodeError::Protocol(what));
        }
        let mut arrays: Vec<ArrayRef> = Vec::with_capacity(width);
        for (index, (name, written, kind)) in self.columns.iter().enumerate() {
            let mut builder = Builder::new(kind, rows.len());
            for row in &rows {
                builder.append(&row[index], &mut self.zones[index]).map_err(|_| {
                    DecodeError::Other(Error::Value {
                        column: name.clone(),
                        kind: written.clone(),
                        value: row[index].to_string().chars().take(SHOWN_MAX).collect(),
                    })
                })?;
            }
            arrays.push(builder.finish()?);
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        self.batches.push(RecordBatch::try_new_with_options(Arc::new(self.schema(false)), arrays, &options)?);
        self.rows += rows.len() as u64;
        Ok(())
    }

    /// All rows.
    pub(crate) fn finish(self) -> Result<Answer, ArrowError> {
        let schema = Arc::new(self.schema(true));
        let batch = |batch: &RecordBatch| {
            let columns = batch.columns().iter().zip(schema.fields()).map(|(a, f)| zoned(a, f.data_type()));
            let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            RecordBatch::try_new_with_options(Arc::clone(&schema), columns.collect(), &options)
        };
        let batches = self.batches.iter().map(batch).collect::<Result<_, _>>()?;
        Ok(Answer { schema, batches })
    }

    fn schema(&self, zoned: bool) -> Schema {
        let field = |((name, _, kind), zone): (&(String, String, Type), &Zone)| {
            let kind = match (kind, zone) {
                (Type::Instant(unit), Zone::One(zone)) if zoned => {
                    DataType::Timestamp(*unit, Some(zone.as_str().into()))
                }
                _ => kind.arrow(),
            };
            Field::new(name, kind, true)
        };
        Schema::new(self.columns.iter().zip(&self.zones).map(field).collect::<Vec<_>>())
    }
}

/// The same instants, in the zone that the type names.
pub(crate) fn zoned(array: &ArrayRef, kind: &DataType) -> ArrayRef {
    let DataType::Timestamp(unit, zone) = kind else { return Arc::clone(array) };
    macro_rules! zoned {
        ($type:ty) => {
            Arc::new(array.as_primitive::<$type>().clone().with_timezone_opt(zone.clone()))
        };
    }
    match unit {
        TimeUnit::Second => zoned!(TimestampSecondType),
        TimeUnit::Millisecond => zoned!(TimestampMillisecondType),
        TimeUnit::Microsecond => zoned!(TimestampMicrosecondType),
        TimeUnit::Nanosecond => zoned!(TimestampNanosecondType),
    }
}
