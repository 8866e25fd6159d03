//! `logq report`: every query of a pack, into one HTML file.

use std::collections::BTreeSet;
use std::time::Instant;

use jiff::Timestamp;
use sluice_catalog::Catalog;
use sluice_console::tell;
use sluice_pipeline::Exit;
use sluice_present::Section;
use sluice_query::pack::{Query, Values, builtin};

use super::args::ReportArgs;
use super::ask::Session;
use super::engine::About;
use super::failure::Failure;
use super::output;
use super::run::window;

/// Asks every query of a pack.
pub(super) fn run(args: &ReportArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let pack: Vec<&Query> = queries.values().filter(|query| query.pack() == args.pack).collect();
    if pack.is_empty() {
        let packs: BTreeSet<String> = queries.values().map(|query| query.pack().to_owned()).collect();
        return Err(Failure::UnknownQuery { name: args.pack.clone(), near: packs.into_iter().collect() });
    }
    let (catalog, window) = (Catalog::builtin(), window(&args.data)?);
    let tables: Vec<String> = pack.iter().flat_map(|query| query.tables.clone()).collect();
    let session = Session::new(&args.data, &catalog, &tables)?;
    let mut sections = Vec::new();
    let mut failed = 0;
    for (number, query) in pack.iter().enumerate() {
        tell(format!("{} of {}: {}", number + 1, pack.len(), query.name));
        let started = Instant::now();
        let about = About { tables: &query.tables, window: &window };
        let (sql, answer) = match query.expand(&catalog, &window, &Values::new()) {
            Ok(sql) => {
                let answer = match session.ask(Some(&query.name), &sql, &about) {
                    Err(Failure::Interrupted) => return Err(Failure::Interrupted),
                    answer => answer.map_err(|error| error.to_string()),
                };
                (sql, answer)
            }
            Err(error) => (query.sql.clone(), Err(error.to_string())),
        };
        if let Err(error) = &answer {
            failed += 1;
            tell(format!("  no answer: {error}"));
        }
        sections.push(Section {
            title: query.title.clone(),
            question: query.question.clone(),
            note: query.note.clone(),
            sql,
            stats: match &answer {
                Ok(answer) => format!("{} rows in {:.2} s", answer.rows(), started.elapsed().as_secs_f64()),
                Err(_) => String::new(),
            },
            answer,
            chart: query.chart.as_ref().and_then(output::spec),
        });
    }
    let span = format!("{} – {}", window.from(), window.to());
    let generated = Timestamp::now().to_string();
    let mut bytes = Vec::new();
    sluice_present::report(&args.pack, &generated, &span, &sections, &mut bytes)?;
    std::fs::write(&args.output, bytes)
        .map_err(|source| Failure::File { path: args.output.clone(), source })?;
    tell(format!("written: {}", args.output.display()));
    if failed > 0 {
        return Err(Failure::Partial { failed, asked: sections.len() });
    }
    Ok(Exit::Done)
}
