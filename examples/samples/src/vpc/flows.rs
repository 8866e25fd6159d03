//! The flows of a plan: those that its requests make, and those that nobody asked for.
//!
//! Interfaces of Nitro machines report each flow once a minute, from both of its ends where both are in the VPC:
//!
//! ```text
//! client ──443──▶ load balancer ──8080──▶ task ──5432──▶ Aurora
//!                                           ├────443──▶ endpoint of CloudWatch Logs
//!                                           └────443──▶ S3, through the gateway endpoint
//! internet ──22, 3389 …──▶ load balancer (rejected)
//! ```

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use super::flow::{Data, Flow};
use crate::chance::{Chance, mix, stream};
use crate::clock::{HOUR, MINUTE, Micros, SECOND};
use crate::plan::{Plan, Window};
use crate::traffic::{Outcome, Refusal, Traffic};
use crate::world::{Interface, S3, Service, Task};

/// What scanners try.
const PORTS: [u16; 12] = [22, 22, 23, 23, 3389, 445, 5432, 6379, 8080, 3306, 9200, 2375];

/// One end of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct End {
    address: Ipv4Addr,
    port: u16,
    /// None outside of the VPC, and for S3.
    interface: Option<Interface>,
}

impl End {
    fn inside(interface: Interface, port: u16) -> Self {
        Self { address: interface.address, port, interface: Some(interface) }
    }

    fn outside(address: Ipv4Addr, port: u16) -> Self {
        Self { address, port, interface: None }
    }
}

/// Bytes from the one who opened the flow and to him.
#[derive(Debug, Clone, Copy, Default)]
struct Volume {
    sent: u64,
    received: u64,
}

/// Flows by minute and ends.
#[derive(Default)]
struct Minutes {
    volumes: BTreeMap<(i64, End, End), Volume>,
}

impl Minutes {
    fn add(&mut self, at: Micros, from: End, to: End, sent: u64, received: u64) {
        let volume = self.volumes.entry((at.div_euclid(MINUTE), from, to)).or_default();
        volume.sent += sent;
        volume.received += received;
    }
}

/// All flows, in the order of their starts.
pub(super) fn generate(plan: &Plan, window: Window, traffic: &Traffic) -> Vec<Flow> {
    let mut minutes = Minutes::default();
    requests(traffic, &mut minutes);
    background(plan, window, &mut minutes);
    let mut flows = Vec::with_capacity(minutes.volumes.len() * 4);
    for ((minute, from, to), volume) in minutes.volumes {
        both_ends(minute, from, to, volume, &mut flows);
    }
    rejected(plan, window, &mut flows);
    nothing(window, &mut flows);
    flows.sort_unstable();
    flows
}

fn requests(traffic: &Traffic, minutes: &mut Minutes) {
    for request in &traffic.requests {
        let connection = &traffic.connections[request.connection];
        let node = Interface::balancer(connection.node);
        let client = End::outside(connection.address, connection.port);
        let (sent, received) = (request.received, request.sent);
        minutes.add(request.at, client, End::inside(node, connection.listener()), sent + 600, received + 400);
        let task = match &request.outcome {
            Outcome::App(answer) => answer.task,
            Outcome::Refused(Refusal::BadGateway(task) | Refusal::Timeout(task)) => *task,
            Outcome::Refused(_) => continue,
        };
        let interface = task.interface();
        // The load balancer keeps its connections to the tasks for about an hour.
        let balancer = End::inside(
            node,
            port(&[request.at.div_euclid(HOUR).unsigned_abs(), node.zone as u64, host(interface)]),
        );
        minutes.add(
            request.at,
            balancer,
            End::inside(interface, task.service.port()),
            sent + 300,
            received + 300,
        );
        if request.answer().is_some() {
            let logged = request.logged().unwrap_or(request.at);
            let pool = End::inside(interface, port(&[5432, host(interface), request.number(11) % 4]));
            minutes.add(logged, pool, End::inside(Interface::aurora(), 5432), 420, received / 2 + 380);
        }
    }
    for connection in traffic.connections.iter().filter(|connection| connection.failed.is_some()) {
        let node = Interface::balancer(connection.node);
        let client = End::outside(connection.address, connection.port);
        minutes.add(connection.at, client, End::inside(node, 443), 310, 120);
    }
}

/// What the tasks send without being asked: logs, every minute, and archive objects now and then.
fn background(plan: &Plan, window: Window, minutes: &mut Minutes) {
    let rng = &mut stream(plan.seed, "flows", 0);
    let mut at = window.from;
    while at < window.to {
        for (service, count) in [(Service::Shop, 4), (Service::Payments, 2), (Service::Worker, 1)] {
            for number in 0..count {
                let interface = Task::of(service, number, window.deployed(at)).interface();
                let within = at + rng.i64(0..MINUTE);
                if rng.chance(0.5) {
                    let from = End::inside(interface, port(&[443, host(interface)]));
                    minutes.add(
                        within,
                        from,
                        End::inside(Interface::endpoint(), 443),
                        900 + rng.u64(..4_000),
                        700,
                    );
                }
                if rng.chance(0.1) {
                    let from = End::inside(interface, port(&[80, host(interface), at.unsigned_abs()]));
                    minutes.add(within, from, End::outside(S3, 443), 9_000 + rng.u64(..90_000), 2_100);
                }
            }
        }
        at += MINUTE;
    }
}

/// A port of the ephemeral ones, for the given numbers.
fn port(of: &[u64]) -> u16 {
    32_768 + u16::try_from(mix(of) % 28_000).unwrap_or(0)
}

fn host(interface: Interface) -> u64 {
    u64::from(u32::from(interface.address))
}

/// The records of a flow: two at each end that is in the VPC, one for each direction.
fn both_ends(minute: i64, from: End, to: End, volume: Volume, flows: &mut Vec<Flow>) {
    let start = minute * 60 + i64::from(from.port % 7);
    let end = start + 20 + i64::from(to.port % 33);
    let short = from.interface.is_none();
    for (sender, receiver, bytes, flags) in [
        (from, to, volume.sent, if short { 3 } else { 0 }),
        (to, from, volume.received, if short { 19 } else { 0 }),
    ] {
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        let data = |egress, path| Data {
            from: sender.address,
            to: receiver.address,
            from_port: sender.port,
            to_port: receiver.port,
            protocol: 6,
            packets: 3 + bytes / 900,
            bytes: bytes + 40 * (3 + bytes / 900),
            accepted: true,
            flags,
            egress,
            path,
        };
        let path = match receiver {
            End { interface: Some(_), .. } => 1,
            End { address, .. } if address == S3 => 7,
            End { .. } => 8,
        };
        if let Some(interface) = sender.interface {
            flows.push(Flow { start, end, interface, data: Some(data(true, Some(path))) });
        }
        if let Some(interface) = receiver.interface {
            flows.push(Flow { start, end, interface, data: Some(data(false, None)) });
        }
    }
}

/// Scans from the internet, which the security group of the load balancer rejects.
fn rejected(plan: &Plan, window: Window, flows: &mut Vec<Flow>) {
    let rng = &mut stream(plan.seed, "flows", 1);
    let mut at = window.from;
    while at < window.to {
        let start = at.div_euclid(SECOND) + rng.i64(0..30);
        let interface = Interface::balancer(rng.usize(..2));
        let from = Ipv4Addr::new(192, 0, 2, rng.u8(1..=250));
        let from_port = rng.u16(1024..);
        for _ in 0..rng.u32(1..6) {
            let packets = rng.i64(1..4);
            let data = Data {
                from,
                to: interface.address,
                from_port,
                to_port: rng.pick(&PORTS),
                protocol: if rng.chance(0.95) { 6 } else { 17 },
                packets,
                bytes: packets * 44,
                accepted: false,
                flags: 2,
                egress: false,
                path: None,
            };
            let flags = if data.protocol == 6 { 2 } else { 0 };
            flows.push(Flow { start, end: start + 25, interface, data: Some(Data { flags, ..data }) });
        }
        at += (rng.wait(70.0) * 1e6) as Micros + 5 * SECOND;
    }
}

/// The spare interface says every ten minutes that nothing happened.
fn nothing(window: Window, flows: &mut Vec<Flow>) {
    let mut at = window.from.div_euclid(SECOND);
    while at < window.to.div_euclid(SECOND) {
        flows.push(Flow { start: at, end: at + 599, interface: Interface::idle(), data: None });
        at += 600;
    }
}
