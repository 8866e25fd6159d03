//! `logq run`, `logq sql` and `logq report`: a question, its answer, what it took.

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Instant;

use jiff::Timestamp;
use sluice_catalog::Catalog;
use sluice_catalog::window::Window;
use sluice_console::tell;
use sluice_pipeline::{ByteSize, Exit};
use sluice_present::Section;
use sluice_query::Stats;
use sluice_query::local::{Answer, Local, Options, QueryError};
use sluice_query::pack::{Query, Values, builtin, find};
use sluice_query::time::parse_window;
use tokio::runtime::Runtime;

use super::args::{Data, ReportArgs, RunArgs, SqlArgs};
use super::failure::Failure;
use super::output;
use super::sources::sources;

/// How long ago the window begins when nobody gives one.
const DAY: &str = "24h";

/// Asks a query of a pack.
pub(super) fn run(args: &RunArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let query =
        find(&queries, &args.name).map_err(|near| Failure::UnknownQuery { name: args.name.clone(), near })?;
    let (catalog, window) = (Catalog::builtin(), window(&args.data)?);
    let sql = query.expand(&catalog, &window, &values(&args.parameters)?)?;
    if args.dry_run {
        return super::print(format!("{sql}\n").as_bytes());
    }
    let engine = engine(&args.data, &catalog, query.tables.iter().map(String::as_str))?;
    let answer = ask(&engine, &sql, &args.data)?;
    output::write(answer, query.chart.as_ref(), &args.output)
}

/// Asks in SQL.
pub(super) fn sql(args: &SqlArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let query = Query {
        name: "sql".to_owned(),
        title: String::new(),
        question: String::new(),
        tables: vec!["app_logs".to_owned()],
        chart: None,
        parameters: BTreeMap::new(),
        note: String::new(),
        sql: args.sql.clone(),
    };
    let sql = query.expand(&catalog, &window(&args.data)?, &Values::new())?;
    let engine = engine(&args.data, &catalog, [])?;
    let answer = ask(&engine, &sql, &args.data)?;
    output::write(answer, None, &args.output)
}

/// Asks every query of a pack, into one HTML file.
pub(super) fn report(args: &ReportArgs) -> Result<Exit, Failure> {
    let queries = builtin()?;
    let pack: Vec<&Query> = queries.values().filter(|query| query.pack() == args.pack).collect();
    if pack.is_empty() {
        let near = queries.values().map(|query| query.pack().to_owned());
        let near: std::collections::BTreeSet<String> = near.collect();
        return Err(Failure::UnknownQuery { name: args.pack.clone(), near: near.into_iter().collect() });
    }
    let (catalog, window) = (Catalog::builtin(), window(&args.data)?);
    let tables: Vec<&str> = pack.iter().flat_map(|query| query.tables.iter().map(String::as_str)).collect();
    let engine = engine(&args.data, &catalog, tables)?;
    let runtime = runtime()?;
    let mut sections = Vec::new();
    for (number, query) in pack.iter().enumerate() {
        tell(format!("{} of {}: {}", number + 1, pack.len(), query.name));
        let started = Instant::now();
        let expanded = query.expand(&catalog, &window, &Values::new());
        let (sql, answer) = match expanded {
            Ok(sql) => {
                let answer = wait(&runtime, engine.sql(&sql))?.map_err(|error| error.to_string());
                (sql, answer)
            }
            Err(error) => (query.sql.clone(), Err(error.to_string())),
        };
        sections.push(Section {
            title: query.title.clone(),
            question: query.question.clone(),
            note: query.note.clone(),
            sql,
            stats: match &answer {
                Ok(answer) => format!("{} rows in {:.2} s", answer.rows(), started.elapsed().as_secs_f64()),
                Err(_) => String::new(),
            },
            answer: answer.map(|a| sluice_present::Answer { schema: a.schema, batches: a.batches }),
            chart: query.chart.as_ref().and_then(output::spec),
        });
    }
    runtime.shutdown_background();
    let span = format!("{} – {}", window.from(), window.to());
    let generated = Timestamp::now().to_string();
    let mut bytes = Vec::new();
    sluice_present::report(&args.pack, &generated, &span, &sections, &mut bytes)?;
    std::fs::write(&args.output, bytes)
        .map_err(|source| Failure::File { path: args.output.clone(), source })?;
    tell(format!("written: {}", args.output.display()));
    warn(&engine, &args.data);
    Ok(Exit::Done)
}

/// The window that was typed, or the last day.
fn window(data: &Data) -> Result<Window, Failure> {
    let (from, to) = (data.from.as_deref(), data.to.as_deref());
    let day = (from.is_none() && to.is_none()).then_some(DAY);
    let window = parse_window(data.since.as_deref().or(day), from, to, Timestamp::now())?;
    Ok(window.expect("one of the three is given"))
}

fn values(parameters: &[String]) -> Result<Values, Failure> {
    let pair = |text: &String| {
        let (name, value) = text.split_once('=').ok_or_else(|| Failure::Parameter(text.clone()))?;
        Ok((name.trim().to_owned(), value.to_owned()))
    };
    parameters.iter().map(pair).collect()
}

fn engine<'t>(
    data: &Data,
    catalog: &Catalog,
    needed: impl IntoIterator<Item = &'t str>,
) -> Result<Local, Failure> {
    let sources = sources(data, catalog)?;
    if let Some(table) = needed.into_iter().find(|table| !sources.contains_key(*table)) {
        return Err(Failure::NoSource { table: table.to_owned() });
    }
    let mut options = Options { memory: data.memory << 20, ..Options::default() };
    if let Some(threads) = data.threads {
        options.threads = threads.max(1);
    }
    Ok(Local::new(catalog, &sources, &options)?)
}

fn ask(engine: &Local, sql: &str, data: &Data) -> Result<Answer, Failure> {
    let started = Instant::now();
    let runtime = runtime()?;
    let outcome = wait(&runtime, engine.sql(sql));
    // Threads that still read are not waited for.
    runtime.shutdown_background();
    let answer = outcome??;
    if data.stats {
        tell(stats(engine.stats(), answer.rows(), started));
    }
    warn(engine, data);
    Ok(answer)
}

fn runtime() -> Result<Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(Failure::Start)
}

/// Waits for a query, or for Ctrl-C.
fn wait(
    runtime: &Runtime,
    query: impl Future<Output = Result<Answer, QueryError>>,
) -> Result<Result<Answer, QueryError>, Failure> {
    runtime.block_on(async {
        tokio::select! {
            answer = query => Ok(answer),
            _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
        }
    })
}

/// What an answer leaves open.
fn warn(engine: &Local, data: &Data) {
    let stats = engine.stats();
    if Stats::get(&stats.objects) == 0 && Stats::get(&stats.folders) > 0 {
        let places = if data.sources.is_empty() { "the archive".to_owned() } else { data.sources.join(", ") };
        tell(format!(
            "note: no objects of this window below {places}; check --source and the window (--since, --from, --to)"
        ));
    }
    let malformed = Stats::get(&stats.malformed);
    if malformed > 0 {
        tell(format!("note: {malformed} lines are not of the table's format; they are rows of NULLs"));
    }
}

fn stats(stats: &Stats, rows: usize, started: Instant) -> String {
    let size = |counter| ByteSize(Stats::get(counter)).to_string();
    format!(
        "{rows} rows in {:.3} s; {} folders, {} objects of {} bytes; read {} bytes, {} of text; members: {} read, {} skipped by the index; {} records",
        started.elapsed().as_secs_f64(),
        Stats::get(&stats.folders),
        Stats::get(&stats.objects),
        size(&stats.object_bytes),
        size(&stats.read_bytes),
        size(&stats.text_bytes),
        Stats::get(&stats.members_read),
        Stats::get(&stats.members_skipped),
        Stats::get(&stats.records),
    )
}
