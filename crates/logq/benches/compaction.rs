//! An archive before and after its compaction: bytes, objects, and what five questions read and take, on the local
//! engine and on a real Trino: `make bench-compaction`.
//!
//! `compaction ARCHIVE YEAR-MONTH-DAY`: the archive is a folder that the router wrote. Trino reads the same files from
//! an S3 server in this process, over tables in moto's Glue. Each question is asked `RUNS` times by turns of raw and
//! compacted; the medians are told. Answers of all four must be equal.

#![allow(clippy::print_stdout, reason = "the figures are what it is run for")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use sluice_testkit::moto::Moto;
use sluice_testkit::s3::{ACCESS_KEY, S3Server, SECRET_KEY};
use sluice_testkit::tables;
use sluice_testkit::trino::{Objects, SPOOL, Trino};

const RUNS: usize = 3;

const QUESTIONS: [(&str, &str); 5] = [
    (
        "records by level",
        "SELECT level, count(*) AS n FROM {table} WHERE {day} GROUP BY level ORDER BY level",
    ),
    (
        "top errors",
        "SELECT message, count(*) AS n FROM {table} WHERE {day} AND level IN ('error', 'fatal') \
         GROUP BY message ORDER BY n DESC, message LIMIT 20",
    ),
    (
        "slowest routes",
        "SELECT http_path, max(duration_ms) AS slowest, count(*) AS n FROM {table} WHERE {day} \
         AND duration_ms IS NOT NULL GROUP BY http_path ORDER BY n DESC, http_path LIMIT 20",
    ),
    (
        "requests and users by service",
        "SELECT service, count(*) AS n, count(DISTINCT user_id) AS users FROM {table} WHERE {day} \
         GROUP BY service ORDER BY service",
    ),
    (
        "one trace",
        "SELECT ts, service, message FROM {table} WHERE {day} AND trace_id = '{trace}' ORDER BY ts, message",
    ),
];

/// Seconds and bytes of a question, and its answer.
type Asked = (f64, u64, Vec<Value>);

fn main() {
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let [archive, day] = words.as_slice() else {
        eprintln!("usage: compaction ARCHIVE YEAR-MONTH-DAY");
        std::process::exit(64);
    };
    let (archive, day) = (Path::new(archive), day.as_str());
    let folder = tempfile::tempdir().expect("a folder");
    let parquet = folder.path().join("parquet");
    let logq = std::env::var("LOGQ").expect("LOGQ: the logq to measure");
    let bench = Bench {
        logq,
        history: folder.path().join("history.jsonl"),
        local: sources(archive, &parquet),
        trino: Vec::new(),
    };

    let (seconds, peak) = compact(&bench, day);
    let (raw, compacted) = (size(archive), size(&parquet));
    println!("compaction took {seconds:.1} s, peak memory {peak} MiB");
    println!("| | objects | bytes |\n|---|--:|--:|");
    println!("| raw | {} | {:.1} MB |", raw.0, mega(raw.1));
    println!("| compacted | {} | {:.1} MB |\n", compacted.0, mega(compacted.1));

    let (moto, s3) = (Moto::start(), S3Server::start_open(&[tables::BUCKET, SPOOL]));
    s3.copy_in(tables::BUCKET, "archive", archive);
    s3.copy_in(tables::BUCKET, "parquet", &parquet);
    tables::create(&moto, &[("app_logs", ""), ("app_logs_parquet", "")]);
    let objects = Objects { endpoint: &s3.endpoint(), access_key: ACCESS_KEY, secret_key: SECRET_KEY };
    let server = Trino::over(&moto, &objects);
    let address = server.endpoint().replacen("http://", "http://bench@", 1);
    let address = format!("{address}/awsdatacatalog/{}", tables::DATABASE);
    let bench =
        Bench { trino: ["--engine", "trino", "--trino", &address].map(str::to_owned).to_vec(), ..bench };
    bench.questions(day);
}

struct Bench {
    /// The command, optimised: this program need not be.
    logq: String,
    history: std::path::PathBuf,
    local: Vec<String>,
    trino: Vec<String>,
}

impl Bench {
    fn logq(&self) -> Command {
        let mut command = Command::new(&self.logq);
        command.env("LOGQ_HISTORY", &self.history).env("LOGQ_CONFIG", "/dev/null").env_remove("LOGQ_SOURCE");
        command
    }

    /// Asks every question of both tables on both engines.
    fn questions(&self, day: &str) {
        let condition = condition(day);
        let trace = "SELECT max(trace_id) AS trace FROM app_logs WHERE {day} AND level = 'error'";
        let (_, _, rows) = self.ask(&self.local, &trace.replace("{day}", &condition));
        let trace = rows[0]["trace"].as_str().expect("a trace of an error").to_owned();
        println!("| question | engine | raw s | raw MB read | compacted s | MB read | time | bytes |");
        println!("|---|---|--:|--:|--:|--:|--:|--:|");
        for (name, sql) in QUESTIONS {
            let sql = sql.replace("{day}", &condition).replace("{trace}", &trace);
            let mut answers = Vec::new();
            for (engine, words) in [("local", &self.local), ("Trino", &self.trino)] {
                let mut taken: BTreeMap<&str, Vec<Asked>> = BTreeMap::new();
                for _ in 0..RUNS {
                    for table in ["app_logs", "app_logs_parquet"] {
                        taken.entry(table).or_default().push(self.ask(words, &sql.replace("{table}", table)));
                    }
                }
                let (raw, compacted) = (median(&taken["app_logs"]), median(&taken["app_logs_parquet"]));
                println!(
                    "| {name} | {engine} | {:.2} | {:.1} | {:.2} | {:.1} | {:.2} × | {} |",
                    raw.0,
                    mega(raw.1),
                    compacted.0,
                    mega(compacted.1),
                    compacted.0 / raw.0,
                    if raw.1 == 0 {
                        "–".to_owned()
                    } else {
                        format!("{:.2} ×", mega(compacted.1) / mega(raw.1))
                    }
                );
                answers.extend(taken.into_values().flatten().map(|asked| asked.2));
            }
            assert!(!answers[0].is_empty(), "{name}: no rows");
            assert!(answers.iter().all(|answer| *answer == answers[0]), "{name}: the answers differ");
        }
    }

    fn ask(&self, words: &[String], sql: &str) -> Asked {
        let _ = fs::remove_file(&self.history);
        let output = self.logq().args(["sql", sql, "--format", "jsonl"]).args(words).output().expect("logq");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let entry: Value =
            serde_json::from_slice(&fs::read(&self.history).expect("the history")).expect("JSON");
        let lines = String::from_utf8(output.stdout).expect("text");
        let rows = lines.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
        (entry["seconds"].as_f64().expect("seconds"), entry["bytes"].as_u64().expect("bytes"), rows)
    }
}

/// Seconds and peak MiB of `logq compact` over a day.
fn compact(bench: &Bench, day: &str) -> (f64, u64) {
    let end = format!("{day}T23:59:59Z");
    let started = Instant::now();
    let mut child = (bench.logq().args(["compact", "--from", day, "--to"]).arg(next(&end)))
        .args(&bench.local)
        .stdout(Stdio::null())
        .spawn()
        .expect("logq");
    let mut peak = 0;
    let status = loop {
        if let Some(status) = child.try_wait().expect("a status") {
            break status;
        }
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let memory = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"));
        peak = memory.and_then(|memory| memory.parse().ok()).unwrap_or(peak);
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "compaction failed");
    (started.elapsed().as_secs_f64(), peak >> 10)
}

/// The midnight after a time.
fn next(end: &str) -> String {
    let end: jiff::Timestamp = end.parse().expect("a day");
    jiff::Timestamp::from_second(end.as_second() + 1).expect("a time").to_string()
}

fn sources(archive: &Path, parquet: &Path) -> Vec<String> {
    let sources = [archive.display().to_string(), format!("app_logs_parquet={}", parquet.display())];
    sources.into_iter().flat_map(|source| ["--source".to_owned(), source]).collect()
}

/// The partitions of a day.
fn condition(day: &str) -> String {
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, day] = parts.as_slice() else { panic!("{day} is no day: YEAR-MONTH-DAY") };
    format!("year = '{year}' AND month = '{month}' AND day = '{day}'")
}

/// Objects and bytes below a folder.
fn size(folder: &Path) -> (usize, u64) {
    let mut all = (0, 0);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let (count, bytes) =
            if path.is_dir() { size(&path) } else { (1, fs::metadata(&path).expect("a file").len()) };
        all = (all.0 + count, all.1 + bytes);
    }
    all
}

fn median(asked: &[Asked]) -> (f64, u64) {
    let mut seconds: Vec<f64> = asked.iter().map(|asked| asked.0).collect();
    seconds.sort_by(f64::total_cmp);
    (seconds[seconds.len() / 2], asked[0].1)
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
