//! `logq tables` and `logq describe`; the tables in Glue.

use std::fmt::Write;

use serde_json::{Value, json};
use sluice_athena::tables::{Action, Difference, Plan, Tables};
use sluice_catalog::render::glue::table_input;
use sluice_catalog::{Catalog, Placeholders, Table};
use sluice_pipeline::Exit;

use super::args::{DescribeArgs, Format, GlueArgs, TablesArgs, TablesCommand};
use super::ask::runtime;
use super::engine::configuration;
use super::failure::Failure;
use super::print;

/// The tables, or what of them is in Glue.
pub(super) fn run(args: &TablesArgs) -> Result<Exit, Failure> {
    match &args.command {
        None => list(args.format),
        Some(TablesCommand::Diff(glue)) => in_glue(glue, false),
        Some(TablesCommand::Sync(glue)) => in_glue(glue, true),
        Some(TablesCommand::View(view)) => super::compact::view(view),
    }
}

/// The tables.
pub(super) fn list(format: Format) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    if matches!(format, Format::Json | Format::Jsonl) {
        let all: Vec<_> = catalog
            .tables
            .values()
            .map(|table| json!({ "name": table.name, "title": table.title, "comment": table.comment, "location": table.location.as_str() }))
            .collect();
        return print(format!("{}\n", json!(all)).as_bytes());
    }
    let width = catalog.tables.keys().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    for table in catalog.tables.values() {
        let _ = writeln!(text, "{:width$}  {}", table.name, table.comment);
    }
    print(text.as_bytes())
}

/// Compares the definitions with Glue, and brings them there when `sync` is set. Without `--table`, these are the
/// tables whose places have all their values.
fn in_glue(args: &GlueArgs, sync: bool) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let mut places = Placeholders::new();
    for place in &args.places {
        let (name, value) = place.split_once('=').ok_or_else(|| Failure::Parameter(place.clone()))?;
        places = places.with(name, value);
    }
    let inputs = if args.tables.is_empty() {
        catalog.tables.values().filter_map(|table| input(table, &places).ok()).collect()
    } else {
        let one = |name: &String| {
            let near = || catalog.nearest(name).map(str::to_owned).into_iter().collect();
            let table = catalog.get(name);
            input(table.ok_or_else(|| Failure::UnknownTable { name: name.clone(), near: near() })?, &places)
        };
        args.tables.iter().map(one).collect::<Result<Vec<Value>, Failure>>()?
    };
    if inputs.is_empty() {
        return Err(Failure::NoPlaces);
    }
    runtime()?.block_on(async {
        let tables = Tables::new(&configuration(args.region.as_deref()).await);
        let plan = tables.plan(&args.database, &inputs).await?;
        print(told(&plan, args.format).as_bytes())?;
        if sync {
            tables.apply(&plan).await?;
        }
        Ok(if !sync && !plan.is_empty() { Exit::Different } else { Exit::Done })
    })
}

fn input(table: &Table, places: &Placeholders) -> Result<Value, Failure> {
    Ok(table_input(table, &table.location.resolve(places)?))
}

fn told(plan: &Plan, format: Format) -> String {
    let of = |action: &Action| -> (&str, Vec<Difference>) {
        match action {
            Action::Create => ("create", Vec::new()),
            Action::Update(fields) => ("update", fields.clone()),
            Action::Unchanged => ("unchanged", Vec::new()),
            Action::Foreign(fields) => ("foreign", fields.clone()),
        }
    };
    if matches!(format, Format::Json | Format::Jsonl) {
        let steps: Vec<_> = plan
            .tables
            .iter()
            .map(|step| {
                let (action, fields) = of(&step.action);
                let fields: Vec<_> = fields
                    .iter()
                    .map(|field| json!({ "field": field.field, "is": field.is, "wanted": field.wanted }))
                    .collect();
                json!({ "table": step.table, "action": action, "differences": fields })
            })
            .collect();
        let all =
            json!({ "database": plan.database, "creates_database": plan.creates_database, "tables": steps });
        return format!("{all}\n");
    }
    let mut text = String::new();
    if plan.creates_database {
        let _ = writeln!(text, "create    database {}", plan.database);
    }
    for step in &plan.tables {
        let (action, fields) = of(&step.action);
        let _ = writeln!(text, "{action:9} table {}", step.table);
        for field in fields {
            let show = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".to_owned());
            let _ =
                writeln!(text, "            {}: {} → {}", field.field, show(&field.is), show(&field.wanted));
        }
    }
    text
}

/// The columns of a table.
pub(super) fn describe(args: &DescribeArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let table = catalog.get(&args.table).ok_or_else(|| Failure::UnknownTable {
        name: args.table.clone(),
        near: catalog.nearest(&args.table).map(str::to_owned).into_iter().collect(),
    })?;
    let columns =
        table.columns.iter().map(|column| (&column.name, column.column_type.to_string(), &column.comment));
    let partitions = table
        .partitions
        .iter()
        .map(|partition| (&partition.name, "string, partition".to_owned(), &partition.comment));
    let all: Vec<_> = columns.chain(partitions).collect();
    if matches!(args.format, Format::Json | Format::Jsonl) {
        let all: Vec<_> = all
            .iter()
            .map(|(name, kind, comment)| json!({ "name": name, "type": kind, "comment": comment }))
            .collect();
        return print(
            format!("{}\n", json!({ "name": table.name, "comment": table.comment, "columns": all }))
                .as_bytes(),
        );
    }
    let name_width = all.iter().map(|(name, ..)| name.len()).max().unwrap_or(0);
    let type_width = all.iter().map(|(_, kind, _)| kind.len()).max().unwrap_or(0).min(24);
    let mut text = format!("{}: {}\n\n", table.name, table.comment);
    for (name, kind, comment) in all {
        let _ = writeln!(text, "{name:name_width$}  {kind:type_width$}  {comment}");
    }
    print(text.as_bytes())
}
