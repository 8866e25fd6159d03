//! One object into record batches of the columns that a query needs.
//!
//! | file | reads |
//! |---|---|
//! | `object.rs` | the text of an object, member by member, only those that can match |
//! | `json.rs` | a JSON line without building a tree: fields that are not wanted are skipped |
//! | `nested.rs` | JSON lines with structs and arrays |
//! | `text.rs` | lines by a regular expression or a delimiter |
//! | `parquet.rs` | Parquet |
//! | `rows.rs` | arrays that grow row by row |

mod json;
mod nested;
mod object;
mod parquet;
mod rows;
mod text;

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::common::Result;
use sluice_catalog::Table;

use crate::scan::{Pushed, Stats};
use crate::store::{Object, Store};

/// An object and the values of its partition columns.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    pub(crate) object: Object,
    pub(crate) values: Vec<String>,
}

/// What a scan needs of every object.
pub(crate) struct Request {
    pub(crate) table: Table,
    /// The columns wanted, in order; file columns and partition columns.
    pub(crate) schema: SchemaRef,
    pub(crate) pushed: Pushed,
    pub(crate) store: Arc<Store>,
    pub(crate) stats: Arc<Stats>,
    /// The regular expression of the table's lines.
    pub(crate) expression: Option<regex::bytes::Regex>,
}

impl Request {
    pub(crate) fn new(
        table: &Table,
        schema: SchemaRef,
        pushed: Pushed,
        store: Arc<Store>,
        stats: Arc<Stats>,
    ) -> Result<Request> {
        let expression = text::expression(table)?;
        Ok(Request { table: table.clone(), schema, pushed, store, stats, expression })
    }

    /// Position of a partition column.
    fn partition(&self, name: &str) -> Option<usize> {
        self.table.partitions.iter().position(|partition| partition.name == name)
    }
}

/// A reader for the objects of a scan; it keeps its buffers from one object to the next.
pub(crate) fn read(request: &Request) -> object::Reader<'_> {
    object::Reader::new(request)
}

/// Takes a batch; false when no more are wanted.
pub(crate) type Emit<'e> = &'e mut dyn FnMut(RecordBatch) -> bool;
