//! @fluent-org/logger of Node.

use std::process::Command;

use sluice_system_tests::Rig;
use sluice_testkit::faults::FaultPlan;

use super::orders::{Order, Times, check, only_the_tag, orders};
use super::program;

const OPEN: &str = "inputs.forward.tcp = '$TCP'";
const GUARDED: &str = "inputs.forward.tcp = '$TCP'\ninputs.forward.shared_key = 'key of all'\n\
    [[inputs.forward.users]]\nname = 'zoë'\npassword = 'pass wörd'";

fn client(to: &str, mode: &str, times: Times, rest: &[&str]) -> Command {
    let mut command = Command::new("node");
    command
        .env("NODE_PATH", program::installed("node/node_modules"))
        .arg(program::source("node/send.js"))
        .args([to, mode, times.word()])
        .args(rest);
    command
}

fn sends(settings: &str, mode: &str, times: Times, rest: &[&str]) {
    let (rig, orders) = (Rig::new(settings, &FaultPlan::none()), orders());
    let router = rig.start();
    program::run(&mut client(rig.tcp(), mode, times, rest), &orders);
    ended_well(&rig, &router, &orders, times);
}

fn ended_well(rig: &Rig, router: &sluice_testkit::process::Child, orders: &[Order], times: Times) {
    rig.wait_metric(router, "in_events_total", |events| events == orders.len() as u64);
    rig.end(router);
    check(rig, orders, times, only_the_tag);
}

#[test]
fn node_sends_messages_without_acknowledgements() {
    sends(OPEN, "Message", Times::Seconds, &[]);
}

#[test]
fn node_sends_messages_and_gets_acknowledgements() {
    sends(OPEN, "Message", Times::Milliseconds, &["ack"]);
}

#[test]
fn node_sends_forward_chunks_and_gets_acknowledgements() {
    sends(OPEN, "Forward", Times::Milliseconds, &["ack"]);
}

#[test]
fn node_sends_packed_chunks_and_gets_acknowledgements() {
    sends(OPEN, "PackedForward", Times::Seconds, &["ack"]);
}

#[test]
fn node_sends_compressed_chunks_and_gets_acknowledgements() {
    sends(OPEN, "CompressedPackedForward", Times::Milliseconds, &["ack"]);
}

#[test]
fn node_sends_compressed_chunks_over_the_unix_socket() {
    let (rig, orders) = (Rig::new("", &FaultPlan::none()), orders());
    let router = rig.start();
    let socket = rig.socket().display().to_string();
    program::run(&mut client(&socket, "CompressedPackedForward", Times::Seconds, &[]), &orders);
    ended_well(&rig, &router, &orders, Times::Seconds);
}

#[test]
fn node_shows_shared_key_and_password_and_sends() {
    sends(GUARDED, "PackedForward", Times::Milliseconds, &["ack", "key of all", "zoë", "pass wörd"]);
}

#[test]
fn node_shows_a_shared_key_where_no_user_is_asked_for() {
    let settings = "inputs.forward.tcp = '$TCP'\ninputs.forward.shared_key = 'key of all'";
    sends(settings, "Forward", Times::Seconds, &["ack", "key of all"]);
}

#[test]
fn node_with_a_wrong_key_or_password_is_told_so_and_nothing_is_stored() {
    let rig = Rig::new(GUARDED, &FaultPlan::none());
    let router = rig.start();
    for wrong in
        [["key of some", "zoë", "pass wörd"], ["key of all", "zoë", "pass"], ["key of all", "ann", ""]]
    {
        let rest = [&["ack"], &wrong[..]].concat();
        let mut command = client(rig.tcp(), "Message", Times::Seconds, &rest);
        let child = program::start(command.stderr(std::process::Stdio::piped()));
        program::feed(&child, &orders());
        let output = child.wait_with_output().expect("a client");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("Auth"), "{wrong:?}: {said}");
    }
    assert_eq!(rig.metric(&router, "in_events_total"), 0);
    rig.end(&router);
    assert_eq!(rig.archived().len(), 0);
}
