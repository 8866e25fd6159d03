//! A work group and named queries.

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use sluice_athena::Error;
use sluice_athena::publish::{Action, Desired, MARK, Plan, Publisher};
use sluice_testkit::moto::Moto;
use sluice_testkit::script::{Reply, ScriptedServer};

use crate::script::{error, input, operation};
use crate::{configuration, runtime};

fn desired(limit: u64, sql: &str) -> Desired {
    let desired = Desired {
        work_group: "sluice".to_owned(),
        database: "logs".to_owned(),
        scan_limit: limit,
        output: Some("s3://results/".to_owned()),
        queries: Vec::new(),
    };
    desired.with_queries([
        ("errors/by-service", "Which service fails?", sql),
        ("alb/clients", "Who asks?", "SELECT 2"),
    ])
}

fn actions(plan: &Plan) -> Vec<(String, Action)> {
    plan.steps.iter().map(|step| (step.name.clone(), step.action.clone())).collect()
}

/// An Athena that keeps one work group and named queries.
fn keeper() -> ScriptedServer {
    let kept: Arc<Mutex<(Option<Value>, Vec<Value>)>> = Arc::default();
    ScriptedServer::start(move |_, call| {
        let (given, mut kept) = (input(call), kept.lock().unwrap());
        let (group, queries) = &mut *kept;
        Reply::ok(
            match operation(call).as_str() {
                "ListWorkGroups" => json!({"WorkGroups": group.iter().map(|one| json!({"Name": one["Name"]})).collect::<Vec<_>>()}),
                "GetWorkGroup" => json!({"WorkGroup": group}),
                "CreateWorkGroup" => {
                    *group = Some(given);
                    json!({})
                }
                "UpdateWorkGroup" => {
                    let limit = given["ConfigurationUpdates"]["BytesScannedCutoffPerQuery"].clone();
                    group.as_mut().unwrap()["Configuration"]["BytesScannedCutoffPerQuery"] = limit;
                    json!({})
                }
                "ListNamedQueries" => json!({"NamedQueryIds": (0..queries.len()).map(|n| n.to_string()).collect::<Vec<_>>()}),
                "BatchGetNamedQuery" => json!({"NamedQueries": queries}),
                "CreateNamedQuery" => {
                    let mut query = given;
                    query["NamedQueryId"] = queries.len().to_string().into();
                    queries.push(query);
                    json!({"NamedQueryId": "x"})
                }
                "UpdateNamedQuery" => {
                    let place: usize = given["NamedQueryId"].as_str().unwrap().parse().unwrap();
                    queries[place]["QueryString"] = given["QueryString"].clone();
                    queries[place]["Description"] = given["Description"].clone();
                    json!({})
                }
                other => return error("UnknownOperationException", other),
            }
            .to_string(),
        )
    })
}

#[test]
fn a_plan_changes_nothing_and_after_it_is_applied_nothing_is_left() {
    let (server, runtime) = (keeper(), runtime());
    let publisher = Publisher::new(&configuration(&runtime, &server.endpoint()));
    let plan = |limit, sql| runtime.block_on(publisher.plan(desired(limit, sql))).unwrap();
    let first = plan(1_000_000_000, "SELECT 1");
    let all = ["sluice", "sluice/errors/by-service", "sluice/alb/clients"];
    assert_eq!(actions(&first), all.map(|name| (name.to_owned(), Action::Create)));
    assert!(server.calls().iter().all(|call| operation(call).starts_with("List")));
    runtime.block_on(publisher.apply(&first)).unwrap();
    assert!(plan(1_000_000_000, "SELECT 1").is_empty());

    let second = plan(2_000_000_000, "SELECT 3");
    let limit = "scan limit: 1000000000 → 2000000000".to_owned();
    let wanted = [Action::Update(vec![limit]), Action::Update(vec!["SQL".to_owned()]), Action::Unchanged];
    assert_eq!(second.steps.iter().map(|step| step.action.clone()).collect::<Vec<_>>(), wanted);
    runtime.block_on(publisher.apply(&second)).unwrap();
    assert!(plan(2_000_000_000, "SELECT 3").is_empty());
    assert!(server.calls().iter().all(|call| !operation(call).starts_with("Delete")));
}

#[test]
fn a_work_group_of_somebody_else_stays_as_it_is() {
    let (moto, runtime) = (Moto::start(), runtime());
    let group = json!({"Name": "sluice", "Description": "the team's", "Configuration": {}});
    moto.athena("CreateWorkGroup", &group);
    let publisher = Publisher::new(&configuration(&runtime, &moto.endpoint()));
    let error = runtime.block_on(publisher.plan(desired(10_000_000, "SELECT 1"))).unwrap_err();
    assert!(matches!(&error, Error::Foreign { name, .. } if name == "sluice"), "{error}");
}

/// moto lacks BatchGetNamedQuery, so that only the first time can be tried with it.
#[test]
fn moto_takes_the_work_group_and_the_queries() {
    let (moto, runtime) = (Moto::start(), runtime());
    let publisher = Publisher::new(&configuration(&runtime, &moto.endpoint()));
    let plan = runtime
        .block_on(publisher.plan(desired(10_000_000, "SELECT 1").with_queries([("", "", ""); 0])))
        .unwrap();
    runtime.block_on(publisher.apply(&plan)).unwrap();
    let made = moto.athena("GetWorkGroup", &json!({"WorkGroup": "sluice"}));
    assert_eq!(made["WorkGroup"]["Description"], MARK);
    assert_eq!(made["WorkGroup"]["Configuration"]["BytesScannedCutoffPerQuery"], 10_000_000);
    let again = desired(10_000_000, "SELECT 1").with_queries([("", "", ""); 0]);
    assert!(runtime.block_on(publisher.plan(again)).unwrap().is_empty());
}
