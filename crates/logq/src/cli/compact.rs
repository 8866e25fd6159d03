//! `logq compact`: closed hours of the archive as Parquet.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use sluice_catalog::Catalog;
use sluice_console::tell;
use sluice_pipeline::{ByteSize, Exit, parse_duration};
use sluice_query::compact::{COMPACTED, Compactor, Outcome, RAW, Settings};

use super::args::{CompactArgs, Data, Format, ViewArgs};
use super::ask::runtime;
use super::failure::Failure;
use super::run::window;
use super::sources::sources;
use super::{PROGRAM, print};

/// Compacts every closed hour of the window that is not done yet. An hour that fails does not keep the others from
/// being done; the exit code then says so.
pub(super) fn run(args: &CompactArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let mut settings = settings(&args.data, &catalog)?;
    let settle = parse_duration(&args.settle).map_err(|_| Failure::Every(args.settle.clone()))?;
    settings.settle = SignedDuration::try_from(settle).unwrap_or(SignedDuration::MAX);
    settings.row_group = usize::try_from(args.row_group.0).unwrap_or(usize::MAX);
    settings.level = args.zstd;
    let window = window(&args.data)?;
    let compactor = Compactor::new(&catalog, settings)?;
    let hours = compactor.hours(window.from(), window.to(), Timestamp::now())?;
    let runtime = runtime()?;
    let mut failed = 0;
    for hour in &hours {
        if args.dry_run {
            say(args, &hour.name(), "would be compacted", hour.objects.len(), hour.bytes(), None)?;
            continue;
        }
        let outcome = runtime.block_on(async {
            tokio::select! {
                outcome = compactor.compact(hour) => Ok(outcome),
                _ = tokio::signal::ctrl_c() => Err(Failure::Interrupted),
            }
        })?;
        match outcome {
            Ok(Outcome::Compacted { records, bytes }) => {
                say(
                    args,
                    &hour.name(),
                    "compacted",
                    hour.objects.len(),
                    hour.bytes(),
                    Some((records, bytes)),
                )?;
            }
            Ok(Outcome::Unchanged) => {
                say(args, &hour.name(), "was compacted before", hour.objects.len(), hour.bytes(), None)?;
            }
            Err(error) => {
                failed += 1;
                sluice_console::tell_error(PROGRAM, &error);
            }
        }
    }
    runtime.shutdown_background();
    if hours.is_empty() {
        tell(
            "note: no closed hour of the window holds objects; check --source and the window (--since, --from, --to)",
        );
    }
    if failed > 0 { Err(Failure::Hours { failed, all: hours.len() }) } else { Ok(Exit::Done) }
}

/// Prints the SQL of the view over raw and compacted hours.
pub(super) fn view(args: &ViewArgs) -> Result<Exit, Failure> {
    let catalog = Catalog::builtin();
    let since = window(&args.data)?.from();
    let sql = Compactor::new(&catalog, settings(&args.data, &catalog)?)?.view(since)?;
    print(format!("{sql}\n").as_bytes())
}

/// Where both forms of the archive lie, and what reading them may take.
fn settings(data: &Data, catalog: &Catalog) -> Result<Settings, Failure> {
    let mut sources = sources(data, catalog)?;
    let mut source =
        |table: &str| sources.remove(table).ok_or_else(|| Failure::NoSource { table: table.to_owned() });
    let mut settings = Settings::new(source(RAW)?, source(COMPACTED)?);
    settings.engine.memory = data.memory << 20;
    if let Some(threads) = data.threads {
        settings.engine.threads = threads.max(1);
    }
    Ok(settings)
}

/// What became of an hour, as a line.
fn say(
    args: &CompactArgs,
    hour: &str,
    what: &str,
    objects: usize,
    bytes: u64,
    done: Option<(u64, u64)>,
) -> Result<(), Failure> {
    let line = if matches!(args.format, Format::Json | Format::Jsonl) {
        let (records, parquet) = done.unzip();
        json!({
            "hour": hour, "outcome": what, "objects": objects, "bytes": bytes,
            "records": records, "parquet_bytes": parquet,
        })
        .to_string()
    } else {
        let done = done.map(|(records, bytes)| format!(" → {records} records, {}B", ByteSize(bytes)));
        format!("{hour}  {what}: {objects} objects, {}B{}", ByteSize(bytes), done.unwrap_or_default())
    };
    print(format!("{line}\n").as_bytes()).map(drop)
}
