//! Arrays that grow row by row, and the batches that come of them.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringViewArray, StringViewBuilder,
};
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{DataFusionError, Result};

/// Rows of a batch.
pub(super) const ROWS: usize = 8192;

/// A column that grows.
pub(super) enum Column {
    Text(StringViewBuilder),
    Int(Int32Builder),
    Long(Int64Builder),
    Double(Float64Builder),
    Bool(BooleanBuilder),
    /// A partition column: it is made when the batch is.
    Partition(usize),
}

impl Column {
    /// Appends a value from its text; a text that is none of the type is NULL.
    pub(super) fn push(&mut self, text: &[u8]) {
        let number = || std::str::from_utf8(text).ok().map(str::trim);
        match self {
            Column::Text(column) => match std::str::from_utf8(text) {
                Ok(text) => column.append_value(text),
                Err(_) => column.append_value(String::from_utf8_lossy(text)),
            },
            Column::Int(column) => column.append_option(number().and_then(|n| n.parse().ok())),
            Column::Long(column) => column.append_option(number().and_then(|n| n.parse().ok())),
            Column::Double(column) => column.append_option(number().and_then(|n| n.parse().ok())),
            Column::Bool(column) => column.append_option(match text {
                b"true" => Some(true),
                b"false" => Some(false),
                _ => None,
            }),
            Column::Partition(_) => {}
        }
    }

    pub(super) fn push_null(&mut self) {
        match self {
            Column::Text(column) => column.append_null(),
            Column::Int(column) => column.append_null(),
            Column::Long(column) => column.append_null(),
            Column::Double(column) => column.append_null(),
            Column::Bool(column) => column.append_null(),
            Column::Partition(_) => {}
        }
    }

    fn finish(&mut self, rows: usize, values: &[String]) -> ArrayRef {
        match self {
            Column::Text(column) => Arc::new(column.finish()),
            Column::Int(column) => Arc::new(column.finish()),
            Column::Long(column) => Arc::new(column.finish()),
            Column::Double(column) => Arc::new(column.finish()),
            Column::Bool(column) => Arc::new(column.finish()),
            Column::Partition(at) => constant(&values[*at], rows),
        }
    }
}

/// The same text in every row.
pub(super) fn constant(text: &str, rows: usize) -> ArrayRef {
    Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n(text, rows)))
}

/// Rows of one object that are not a batch yet.
pub(super) struct Rows {
    pub(super) schema: SchemaRef,
    pub(super) columns: Vec<Column>,
    pub(super) len: usize,
}

impl Rows {
    /// # Errors
    /// For a type that lines do not hold.
    pub(super) fn new(schema: &SchemaRef, partition: impl Fn(&str) -> Option<usize>) -> Result<Rows> {
        let column = |field: &Arc<datafusion::arrow::datatypes::Field>| {
            if let Some(at) = partition(field.name()) {
                return Ok(Column::Partition(at));
            }
            Ok(match field.data_type() {
                DataType::Utf8View => Column::Text(StringViewBuilder::new().with_fixed_block_size(1 << 20)),
                DataType::Int32 => Column::Int(Int32Builder::new()),
                DataType::Int64 => Column::Long(Int64Builder::new()),
                DataType::Float64 => Column::Double(Float64Builder::new()),
                DataType::Boolean => Column::Bool(BooleanBuilder::new()),
                other => {
                    let what =
                        format!("column {} has type {other}, which lines of text do not hold", field.name());
                    return Err(DataFusionError::NotImplemented(what));
                }
            })
        };
        let columns = schema.fields().iter().map(column).collect::<Result<_>>()?;
        Ok(Rows { schema: Arc::clone(schema), columns, len: 0 })
    }

    /// The rows so far as a batch; none when there are none.
    pub(super) fn take(&mut self, values: &[String]) -> Result<Option<RecordBatch>> {
        if self.len == 0 {
            return Ok(None);
        }
        let rows = std::mem::take(&mut self.len);
        let columns = self.columns.iter_mut().map(|column| column.finish(rows, values)).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        Ok(Some(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?))
    }
}
