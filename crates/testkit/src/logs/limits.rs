//! The limits that CloudWatch Logs sets to `PutLogEvents`, as its API reference has them.

use serde::Deserialize;

/// A batch holds at most so many bytes: each message's UTF-8 and [`EVENT_OVERHEAD`] an event.
pub const BATCH_BYTES_MAX: usize = 1_048_576;
/// Counted for each event besides its message.
pub const EVENT_OVERHEAD: usize = 26;
/// A batch holds at most so many events.
pub const BATCH_EVENTS_MAX: usize = 10_000;
/// A message has at most so many bytes.
pub const MESSAGE_BYTES_MAX: usize = 1_048_576;
/// A batch spans at most so much time.
pub const SPAN_MAX_MS: i64 = 24 * HOUR_MS;
/// Older events are refused.
pub const AGE_MAX_MS: i64 = 14 * 24 * HOUR_MS;
/// Events further in the future are refused.
pub const AHEAD_MAX_MS: i64 = 2 * HOUR_MS;
const HOUR_MS: i64 = 3_600_000;

/// Days for which a group may be told to keep its events.
pub(super) const RETENTION_DAYS: [i64; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Put {
    pub(super) log_group_name: String,
    pub(super) log_stream_name: String,
    pub(super) log_events: Vec<Event>,
}

#[derive(Debug, Deserialize)]
pub(super) struct Event {
    pub(super) timestamp: i64,
    pub(super) message: String,
}

/// The first limit that a batch breaks; the service refuses it whole then.
pub(super) fn broken(events: &[Event]) -> Option<String> {
    if events.is_empty() || events.len() > BATCH_EVENTS_MAX {
        return Some(format!("{} events, 1 to {BATCH_EVENTS_MAX} are allowed", events.len()));
    }
    for (at, event) in events.iter().enumerate() {
        let length = event.message.len();
        if length == 0 || length > MESSAGE_BYTES_MAX {
            return Some(format!("message {at} has {length} bytes, 1 to {MESSAGE_BYTES_MAX} are allowed"));
        }
        if event.timestamp < 0 {
            return Some(format!("timestamp {at} is {}", event.timestamp));
        }
    }
    let bytes: usize = events.iter().map(|event| event.message.len() + EVENT_OVERHEAD).sum();
    if bytes > BATCH_BYTES_MAX {
        return Some(format!("upload too large: {bytes} bytes exceed the limit of {BATCH_BYTES_MAX}"));
    }
    if let Some(at) = events.windows(2).position(|pair| pair[0].timestamp > pair[1].timestamp) {
        return Some(format!("log events must be in chronological order, event {} is not", at + 1));
    }
    let span = events[events.len() - 1].timestamp - events[0].timestamp;
    (span > SPAN_MAX_MS).then(|| format!("the batch spans {span} ms, at most {SPAN_MAX_MS} are allowed"))
}

/// Which events of a batch in chronological order the service leaves out, though it takes the others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Rejected {
    pub(super) too_old_end: usize,
    pub(super) expired_end: usize,
    pub(super) too_new_start: usize,
}

impl Rejected {
    pub(super) fn of(events: &[Event], now_ms: i64, retention_days: Option<i64>) -> Self {
        let before = |time: i64| events.partition_point(|event| event.timestamp < time);
        Self {
            too_old_end: before(now_ms - AGE_MAX_MS),
            expired_end: retention_days.map_or(0, |days| before(now_ms - days * 24 * HOUR_MS)),
            too_new_start: before(now_ms + AHEAD_MAX_MS + 1),
        }
    }

    pub(super) fn accepts(&self, at: usize) -> bool {
        at >= self.too_old_end && at >= self.expired_end && at < self.too_new_start
    }

    /// `rejectedLogEventsInfo`, `None` when all events are taken.
    pub(super) fn info(&self, events: usize) -> Option<serde_json::Value> {
        let mut info = serde_json::Map::new();
        if self.too_old_end > 0 {
            info.insert("tooOldLogEventEndIndex".to_owned(), self.too_old_end.into());
        }
        if self.expired_end > 0 {
            info.insert("expiredLogEventEndIndex".to_owned(), self.expired_end.into());
        }
        if self.too_new_start < events {
            info.insert("tooNewLogEventStartIndex".to_owned(), self.too_new_start.into());
        }
        (!info.is_empty()).then_some(info.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(count: usize, message: &str) -> Vec<Event> {
        (0..count).map(|at| Event { timestamp: at as i64, message: message.to_owned() }).collect()
    }

    fn breaks(events: &[Event], what: &str) {
        let broken = broken(events).unwrap_or_default();
        assert!(broken.contains(what), "{what:?} not in {broken:?}");
    }

    #[test]
    fn each_limit_is_kept_to_the_event_and_the_byte() {
        assert_eq!(broken(&events(10_000, "x")), None);
        breaks(&events(10_001, "x"), "10001 events");
        breaks(&events(0, "x"), "0 events");
        breaks(&events(1, ""), "0 bytes");
        assert_eq!(broken(&events(1, &"x".repeat(BATCH_BYTES_MAX - 26))), None);
        breaks(&events(1, &"x".repeat(BATCH_BYTES_MAX - 25)), "upload too large");
        breaks(&events(1, &"x".repeat(MESSAGE_BYTES_MAX + 1)), "message 0");
        // Two bytes a character: the bytes count, not the characters.
        assert_eq!(broken(&events(1024, &"é".repeat(499))), None);
        breaks(&events(1024, &"é".repeat(500)), "upload too large");
    }

    #[test]
    fn a_batch_is_in_order_and_spans_a_day() {
        let mut batch = events(3, "x");
        batch[1].timestamp = 2;
        assert_eq!(broken(&batch), None);
        batch[2].timestamp = 1;
        breaks(&batch, "event 2");
        batch[2].timestamp = SPAN_MAX_MS;
        assert_eq!(broken(&batch), None);
        batch[2].timestamp += 1;
        breaks(&batch, "spans");
        batch[0].timestamp = -1;
        breaks(&batch, "timestamp 0");
    }

    #[test]
    fn old_expired_and_future_events_are_left_out_one_by_one() {
        let now = 100 * 24 * HOUR_MS;
        let times = [now - AGE_MAX_MS - 1, now - AGE_MAX_MS, now - HOUR_MS, now + AHEAD_MAX_MS];
        let mut batch: Vec<_> =
            times.iter().map(|&timestamp| Event { timestamp, message: "x".to_owned() }).collect();
        batch.push(Event { timestamp: now + AHEAD_MAX_MS + 1, message: "x".to_owned() });
        let rejected = Rejected::of(&batch, now, None);
        assert_eq!(rejected, Rejected { too_old_end: 1, expired_end: 0, too_new_start: 4 });
        let taken: Vec<_> = (0..5).filter(|&at| rejected.accepts(at)).collect();
        assert_eq!(taken, [1, 2, 3]);
        let rejected = Rejected::of(&batch, now, Some(1));
        assert_eq!(
            rejected.info(5),
            Some(serde_json::json!({
                "tooOldLogEventEndIndex": 1, "expiredLogEventEndIndex": 2, "tooNewLogEventStartIndex": 4
            }))
        );
        assert_eq!(Rejected::of(&batch[2..4], now, Some(1)).info(2), None);
    }
}
