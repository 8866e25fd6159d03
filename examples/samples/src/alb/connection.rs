//! A line of the connection log: 15 fields.

use super::push_time;
use crate::clock::push_fmt;
use crate::traffic::Connection;
use crate::world::{ELB, Interface};

pub(super) fn line(connection: &Connection) -> Vec<u8> {
    let mut out = Vec::with_capacity(220);
    push_time(&mut out, connection.at);
    let (address, port, listener) = (connection.address, connection.port, connection.listener());
    push_fmt(&mut out, format_args!(" {address} {port} {listener} "));
    match (&connection.tls, connection.failed) {
        (Some(tls), None) => {
            let latency = f64::from(tls.latency) / 1000.0;
            push_fmt(&mut out, format_args!("{} {} {latency:.3} ", tls.protocol, tls.cipher));
        }
        _ => out.extend_from_slice(b"- - - "),
    }
    // Clients need no certificate here: subject, validity, serial number.
    out.extend_from_slice(br#""-" - - "#);
    match connection.failed {
        Some(code) => push_fmt(&mut out, format_args!("Failed:{code}")),
        None => out.extend_from_slice(b"Success"),
    }
    let exchange = match (&connection.tls, connection.failed) {
        (Some(tls), None) => tls.exchange,
        _ => "-",
    };
    let node = Interface::balancer(connection.node).address;
    push_fmt(&mut out, format_args!(" TID_{:032x} {exchange} {ELB} {node}", connection.id));
    out
}
