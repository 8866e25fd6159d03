//! The protocol against a server whose answers are written here: what a real Trino seldom does.
#![allow(clippy::unwrap_used)]

mod failures;
mod segments;

use serde_json::{Value, json};
use sluice_testkit::script::{Reply, ScriptedServer};
use sluice_trino::{Cluster, Error, Options, Outcome, Stats, Trino};

fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A client of the server, with a password: what is sent where can be seen by it.
fn client(server: &ScriptedServer) -> Trino {
    let address = server.endpoint().replacen("http://", "http://ann:secret@", 1);
    Trino::new(Cluster::parse(&format!("{address}/hive/logs")).unwrap()).unwrap()
}

fn ask(server: &ScriptedServer) -> Result<Outcome, Error> {
    block(client(server).query("SELECT n", &Options::default()))
}

fn bigint() -> Value {
    json!([{"name": "n", "type": "bigint", "typeSignature": {"rawType": "bigint", "arguments": []}}])
}

/// A page with these members besides.
fn page(next: Option<String>, more: Value) -> Reply {
    let mut page = json!({"id": "q1", "infoUri": "http://x/", "stats": {"state": "RUNNING", "totalSplits": 4, "completedSplits": 1}});
    if let Some(next) = next {
        page["nextUri"] = next.into();
    }
    page.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    Reply::ok(page.to_string())
}

fn numbers(outcome: &Outcome) -> Vec<i64> {
    let batches = outcome.answer.batches.iter();
    batches
        .flat_map(|batch| {
            let column = arrow::array::AsArray::as_primitive::<arrow::datatypes::Int64Type>(batch.column(0));
            column.values().to_vec()
        })
        .collect()
}

#[test]
fn pages_are_followed_to_the_last_and_the_session_is_told_at_the_first() {
    let server = ScriptedServer::start(|own, call| match (call.method.as_str(), call.path.as_str()) {
        ("POST", "/v1/statement") => page(Some(format!("{own}/1")), json!({})),
        ("GET", "/1") => page(Some(format!("{own}/2")), json!({"columns": bigint(), "data": [[1], [2]]})),
        ("GET", "/2") => page(None, json!({"columns": bigint(), "data": [[3]]})),
        _ => Reply::status(404, ""),
    });
    let seen = std::sync::Mutex::new(Vec::new());
    let progress = |stats: &Stats| {
        seen.lock().unwrap().push((stats.query_id.clone(), stats.splits_done, stats.splits_total));
    };
    let mut cluster = client(&server).cluster().clone();
    cluster.session.insert("query_max_run_time".to_owned(), "5m, or so".to_owned());
    let trino = Trino::new(cluster).unwrap();
    let options = Options { progress: Some(&progress), ..Options::default() };
    let outcome = block(trino.query("SELECT n", &options)).unwrap();
    assert_eq!(numbers(&outcome), [1, 2, 3]);
    assert_eq!(*seen.lock().unwrap(), vec![("q1".to_owned(), 1, 4); 3]);
    let calls = server.calls();
    assert_eq!(calls.len(), 3);
    assert_eq!(calls[0].body, "SELECT n");
    for (name, value) in [
        ("x-trino-user", "ann"),
        ("x-trino-catalog", "hive"),
        ("x-trino-schema", "logs"),
        ("x-trino-time-zone", "UTC"),
        ("x-trino-source", "logq"),
        ("x-trino-session", "query_max_run_time=5m%2C+or+so"),
        ("x-trino-client-capabilities", "PARAMETRIC_DATETIME"),
        ("x-trino-query-data-encoding", "json+zstd,json+lz4,json"),
    ] {
        assert_eq!(calls[0].header(name), value, "{name}");
    }
    assert!(calls.iter().all(|call| call.header("authorization").starts_with("Basic ")));
}

#[test]
fn a_statement_without_rows_says_what_it_changed() {
    let server = ScriptedServer::start(|_, _| {
        let warnings = json!([{"warningCode": {"code": 1, "name": "OLD"}, "message": "old"}]);
        page(None, json!({"updateType": "DELETE", "updateCount": 7, "warnings": warnings}))
    });
    let outcome = ask(&server).unwrap();
    assert_eq!((outcome.answer.rows(), outcome.answer.columns()), (0, 0));
    assert_eq!(outcome.update.unwrap(), sluice_trino::Update { kind: "DELETE".to_owned(), rows: Some(7) });
    assert_eq!(outcome.warnings[0].name, "OLD");
}
