//! Servers that are away, busy, or not what they seem.

use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::json;
use sluice_testkit::script::{Reply, ScriptedServer};
use sluice_trino::{CancellationToken, Error, Options};

use crate::{ask, bigint, block, client, numbers, page};

#[test]
fn busy_answers_are_asked_again_and_a_broken_connection_for_pages_alone() {
    let count = AtomicU32::new(0);
    let server = ScriptedServer::start(move |own, call| match count.fetch_add(1, Ordering::Relaxed) {
        0 => Reply::status(503, "<html>away</html>"),
        1 => Reply::Answer(429, vec![("retry-after", "0".to_owned())], "".into()),
        2 => page(Some(format!("{own}/1")), json!({})),
        3 => Reply::status(502, ""),
        4 => Reply::Close,
        5 => Reply::status(504, ""),
        _ if call.path == "/1" => page(None, json!({"columns": bigint(), "data": [[5]]})),
        _ => Reply::status(500, ""),
    });
    assert_eq!(numbers(&ask(&server).unwrap()), [5]);
    let posts = server.calls().iter().filter(|call| call.method == "POST").count();
    assert_eq!(posts, 3);

    let closing = ScriptedServer::start(|_, _| Reply::Close);
    assert!(matches!(ask(&closing), Err(Error::Reach { .. })));
    assert_eq!(closing.calls().len(), 1);
}

#[test]
fn other_statuses_end_the_query_and_say_what_to_do() {
    for (status, hint) in
        [(401, "TRINO_TOKEN"), (403, "another"), (404, "host and port"), (500, "log"), (410, "again")]
    {
        let server = ScriptedServer::start(move |_, _| Reply::status(status, "what it said"));
        let text = ask(&server).unwrap_err().to_string();
        assert!(
            text.contains(hint) && text.contains("what it said") && text.contains(&status.to_string()),
            "{text}"
        );
        assert!(!text.contains("secret"), "{text}");
    }
}

#[test]
fn a_failed_query_has_name_type_and_place() {
    let server = ScriptedServer::start(|_, _| {
        let error = json!({"message": "no such column", "errorCode": 47, "errorName": "COLUMN_NOT_FOUND",
            "errorType": "USER_ERROR", "errorLocation": {"lineNumber": 2, "columnNumber": 7}});
        page(None, json!({"error": error}))
    });
    let Err(Error::Query(failure)) = ask(&server) else { panic!() };
    assert_eq!((failure.location, failure.code, failure.query_id.as_str()), (Some((2, 7)), 47, "q1"));
    assert_eq!(
        failure.to_string(),
        "line 2:7: no such column (COLUMN_NOT_FOUND, USER_ERROR, query q1); correct the query"
    );
}

#[test]
fn a_cancelled_query_is_ended_on_the_cluster() {
    let cancel = CancellationToken::new();
    let server = ScriptedServer::start({
        let cancel = cancel.clone();
        move |own, call| match call.method.as_str() {
            "POST" => page(Some(format!("{own}/1")), json!({})),
            "GET" => {
                cancel.cancel();
                Reply::Hang
            }
            _ => Reply::status(204, ""),
        }
    });
    let options = Options { cancel, ..Options::default() };
    let error = block(client(&server).query("SELECT n", &options)).unwrap_err();
    assert_eq!(error.to_string(), "cancelled: query q1");
    let last = server.calls().pop().unwrap();
    assert_eq!((last.method.as_str(), last.path.as_str()), ("DELETE", "/1"));
}

#[test]
fn a_query_cancelled_before_it_began_is_not_sent() {
    let server = ScriptedServer::start(|_, _| Reply::Close);
    let options = Options::default();
    options.cancel.cancel();
    let error = block(client(&server).query("SELECT n", &options)).unwrap_err();
    assert_eq!((error.to_string().as_str(), server.calls().len()), ("cancelled", 0));
}

#[test]
fn credentials_do_not_follow_to_another_host() {
    let other = ScriptedServer::start(|_, _| Reply::status(404, ""));
    let elsewhere = other.endpoint();
    let server = ScriptedServer::start(move |_, _| page(Some(format!("{elsewhere}/1")), json!({})));
    let text = ask(&server).unwrap_err().to_string();
    assert!(text.contains("process-forwarded"), "{text}");
    assert_eq!(other.calls().len(), 0);
}

#[test]
fn an_answer_that_cannot_be_read_ends_the_query() {
    for broken in [
        json!({"columns": bigint(), "data": [[1, 2]]}),
        json!({"columns": bigint(), "data": [["x"]]}),
        json!({"columns": bigint(), "data": [[1.5]]}),
        json!({"columns": bigint(), "data": {"encoding": "arrow", "segments": [{"type": "inline", "data": "W10="}]}}),
        json!({"data": [[1]]}),
        json!({"columns": [{"name": "a", "type": "array", "typeSignature": {"rawType": "array"}}]}),
    ] {
        let shown = broken.to_string();
        let server = ScriptedServer::start(move |own, call| match call.method.as_str() {
            "DELETE" => Reply::status(204, ""),
            _ => page(Some(format!("{own}/1")), broken.clone()),
        });
        let error = ask(&server).unwrap_err();
        assert!(matches!(error, Error::Protocol { .. } | Error::Value { .. }), "{shown}: {error}");
        assert_eq!(server.calls().last().unwrap().method, "DELETE", "{shown}");
    }
    for body in ["no JSON", "{}", ""] {
        let server = ScriptedServer::start(move |_, _| Reply::ok(body));
        assert!(ask(&server).unwrap_err().to_string().contains("is it Trino"), "{body}");
    }
}
