//! `apply` that is told to stop: it finishes what is under way, says what it did not begin, and exits 130.

use std::io::Read;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use sluice_testkit::faults::{Fault, FaultPlan, FaultProxy};
use sluice_testkit::process::Child;

use crate::rig::{Rig, told};

#[test]
fn an_apply_that_is_stopped_finishes_what_is_under_way_and_the_next_one_does_the_rest() {
    let mut rig = Rig::new();
    // Calls take a while, so that the signal meets some.
    let plan = FaultPlan::new(1, 1.0).only(&[Fault::Delay(Duration::from_millis(60))]);
    let proxy = FaultProxy::start(&rig.moto.endpoint(), plan);
    rig.through(proxy.endpoint());
    let mut command = rig.command(&["apply", "--env", "prod", "--yes", "--format", "json"]);
    let mut child = Child::start(command.stdout(Stdio::piped()));
    child.wait_for_line(|line| line.starts_with("[1/"), Duration::from_secs(60));
    child.terminate();
    child.wait_for_line(|line| line.starts_with("stopping: what is under way"), Duration::from_secs(20));
    let mut report = String::new();
    child.take_stdout().expect("a pipe").read_to_string(&mut report).expect("a report");
    assert_eq!(child.wait(Duration::from_secs(60)).code(), Some(130));
    let report: Value = serde_json::from_str(&report).expect("JSON");
    let count = |outcome: &str| {
        let results = report["results"].as_array().expect("results").iter();
        results.filter(|result| result["outcome"] == outcome).count()
    };
    assert!(count("done") >= 1 && count("stopped") > 50, "{} {}", count("done"), count("stopped"));
    assert_eq!(count("failed"), 0);

    rig.through(rig.moto.endpoint());
    let output = rig.run(&["apply", "--env", "prod", "--yes"]);
    assert!(output.status.success(), "{}", told(&output));
    assert_eq!(rig.run(&["plan", "--env", "prod"]).status.code(), Some(0));
}
