//! Rows, from the CSV and from pages.

use serde_json::{Value, json};
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};
use sluice_testkit::moto::Moto;

use crate::script::{column, query, row, state};
use crate::{ask, athena, lines, runtime};

/// moto writes no quote of a value twice, so that none has one here.
fn queue(moto: &Moto) {
    let columns = ["varchar", "bigint", "array(integer)", "map(varchar, integer)", "boolean", "timestamp"];
    let names = ["t", "n", "a", "m", "b", "at"];
    let columns: Vec<Value> =
        names.iter().zip(columns).map(|(name, kind)| column(name, kind.split('(').next().unwrap())).collect();
    let rows = [
        row(&names.map(Some)),
        row(&[
            Some("日本, é\n🚰"),
            Some("9223372036854775807"),
            Some("[1, null]"),
            Some("{a=1}"),
            Some("true"),
            Some("2026-11-24 01:02:03.123"),
        ]),
        row(&[Some(""), Some("-1"), None, None, None, None]),
        row(&[None; 6]),
    ];
    moto.queue_athena(&json!({"results": [{"rows": rows, "column_info": columns}]}));
}

const WANTED: [&str; 3] = [
    r#"{"t":"日本, é\n🚰","n":9223372036854775807,"a":"[1, null]","m":"{a=1}","b":true,"at":"2026-11-24 01:02:03.123"}"#,
    r#"{"t":"","n":-1,"a":null,"m":null,"b":null,"at":null}"#,
    r#"{"t":null,"n":null,"a":null,"m":null,"b":null,"at":null}"#,
];

#[test]
fn csv_and_pages_give_the_same_typed_rows() {
    let (moto, runtime) = (Moto::start(), runtime());
    moto.create_bucket("results");
    for output in [Some("s3://results/athena".to_owned()), None] {
        queue(&moto);
        let from_csv = output.is_some();
        let athena = athena(&runtime, &moto.endpoint(), |settings| settings.output = output);
        let outcome = ask(&runtime, &athena).unwrap();
        assert_eq!(lines(&outcome), WANTED, "CSV: {from_csv}");
        assert_eq!((outcome.cost, outcome.scanned_bytes), (0.0, 0));
    }
    assert_eq!(moto.objects("results").len(), 1);
}

#[test]
fn calls_that_are_throttled_or_broken_are_made_again() {
    let (moto, runtime) = (Moto::start(), runtime());
    moto.create_bucket("results");
    queue(&moto);
    let proxy = FaultProxy::start(&moto.endpoint(), FaultPlan::none());
    proxy.fail_next([Fault::Throttle, Fault::Unavailable]);
    let athena = athena(&runtime, &proxy.endpoint(), |s| s.output = Some("s3://results/".to_owned()));
    assert_eq!(lines(&ask(&runtime, &athena).unwrap()), WANTED);
    assert_eq!(proxy.failed(), 2);
}

#[test]
fn managed_results_are_read_page_by_page() {
    let managed = json!({"ManagedQueryResultsConfiguration": {"Enabled": true}});
    let server = query(vec![state("SUCCEEDED", managed)], |input| {
        // The header is a row of the first page, so that 1,001 rows make two pages.
        let token = input["NextToken"].as_str().map_or(0, |token| token.parse::<usize>().unwrap());
        let limit = usize::try_from(input["MaxResults"].as_u64().unwrap()).unwrap();
        let all = (0..1_002).map(|n| if n == 0 { "n".to_owned() } else { (n - 1).to_string() });
        let rows: Vec<Value> = all.skip(token).take(limit).map(|text| row(&[Some(&text)])).collect();
        let next = (token + limit < 1_002).then(|| (token + limit).to_string());
        json!({"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": [column("n", "integer")]}}, "NextToken": next})
    });
    let runtime = runtime();
    let outcome = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())).unwrap();
    let rows = lines(&outcome);
    assert_eq!((rows.len(), rows[0].as_str(), rows[1_000].as_str()), (1_001, r#"{"n":0}"#, r#"{"n":1000}"#));
    let pages =
        server.calls().iter().filter(|call| crate::script::operation(call) == "GetQueryResults").count();
    assert_eq!(pages, 2);
}

#[test]
fn a_statement_that_is_no_select_has_no_header() {
    let ddl = state(
        "SUCCEEDED",
        json!({"StatementType": "UTILITY", "ResultConfiguration": {"OutputLocation": "s3://b/q1.txt"}}),
    );
    let server = query(vec![ddl], |_| {
        let rows = [row(&[Some("tab_name")]), row(&[Some("app_logs")])];
        json!({"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": [column("tab_name", "string")]}}})
    });
    let runtime = runtime();
    let outcome = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())).unwrap();
    assert_eq!(lines(&outcome), [r#"{"tab_name":"tab_name"}"#, r#"{"tab_name":"app_logs"}"#]);
}

#[test]
fn a_value_that_is_not_of_its_type_is_no_answer() {
    let server = query(vec![state("SUCCEEDED", json!({}))], |_| {
        let columns = [column("n", "integer")];
        json!({"ResultSet": {"Rows": [row(&[Some("n")]), row(&[Some("many")])], "ResultSetMetadata": {"ColumnInfo": columns}}})
    });
    let runtime = runtime();
    let error = ask(&runtime, &athena(&runtime, &server.endpoint(), |_| ())).unwrap_err();
    assert_eq!(error.to_string(), "cannot read the answer of query q1: \"many\" of column n is no integer");
}
