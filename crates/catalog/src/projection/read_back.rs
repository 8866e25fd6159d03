//! From the URL of a folder, or of an object in it, back to the values of the partition columns.

use crate::{location::Part, partition::Projection, table::Table};

/// The values in a URL below a table's base, in the order of the table's partition columns, and what stands behind
/// the partition's folder; none when the URL is not in a partition of the table.
#[must_use]
pub fn values_of<'u>(table: &Table, base: &str, url: &'u str) -> Option<(Vec<String>, &'u str)> {
    let mut rest = url.strip_prefix(base.trim_end_matches('/'))?.strip_prefix('/')?;
    let parts = table.location.below_root();
    let mut values = vec![String::new(); table.partitions.len()];
    for (position, part) in parts.iter().enumerate() {
        match part {
            Part::Literal(literal) => rest = rest.strip_prefix(literal.as_str())?,
            Part::Placeholder(_) => return None,
            Part::Value(name) => {
                let column = table.partitions.iter().position(|partition| partition.name == *name)?;
                let behind = match parts.get(position + 1) {
                    Some(Part::Literal(literal)) => literal.as_str(),
                    _ => "",
                };
                let value = value(&table.partitions[column].projection, rest, behind)?;
                rest = &rest[value.len()..];
                values[column] = value.to_owned();
            }
        }
    }
    Some((values, rest))
}

/// The value at the start of a text in which `behind` comes after it.
fn value<'t>(projection: &Projection, text: &'t str, behind: &str) -> Option<&'t str> {
    let length = match projection {
        // Dates and listed values may have slashes of their own.
        Projection::Date { pattern, .. } => text.len() - pattern.read(text)?.1.len(),
        Projection::Enum(values) => values
            .iter()
            .filter(|value| text.strip_prefix(value.as_str()).is_some_and(|rest| rest.starts_with(behind)))
            .map(String::len)
            .max()?,
        Projection::Integer { .. } | Projection::Injected => text.find(behind)?,
    };
    Some(&text[..length]).filter(|value| projection.takes(value))
}
