//! `columns`: the columns in the files.

use super::{Document, Fields, comment, name};
use crate::table::Column;

/// The columns; none when one of them could not be read.
pub(super) fn read<'a>(document: &mut Document<'a>, root: &Fields<'a>) -> Option<Vec<Column>> {
    let columns = document.each(root, "columns", column)?;
    if columns.is_empty() {
        document.fail(root, "columns", "there are no columns", "add { name = \"…\", type = \"string\" }");
        return None;
    }
    Some(columns)
}

fn column(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<Column> {
    document.known_keys(fields, &["name", "type", "comment"]);
    let name = name(document, fields);
    let comment = comment(document, fields);
    let text = document.text(fields, "type")?;
    match text.parse() {
        Ok(column_type) => Some(Column { name: name?, column_type, comment }),
        Err(error) => {
            document.fail(fields, "type", error.to_string(), error.remedy);
            None
        }
    }
}
