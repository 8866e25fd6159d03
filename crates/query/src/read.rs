//! One object into record batches of the columns that a query needs.
//!
//! | file | reads |
//! |---|---|
//! | `object.rs` | the text of an object, member by member, only those that can match |
//! | `records.rs` | JSON lines of flat records, and counts from headers |
//! | `json.rs` | one JSON line without building a tree: fields that are not wanted are skipped |
//! | `nested.rs` | JSON lines with structs and arrays |
//! | `text.rs` | lines by a regular expression or a delimiter |
//! | `parquet/` | Parquet, and what of it cannot match |
//! | `rows.rs` | arrays that grow row by row, and their batches |

mod json;
mod nested;
mod object;
mod parquet;
mod records;
mod rows;
mod split;
mod text;

use std::ops::Range;
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::{DataFusionError, Result};
use sluice_catalog::{FormatKind, Table};

use self::object::{Admission, ObjectError, Sink, walk};
pub(crate) use self::parquet::{Pruning, metadata as parquet_metadata};
use self::records::{Fields, Records};
use self::split::Split;
use crate::scan::{Pushed, Stats};
use crate::store::{Object, Store};

/// An object and the values of its partition columns.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) object: Object,
    pub(crate) values: Vec<String>,
    pub(crate) part: Part,
}

/// Which members of an indexed object are read: the `number`th of `of` runs of them. What no index describes belongs
/// to the last part.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Part {
    pub(crate) number: usize,
    pub(crate) of: usize,
}

impl Part {
    /// All of an object.
    pub(crate) const WHOLE: Part = Part { number: 0, of: 1 };

    /// Positions of the part's members among `members`.
    fn range(self, members: usize) -> Range<usize> {
        members * self.number / self.of..members * (self.number + 1) / self.of
    }

    fn is_last(self) -> bool {
        self.number + 1 == self.of
    }
}

/// What a scan needs of every object.
pub(crate) struct Request {
    pub(crate) table: Table,
    /// The columns wanted, in order; file columns and partition columns.
    pub(crate) schema: SchemaRef,
    pub(crate) pushed: Pushed,
    pub(crate) store: Arc<Store>,
    pub(crate) stats: Arc<Stats>,
    /// What decides about parts of Parquet files.
    pruning: Option<Pruning>,
    /// How lines of text become columns, where they do.
    split: Option<Split>,
}

impl Request {
    pub(crate) fn new(
        table: &Table,
        schema: SchemaRef,
        pushed: Pushed,
        store: Arc<Store>,
        stats: Arc<Stats>,
        pruning: Option<Pruning>,
    ) -> Result<Request> {
        let split = Split::of(table).map_err(|error| DataFusionError::Configuration(error.to_string()))?;
        Ok(Request { table: table.clone(), schema, pushed, store, stats, pruning, split })
    }

    /// Position of a partition column.
    fn partition(&self, name: &str) -> Option<usize> {
        self.table.partitions.iter().position(|partition| partition.name == name)
    }
}

/// Takes a batch; false when no more are wanted.
pub(crate) type Emit<'e> = &'e mut dyn FnMut(RecordBatch) -> bool;

/// Reads the objects of a scan one after another; what is the same for all of them is worked out once.
pub(crate) struct Reader<'r> {
    request: &'r Request,
    admission: Admission,
    fields: Fields<'r>,
    text: Vec<u8>,
}

impl<'r> Reader<'r> {
    pub(crate) fn new(request: &'r Request) -> Reader<'r> {
        Reader { request, admission: Admission::of(request), fields: Fields::of(request), text: Vec::new() }
    }

    /// Reads an object; false when no more batches are wanted.
    ///
    /// # Errors
    /// When the object cannot be read whole.
    pub(crate) fn read(&mut self, unit: &Unit, emit: Emit<'_>) -> Result<bool> {
        let Reader { request, admission, fields, text } = self;
        let source = request.store.open(&unit.object).map_err(ObjectError::Store)?;
        let mut walk = |sink: &mut dyn Sink| walk(request, admission, unit, source.clone(), text, sink);
        match (&request.table.format.kind, &request.split) {
            (FormatKind::Parquet, _) => parquet::read(request, unit, source, emit),
            (_, Some(split)) => {
                let mut lines = text::Lines::new(request, split, unit, emit)?;
                Ok(walk(&mut lines)? && lines.finish()?)
            }
            _ if nested::is_nested(request) => walk(&mut nested::Lines::new(request, unit, emit)?),
            _ => {
                let mut records = Records::new(request, fields, unit, emit)?;
                Ok(walk(&mut records)? && records.finish()?)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn every_member_belongs_to_one_part() {
        for members in 0..20 {
            for of in 1..6 {
                let parts = (0..of).map(|number| Part { number, of });
                let all: Vec<usize> = parts.flat_map(|part| part.range(members)).collect();
                assert!(all.into_iter().eq(0..members));
            }
        }
    }
}
