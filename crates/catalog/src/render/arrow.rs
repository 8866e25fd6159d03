//! Arrow: the schema of rows for an engine that reads the files itself.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, Schema, TimeUnit};

use crate::{column_type::ColumnType, table::Table};

/// The columns in the files, then the partition columns as text. All may be null.
#[must_use]
pub fn schema(table: &Table) -> Schema {
    let partitions = table.partitions.iter().map(|p| Field::new(&p.name, DataType::Utf8, true));
    Schema::new(file_fields(table).into_iter().chain(partitions).collect::<Vec<_>>())
}

/// The columns in the files alone.
#[must_use]
pub fn file_schema(table: &Table) -> Schema {
    Schema::new(file_fields(table))
}

fn file_fields(table: &Table) -> Vec<Field> {
    table
        .columns
        .iter()
        .map(|column| Field::new(&column.name, data_type(&column.column_type), true))
        .collect()
}

/// The Arrow type of a column's type.
#[must_use]
pub fn data_type(kind: &ColumnType) -> DataType {
    match kind {
        ColumnType::String => DataType::Utf8,
        ColumnType::Int => DataType::Int32,
        ColumnType::Bigint => DataType::Int64,
        ColumnType::Double => DataType::Float64,
        ColumnType::Float => DataType::Float32,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, None),
        ColumnType::Date => DataType::Date32,
        ColumnType::Decimal { precision, scale } => {
            // At most 38, so that it is never negative.
            DataType::Decimal128(*precision, (*scale).cast_signed())
        }
        ColumnType::Array(item) => DataType::List(Arc::new(Field::new_list_field(data_type(item), true))),
        ColumnType::Map(key, value) => {
            let pair =
                [Field::new("key", data_type(key), false), Field::new("value", data_type(value), true)];
            let entries = Field::new("entries", DataType::Struct(Fields::from(pair.to_vec())), false);
            DataType::Map(Arc::new(entries), false)
        }
        ColumnType::Struct(fields) => {
            let fields = fields.iter().map(|(name, field)| Field::new(name, data_type(field), true));
            DataType::Struct(fields.collect::<Vec<_>>().into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_its_arrow_type() {
        for (kind, arrow) in [
            ("decimal(38,10)", "Decimal128(38, 10)"),
            (
                "map<string,array<double>>",
                "Map(\"entries\": non-null Struct(\"key\": non-null Utf8, \"value\": List(Float64)), unsorted)",
            ),
            ("struct<a:date,b:timestamp>", "Struct(\"a\": Date32, \"b\": Timestamp(ms))"),
            ("array<boolean>", "List(Boolean)"),
            ("float", "Float32"),
        ] {
            assert_eq!(data_type(&kind.parse().unwrap()).to_string(), arrow);
        }
    }
}
