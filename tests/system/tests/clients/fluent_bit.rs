//! Fluent Bit's output forward: the binary that `$FLUENT_BIT` names, or else the one on the PATH. Where there is none
//! the tests say so and do nothing.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sluice_system_tests::{Rig, rfc3339};
use sluice_testkit::faults::FaultPlan;
use sluice_testkit::process::fluent_bit;

use super::orders::{Order, Times, check, only_the_tag, orders};
use super::program;

/// Files that it reads: its configuration, with `output` in it, and the records.
fn configure(folder: &Path, output: &str, orders: &[Order]) -> PathBuf {
    let lines = orders.iter().map(|order| {
        let mut record = order.record.clone();
        record["at"] = Value::from(rfc3339(order.ms));
        format!("{record}\n")
    });
    fs::write(folder.join("orders.log"), lines.collect::<String>()).expect("a file");
    let parser =
        "[PARSER]\n  Name orders\n  Format json\n  Time_Key at\n  Time_Format %Y-%m-%dT%H:%M:%S.%LZ\n";
    fs::write(folder.join("parsers.conf"), parser).expect("a file");
    let root = folder.display();
    let config = format!(
        "[SERVICE]\n  Flush 0.2\n  Grace 10\n  Parsers_File {root}/parsers.conf\n\
         [INPUT]\n  Name tail\n  Path {root}/orders.log\n  Tag shop.orders\n  Parser orders\n  \
         Read_From_Head On\n  Exit_On_Eof On\n  Buffer_Max_Size 1M\n\
         [OUTPUT]\n  Name forward\n  Match *\n{output}\n"
    );
    let path = folder.join("fluent-bit.conf");
    fs::write(&path, config).expect("a file");
    path
}

fn sends(settings: &str, output: impl Fn(&Rig) -> String, times: Times) {
    let Some(binary) = fluent_bit() else { return };
    let (rig, orders) = (Rig::new(settings, &FaultPlan::none()), orders());
    let router = rig.start();
    let folder = tempfile::tempdir().expect("a folder");
    let config = configure(folder.path(), &output(&rig), &orders);
    program::run(Command::new(binary).arg("--quiet").arg("--config").arg(config), &[]);
    rig.wait_metric(&router, "in_events_total", |events| events == orders.len() as u64);
    rig.end(&router);
    check(&rig, &orders, times, only_the_tag);
}

fn tcp(rig: &Rig) -> String {
    let (host, port) = rig.tcp().split_once(':').expect("an address");
    format!("  Host {host}\n  Port {port}\n")
}

const OPEN: &str = "inputs.forward.tcp = '$TCP'";

#[test]
fn fluent_bit_sends_as_it_does_without_options() {
    sends(OPEN, tcp, Times::Milliseconds);
}

#[test]
fn fluent_bit_sends_integer_times_over_the_unix_socket() {
    let output = |rig: &Rig| format!("  Unix_Path {}\n  Time_as_Integer On\n", rig.socket().display());
    sends(OPEN, output, Times::Seconds);
}

#[test]
fn fluent_bit_compresses_and_gets_acknowledgements() {
    let output = |rig: &Rig| tcp(rig) + "  Compress gzip\n  Require_ack_response On\n";
    sends(OPEN, output, Times::Milliseconds);
}

#[test]
fn fluent_bit_shows_shared_key_and_password_and_gets_acknowledgements() {
    let settings = "inputs.forward.tcp = '$TCP'\ninputs.forward.shared_key = 'key'\n\
        [[inputs.forward.users]]\nname = 'ann'\npassword = 'word'";
    let output = |rig: &Rig| {
        tcp(rig) + "  Shared_Key key\n  Username ann\n  Password word\n  Require_ack_response On\n"
    };
    sends(settings, output, Times::Milliseconds);
}
