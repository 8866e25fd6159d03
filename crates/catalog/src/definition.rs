//! Definition files: a TOML text becomes a [`Table`], or every problem that it has.
//!
//! A fault never stops the reading. What could not be read is left out of the checks behind it, so that one mistake
//! is told once.

mod checks;
mod columns;
mod document;
mod format;
mod partitions;
mod time;

use std::collections::BTreeMap;

use document::{Document, Fields, Place};

use sluice_pipeline::Problems;

use crate::{
    location::{Location, PLACEHOLDERS},
    nearest::did_you_mean,
    table::Table,
};

const KEYS: [&str; 9] =
    ["name", "title", "comment", "location", "format", "parameters", "time", "columns", "partitions"];

/// Longest comment that Glue takes.
const MAX_COLUMN_COMMENT: usize = 255;

impl Table {
    /// Reads a definition; `file` is for messages only.
    ///
    /// # Errors
    /// With every problem of the text, each with its line, key and remedy.
    pub fn parse(text: &str, file: &str) -> Result<Self, Problems> {
        let mut document = Document::new(file, text);
        let table = read(&mut document);
        match (Problems::collect(document.into_problems()), table) {
            (None, Some(table)) => Ok(table),
            (Some(problems), _) => Err(problems),
            (None, None) => unreachable!("a table that is not there has a problem"),
        }
    }
}

fn read<'a>(document: &mut Document<'a>) -> Option<Table> {
    let root = document.root()?;
    let root = &root;
    document.known_keys(root, &KEYS);
    let name = name(document, root);
    let title = document.text(root, "title");
    let comment = document.optional_text(root, "comment").unwrap_or_default();
    let location = location(document, root);
    let columns = columns::read(document, root);
    let format = format::read(document, root, columns.as_ref().map(Vec::len));
    let parameters = parameters(document, root, "parameters");
    let partitions = partitions::read(document, root);
    let time = time::read(document, root, columns.as_deref());
    checks::names(document, root);
    if let Some(location) = &location {
        checks::location(document, root, location);
    }
    if let Some(partitions) = &partitions {
        checks::calendar(document, root, partitions);
    }
    Some(Table {
        name: name?,
        title: title?,
        comment,
        location: location?,
        format: format?,
        parameters,
        time: time?,
        columns: columns?,
        partitions: partitions?,
    })
}

/// A name that Glue, Athena, Trino and DataFusion take without quotes or surprises.
fn name(document: &mut Document<'_>, fields: &Fields<'_>) -> Option<String> {
    let name = document.text(fields, "name")?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if name.is_empty() || !name.bytes().all(plain) || name.as_bytes()[0].is_ascii_digit() {
        let what = format!("{name:?} is not a name that every engine takes");
        document.fail(fields, "name", what, "use small letters, digits and _, beginning with a letter");
        return None;
    }
    Some(name)
}

/// A comment of a column: one line, as long as Glue allows.
fn comment(document: &mut Document<'_>, fields: &Fields<'_>) -> String {
    let comment = document.optional_text(fields, "comment").unwrap_or_default();
    if comment.chars().count() > MAX_COLUMN_COMMENT || comment.contains(['\n', '\r']) {
        let what = format!("the comment is longer than a line of {MAX_COLUMN_COMMENT} characters");
        document.fail(fields, "comment", what, "shorten it: Glue takes no more");
    }
    comment
}

fn location(document: &mut Document<'_>, root: &Fields<'_>) -> Option<Location> {
    let text = document.text(root, "location")?;
    let location = match Location::parse(&text) {
        Ok(location) => location,
        Err(what) => {
            let remedy = "write for example \"{archive}/year=${year}/month=${month}/\"";
            document.fail(root, "location", what, remedy);
            return None;
        }
    };
    if !text.ends_with('/') {
        let remedy = format!("write {:?}", format!("{text}/"));
        document.fail(root, "location", "the location does not end in \"/\"", remedy);
    }
    let known = PLACEHOLDERS.map(|(name, _)| name);
    for name in location.placeholders().filter(|name| !known.contains(name)) {
        let remedy = did_you_mean(name, known);
        document.fail(root, "location", format!("unknown placeholder {{{name}}}"), remedy);
    }
    Some(location)
}

/// A table of texts.
fn parameters(document: &mut Document<'_>, fields: &Fields<'_>, key: &str) -> BTreeMap<String, String> {
    let Some(table) = document.optional_table(fields, key) else { return BTreeMap::new() };
    let keys: Vec<String> = table.keys().map(str::to_owned).collect();
    keys.into_iter().filter_map(|key| document.text(&table, &key).map(|value| (key, value))).collect()
}

/// Where the key of some fields stands, for problems that concern two places.
fn line_of(document: &Document<'_>, place: Place) -> usize {
    document.position(place).0
}
