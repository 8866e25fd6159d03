//! Records that clients send, and the check that they arrived.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sluice_system_tests::{BASE_MS, Rig, rfc3339};
use sluice_testkit::archive::{ArchivedRecord, misplaced};

/// How many records a client sends.
pub(crate) const COUNT: u64 = 600;
/// Over so many hours.
const HOURS: u64 = 2;
/// One in so many is an error.
const ERRORS: u64 = 7;
/// This one's message is 100 KiB, in UTF-8 whose characters lie across the pieces that Docker cuts.
const LONG: u64 = 77;

/// How exact the times are that a client sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Times {
    /// Integers.
    Seconds,
    /// EventTime.
    Milliseconds,
}

impl Times {
    /// How the clients are told.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Times::Seconds => "seconds",
            Times::Milliseconds => "event-time",
        }
    }
}

/// A record.
pub(crate) struct Order {
    id: u64,
    /// When it was made.
    pub(crate) ms: i64,
    /// What was recorded.
    pub(crate) record: Value,
}

/// The records that all clients send.
pub(crate) fn orders() -> Vec<Order> {
    let base_ms = BASE_MS();
    (0..COUNT).map(|id| Order { id, ms: base_ms + ms_of(id), record: record(id) }).collect()
}

fn ms_of(id: u64) -> i64 {
    (id * HOURS * 3_600_000 / COUNT + id * 7 % 1000) as i64
}

fn is_error(id: u64) -> bool {
    id % ERRORS == 3 || id == LONG
}

fn record(id: u64) -> Value {
    let message = if id == LONG {
        "größer 鯨🐋 ".repeat((100 << 10) / "größer 鯨🐋 ".len() + 1)
    } else {
        format!("order {id} for Zoë stored, 注文 🎉 \"quoted\"\tand\nnext line")
    };
    json!({
        "level": if is_error(id) { "ERROR" } else { "INFO" },
        "message": message,
        "id": id,
        "customer": {
            "first": "Zoë",
            "address": {"city": "Zürich", "floors": [-1, 0, 2.5, {"lift": true}]},
            "vat": null,
        },
        "big": (1u64 << 53) - 1 - id,
        "low": -40_000 - id as i64,
        "share": id as f64 / 8.0 + 0.1,
        "none": {},
        "empty": "",
    })
}

/// The same without the one that Docker cuts.
pub(crate) fn short_orders() -> Vec<Order> {
    orders().into_iter().filter(|order| order.id != LONG).collect()
}

/// One line for a client of `tests/clients`.
pub(crate) fn line(order: &Order) -> String {
    json!({"ms": order.ms, "source": source(order.id), "record": order.record}).to_string()
}

/// The stream that a container writes a record to.
fn source(id: u64) -> &'static str {
    if is_error(id) { "stderr" } else { "stdout" }
}

/// Checks that the archive has every record once, as it was sent, and CloudWatch Logs exactly the errors. `more` checks
/// what a client adds, and takes it from `attrs`.
pub(crate) fn check(rig: &Rig, orders: &[Order], times: Times, more: fn(&ArchivedRecord, &mut Value)) {
    check_archive(rig, orders, times, more);
    assert_eq!(errors(rig), wanted_errors(orders), "exactly the errors, once");
}

/// As [`check`], but after a kill CloudWatch Logs may get again what it took just before.
pub(crate) fn check_after_kills(
    rig: &Rig,
    orders: &[Order],
    times: Times,
    more: fn(&ArchivedRecord, &mut Value),
) {
    check_archive(rig, orders, times, more);
    let (found, wanted) = (errors(rig), wanted_errors(orders));
    assert!(found.keys().eq(wanted.keys()), "exactly the errors, at least once: {found:?}");
}

fn check_archive(rig: &Rig, orders: &[Order], times: Times, more: fn(&ArchivedRecord, &mut Value)) {
    let archived = rig.archived();
    assert_eq!(misplaced(&archived), Vec::<String>::new());
    assert_eq!(ids(rig), orders.iter().map(|order| (order.id, 1)).collect(), "every record once");
    for found in &archived {
        let id = id(&found.json);
        let order = orders.iter().find(|order| order.id == id).expect("it was sent");
        let ms = if times == Times::Seconds { order.ms / 1000 * 1000 } else { order.ms };
        assert_eq!(found.text("ts"), rfc3339(ms), "{}", abridged(&found.json));
        let level = if is_error(order.id) { "error" } else { "info" };
        assert_eq!(found.text("level"), level, "{}", abridged(&found.json));
        let mut attrs = found.json["attrs"].clone();
        more(found, &mut attrs);
        attrs["level"] = order.record["level"].clone();
        attrs["message"] = found.json["message"].clone();
        assert!(
            attrs == order.record,
            "{}\nbut sent was\n{}",
            abridged(&found.json),
            abridged(&order.record)
        );
    }
}

/// The errors that CloudWatch Logs has, and how often.
fn errors(rig: &Rig) -> BTreeMap<u64, usize> {
    count(&rig.errors())
}

fn wanted_errors(orders: &[Order]) -> BTreeMap<u64, usize> {
    orders.iter().filter(|order| is_error(order.id)).map(|order| (order.id, 1)).collect()
}

/// Checks what an event that is a record by itself adds: its tag.
pub(crate) fn only_the_tag(found: &ArchivedRecord, attrs: &mut Value) {
    let tag = attrs.as_object_mut().and_then(|attrs| attrs.remove("fluent_tag"));
    assert_eq!(tag, Some("shop.orders".into()), "{}", abridged(&found.json));
}

/// Checks what Docker adds: the container and its stream.
pub(crate) fn only_the_container(found: &ArchivedRecord, _: &mut Value) {
    assert_eq!(found.text("container"), "app");
    assert_eq!(found.text("task"), "0123456789abcdef0123456789abcdef");
    assert_eq!(found.text("source"), source(id(&found.json)));
}

/// How often each record is in the archive.
pub(crate) fn ids(rig: &Rig) -> BTreeMap<u64, usize> {
    count(rig.archived().iter().map(|record| &record.json))
}

fn count<'r>(records: impl IntoIterator<Item = &'r Value>) -> BTreeMap<u64, usize> {
    let mut counts = BTreeMap::new();
    for record in records {
        *counts.entry(id(record)).or_default() += 1;
    }
    counts
}

fn id(record: &Value) -> u64 {
    record["attrs"]["id"].as_u64().unwrap_or_else(|| panic!("no id: {}", abridged(record)))
}

fn abridged(record: &Value) -> String {
    record.to_string().chars().take(800).collect()
}
