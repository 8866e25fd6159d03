//! `columns`: the columns in the files.

use super::{Document, Fields, comment, name};
use crate::table::Column;

/// The columns; none when one of them could not be read.
pub(super) fn read(document: &mut Document<'_>, root: &Fields<'_>) -> Option<Vec<Column>> {
    let items = document.tables(root, "columns")?;
    if items.is_empty() {
        document.fail(root, "columns", "there are no columns", "add { name = \"…\", type = \"string\" }");
        return None;
    }
    items.iter().map(|item| column(document, item)).collect::<Vec<_>>().into_iter().collect()
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
