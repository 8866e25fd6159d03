//! `format`: how the files are read.

use super::{Document, Fields, parameters};
use crate::format::{Compression, Format, FormatKind, SerDe, capturing_groups};

const KEYS: [&str; 9] = [
    "kind",
    "compression",
    "serde",
    "input",
    "output",
    "parameters",
    "expression",
    "delimiter",
    "header_lines",
];
/// Keys that only one kind has.
const OWN_KEYS: [(&str, &str); 3] =
    [("expression", "regex"), ("delimiter", "delimited"), ("header_lines", "delimited")];
const COMPRESSIONS: [(&str, Compression); 2] = [("none", Compression::None), ("gzip", Compression::Gzip)];

/// The format of a table with so many columns.
pub(super) fn read(
    document: &mut Document<'_>,
    root: &Fields<'_>,
    column_count: Option<usize>,
) -> Option<Format> {
    let fields = document.table(root, "format")?;
    document.known_keys(&fields, &KEYS);
    let compression = document.optional_choice(&fields, "compression", &COMPRESSIONS);
    let own_parameters = parameters(document, &fields, "parameters");
    let kind = kind(document, &fields, column_count)?;
    let mut class =
        |key: &str, usual: &str| document.optional_text(&fields, key).unwrap_or_else(|| usual.to_owned());
    let [serde, input, output] = kind.classes();
    let (library, input, output) = (class("serde", serde), class("input", input), class("output", output));
    let mut parameters = kind.serde_parameters();
    parameters.extend(own_parameters);
    Some(Format {
        kind,
        compression: compression.unwrap_or(Compression::None),
        serde: SerDe { library, parameters },
        input,
        output,
    })
}

fn kind(document: &mut Document<'_>, fields: &Fields<'_>, column_count: Option<usize>) -> Option<FormatKind> {
    let kinds = ["json", "parquet", "regex", "delimited"].map(|name| (name, name));
    let kind = document.choice(fields, "kind", &kinds)?;
    for (key, owner) in OWN_KEYS.into_iter().filter(|(key, owner)| *owner != kind && fields.has(key)) {
        let what = format!("only the format {owner:?} has this key");
        document.fail(fields, key, what, format!("remove it, or write kind = {owner:?}"));
    }
    match kind {
        "json" => Some(FormatKind::Json),
        "parquet" => Some(FormatKind::Parquet),
        "regex" => {
            let expression = document.text(fields, "expression")?;
            let groups = capturing_groups(&expression);
            if let Some(columns) = column_count.filter(|columns| *columns != groups) {
                let what = format!("the expression has {groups} groups for {columns} columns");
                document.fail(
                    fields,
                    "expression",
                    what,
                    "write a group (…) for each column, others as (?:…)",
                );
            }
            Some(FormatKind::Regex { expression })
        }
        _ => {
            let text = document.text(fields, "delimiter")?;
            let header_lines = document.optional_whole(fields, "header_lines", 0, 1000).unwrap_or(0);
            let mut characters = text.chars();
            let (Some(delimiter), None) = (characters.next(), characters.next()) else {
                document.fail(
                    fields,
                    "delimiter",
                    "the delimiter is not one character",
                    "write \" \" or \",\"",
                );
                return None;
            };
            Some(FormatKind::Delimited { delimiter, header_lines: header_lines.try_into().unwrap_or(0) })
        }
    }
}
