//! What people do.
//!
//! A visit is a walk along the funnel: products are viewed, put into the cart, ordered, paid for, with fewer people at
//! each step. Within a visit there are less than 30 minutes between two requests, and between two visits of a person
//! at least 30 minutes.

use std::collections::HashMap;
use std::net::Ipv4Addr;

use fastrand::Rng;

use super::client::BROWSERS;
use super::{Client, Outcome, Refusal, Request, Route, Traffic, answer, busy, trace};
use crate::chance::{Chance, mix, stream};
use crate::clock::{HOUR, MINUTE, Micros, SECOND};
use crate::plan::{Plan, Window};

/// Requests of a visit on the average.
const LENGTH: f64 = 8.4;

/// Which part of the requests are people's.
const SHARE: f64 = 0.89;

/// The load balancer closes a connection on which so long nothing happened.
const KEEP_ALIVE: Micros = 60 * SECOND;

const WORDS: [&str; 16] = [
    "walnut%20desk",
    "chair",
    "lamp",
    "caf%C3%A9%20table",
    "%E6%A4%85%E5%AD%90",
    "shelf",
    "rug",
    "sofa%20bed",
    "oak",
    "stool",
    "mirror",
    "bookcase",
    "%E6%9C%BA",
    "curtain",
    "bench",
    "tea%20set",
];

pub(super) fn generate(plan: &Plan, window: Window, traffic: &mut Traffic) {
    let people = (f64::from(plan.requests_per_hour) * f64::from(plan.hours) / 16.0).max(24.0);
    // When each person's latest visit ended.
    let mut left: HashMap<u32, Micros> = HashMap::new();
    for hour in 0..plan.hours {
        let start = window.from + Micros::from(hour) * HOUR;
        let mut rng = stream(plan.seed, "visits", u64::from(hour));
        let visits = f64::from(plan.requests_per_hour) * SHARE * busy(start) / LENGTH;
        let visits = visits as u64 + u64::from(rng.chance(visits.fract()));
        let mut begins: Vec<Micros> = (0..visits).map(|_| start + rng.i64(0..HOUR)).collect();
        begins.sort_unstable();
        for begin in begins {
            // Some come often, most now and then.
            let person = (0..12)
                .map(|_| (rng.f64().powf(1.8) * people) as u32)
                .find(|person| left_long_ago(&left, *person, begin));
            if let Some(person) = person {
                let end = Visit::new(plan.seed, person, begin, window, &mut rng).walk(&mut rng, traffic);
                left.insert(person, end);
            }
        }
    }
}

fn left_long_ago(left: &HashMap<u32, Micros>, person: u32, now: Micros) -> bool {
    left.get(&person).is_none_or(|end| now - end > 31 * MINUTE)
}

struct Visit {
    at: Micros,
    person: u32,
    client: Client,
    /// The connection that is open, and when it was used last.
    open: Option<(usize, Micros)>,
    window: Window,
}

impl Visit {
    fn new(seed: u64, person: u32, at: Micros, window: Window, rng: &mut Rng) -> Self {
        let number = mix(&[seed, 0x7065_6f70_6c65, u64::from(person)]);
        let host = u8::try_from(number % 253 + 1).unwrap_or(1);
        // Most are at home or on the same phone as ever.
        let address = if number.is_multiple_of(4) != rng.chance(0.1) {
            Ipv4Addr::new(198, 51, 100, host)
        } else {
            Ipv4Addr::new(203, 0, 113, host)
        };
        let agent =
            &BROWSERS[usize::try_from((number >> 32) % 20).map_or(0, |n| n.min(25) * BROWSERS.len() / 20)];
        Self { at, person, client: Client { address, agent }, open: None, window }
    }

    /// Goes through the shop, and tells when the last request ended.
    fn walk(mut self, rng: &mut Rng, traffic: &mut Traffic) -> Micros {
        if rng.chance(0.02) {
            self.redirected(rng, traffic);
        }
        if rng.chance(0.5) {
            self.ask(Route::Home, rng, traffic);
        }
        if rng.chance(0.4) {
            self.ask(Route::Login, rng, traffic);
        }
        let mut cart = 0;
        for _ in 0..1 + rng.wait(2.2) as u32 {
            if rng.chance(0.55) {
                self.ask(Route::Search, rng, traffic);
            }
            for _ in 0..1 + rng.wait(0.9) as u32 {
                let old = self.client.agent.name.starts_with("ShopApp") && rng.chance(0.3);
                self.ask(if old { Route::Legacy } else { Route::Product }, rng, traffic);
            }
            if rng.chance(0.27) && self.ask(Route::CartAdd, rng, traffic) {
                cart += 1;
            }
        }
        if cart > 0 {
            self.ask(Route::CartView, rng, traffic);
            if rng.chance(0.62) && self.ask(Route::Order, rng, traffic) {
                if rng.chance(0.88) {
                    self.ask(Route::Pay, rng, traffic);
                }
                if rng.chance(0.5) {
                    self.ask(Route::OrderView, rng, traffic);
                }
            }
        }
        self.at
    }

    /// Asks for something, at most three times, and tells whether it went well.
    fn ask(&mut self, route: Route, rng: &mut Rng, traffic: &mut Traffic) -> bool {
        for _ in 0..3 {
            let request = self.request(route, rng, traffic);
            let well = request.answer().is_some_and(|answer| answer.status < 400 && !answer.unheard);
            let ended = request.logged().unwrap_or(request.at);
            traffic.requests.push(request);
            // Reading a page takes a while; now and then somebody is called away.
            let pause =
                if rng.chance(0.02) { rng.wait(420.0).min(1_500.0) } else { rng.wait(14.0).min(300.0) };
            self.at = ended + (pause * 1e6) as Micros + SECOND;
            if well {
                return true;
            }
            if rng.chance(0.4) {
                return false;
            }
        }
        false
    }

    fn request(&mut self, route: Route, rng: &mut Rng, traffic: &mut Traffic) -> Request {
        let (path, query) = address_of(route, self.person, rng);
        let at = self.at;
        let connection = match self.open {
            Some((connection, used)) if at - used < KEEP_ALIVE => connection,
            _ => self.client.connect(at, true, rng, traffic),
        };
        self.open = Some((connection, at));
        let mut request = Request {
            at,
            trace: trace(at, rng),
            client: self.client,
            connection,
            user: Some(self.person),
            route,
            path,
            query,
            outcome: Outcome::Refused(Refusal::Malformed),
            upload: 0.0,
            download: 0.0,
            received: 0,
            sent: 0,
            counted: None,
        };
        if matches!(route, Route::CartAdd | Route::Order) && rng.chance(0.03) {
            request.counted = Some("count-large-body");
        }
        answer::decide(&mut request, self.window, rng);
        request
    }

    /// Comes over HTTP first.
    fn redirected(&mut self, rng: &mut Rng, traffic: &mut Traffic) {
        let connection = self.client.connect(self.at, false, rng, traffic);
        traffic.requests.push(Request {
            at: self.at,
            trace: trace(self.at, rng),
            client: self.client,
            connection,
            user: None,
            route: Route::Home,
            path: "/".into(),
            query: String::new(),
            outcome: Outcome::Refused(Refusal::Redirected),
            upload: 0.0,
            download: 0.0,
            received: 410 + rng.u64(..80),
            sent: 324,
            counted: None,
        });
        self.at += 150_000 + rng.i64(0..200_000);
    }
}

/// Path and query.
pub(super) fn address_of(route: Route, person: u32, rng: &mut Rng) -> (String, String) {
    // Some products are viewed far more than others.
    let product = 1_000 + (rng.f64().powi(3) * 400.0) as u32;
    match route {
        Route::Home | Route::Unknown => {
            ("/".into(), if rng.chance(0.1) { "utm_source=mail" } else { "" }.into())
        }
        Route::Search => ("/api/search".into(), format!("q={}&limit=20", rng.pick(&WORDS))),
        Route::Product => (format!("/api/products/{product}"), String::new()),
        Route::Legacy => (format!("/v1/products/{product}"), String::new()),
        Route::Login => ("/api/login".into(), String::new()),
        Route::CartView => ("/api/cart".into(), String::new()),
        Route::CartAdd => ("/api/cart/items".into(), String::new()),
        Route::Order => ("/api/orders".into(), String::new()),
        Route::OrderView => (format!("/api/orders/{}", 50_000 + person * 7 + rng.u32(..7)), String::new()),
        Route::Pay => ("/payments".into(), String::new()),
    }
}
