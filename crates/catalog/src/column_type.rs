//! Types of columns, as Hive writes them: `bigint`, `decimal(10,2)`, `array<struct<name:string,value:string>>`.
//!
//! Law: the text of a type ([`Display`](fmt::Display)) parses to the same type.

mod parse;

use std::fmt;

pub use parse::TypeError;

/// The type of a column.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnType {
    /// Text.
    String,
    /// A whole number of 32 bits.
    Int,
    /// A whole number of 64 bits.
    Bigint,
    /// A floating-point number of 64 bits.
    Double,
    /// A floating-point number of 32 bits.
    Float,
    /// True or false.
    Boolean,
    /// A time without a zone, to the millisecond; by convention UTC.
    Timestamp,
    /// A day.
    Date,
    /// A number of at most `precision` digits, `scale` of them behind the point.
    Decimal {
        /// 1 to 38.
        precision: u8,
        /// 0 to `precision`.
        scale: u8,
    },
    /// A list.
    Array(Box<ColumnType>),
    /// Values by key.
    Map(Box<ColumnType>, Box<ColumnType>),
    /// Named fields, at least one.
    Struct(Vec<(String, ColumnType)>),
}

/// The names of the types without parameters.
pub(crate) const PLAIN: [(&str, ColumnType); 8] = [
    ("string", ColumnType::String),
    ("int", ColumnType::Int),
    ("bigint", ColumnType::Bigint),
    ("double", ColumnType::Double),
    ("float", ColumnType::Float),
    ("boolean", ColumnType::Boolean),
    ("timestamp", ColumnType::Timestamp),
    ("date", ColumnType::Date),
];

impl fmt::Display for ColumnType {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Decimal { precision, scale } => write!(out, "decimal({precision},{scale})"),
            Self::Array(item) => write!(out, "array<{item}>"),
            Self::Map(key, value) => write!(out, "map<{key},{value}>"),
            Self::Struct(fields) => {
                for (position, (name, field)) in fields.iter().enumerate() {
                    write!(out, "{}{name}:{field}", if position == 0 { "struct<" } else { "," })?;
                }
                out.write_str(">")
            }
            plain => {
                let name = PLAIN.iter().find(|(_, kind)| kind == plain).map_or("", |(name, _)| name);
                out.write_str(name)
            }
        }
    }
}
