//! A real Trino, over Glue tables of our own definitions and files in S3: `make test-trino`.
//!
//! One test, for one Trino: a start takes longer than all questions.
#![allow(clippy::unwrap_used)]

mod archive;
mod spooling;
mod types;

use std::time::Instant;

use sluice_testkit::moto::Moto;
use sluice_testkit::trino::Trino as Server;
use sluice_trino::{CancellationToken, Cluster, Error, Options, Outcome, Trino};
use tokio::runtime::Runtime;

/// A running Trino, and a client of it.
struct Rig {
    moto: Moto,
    server: Server,
    runtime: Runtime,
    trino: Trino,
}

impl Rig {
    fn start() -> Rig {
        let moto = Moto::start();
        let server = Server::start(&moto);
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let trino = Trino::new(Rig::cluster(&server)).unwrap();
        Rig { moto, server, runtime, trino }
    }

    fn cluster(server: &Server) -> Cluster {
        let address = server.endpoint().replacen("http://", "http://ann@", 1);
        Cluster::parse(&format!("{address}/awsdatacatalog/sluice")).unwrap()
    }

    fn try_ask(&self, sql: &str) -> Result<Outcome, Error> {
        self.runtime.block_on(self.trino.query(sql, &Options::default()))
    }

    fn ask(&self, sql: &str) -> Outcome {
        self.try_ask(sql).unwrap_or_else(|error| panic!("{sql}: {error}\n{}", self.server.log().join("\n")))
    }

    /// The answer as lines of JSON.
    fn rows(&self, sql: &str) -> Vec<serde_json::Value> {
        let mut bytes = Vec::new();
        let style = sluice_present::Style::default();
        let answer = self.ask(sql).answer;
        sluice_present::write(&answer, sluice_present::Format::Jsonl, &style, None, &mut bytes).unwrap();
        bytes
            .split(|byte| *byte == b'\n')
            .filter(|line| !line.is_empty())
            .map(|line| serde_json::from_slice(line).unwrap())
            .collect()
    }
}

#[test]
#[ignore = "needs a Trino: make test-trino"]
fn trino_answers_as_the_generator_counted() {
    let started = Instant::now();
    let rig = Rig::start();
    eprintln!("Trino and moto have started: {:.1} s", started.elapsed().as_secs_f64());
    for (name, part) in [
        ("types", types::every_type_is_read as fn(&Rig)),
        ("failures", failures_say_what_and_where),
        ("cancelling", a_cancelled_query_is_ended),
        ("spooling", spooling::large_answers_are_spooled),
        ("archive", archive::counts_are_those_of_the_generator),
    ] {
        let begun = Instant::now();
        part(&rig);
        eprintln!("{name}: {:.1} s", begun.elapsed().as_secs_f64());
    }
    eprintln!("all: {:.1} s", started.elapsed().as_secs_f64());
}

fn failures_say_what_and_where(rig: &Rig) {
    let failure = |sql: &str| match rig.try_ask(sql) {
        Err(Error::Query(failure)) => *failure,
        other => panic!("{sql}: {other:?}"),
    };
    let missing = failure("SELECT 1,\n  nothing");
    assert_eq!((missing.name.as_str(), missing.kind.as_str()), ("COLUMN_NOT_FOUND", "USER_ERROR"));
    assert_eq!(missing.location, Some((2, 3)));
    assert!(missing.to_string().starts_with("line 2:3: Column 'nothing' cannot be resolved"), "{missing}");
    assert_eq!(failure("SELECT").name, "SYNTAX_ERROR");
    // This one fails while it runs.
    let division = failure("SELECT 1 / x FROM (VALUES 1, 0) AS t(x)");
    assert_eq!((division.name.as_str(), division.location), ("DIVISION_BY_ZERO", None));
}

fn a_cancelled_query_is_ended(rig: &Rig) {
    let cancel = CancellationToken::new();
    let running = |stats: &sluice_trino::Stats| {
        if stats.state == "RUNNING" {
            cancel.cancel();
        }
    };
    let options = Options { progress: Some(&running), cancel: cancel.clone() };
    let sql = "SELECT count(*) FROM UNNEST(sequence(1, 10000)) AS a(x), UNNEST(sequence(1, 10000)) AS b(y), \
               UNNEST(sequence(1, 10000)) AS c(z)";
    let outcome = rig.runtime.block_on(rig.trino.query(sql, &options));
    let Err(Error::Cancelled { query_id }) = outcome else { panic!("{outcome:?}") };
    let state = rig
        .rows(&format!("SELECT state, error_code FROM system.runtime.queries WHERE query_id = '{query_id}'"));
    assert_eq!(state, [serde_json::json!({"state": "FAILED", "error_code": "USER_CANCELED"})]);
}
