//! Arrays that grow row by row, and batches with the values of an object's partition columns.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, StringViewArray, StringViewBuilder,
    new_null_array,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{DataFusionError, Result};

use super::{Emit, Request, Unit};

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
    Partition,
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
            Column::Partition => {}
        }
    }

    pub(super) fn push_null(&mut self) {
        match self {
            Column::Text(column) => column.append_null(),
            Column::Int(column) => column.append_null(),
            Column::Long(column) => column.append_null(),
            Column::Double(column) => column.append_null(),
            Column::Bool(column) => column.append_null(),
            Column::Partition => {}
        }
    }

    /// The values so far; none of a partition column.
    fn finish(&mut self) -> Option<ArrayRef> {
        Some(match self {
            Column::Text(column) => Arc::new(column.finish()),
            Column::Int(column) => Arc::new(column.finish()),
            Column::Long(column) => Arc::new(column.finish()),
            Column::Double(column) => Arc::new(column.finish()),
            Column::Bool(column) => Arc::new(column.finish()),
            Column::Partition => return None,
        })
    }
}

/// A batch of the columns that are wanted: those of the partition by the object's values, the others as `column` gives
/// them by name.
pub(super) fn batch(
    request: &Request,
    unit: &Unit,
    rows: usize,
    mut column: impl FnMut(&str) -> Result<ArrayRef>,
) -> Result<RecordBatch> {
    let array = |field: &Arc<Field>| match request.partition(field.name()) {
        Some(at) => {
            let value = std::iter::repeat_n(unit.values[at].as_str(), rows);
            Ok(Arc::new(StringViewArray::from_iter_values(value)) as ArrayRef)
        }
        None => column(field.name()),
    };
    let columns = request.schema.fields().iter().map(array).collect::<Result<_>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(Arc::clone(&request.schema), columns, &options)?)
}

/// A batch of the columns that are wanted from one of a file: by name without case, in the wanted types; a column that
/// the file does not have is NULL.
pub(super) fn of_columns(request: &Request, unit: &Unit, file: &RecordBatch) -> Result<RecordBatch> {
    let (names, rows) = (file.schema(), file.num_rows());
    batch(request, unit, rows, |name| {
        let wanted = request.schema.field_with_name(name)?.data_type();
        let at = names.fields().iter().position(|own| own.name().eq_ignore_ascii_case(name));
        Ok(match at {
            Some(at) => cast(file.column(at), wanted)?,
            None => new_null_array(wanted, rows),
        })
    })
}

/// Rows of one object; full batches go to `emit`.
pub(super) struct Rows<'a> {
    request: &'a Request,
    unit: &'a Unit,
    pub(super) emit: Emit<'a>,
    /// The columns that are wanted, in their order.
    pub(super) columns: Vec<Column>,
    len: usize,
}

impl<'a> Rows<'a> {
    /// # Errors
    /// For a type that lines do not hold.
    pub(super) fn new(request: &'a Request, unit: &'a Unit, emit: Emit<'a>) -> Result<Rows<'a>> {
        let column = |field: &Arc<Field>| {
            if request.partition(field.name()).is_some() {
                return Ok(Column::Partition);
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
        let columns = request.schema.fields().iter().map(column).collect::<Result<_>>()?;
        Ok(Rows { request, unit, emit, columns, len: 0 })
    }

    /// Counts rows whose values are pushed; false when no more are wanted.
    pub(super) fn add(&mut self, rows: usize) -> Result<bool> {
        self.len += rows;
        if self.len < ROWS { Ok(true) } else { self.flush() }
    }

    /// Gives away the rows so far; false when no more are wanted.
    pub(super) fn flush(&mut self) -> Result<bool> {
        let rows = std::mem::take(&mut self.len);
        if rows == 0 {
            return Ok(true);
        }
        let mut arrays = self.columns.iter_mut().filter_map(Column::finish);
        let next = |_: &str| Ok(arrays.next().expect("an array a column of the file"));
        Ok((self.emit)(batch(self.request, self.unit, rows, next)?))
    }
}
