//! `log-router` and its peers on the same FireLens input, against the same sinks, in one run.
//!
//! ```text
//! cargo build --release --workspace --bin log-router --bin bench-peers
//! bench-peers                                            # reference@8.2, log-router beside this binary
//! bench-peers reference@8.2 reference@max reference@5:limited three-hours@max
//! bench-peers --megabytes 1000 --runs 3 --set archive.level=6
//! bench-peers --fluent-bit /usr/bin/fluent-bit --format json -o bench.json --svg bench.svg
//! bench-peers --lines reference --megabytes 500 > lines.log
//! ```
//!
//! A scenario is `MIX@RATE`: the rate is in MB of lines a second, or `max` for as fast as the router reads; behind it
//! `:limited` runs the router within 50 milli-CPU and 128 MiB. Mixes: see [`mix::Mix`]. `BENCH_STDERR=1` shows what the
//! router wrote. Exit 0 when log-router's runs were whole, 1 when one lost, repeated or misplaced something.
//!
//! | file | does |
//! |---|---|
//! | `mix.rs`, `load.rs` | the lines by a seed, as messages, and their sending at a rate |
//! | `router.rs` | the programs: configuration for the same task, start |
//! | `limits.rs` | the control group |
//! | `measure.rs` | one run: CPU and peak memory of the process |
//! | `verify.rs` | what is in the sinks, record by record |
//! | `yardstick.rs` | the bare compression of the same output bytes, in the same run |
//! | `report.rs`, `chart.rs` | table, JSON, SVG |
//!
//! Sinks are those of `crates/testkit`, in this process: S3 that verifies signatures and checksums, CloudWatch Logs that
//! keeps the real limits. CPU is that of the router's process alone, from its start to its end, delivery included.

mod chart;
mod limits;
mod load;
mod measure;
mod mix;
mod report;
mod router;
mod scenario;
mod verify;
mod yardstick;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use crate::limits::Limits;
use crate::load::Input;
use crate::mix::{Generator, Lines, Mix};
use crate::router::{Kind, Router};
use crate::scenario::Scenario;

#[derive(Debug, Parser)]
#[command(
    name = "bench-peers",
    about = "Runs log-router and its peers on the same FireLens input, against the same sinks"
)]
struct Arguments {
    /// MIX@RATE, the rate in MB of lines a second or max; with :limited within 50 milli-CPU and 128 MiB
    #[arg(default_value = "reference@8.2")]
    scenarios: Vec<Scenario>,
    /// MB of lines a scenario
    #[arg(long, default_value_t = 200)]
    megabytes: u64,
    /// Seed of the lines
    #[arg(long, default_value_t = 7)]
    seed: u64,
    /// Runs of each scenario
    #[arg(long, default_value_t = 1)]
    runs: u32,
    /// The log-router to measure; the one beside this binary when not given
    #[arg(long, env = "LOG_ROUTER", value_name = "FILE")]
    log_router: Option<PathBuf>,
    /// A Fluent Bit to measure too
    #[arg(long, env = "FLUENT_BIT", value_name = "FILE")]
    fluent_bit: Option<PathBuf>,
    /// A Vector to measure too
    #[arg(long, env = "VECTOR", value_name = "FILE")]
    vector: Option<PathBuf>,
    /// Leave log-router out
    #[arg(long)]
    peers_only: bool,
    /// A line for log-router's configuration, KEY=VALUE; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    settings: Vec<String>,
    /// Run nothing: write the lines of a mix to standard output, so many MB of them
    #[arg(long, value_name = "MIX")]
    lines: Option<Mix>,
    /// What is written
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// A chart of the runs as SVG besides
    #[arg(long, value_name = "FILE")]
    svg: Option<PathBuf>,
    /// Where to; standard output when not given
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
}

fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    if let Some(mix) = arguments.lines {
        return lines(mix, &arguments).map(|()| ExitCode::SUCCESS);
    }
    let routers = routers(&arguments)?;
    let mut rows = Vec::new();
    for scenario in &arguments.scenarios {
        let limits = match scenario.limited.then(Limits::new) {
            Some(Err(error)) => {
                eprintln!("{} is left out: {error}", scenario.name());
                continue;
            }
            Some(Ok(limits)) => Some(limits),
            None => None,
        };
        let rate = scenario.rate.map(|rate| rate * 1e6);
        let input =
            Input::make(scenario.mix, arguments.seed, base_ms(), arguments.megabytes * 1_000_000, rate);
        for router in &routers {
            for _ in 0..arguments.runs {
                eprintln!("{} {} …", router.name(), scenario.name());
                let measured = measure::run(router, &input, rate, limits.as_ref())?;
                let bare = if measured.found.sample.is_empty() {
                    Vec::new()
                } else {
                    yardstick::measure(&measured.found.sample)?
                };
                rows.push(report::row(router.name(), *scenario, &input, &measured, &bare));
            }
        }
    }
    if let Some(file) = &arguments.svg {
        std::fs::write(file, chart::svg(&rows, &machine()))
            .with_context(|| format!("cannot write {}", file.display()))?;
    }
    let text = match arguments.format {
        Format::Table => report::table(&rows),
        Format::Json => {
            let versions: Vec<_> =
                routers.iter().map(|router| router.version().unwrap_or_default()).collect();
            let runs: Vec<_> = rows.iter().map(|row| row.json.clone()).collect();
            let all = serde_json::json!({
                "machine": machine(),
                "seed": arguments.seed,
                "versions": versions,
                "settings": arguments.settings,
                "runs": runs,
            });
            format!("{all:#}\n")
        }
    };
    match &arguments.output {
        Some(file) => {
            std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))?;
        }
        None => std::io::stdout().write_all(text.as_bytes())?,
    }
    let ours_are_whole = rows
        .iter()
        .filter(|row| row.router == "log-router")
        .all(|row| row.json["whole"] == true && row.json["ended_well"] == true);
    Ok(if ours_are_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes the lines of a mix.
fn lines(mix: Mix, arguments: &Arguments) -> Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    // Always the same hour, so that the lines are.
    let mut generator = Generator::new(mix, arguments.seed, 1_795_478_400_000);
    let mut made = Lines::default();
    let mut left = arguments.megabytes * 1_000_000;
    while left > 0 {
        generator.next(&mut made);
        out.write_all(made.text.as_bytes())?;
        left = left.saturating_sub(made.text.len() as u64);
    }
    Ok(out.flush()?)
}

fn routers(arguments: &Arguments) -> Result<Vec<Router>> {
    let mut routers = Vec::new();
    if !arguments.peers_only {
        let binary = match &arguments.log_router {
            Some(binary) => binary.clone(),
            None => std::env::current_exe()?.with_file_name("log-router"),
        };
        let router = Router { kind: Kind::LogRouter, binary, settings: arguments.settings.clone() };
        router.version().context("give --log-router, or build it beside this binary")?;
        routers.push(router);
    }
    for (kind, binary) in [(Kind::FluentBit, &arguments.fluent_bit), (Kind::Vector, &arguments.vector)] {
        let Some(binary) = binary.clone() else { continue };
        let router = Router { kind, binary, settings: Vec::new() };
        router.version()?;
        routers.push(router);
    }
    Ok(routers)
}

/// The beginning of the hour three hours ago: what comes in the three hours from then on is past, and new enough for
/// CloudWatch Logs.
fn base_ms() -> i64 {
    const HOUR_MS: i64 = 3_600_000;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
    (now - 3 * HOUR_MS) / HOUR_MS * HOUR_MS
}

/// The processor and how many there are of it.
fn machine() -> String {
    let info = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        info.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let count = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    format!("{count} x {}", model.unwrap_or("an unknown processor"))
}
