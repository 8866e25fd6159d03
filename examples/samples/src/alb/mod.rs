//! The load balancer's logs: access logs and connection logs.

mod access;
mod connection;

use crate::Error;
use crate::clock::{Micros, push_iso, stamp};
use crate::delivered::{Delivered, day, suffix};
use crate::files::Files;
use crate::plan::{Plan, Window};
use crate::summary::Summary;
use crate::traffic::Traffic;
use crate::world::{ACCOUNT, Interface, REGION};

const LETTERS: &[u8] = b"0123456789abcdefghijklmnopqrstuvwxyz";

pub(crate) fn write(
    plan: &Plan,
    window: Window,
    traffic: &Traffic,
    files: &mut Files,
    summary: &mut Summary,
) -> Result<(), Error> {
    let mut lines = Delivered::default();
    for request in &traffic.requests {
        let connection = &traffic.connections[request.connection];
        let (at, line) = access::line(request, connection, &mut summary.alb);
        lines.push(at, connection.node, line);
    }
    lines.write(b"", |end, node| name(plan, "alb", "", end, node), files)?;

    let mut lines = Delivered::default();
    for connection in traffic.connections.iter().filter(|connection| connection.at < window.to) {
        summary.connections.lines += 1;
        summary.connections.failed += u64::from(connection.failed.is_some());
        lines.push(connection.at, connection.node, connection::line(connection));
    }
    lines.write(b"", |end, node| name(plan, "alb-connection", "conn_log.", end, node), files)
}

/// The date is that of the delivery: what was logged from 23:55 on lies in the next day's folder.
fn name(plan: &Plan, folder: &str, prefix: &str, end: Micros, node: usize) -> String {
    format!(
        "{folder}/AWSLogs/{ACCOUNT}/elasticloadbalancing/{REGION}/{}/{prefix}{ACCOUNT}_elasticloadbalancing_{REGION}_\
         app.shop.0123456789abcdef_{}_{}_{}.log.gz",
        day(end),
        stamp(end),
        Interface::balancer(node).address,
        suffix(plan.seed, folder, end, node, LETTERS),
    )
}

/// `2026-11-24T01:02:03.123456Z`
fn push_time(out: &mut Vec<u8>, at: Micros) {
    push_iso(out, at);
    out.push(b'Z');
}
