//! `logq list` and `logq show`.

use std::fmt::Write;

use serde_json::json;
use sluice_pipeline::Exit;
use sluice_query::pack::{Query, builtin, find};

use super::args::{Format, ListArgs, ShowArgs};
use super::failure::Failure;
use super::print;

/// The queries of all packs, or of one.
pub(super) fn list(args: &ListArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let wanted: Vec<&Query> = queries
        .values()
        .filter(|query| args.pack.as_deref().is_none_or(|pack| pack == query.pack()))
        .collect();
    if let (true, Some(pack)) = (wanted.is_empty(), &args.pack) {
        let mut near: Vec<String> = queries.values().map(|query| query.pack().to_owned()).collect();
        near.dedup();
        return Err(Failure::UnknownQuery { name: format!("{pack}/…"), near });
    }
    if args.format == Format::Json || args.format == Format::Jsonl {
        let all: Vec<_> = wanted.iter().map(|query| describe(query)).collect();
        return print(format!("{}\n", json!(all)).as_bytes());
    }
    let width = wanted.iter().map(|query| query.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    let mut pack = "";
    for query in wanted {
        if query.pack() != pack {
            if !pack.is_empty() {
                text.push('\n');
            }
            pack = query.pack();
        }
        let _ = writeln!(text, "{:width$}  {}", query.name, query.question);
    }
    print(text.as_bytes())
}

/// One query.
pub(super) fn show(args: &ShowArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let query =
        find(&queries, &args.name).map_err(|near| Failure::UnknownQuery { name: args.name.clone(), near })?;
    if args.format == Format::Json || args.format == Format::Jsonl {
        return print(format!("{}\n", describe(query)).as_bytes());
    }
    let mut text = format!("{} ({})\n{}\n\n{}\n", query.title, query.name, query.question, query.note);
    if !query.parameters.is_empty() {
        text.push_str("\nParameters\n");
    }
    for (name, parameter) in &query.parameters {
        let default = match parameter.default_text() {
            Some(text) if text.is_empty() => "empty by default".to_owned(),
            Some(text) => format!("{text} by default"),
            None => "must be given".to_owned(),
        };
        let _ = writeln!(text, "  {name}: {} ({}; {default})", parameter.description, parameter.expected());
    }
    let _ = write!(text, "\nTables: {}\n\n{}\n", query.tables.join(", "), query.sql);
    print(text.as_bytes())
}

fn describe(query: &Query) -> serde_json::Value {
    let parameters: serde_json::Map<String, serde_json::Value> = query
        .parameters
        .iter()
        .map(|(name, parameter)| {
            let about = json!({
                "description": parameter.description,
                "expected": parameter.expected(),
                "default": parameter.default_text(),
            });
            (name.clone(), about)
        })
        .collect();
    json!({
        "name": query.name,
        "title": query.title,
        "question": query.question,
        "tables": query.tables,
        "parameters": parameters,
        "note": query.note,
        "sql": query.sql,
    })
}
