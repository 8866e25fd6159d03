//! What the service counts. Each counter has a name, a unit and a help text, and `docs/metrics.md` is made from them.
//!
//! Invariants, at all times (bytes are those of segments, their headers included):
//! * `in_bytes` + `recovered_bytes` = `archived_bytes` + `discarded_bytes` + the bytes in the spool;
//! * counters only grow while the process lives.

use std::cell::Cell;
use std::fmt::Write;

/// How a value behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Only grows.
    Counter,
    /// Goes up and down.
    Gauge,
}

impl Kind {
    /// Prometheus' word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        }
    }
}

/// One value as it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Metric {
    /// Its name, as Prometheus has it.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// Its unit, as CloudWatch's embedded metric format has it.
    pub unit: &'static str,
    /// What it says.
    pub help: &'static str,
    /// The value.
    pub value: u64,
}

macro_rules! counters {
    ($($field:ident: $kind:ident $name:literal $unit:literal $help:literal,)*) => {
        /// All values of a service. Only the thread of the service changes them.
        #[derive(Debug, Default)]
        pub(super) struct Counters {
            $(#[doc = $help] pub(super) $field: Cell<u64>,)*
        }

        impl Counters {
            /// All of them, in the order in which they are documented.
            #[must_use]
            pub(super) fn all(&self) -> Vec<Metric> {
                vec![$(Metric {
                    name: concat!("sluice_", $name),
                    kind: Kind::$kind,
                    unit: $unit,
                    help: $help,
                    value: self.$field.get(),
                },)*]
            }
        }
    };
}

counters! {
    in_bytes: Counter "in_bytes_total" "Bytes" "Bytes accepted and stored in the spool, heads of entries included.",
    in_events: Counter "in_events_total" "Count" "Lines and forwarded events accepted and stored.",
    in_chunks_repeated: Counter "in_chunks_repeated_total" "Count" "Chunks that a client sent again and that were acknowledged without being stored again.",
    recovered_bytes: Counter "recovered_bytes_total" "Bytes" "Bytes that an earlier run left in the spool.",
    archived_bytes: Counter "archived_bytes_total" "Bytes" "Bytes of the spool that were delivered, to the archive and to CloudWatch Logs.",
    archived_segments: Counter "archived_segments_total" "Count" "Segments that were delivered and deleted.",
    archived_records: Counter "archived_records_total" "Count" "Records in objects that were delivered.",
    archived_objects: Counter "archived_objects_total" "Count" "Objects that were delivered.",
    archived_object_bytes: Counter "archived_object_bytes_total" "Bytes" "Bytes of objects that were delivered.",
    archive_failures: Counter "archive_failures_total" "Count" "Uploads that failed and were tried again.",
    discarded_bytes: Counter "discarded_bytes_total" "Bytes" "Bytes of the spool discarded because it was full (spool.when_full = \"drop\").",
    discarded_records: Counter "discarded_records_total" "Count" "Records below errors.min_level discarded because the spool was full.",
    lost_bytes: Counter "lost_bytes_total" "Bytes" "Bytes that vanished from the spool by no doing of the router's.",
    records_error: Counter "error_records_total" "Count" "Records at errors.min_level and above that were routed.",
    records_joined: Counter "joined_records_total" "Count" "Records made of several lines.",
    records_out_of_range: Counter "out_of_range_records_total" "Count" "Records filed by their time of receipt since their own is too old or too new.",
    records_cut: Counter "cut_records_total" "Count" "Records too long for the archive, of which the beginning is there.",
    lines_filtered: Counter "filtered_events_total" "Count" "Lines left out by include-pattern and exclude-pattern of FireLens.",
    damaged: Counter "damaged_entries_total" "Count" "Stretches of the spool that could not be read back.",
    unaccounted: Counter "unaccounted_events_total" "Count" "Events accepted that were not found again when their segment was routed. Always 0, or there is a defect.",
    errors_sent: Counter "cloudwatch_events_total" "Count" "Events that CloudWatch Logs took.",
    errors_sent_bytes: Counter "cloudwatch_bytes_total" "Bytes" "Bytes of these as CloudWatch Logs bills them: UTF-8 and 26 an event.",
    errors_batches: Counter "cloudwatch_batches_total" "Count" "Batches sent to CloudWatch Logs.",
    errors_failures: Counter "cloudwatch_failures_total" "Count" "Batches that failed and were tried again.",
    errors_throttled: Counter "throttled_requests_total" "Count" "Requests to AWS that were throttled.",
    errors_refused: Counter "cloudwatch_refused_events_total" "Count" "Events that CloudWatch Logs refused (too old, too new). They are in the archive.",
    errors_suppressed: Counter "cloudwatch_suppressed_events_total" "Count" "Repeats that a summary stands for (errors.bytes_per_minute).",
    connections: Gauge "connections" "Count" "Clients that are connected.",
    connections_total: Counter "connections_total" "Count" "Clients that have connected.",
    clients_refused: Counter "refused_clients_total" "Count" "Clients that were disconnected: not the protocol, a frame too large, a wrong key.",
    clients_cut_off: Counter "cut_off_clients_total" "Count" "Clients that left in the middle of a message, which is not stored.",
    spool_bytes: Gauge "spool_bytes" "Bytes" "Bytes in the spool, without the headers of segments.",
    spool_segments: Gauge "spool_segments" "Count" "Segments in the spool.",
    spool_full: Gauge "spool_full" "Count" "1 while the spool is full and inputs wait.",
    spool_seal_forced: Counter "spool_seals_forced_total" "Count" "Segments that had to end where a message may go on.",
    own_rss_bytes: Gauge "process_resident_bytes" "Bytes" "Memory of the process.",
}

/// Adds to a counter.
pub(super) fn add(counter: &Cell<u64>, more: u64) {
    counter.set(counter.get().wrapping_add(more));
}

/// The values in Prometheus' text format, version 0.0.4.
#[must_use]
pub(super) fn prometheus(metrics: &[Metric], redactions: &[(String, u64)]) -> String {
    let mut out = String::new();
    for metric in metrics {
        let Metric { name, kind, help, value, .. } = metric;
        let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {}\n{name} {value}", kind.as_str());
    }
    if !redactions.is_empty() {
        let name = "sluice_redactions_total";
        let _ = writeln!(out, "# HELP {name} Secrets masked, by rule.\n# TYPE {name} counter");
        for (rule, count) in redactions {
            let _ = writeln!(out, "{name}{{rule=\"{}\"}} {count}", rule.replace(['\\', '"', '\n'], "_"));
        }
    }
    out
}

/// The table of `docs/metrics.md`.
#[must_use]
pub fn table() -> String {
    let mut out = String::from("| name | kind | unit | meaning |\n|---|---|---|---|\n");
    for Metric { name, kind, unit, help, .. } in Counters::default().all() {
        let _ = writeln!(out, "| `{name}` | {} | {} | {help} |", kind.as_str(), unit.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_metric_is_told_with_help_and_kind() {
        let counters = Counters::default();
        add(&counters.in_bytes, 7);
        let text = prometheus(&counters.all(), &[("email".to_owned(), 2)]);
        assert!(text.contains("# TYPE sluice_in_bytes_total counter\nsluice_in_bytes_total 7\n"));
        assert!(text.contains("sluice_redactions_total{rule=\"email\"} 2\n"));
    }

    #[test]
    fn counters_end_in_total_and_gauges_do_not() {
        for metric in Counters::default().all() {
            assert_eq!(metric.name.ends_with("_total"), metric.kind == Kind::Counter, "{}", metric.name);
        }
    }
}
