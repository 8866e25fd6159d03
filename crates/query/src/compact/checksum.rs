//! How many records there are, and a sum over them that does not depend on their order.
//!
//! Each record is hashed by XXH3 over the values of its columns, a NULL apart from an empty text; hashes are added.

use datafusion::arrow::array::{Array, AsArray};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::record_batch::RecordBatch;
use xxhash_rust::xxh3::Xxh3;

/// A count and a sum.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Checksum {
    pub(super) records: u64,
    sum: u64,
}

impl Checksum {
    /// Adds the records of a batch, over its first `columns` columns.
    pub(super) fn add(&mut self, batch: &RecordBatch, columns: usize) -> Result<(), ArrowError> {
        let texts = batch.columns()[..columns]
            .iter()
            .map(|column| cast(column, &DataType::Utf8View))
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            let mut hash = Xxh3::new();
            for column in &texts {
                if column.is_null(row) {
                    hash.update(&[0]);
                } else {
                    let text = column.as_string_view().value(row);
                    hash.update(&[1]);
                    hash.update(&(text.len() as u64).to_le_bytes());
                    hash.update(text.as_bytes());
                }
            }
            self.sum = self.sum.wrapping_add(hash.digest());
        }
        self.records += batch.num_rows() as u64;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::arrow::array::{ArrayRef, Int32Array, StringArray};

    use super::*;

    fn sum(rows: &[(Option<&str>, i32)]) -> Checksum {
        let texts: ArrayRef = Arc::new(StringArray::from_iter(rows.iter().map(|row| row.0)));
        let numbers: ArrayRef = Arc::new(Int32Array::from_iter_values(rows.iter().map(|row| row.1)));
        let batch = RecordBatch::try_from_iter_with_nullable([("a", texts, true), ("b", numbers, true)]);
        let mut sum = Checksum::default();
        sum.add(&batch.expect("a batch"), 2).expect("texts");
        sum
    }

    #[test]
    fn the_order_of_records_does_not_matter_and_everything_else_does() {
        let one = sum(&[(Some("a"), 1), (None, 2), (Some(""), 3)]);
        assert_eq!(one, sum(&[(Some(""), 3), (Some("a"), 1), (None, 2)]));
        assert_ne!(one, sum(&[(Some("a"), 1), (Some(""), 2), (Some(""), 3)]));
        assert_ne!(one, sum(&[(Some("a"), 2), (None, 1), (Some(""), 3)]));
        assert_ne!(one, sum(&[(Some("a"), 1), (None, 2)]));
    }
}
