//! An Athena whose queries fare as a test says.

use serde_json::{Value, json};
use sluice_testkit::script::{Call, Reply, ScriptedServer};

/// The operation that a call is.
pub(crate) fn operation(call: &Call) -> String {
    call.header("x-amz-target").trim_start_matches("AmazonAthena.").to_owned()
}

pub(crate) fn input(call: &Call) -> Value {
    serde_json::from_slice(&call.body).unwrap_or_default()
}

/// A query `q1` whose state is that of `states`, one a poll, the last for good; rows come by `results`.
pub(crate) fn query(
    states: Vec<Value>,
    results: impl Fn(&Value) -> Value + Send + Sync + 'static,
) -> ScriptedServer {
    let polls = std::sync::atomic::AtomicUsize::new(0);
    ScriptedServer::start(move |_, call| match operation(call).as_str() {
        "StartQueryExecution" => Reply::ok(json!({"QueryExecutionId": "q1"}).to_string()),
        "GetQueryExecution" => {
            let poll = polls.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let state = &states[poll.min(states.len() - 1)];
            Reply::ok(json!({"QueryExecution": state}).to_string())
        }
        "GetQueryResults" => Reply::ok(results(&input(call)).to_string()),
        "StopQueryExecution" => Reply::ok("{}"),
        other => error("UnknownOperationException", other),
    })
}

/// An execution in a state, with these members besides.
pub(crate) fn state(name: &str, more: Value) -> Value {
    let mut state = json!({"QueryExecutionId": "q1", "StatementType": "DML", "Status": {"State": name}});
    for (key, value) in more.as_object().unwrap() {
        match (state[key.as_str()].as_object_mut(), value) {
            (Some(into), Value::Object(from)) => into.extend(from.clone()),
            _ => state[key.as_str()] = value.clone(),
        }
    }
    state
}

pub(crate) fn error(code: &str, message: &str) -> Reply {
    Reply::Answer(
        400,
        vec![("content-type", "application/x-amz-json-1.1".to_owned())],
        json!({"__type": code, "Message": message}).to_string().into(),
    )
}

pub(crate) fn column(name: &str, kind: &str) -> Value {
    json!({"Name": name, "Type": kind, "Precision": 0, "Scale": 0})
}

pub(crate) fn row(values: &[Option<&str>]) -> Value {
    let datum = |value: &Option<&str>| value.map_or(json!({}), |text| json!({"VarCharValue": text}));
    json!({"Data": values.iter().map(datum).collect::<Vec<_>>()})
}
