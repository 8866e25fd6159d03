//! fluent-logger-golang, called as Docker calls it.

use std::process::Command;

use sluice_system_tests::Rig;
use sluice_testkit::faults::FaultPlan;

use super::orders::{Order, Times, check, check_after_kills, ids, only_the_container, orders, short_orders};
use super::program;

fn client(rig: &Rig, options: &str) -> Command {
    let mut command = Command::new(program::installed("forward-go"));
    command.args(options.split_whitespace());
    if options.contains("-tcp") {
        command.arg(rig.tcp())
    } else {
        command.arg(rig.socket())
    };
    command
}

fn rig() -> Rig {
    Rig::new("inputs.forward.tcp = '$TCP'", &FaultPlan::none())
}

/// How many messages Docker makes of the records.
fn messages(orders: &[Order]) -> u64 {
    let pieces = |order: &Order| order.record.to_string().len() / (16 << 10) + 1;
    orders.iter().map(pieces).sum::<usize>() as u64
}

fn sends(options: &str, times: Times) {
    let (rig, orders) = (rig(), orders());
    let router = rig.start();
    program::run(&mut client(&rig, options), &orders);
    rig.wait_metric(&router, "in_events_total", |events| events == messages(&orders));
    rig.end(&router);
    check(&rig, &orders, times, only_the_container);
}

#[test]
fn docker_sends_lines_of_two_streams_and_long_ones_in_pieces() {
    sends("", Times::Milliseconds);
}

#[test]
fn docker_sends_integer_times_over_tcp() {
    sends("-tcp -seconds", Times::Seconds);
}

#[test]
fn docker_sends_async_and_connects_anew_all_the_time() {
    sends("-async", Times::Milliseconds);
}

#[test]
fn docker_asks_for_acknowledgements_and_gets_them() {
    sends("-async -ack", Times::Milliseconds);
}

#[test]
fn docker_asks_for_acknowledgements_over_tcp_and_gets_them() {
    sends("-tcp -async -ack -seconds", Times::Seconds);
}

#[test]
fn with_acknowledgements_docker_loses_and_repeats_nothing_when_the_router_is_killed() {
    // A kill between two pieces of a line divides it into two records.
    let (rig, orders) = (rig(), short_orders());
    let mut router = rig.start();
    let docker = program::start(&mut client(&rig, "-async -ack"));
    for part in orders.chunks(200) {
        let (first, second) = part.split_at(50);
        program::feed(&docker, first);
        rig.wait_metric(&router, "in_events_total", |events| events > 0);
        program::feed(&docker, second);
        // These are on their way now.
        router.kill();
        router = rig.start();
    }
    program::end(docker);
    rig.end(&router);
    check_after_kills(&rig, &orders, Times::Milliseconds, only_the_container);
}

#[test]
fn what_docker_had_acknowledged_is_kept_when_it_discards_the_rest() {
    // A long line may end in any of its pieces.
    let (rig, orders) = (rig(), short_orders());
    let router = rig.start();
    let acked = program::run(&mut client(&rig, "-async -ack -stop 200"), &orders);
    let acked: Vec<u64> = acked.lines().map(|id| id.parse().expect("an id")).collect();
    assert!(acked.len() >= 200, "{}", acked.len());
    rig.end(&router);
    let archived = ids(&rig);
    assert!(archived.values().all(|times| *times == 1), "{archived:?}");
    let lost: Vec<&u64> = acked.iter().filter(|id| !archived.contains_key(id)).collect();
    assert!(lost.is_empty(), "{lost:?}");
}
