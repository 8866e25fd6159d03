//! JSON lines with structs and arrays (WAF logs). Keys are lowered, since the columns of such tables are lower case.

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::reader::Decoder;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::Result;
use serde_json::{Map, Value};
use sluice_archive::lines;

use super::rows::{ROWS, constant};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// Whether a wanted column is a struct, an array or a map.
pub(super) fn is_nested(request: &Request) -> bool {
    request.schema.fields().iter().any(|field| field.data_type().is_nested())
}

/// Lines of an object.
pub(super) struct Lines<'r> {
    request: &'r Request,
    file: Arc<Schema>,
    decoder: Decoder,
}

impl<'r> Lines<'r> {
    pub(super) fn new(request: &'r Request) -> Result<Lines<'r>> {
        let of_file = |field: &&Arc<Field>| request.partition(field.name()).is_none();
        // Texts are read as such and become views later.
        let plain = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8View => Arc::new(Field::new(field.name(), DataType::Utf8, true)),
            _ => Arc::clone(field),
        };
        let fields: Vec<_> = request.schema.fields().iter().filter(of_file).map(plain).collect();
        let file = Arc::new(Schema::new(fields));
        let decoder = ReaderBuilder::new(Arc::clone(&file))
            .with_batch_size(ROWS)
            .with_coerce_primitive(true)
            .build_decoder()?;
        Ok(Lines { request, file, decoder })
    }

    pub(super) fn push(&mut self, text: &[u8], unit: &Unit, emit: Emit<'_>) -> Result<bool> {
        let mut values = Vec::new();
        for line in lines(text).filter(|line| !line.trim_ascii().is_empty()) {
            Stats::add(&self.request.stats.records, 1);
            let value = serde_json::from_slice(line).ok().filter(Value::is_object).unwrap_or_else(|| {
                Stats::add(&self.request.stats.malformed, 1);
                Value::Object(Map::new())
            });
            values.push(lowered(value));
            if values.len() == ROWS && !self.flush(&mut values, unit, emit)? {
                return Ok(false);
            }
        }
        self.flush(&mut values, unit, emit)
    }

    fn flush(&mut self, values: &mut Vec<Value>, unit: &Unit, emit: Emit<'_>) -> Result<bool> {
        if values.is_empty() {
            return Ok(true);
        }
        self.decoder.serialize(values)?;
        values.clear();
        let Some(batch) = self.decoder.flush()? else { return Ok(true) };
        let rows = batch.num_rows();
        let column = |field: &Arc<Field>| -> Result<ArrayRef> {
            if let Some(at) = self.request.partition(field.name()) {
                return Ok(constant(&unit.values[at], rows));
            }
            let at = self.file.index_of(field.name())?;
            Ok(cast(batch.column(at), field.data_type())?)
        };
        let schema = &self.request.schema;
        let columns = schema.fields().iter().map(column).collect::<Result<_>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(emit(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options)?))
    }
}

fn lowered(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key.to_lowercase(), lowered(value))).collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(lowered).collect()),
        other => other,
    }
}
