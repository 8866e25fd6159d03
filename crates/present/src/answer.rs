//! The answer of a query, and its rows one after the other.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, FieldRef, SchemaRef};

use crate::error::Error;
use crate::value::{self, Shape};

/// What a query answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Names and types of the columns.
    pub schema: SchemaRef,
    /// The rows; every batch has the columns of the schema.
    pub batches: Vec<RecordBatch>,
}

/// What the values of a column are, for alignment and charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Number,
    Time,
    Text,
    Other,
}

impl Answer {
    /// How many rows it has.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    /// How many columns it has.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.schema.fields().len()
    }

    pub(crate) fn name(&self, column: usize) -> &str {
        self.schema.field(column).name()
    }

    pub(crate) fn kind(&self, column: usize) -> Kind {
        match plain_type(self.schema.field(column).data_type()).as_ref() {
            kind if kind.is_numeric() => Kind::Number,
            DataType::Timestamp(..) | DataType::Date32 | DataType::Date64 => Kind::Time,
            DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Kind::Text,
            _ => Kind::Other,
        }
    }

    pub(crate) fn is_level(&self, column: usize) -> bool {
        self.name(column).eq_ignore_ascii_case("level")
    }

    /// The names of the columns, the second of the same name with `_2` and so on.
    pub(crate) fn unique_names(&self) -> Vec<String> {
        let mut taken: HashSet<String> = HashSet::new();
        let all: HashSet<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        let mut names = Vec::with_capacity(self.columns());
        for field in self.schema.fields() {
            let mut name = field.name().clone();
            let mut count = 1;
            while taken.contains(&name) || (count > 1 && all.contains(name.as_str())) {
                count += 1;
                name = format!("{}_{count}", field.name());
            }
            taken.insert(name.clone());
            names.push(name);
        }
        names
    }

    /// Calls `each` with every row, or the first `limit`.
    pub(crate) fn each_row(
        &self,
        limit: Option<usize>,
        mut each: impl FnMut(Row<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut left = limit.unwrap_or(usize::MAX);
        for batch in &self.batches {
            let rows = batch.num_rows().min(left);
            if rows == 0 {
                continue;
            }
            let columns = batch.columns().iter().map(plain).collect::<Result<Vec<_>, _>>()?;
            for index in 0..rows {
                each(Row { columns: &columns, index })?;
            }
            left -= rows;
        }
        Ok(())
    }
}

/// One row of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row<'a> {
    columns: &'a [ArrayRef],
    index: usize,
}

impl Row<'_> {
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    /// Appends the text of a column's value.
    pub(crate) fn append(&self, column: usize, out: &mut String) -> Result<Shape, Error> {
        value::append(&self.columns[column], self.index, out)
    }

    /// Appends a column's value as JSON.
    pub(crate) fn append_json(&self, column: usize, out: &mut String) -> Result<(), Error> {
        value::append_json(&self.columns[column], self.index, out)
    }
}

/// The array without dictionaries and run-end encoding, also inside of it.
pub(crate) fn plain(array: &ArrayRef) -> Result<ArrayRef, Error> {
    match plain_type(array.data_type()) {
        Cow::Borrowed(_) => Ok(Arc::clone(array)),
        Cow::Owned(kind) => Ok(cast(array, &kind)?),
    }
}

fn plain_type(kind: &DataType) -> Cow<'_, DataType> {
    let field = |field: &FieldRef| match plain_type(field.data_type()) {
        Cow::Borrowed(_) => None,
        Cow::Owned(kind) => Some(Arc::new(Field::clone(field).with_data_type(kind))),
    };
    match kind {
        DataType::Dictionary(_, values) => Cow::Owned(plain_type(values).into_owned()),
        DataType::RunEndEncoded(_, values) => Cow::Owned(plain_type(values.data_type()).into_owned()),
        DataType::List(item) => {
            field(item).map_or(Cow::Borrowed(kind), |item| Cow::Owned(DataType::List(item)))
        }
        DataType::LargeList(item) => {
            field(item).map_or(Cow::Borrowed(kind), |item| Cow::Owned(DataType::LargeList(item)))
        }
        DataType::FixedSizeList(item, len) => {
            field(item).map_or(Cow::Borrowed(kind), |item| Cow::Owned(DataType::FixedSizeList(item, *len)))
        }
        DataType::Map(entries, sorted) => {
            field(entries).map_or(Cow::Borrowed(kind), |entries| Cow::Owned(DataType::Map(entries, *sorted)))
        }
        DataType::Struct(fields) if fields.iter().any(|one| field(one).is_some()) => {
            Cow::Owned(DataType::Struct(
                fields.iter().map(|one| field(one).unwrap_or_else(|| Arc::clone(one))).collect(),
            ))
        }
        _ => Cow::Borrowed(kind),
    }
}
