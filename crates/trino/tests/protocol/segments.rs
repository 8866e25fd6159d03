//! Rows in segments.

use serde_json::json;
use sluice_testkit::script::{Reply, ScriptedServer};
use sluice_trino::Error;

use crate::{ask, bigint, numbers, page};

#[test]
fn segments_come_from_where_they_lie_without_our_credentials_and_are_acknowledged() {
    let store = ScriptedServer::start(|_, call| match call.path.as_str() {
        "/segment?signed=1" if call.header("x-amz-key") == "k" => Reply::ok("[[2],[3]]"),
        _ => Reply::status(403, ""),
    });
    let there = store.endpoint();
    let server = ScriptedServer::start(move |own, call| match call.path.as_str() {
        "/ack/1" => Reply::ok(""),
        _ => {
            let spooled = json!({"type": "spooled", "uri": format!("{there}/segment?signed=1"), "ackUri": format!("{own}/ack/1"),
                "metadata": {"rowOffset": 1, "rowsCount": 2, "segmentSize": 9}, "headers": {"x-amz-key": ["k"]}});
            // [[1]] in base64.
            let inline = json!({"type": "inline", "data": "W1sxXV0=", "metadata": {"rowsCount": "1"}});
            page(
                None,
                json!({"columns": bigint(), "data": {"encoding": "json+zstd", "segments": [inline, spooled]}}),
            )
        }
    });
    let outcome = ask(&server).unwrap();
    assert_eq!((numbers(&outcome), outcome.spooled_segments), (vec![1, 2, 3], 1));
    assert_eq!(store.calls().len(), 1);
    assert_eq!(store.calls()[0].header("authorization"), "");
    assert!(server.calls().iter().any(|call| call.path == "/ack/1" && call.method == "GET"));
}

#[test]
fn a_segment_with_other_rows_than_it_says_is_no_answer() {
    let server = ScriptedServer::start(|_, _| {
        let inline = json!({"type": "inline", "data": "W1sxXV0=", "metadata": {"rowsCount": 2}});
        page(None, json!({"columns": bigint(), "data": {"encoding": "json", "segments": [inline]}}))
    });
    let error = ask(&server).unwrap_err();
    assert!(
        matches!(&error, Error::Protocol { what, .. } if what.contains("has 1 rows, not the 2")),
        "{error}"
    );
}
