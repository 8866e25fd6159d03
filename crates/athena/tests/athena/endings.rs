//! How queries end, what they cost, and what is remembered of them.

use std::time::Duration;

use serde_json::{Value, json};
use sluice_athena::{CancellationToken, Category, Error, Options, Progress};
use sluice_testkit::moto::Moto;
use sluice_testkit::script::{Reply, ScriptedServer};

use crate::script::{column, error, input, operation, query, row, state};
use crate::{ask, athena, lines, runtime};

fn one_row(_: &Value) -> Value {
    let rows = [row(&[Some("n")]), row(&[Some("1")])];
    json!({"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": [column("n", "integer")]}}})
}

fn operations(server: &ScriptedServer) -> Vec<String> {
    server.calls().iter().map(operation).collect()
}

#[test]
fn a_failed_query_says_whose_fault_it_is_and_what_to_do() {
    for (category, retryable, wanted, remedy) in [
        (1, false, Category::System, "narrower window"),
        (2, false, Category::User, "correct the query"),
        (3, false, Category::Other, "rights on the bucket"),
        (1, true, Category::System, "ask again"),
    ] {
        let failed = json!({"Status": {"StateChangeReason": "COLUMN_NOT_FOUND: line 1:8", "AthenaError":
            {"ErrorCategory": category, "ErrorType": 1006, "Retryable": retryable, "ErrorMessage": "m"}}});
        let server = query(vec![state("FAILED", failed)], one_row);
        let runtime = runtime();
        let Err(Error::Query(failure)) = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())) else {
            panic!()
        };
        assert_eq!(
            (failure.category, failure.retryable, failure.error_type),
            (wanted, retryable, Some(1006))
        );
        let text = failure.to_string();
        assert!(
            text.starts_with("COLUMN_NOT_FOUND: line 1:8 (") && text.contains("q1") && text.contains(remedy),
            "{text}"
        );
    }
}

#[test]
fn a_query_that_a_limit_ended_gives_the_reason() {
    let reason =
        json!({"Status": {"StateChangeReason": "Query cancelled! : Bytes scanned limit was exceeded"}});
    let server = query(vec![state("RUNNING", json!({})), state("CANCELLED", reason)], one_row);
    let runtime = runtime();
    let error = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())).unwrap_err().to_string();
    assert!(error.contains("Bytes scanned limit") && error.contains("narrow the window"), "{error}");
}

#[test]
fn a_cancelled_query_is_stopped() {
    let server = query(vec![state("RUNNING", json!({}))], one_row);
    let runtime = runtime();
    let cancel = CancellationToken::new();
    let seen = |progress: &Progress| {
        assert_eq!((progress.id.as_str(), progress.state.as_str()), ("q1", "RUNNING"));
        cancel.cancel();
    };
    let options = Options { progress: Some(&seen), cancel: cancel.clone(), listed_bytes: None };
    let athena = athena(&runtime, &server.endpoint(), |_| ());
    let error = runtime.block_on(athena.query("SELECT 1", &options)).unwrap_err();
    assert_eq!(error.to_string(), "cancelled: query q1; what it scanned is billed");
    assert_eq!(operations(&server), ["StartQueryExecution", "GetQueryExecution", "StopQueryExecution"]);

    let error = runtime.block_on(athena.query("SELECT 1", &options)).unwrap_err();
    assert_eq!((error.to_string().as_str(), server.calls().len()), ("cancelled", 3));
}

#[test]
fn a_query_that_moto_stopped_is_cancelled() {
    let (moto, runtime) = (Moto::start(), runtime());
    let athena = athena(&runtime, &moto.endpoint(), |_| ());
    // moto's queries have succeeded at the first poll: it is stopped before.
    let outcome = ask(&runtime, &athena).unwrap();
    moto.athena("StopQueryExecution", &json!({"QueryExecutionId": outcome.id}));
    let stopped = moto.athena("GetQueryExecution", &json!({"QueryExecutionId": outcome.id}));
    assert_eq!(stopped["QueryExecution"]["Status"]["State"], "CANCELLED");
}

#[test]
fn bytes_and_cost_are_told_and_a_reused_answer_is_free() {
    let scanned = |reused: bool| {
        state(
            "SUCCEEDED",
            json!({"Statistics": {"DataScannedInBytes": 2_000_000_000_000_u64, "TotalExecutionTimeInMillis": 1500,
                "QueryQueueTimeInMillis": 250, "ResultReuseInformation": {"ReusedPreviousResult": reused}}}),
        )
    };
    let runtime = runtime();
    let server = query(vec![scanned(false)], one_row);
    let outcome = ask(&runtime, &athena(&runtime, &server.endpoint(), |s| s.max_cost = Some(1.0))).unwrap();
    assert_eq!((outcome.cost, outcome.reused, lines(&outcome).len()), (10.0, false, 1));
    assert_eq!((outcome.elapsed, outcome.waited), (Duration::from_millis(1500), Duration::from_millis(250)));
    assert!(
        outcome.notes[0].contains("$10.0000") && outcome.notes[0].contains("$1.0000"),
        "{:?}",
        outcome.notes
    );

    let server = query(vec![scanned(true)], one_row);
    let reusing = athena(&runtime, &server.endpoint(), |s| s.reuse = Duration::from_secs(3600));
    let outcome = ask(&runtime, &reusing).unwrap();
    assert_eq!((outcome.cost, outcome.reused, outcome.notes.len()), (0.0, true, 1));
    let sent = input(&server.calls()[0]);
    let reuse = json!({"ResultReuseByAgeConfiguration": {"Enabled": true, "MaxAgeInMinutes": 60}});
    assert_eq!(sent["ResultReuseConfiguration"], reuse);
    assert_eq!(
        (&sent["WorkGroup"], &sent["QueryExecutionContext"]["Database"]),
        (&json!("primary"), &json!("sluice"))
    );
    assert!(sent["ClientRequestToken"].as_str().is_some_and(|token| token.len() >= 32), "{sent}");
}

#[test]
fn a_query_that_may_cost_too_much_is_not_begun_and_one_that_does_is_stopped() {
    let runtime = runtime();
    let statistics = json!({"Statistics": {"DataScannedInBytes": 3_000_000_000_000_u64}});
    let server = query(vec![state("RUNNING", statistics)], one_row);
    let athena = athena(&runtime, &server.endpoint(), |s| s.max_cost = Some(10.0));
    let options = Options { listed_bytes: Some(2_000_000_000_001), ..Options::default() };
    let error = runtime.block_on(athena.query("SELECT 1", &options)).unwrap_err().to_string();
    assert!(error.contains("2000000000001 bytes") && error.contains("--max-cost"), "{error}");
    assert_eq!(server.calls().len(), 0);

    let options = Options { listed_bytes: Some(2_000_000_000_000), ..Options::default() };
    let error = runtime.block_on(athena.query("SELECT 1", &options)).unwrap_err();
    assert!(matches!(error, Error::StoppedByCost { bytes: 3_000_000_000_000, .. }), "{error}");
    assert_eq!(operations(&server).last().unwrap(), "StopQueryExecution");
}

#[test]
fn a_refused_call_says_what_was_being_done_and_what_to_do() {
    let server = ScriptedServer::start(|_, _| error("AccessDeniedException", "not you"));
    let runtime = runtime();
    let text = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())).unwrap_err().to_string();
    assert_eq!(
        text,
        "cannot begin a query in the work group primary: not you (AccessDeniedException); give the role the right to do \
         so on that resource"
    );
}

#[test]
fn the_history_has_the_latest_queries_in_order_with_their_cost() {
    let server = ScriptedServer::start(|_, call| match operation(call).as_str() {
        "ListQueryExecutions" => {
            let ids: Vec<String> = (0..60).map(|n| format!("q{n}")).collect();
            Reply::ok(json!({"QueryExecutionIds": ids}).to_string())
        }
        "BatchGetQueryExecution" => {
            let ids = input(call)["QueryExecutionIds"].as_array().unwrap().clone();
            assert!(ids.len() <= 50);
            let all: Vec<Value> = ids
                .iter()
                .rev()
                .map(|id| {
                    let state = if id == "q1" { "FAILED" } else { "SUCCEEDED" };
                    json!({"QueryExecutionId": id, "Query": "SELECT 1", "Status": {"State": state, "SubmissionDateTime": 1_795_482_123.5},
                        "Statistics": {"DataScannedInBytes": 1_000_000_000_000_u64, "TotalExecutionTimeInMillis": 2000}})
                })
                .collect();
            Reply::ok(json!({"QueryExecutions": all}).to_string())
        }
        other => error("UnknownOperationException", other),
    });
    let runtime = runtime();
    let athena = athena(&runtime, &server.endpoint(), |_| ());
    let past = runtime.block_on(athena.history(55)).unwrap();
    let ids: Vec<&str> = past.iter().map(|one| one.id.as_str()).collect();
    assert_eq!((ids.len(), ids[0], ids[54]), (55, "q0", "q54"));
    assert_eq!((past[0].cost, past[1].cost, past[0].seconds), (5.0, 0.0, 2.0));
    assert_eq!(past[0].submitted.unwrap().to_string(), "2026-11-24T01:02:03.5Z");
}
