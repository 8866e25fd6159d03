//! Events become batches that PutLogEvents takes.
//!
//! Invariants:
//! - Every event is in exactly one batch; all batches in a row are the events in order of time, and those of equal time
//!   as they came.
//! - A batch is never empty, spans less than a day, and keeps the limits. Only an event that is above them by itself
//!   exceeds them: it is alone in its batch.

use super::Event;

/// A batch that spans more is refused.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// What a batch may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchLimits {
    /// Most bytes, as [`Event::cost`] counts them.
    pub bytes: u64,
    /// Most events.
    pub events: usize,
}

/// What goes into one call of PutLogEvents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// In order of time.
    pub events: Vec<Event>,
    /// What they cost together.
    pub bytes: u64,
}

impl Batch {
    fn of(event: Event) -> Batch {
        Batch { bytes: event.cost(), events: vec![event] }
    }

    /// Whether an event that is not before any of these fits.
    fn takes(&self, event: &Event, limits: &BatchLimits) -> bool {
        self.events.len() < limits.events
            && self.bytes + event.cost() <= limits.bytes
            && self.events.first().is_none_or(|first| first.ts_ms.abs_diff(event.ts_ms) < DAY_MS)
    }

    fn push(&mut self, event: Event) {
        self.bytes += event.cost();
        self.events.push(event);
    }
}

/// Sorts events by time and puts as many into each batch as it may hold.
#[must_use]
pub fn batches(mut events: Vec<Event>, limits: &BatchLimits) -> Vec<Batch> {
    // Stable: the parts of a record have one time.
    events.sort_by_key(|event| event.ts_ms);
    let mut batches: Vec<Batch> = Vec::new();
    for event in events {
        match batches.last_mut().filter(|batch| batch.takes(&event, limits)) {
            Some(batch) => batch.push(event),
            None => batches.push(Batch::of(event)),
        }
    }
    batches
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    const HOUR: i64 = 60 * 60 * 1000;
    const LIMITS: BatchLimits = BatchLimits { bytes: 1_048_576, events: 10_000 };

    fn event(ts_ms: i64, message: &str) -> Event {
        Event { ts_ms, message: message.to_owned() }
    }

    /// The messages of each batch.
    fn shown(batches: &[Batch]) -> Vec<Vec<&str>> {
        batches.iter().map(|batch| batch.events.iter().map(|event| &*event.message).collect()).collect()
    }

    #[test]
    fn no_events_make_no_batch() {
        assert_eq!(batches(Vec::new(), &LIMITS), []);
    }

    #[test]
    fn events_are_sorted_by_time_and_those_of_one_time_stay_in_order() {
        let batches = batches(vec![event(2, "c"), event(1, "a"), event(2, "d"), event(1, "b")], &LIMITS);
        assert_eq!(shown(&batches), [["a", "b", "c", "d"]]);
    }

    #[test]
    fn a_batch_spans_less_than_a_day() {
        let events =
            vec![event(0, "a"), event(24 * HOUR - 1, "b"), event(24 * HOUR, "c"), event(i64::MAX, "d")];
        assert_eq!(shown(&batches(events, &LIMITS)), [vec!["a", "b"], vec!["c"], vec!["d"]]);
    }

    #[test]
    fn a_batch_is_full_to_the_last_byte_and_event() {
        let events = vec![event(0, "aaaa"), event(1, "bbbb"), event(2, "c"), event(3, "d"), event(4, "e")];
        let limits = BatchLimits { bytes: 60, events: 2 };
        assert_eq!(
            shown(&batches(events.clone(), &limits)),
            [vec!["aaaa", "bbbb"], vec!["c", "d"], vec!["e"]]
        );
        let limits = BatchLimits { bytes: 59, events: 2 };
        assert_eq!(shown(&batches(events, &limits)), [vec!["aaaa"], vec!["bbbb", "c"], vec!["d", "e"]]);
    }

    #[test]
    fn an_event_above_the_limits_is_alone() {
        let long = "x".repeat(100);
        let events = vec![event(0, "a"), event(1, &long), event(2, "b")];
        let limits = BatchLimits { bytes: 100, events: 10 };
        assert_eq!(shown(&batches(events, &limits)), [["a"], [&long], ["b"]]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_events_come_out_once_in_order_and_within_the_limits(
            times in vec((0..60_i64, 1..30_usize), 0..80),
            bytes in 56..400_u64,
            most in 1..12_usize,
        ) {
            let message = |at: usize, len: usize| format!("{at:0len$}");
            let events: Vec<Event> = times
                .iter()
                .enumerate()
                .map(|(at, (hour, len))| event(hour * HOUR, &message(at, *len)))
                .collect();
            let batches = batches(events.clone(), &BatchLimits { bytes, events: most });
            for batch in &batches {
                prop_assert!((1..=most).contains(&batch.events.len()));
                prop_assert_eq!(batch.bytes, batch.events.iter().map(Event::cost).sum::<u64>());
                prop_assert!(batch.bytes <= bytes);
                prop_assert!(batch.events[batch.events.len() - 1].ts_ms - batch.events[0].ts_ms < 24 * HOUR);
            }
            // No batch is shorter than it has to be.
            for pair in batches.windows(2) {
                let next = &pair[1].events[0];
                prop_assert!(
                    pair[0].events.len() == most
                        || pair[0].bytes + next.cost() > bytes
                        || next.ts_ms - pair[0].events[0].ts_ms >= 24 * HOUR
                );
            }
            let out: Vec<Event> = batches.into_iter().flat_map(|batch| batch.events).collect();
            let mut sorted = events;
            sorted.sort_by_key(|event| (event.ts_ms, event.message.trim_start_matches('0').parse().unwrap_or(0_u32)));
            prop_assert_eq!(out, sorted);
        }
    }
}
