//! `logq run` and `logq sql`: a question and its answer.

use std::collections::BTreeMap;

use jiff::Timestamp;
use sluice_catalog::Catalog;
use sluice_catalog::window::Window;
use sluice_pipeline::Exit;
use sluice_query::pack::{Chart, Query, Values, builtin, find};
use sluice_query::time::parse_window;

use super::args::{Data, Output, RunArgs, SqlArgs};
use super::ask::Session;
use super::engine::About;
use super::failure::Failure;
use super::output;
use super::pour::Pour;

/// How long ago the window begins when nobody gives one.
const DAY: &str = "24h";

/// Asks a query of a pack.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let query = named(&queries, &args.name)?;
    let (catalog, window) = (Catalog::builtin(), window(&args.data)?);
    let sql = query.expand(&catalog, &window, &values(&args.parameters)?)?;
    if args.dry_run {
        return super::print(format!("{sql}\n").as_bytes());
    }
    let session = Session::new(&args.data, &catalog, &query.tables)?;
    let about = About { tables: &query.tables, window: &window };
    answer(&session, Some(&query.name), &sql, &about, query.chart.as_ref(), &args.output)
}

/// Asks in SQL.
pub(super) fn sql(args: &SqlArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let window = window(&args.data)?;
    let sql = expand(&args.sql, &catalog, &window)?;
    let session = Session::new(&args.data, &catalog, &[])?;
    let about = About { tables: &mentioned(&catalog, &sql), window: &window };
    answer(&session, None, &sql, &about, None, &args.output)
}

/// Asks, and writes the answer; as it comes, where its form allows that.
fn answer(
    session: &Session,
    name: Option<&str>,
    sql: &str,
    about: &About<'_>,
    chart: Option<&Chart>,
    output: &Output,
) -> Result<Exit, Failure> {
    let Some(mut pour) = Pour::new(output)? else {
        return output::write(&session.ask(name, sql, about)?, chart, output);
    };
    match session.pour(name, sql, about, &mut |part| pour.rows(part)).and_then(|()| pour.end()) {
        // Whoever read it has seen enough.
        Err(Failure::Gone) => Ok(Exit::Done),
        ended => ended,
    }
}

/// The tables of the catalog whose names stand in SQL: for an estimate of what it may read.
pub(super) fn mentioned(catalog: &Catalog, sql: &str) -> Vec<String> {
    let is_part = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let words: std::collections::BTreeSet<String> = sql.split(is_part).map(str::to_lowercase).collect();
    catalog.tables.keys().filter(|name| words.contains(*name)).cloned().collect()
}

/// The query of a name.
pub(super) fn named<'q>(queries: &'q BTreeMap<String, Query>, name: &str) -> Result<&'q Query, Failure> {
    find(queries, name).map_err(|near| Failure::UnknownQuery { name: name.to_owned(), near })
}

/// SQL of one's own with its placeholders filled.
pub(super) fn expand(sql: &str, catalog: &Catalog, window: &Window) -> Result<String, Failure> {
    let query = Query {
        name: "sql".to_owned(),
        title: String::new(),
        question: String::new(),
        tables: vec!["app_logs".to_owned()],
        chart: None,
        parameters: BTreeMap::new(),
        note: String::new(),
        sql: sql.to_owned(),
    };
    Ok(query.expand(catalog, window, &Values::new())?)
}

/// The window that was typed, or the last day.
pub(super) fn window(data: &Data) -> Result<Window, Failure> {
    let (from, to) = (data.from.as_deref(), data.to.as_deref());
    let day = (from.is_none() && to.is_none()).then_some(DAY);
    let window = parse_window(data.since.as_deref().or(day), from, to, Timestamp::now())?;
    Ok(window.expect("one of the three is given"))
}

/// Parameters as they were typed.
pub(super) fn values(parameters: &[String]) -> Result<Values, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| Failure::Parameter(text.clone()))?;
        Ok((name.trim().to_owned(), value.to_owned()))
    };
    parameters.iter().map(pair).collect()
}
