//! A line of the access log: 33 fields, which are 37 columns when addresses are taken from their ports and the request
//! line is split in three.

use std::fmt::{self, Display};

use super::push_time;
use crate::clock::{Micros, push_fmt};
use crate::summary::{AlbCounts, add};
use crate::traffic::{Connection, Outcome, Refusal, Request, TraceId, millis};
use crate::world::{CERTIFICATE, ELB, HOST, Service, Task};

/// What the load balancer did, in the words of its log.
struct Deed {
    target: Option<Task>,
    /// Seconds until the request was sent on, until the target answered, until that was sent to the client. None where
    /// it did not come to that.
    times: [Option<f64>; 3],
    elb_status: u16,
    target_status: Option<u16>,
    group: Option<Service>,
    actions: &'static str,
    redirect: Option<String>,
}

/// The line and the time it is logged with, which is that of the answer.
pub(super) fn line(request: &Request, connection: &Connection, counts: &mut AlbCounts) -> (Micros, Vec<u8>) {
    let deed = deed(request);
    let took = match &request.outcome {
        Outcome::App(answer) => request.upload + answer.took + request.download,
        Outcome::Refused(Refusal::Timeout(_)) => 10_000.0,
        Outcome::Refused(_) => 1.0,
    };
    let at = request.at + millis(took);
    let usual = request.route.usual();
    let malformed = matches!(request.outcome, Outcome::Refused(Refusal::Malformed));

    let mut out = Vec::with_capacity(900);
    let (kind, scheme, protocol) = match (&connection.tls, request.client.agent.h2) {
        (None, _) => ("http", "http", "HTTP/1.1"),
        (Some(_), true) => ("h2", "https", "HTTP/2.0"),
        (Some(_), false) => ("https", "https", "HTTP/1.1"),
    };
    push_fmt(&mut out, format_args!("{kind} "));
    push_time(&mut out, at);
    push_fmt(&mut out, format_args!(" {ELB} {}:{} ", connection.address, connection.port));
    match deed.target {
        Some(task) => push_fmt(&mut out, format_args!("{}", Address(task))),
        None => out.push(b'-'),
    }
    for time in deed.times {
        match time {
            Some(seconds) => push_fmt(&mut out, format_args!(" {seconds:.3}")),
            None => out.extend_from_slice(b" -1"),
        }
    }
    let target_status = Dash(deed.target_status);
    push_fmt(
        &mut out,
        format_args!(" {} {target_status} {} {} ", deed.elb_status, request.received, request.sent),
    );
    let port = connection.listener();
    if malformed {
        push_fmt(&mut out, format_args!("\"- {scheme}://{HOST}:{port}- -\" \"-\" "));
    } else {
        let question = if request.query.is_empty() { "" } else { "?" };
        push_fmt(
            &mut out,
            format_args!(
                "\"{} {scheme}://{HOST}:{port}{}{question}{} {protocol}\" \"{}\" ",
                usual.method, request.path, request.query, request.client.agent.name
            ),
        );
    }
    match &connection.tls {
        Some(tls) => push_fmt(&mut out, format_args!("{} {} ", tls.cipher, tls.protocol)),
        None => out.extend_from_slice(b"- - "),
    }
    push_fmt(&mut out, format_args!("{} ", Dash(deed.group.map(Service::target_group))));
    if malformed {
        out.extend_from_slice(b"\"-\" ");
    } else {
        push_fmt(&mut out, format_args!("\"Root={}\" ", TraceId(request.trace)));
    }
    let (domain, certificate) = if connection.tls.is_some() { (HOST, CERTIFICATE) } else { ("-", "-") };
    let priority = if malformed { "-".to_owned() } else { request.route.priority().to_string() };
    push_fmt(&mut out, format_args!("\"{domain}\" \"{certificate}\" {priority} "));
    push_time(&mut out, request.at);
    push_fmt(
        &mut out,
        format_args!(
            " \"{}\" \"{}\" \"-\" \"{}\" \"{target_status}\" \"-\" \"-\" TID_{:032x}",
            deed.actions,
            Dash(deed.redirect),
            Dash(deed.target.map(Address)),
            connection.id
        ),
    );
    match request.rewritten() {
        Some(path) if deed.group.is_some() => {
            push_fmt(&mut out, format_args!(" \"-\" \"{path}\" \"TransformSuccess\""));
        }
        _ => out.extend_from_slice(b" \"-\" \"-\" \"-\""),
    }

    counts.lines += 1;
    add(&mut counts.by_elb_status, deed.elb_status);
    add(&mut counts.by_target_status, deed.target_status.unwrap_or(0));
    counts.elb_5xx += u64::from(deed.elb_status >= 500 && deed.target_status.is_none());
    counts.target_5xx += u64::from(deed.target_status.is_some_and(|status| status >= 500));
    counts.received_bytes += request.received;
    counts.sent_bytes += request.sent;
    (at, out)
}

fn deed(request: &Request) -> Deed {
    let group = Some(request.route.usual().service);
    let refused = |elb_status, actions| Deed {
        target: None,
        times: [None; 3],
        elb_status,
        target_status: None,
        group: None,
        actions,
        redirect: None,
    };
    let refusal = match &request.outcome {
        Outcome::App(answer) => {
            let [upload, took, download] =
                [request.upload, answer.took, request.download].map(|ms| ms / 1000.0);
            let (elb_status, target_status, download) = if answer.unheard {
                (460, None, None)
            } else {
                (answer.status, Some(answer.status), Some(download))
            };
            let took = if answer.unheard { None } else { Some(took) };
            return Deed {
                target: Some(answer.task),
                times: [Some(upload), took, download],
                elb_status,
                target_status,
                group,
                actions: "waf,forward",
                redirect: None,
            };
        }
        Outcome::Refused(refusal) => *refusal,
    };
    match refusal {
        Refusal::Blocked(_) => refused(403, "waf"),
        Refusal::Malformed => refused(400, "-"),
        Refusal::Redirected => {
            let redirect = Some(format!("https://{HOST}:443/"));
            Deed { redirect, ..refused(301, "waf,redirect") }
        }
        Refusal::Unavailable(service) => Deed { group: Some(service), ..refused(503, "waf,forward") },
        Refusal::BadGateway(task) => Deed {
            target: Some(task),
            times: [Some(request.upload / 1000.0), Some(0.003), None],
            group,
            ..refused(502, "waf,forward")
        },
        Refusal::Timeout(task) => Deed { target: Some(task), group, ..refused(504, "waf,forward") },
    }
}

/// A value, or a dash.
struct Dash<T>(Option<T>);

impl<T: Display> Display for Dash<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(value) => value.fmt(f),
            None => f.write_str("-"),
        }
    }
}

/// A target's address and port.
struct Address(Task);

impl Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.0.interface().address, self.0.service.port())
    }
}
