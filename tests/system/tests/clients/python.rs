//! fluent-logger of Python.

use std::process::Command;

use sluice_system_tests::Rig;
use sluice_testkit::faults::FaultPlan;
use sluice_testkit::moto::python;

use super::orders::{Times, check, only_the_tag, orders};
use super::program;

fn sends(to: fn(&Rig) -> String, mode: &str, times: Times) {
    let rig = Rig::new("inputs.forward.tcp = '$TCP'", &FaultPlan::none());
    let (router, orders) = (rig.start(), orders());
    let mut command = Command::new(python());
    command.arg(program::source("python/send.py")).args([&to(&rig), mode, times.word()]);
    program::run(&mut command, &orders);
    // It closes its connection and does not wait for what the router reads of it.
    rig.wait_metric(&router, "in_events_total", |events| events == orders.len() as u64);
    rig.end(&router);
    check(&rig, &orders, times, only_the_tag);
}

#[test]
fn python_sends_integer_times_over_tcp() {
    sends(|rig| rig.tcp().to_owned(), "sync", Times::Seconds);
}

#[test]
fn python_sends_event_times_over_the_unix_socket() {
    sends(|rig| rig.socket().display().to_string(), "sync", Times::Milliseconds);
}

#[test]
fn python_sends_from_a_thread_of_its_own_over_tcp() {
    sends(|rig| rig.tcp().to_owned(), "async", Times::Milliseconds);
}

#[test]
fn python_sends_from_a_thread_of_its_own_over_the_unix_socket() {
    sends(|rig| rig.socket().display().to_string(), "async", Times::Seconds);
}
