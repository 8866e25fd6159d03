//! A flow of packets at one network interface within a minute.

use std::net::Ipv4Addr;

use crate::world::{Interface, S3};

/// A record: what an interface saw of a flow, or that it saw nothing.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Flow {
    /// Seconds since the epoch.
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) interface: Interface,
    /// None when there was no traffic.
    pub(super) data: Option<Data>,
}

/// Packets in one direction.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Data {
    pub(super) from: Ipv4Addr,
    pub(super) to: Ipv4Addr,
    pub(super) from_port: u16,
    pub(super) to_port: u16,
    pub(super) protocol: u8,
    pub(super) packets: i64,
    pub(super) bytes: i64,
    pub(super) accepted: bool,
    /// FIN 1, SYN 2, RST 4, SYN and ACK 18, put together.
    pub(super) flags: i32,
    pub(super) egress: bool,
    /// The way out, of egress only: 1 within the VPC, 7 a gateway endpoint, 8 the internet gateway.
    pub(super) path: Option<i32>,
}

impl Data {
    /// The service of AWS that an address belongs to.
    pub(super) fn service_of(&self, address: Ipv4Addr) -> Option<&'static str> {
        (address == S3).then_some("S3")
    }
}
