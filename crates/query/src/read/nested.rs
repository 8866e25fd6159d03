//! JSON lines with structs and arrays (WAF logs). Keys are lowered, since the columns of such tables are lower case.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::arrow::json::ReaderBuilder;
use datafusion::arrow::json::reader::Decoder;
use datafusion::common::Result;
use serde_json::{Map, Value};
use sluice_archive::lines;

use super::object::Sink;
use super::rows::{ROWS, of_columns};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// Whether a wanted column is a struct, an array or a map.
pub(super) fn is_nested(request: &Request) -> bool {
    request.schema.fields().iter().any(|field| field.data_type().is_nested())
}

/// Lines of an object.
pub(super) struct Lines<'a> {
    request: &'a Request,
    unit: &'a Unit,
    emit: Emit<'a>,
    decoder: Decoder,
}

impl<'a> Lines<'a> {
    pub(super) fn new(request: &'a Request, unit: &'a Unit, emit: Emit<'a>) -> Result<Lines<'a>> {
        let of_file = |field: &&Arc<Field>| request.partition(field.name()).is_none();
        // Texts are read as such and become views later.
        let plain = |field: &Arc<Field>| match field.data_type() {
            DataType::Utf8View => Arc::new(Field::new(field.name(), DataType::Utf8, true)),
            _ => Arc::clone(field),
        };
        let fields: Vec<_> = request.schema.fields().iter().filter(of_file).map(plain).collect();
        let decoder = ReaderBuilder::new(Arc::new(Schema::new(fields)))
            .with_batch_size(ROWS)
            .with_coerce_primitive(true)
            .build_decoder()?;
        Ok(Lines { request, unit, emit, decoder })
    }

    fn flush(&mut self, values: &mut Vec<Value>) -> Result<bool> {
        self.decoder.serialize(values)?;
        values.clear();
        let Some(read) = self.decoder.flush()? else { return Ok(true) };
        Ok((self.emit)(of_columns(self.request, self.unit, &read)?))
    }
}

impl Sink for Lines<'_> {
    fn text(&mut self, text: &[u8], _: bool) -> Result<bool> {
        let mut values = Vec::new();
        for line in lines(text).filter(|line| !line.trim_ascii().is_empty()) {
            Stats::add(&self.request.stats.records, 1);
            let value = serde_json::from_slice(line).ok().filter(Value::is_object).unwrap_or_else(|| {
                Stats::add(&self.request.stats.malformed, 1);
                Value::Object(Map::new())
            });
            values.push(lowered(value));
            if values.len() == ROWS && !self.flush(&mut values)? {
                return Ok(false);
            }
        }
        self.flush(&mut values)
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
