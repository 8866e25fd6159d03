use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value;

use super::*;

const MINUTE: i64 = 60_000;
const T: i64 = 1_795_482_123_123;

fn json(message: &str) -> String {
    format!(r#"{{"ts":"t","level":"error","service":"api","message":"{message}"}}"#)
}

fn admit_message(budget: &mut Budget, fingerprint: u64, message: &str, now_ms: i64) -> bool {
    let json = json(message);
    let record = ErrorRecord { json: json.as_bytes(), ts_ms: now_ms, fingerprint, archive: "" };
    budget.admit(&record, 100, now_ms) == Admit::Send
}

/// Whether a record that costs 100 bytes is sent.
fn admit(budget: &mut Budget, fingerprint: u64, now_ms: i64) -> bool {
    admit_message(budget, fingerprint, "m", now_ms)
}

fn count(event: &Event) -> u64 {
    let summary: Value = serde_json::from_str(&event.message).unwrap();
    summary["attrs"]["suppressed"].as_u64().unwrap()
}

fn counts(events: &[Event]) -> Vec<u64> {
    events.iter().map(count).collect()
}

#[test]
fn within_the_bytes_everything_passes_and_above_only_what_is_new() {
    let mut budget = Budget::new(Some(300));
    for _ in 0..3 {
        assert!(admit(&mut budget, 1, T));
    }
    assert!(!admit(&mut budget, 1, T + 1));
    assert!(admit(&mut budget, 2, T + 2));
    assert!(!admit(&mut budget, 2, T + 3));
    assert!(!admit(&mut budget, 1, T + 4));
    assert!(!budget.due(T + MINUTE - 1));
    assert_eq!(budget.take_summaries(T + MINUTE - 1), []);
    assert_eq!(budget.next_due_ms(), Some(T + MINUTE));
    assert!(budget.due(T + MINUTE));
    assert_eq!(counts(&budget.take_summaries(T + MINUTE)), [2, 1]);
    assert!(!budget.due(T + MINUTE));
    assert_eq!(budget.next_due_ms(), None);
}

#[test]
fn a_small_record_still_passes_where_a_large_one_did_not() {
    let mut budget = Budget::new(Some(300));
    assert!(admit(&mut budget, 1, T));
    let record = ErrorRecord { json: b"{}", ts_ms: T, fingerprint: 1, archive: "" };
    assert_eq!(budget.admit(&record, 201, T), Admit::Suppressed);
    assert!(admit(&mut budget, 1, T));
}

#[test]
fn the_minute_begins_with_its_first_record_and_the_next_one_has_all_its_bytes() {
    let mut budget = Budget::new(Some(100));
    assert!(admit(&mut budget, 1, T));
    assert!(!admit(&mut budget, 1, T + MINUTE - 1));
    assert!(admit(&mut budget, 1, T + 3 * MINUTE + 7));
    assert!(!admit(&mut budget, 1, T + 4 * MINUTE + 6));
    assert!(admit(&mut budget, 1, T + 4 * MINUTE + 7));
}

#[test]
fn without_a_bound_everything_passes_and_nothing_is_kept() {
    let mut budget = Budget::new(None);
    for _ in 0..100 {
        assert!(admit(&mut budget, 1, T));
    }
    assert!(budget.kinds.is_empty() && !budget.due(T + MINUTE));
    assert_eq!(budget.next_due_ms(), None);
}

#[test]
fn records_without_a_fingerprint_are_alike_when_their_messages_are() {
    let mut budget = Budget::new(Some(0));
    assert!(admit_message(&mut budget, 0, "a", T));
    assert!(admit_message(&mut budget, 0, "b", T));
    assert!(!admit_message(&mut budget, 0, "a", T));
    let events = budget.flush();
    assert_eq!(counts(&events), [1]);
    assert!(!events[0].message.contains("fingerprint"));
    assert!(events[0].message.contains("suppressed 1 like this: a"));
}

#[test]
fn summaries_that_were_not_taken_in_time_are_due_and_lose_nothing() {
    let mut budget = Budget::new(Some(0));
    assert!(admit(&mut budget, 1, T));
    assert!(!admit(&mut budget, 1, T));
    // A new minute, in which the kind is sent once more.
    assert!(admit(&mut budget, 1, T + MINUTE));
    assert!(!admit(&mut budget, 1, T + MINUTE));
    assert!(budget.due(T + MINUTE));
    assert!(budget.next_due_ms().unwrap() <= T + MINUTE);
    assert_eq!(counts(&budget.take_summaries(T + MINUTE)), [2]);
    // What was sent in this minute is still known.
    assert!(!admit(&mut budget, 1, T + MINUTE + 1));
    assert!(!budget.due(T + MINUTE + 1));
}

#[test]
fn flush_tells_before_the_minute_is_over() {
    let mut budget = Budget::new(Some(0));
    assert!(admit(&mut budget, 1, T));
    assert!(!admit(&mut budget, 1, T));
    assert_eq!(counts(&budget.flush()), [1]);
    assert_eq!(budget.flush(), []);
}

#[test]
fn a_clock_that_trembles_gives_no_new_bytes_and_one_that_is_put_back_ends_the_minute() {
    let mut budget = Budget::new(Some(100));
    assert!(admit(&mut budget, 1, T));
    for back in [0, 1, 1000, MINUTE - 1] {
        assert!(!admit(&mut budget, 1, T - back));
    }
    assert!(!budget.due(T - MINUTE + 1));
    assert!(budget.due(T - MINUTE));
    assert!(admit(&mut budget, 1, T - 60 * MINUTE));
    assert_eq!(counts(&budget.take_summaries(T - 60 * MINUTE)), [4]);
    assert!(!admit(&mut budget, 1, T - 60 * MINUTE + 5));
    assert_eq!(budget.next_due_ms(), Some(T - 59 * MINUTE));
    for extreme in [i64::MIN, i64::MAX, i64::MIN] {
        assert!(admit(&mut budget, 1, extreme));
        assert!(!admit(&mut budget, 1, extreme));
        let _ = budget.next_due_ms();
    }
}

#[test]
fn kinds_beyond_the_most_are_one_kind_together() {
    let mut budget = Budget::new(Some(0));
    for fingerprint in 1..=MOST_KINDS as u64 {
        assert!(admit(&mut budget, fingerprint, T));
    }
    assert!(admit_message(&mut budget, u64::MAX, "first of the others", T));
    for fingerprint in 0..20_000 {
        assert!(!admit_message(&mut budget, u64::MAX - 1 - fingerprint, "another", T));
    }
    assert!(!admit(&mut budget, 1, T));
    assert_eq!(budget.kinds.len(), MOST_KINDS);
    let events = budget.take_summaries(T + MINUTE);
    assert_eq!(counts(&events), [1, 20_000]);
    assert!(events[1].message.contains("suppressed 20,000 of other kinds, the first: another"));
    // The next minute tells them apart again.
    assert!(admit(&mut budget, u64::MAX, T + MINUTE));
    assert_eq!(budget.kinds.len(), 1);
}

#[test]
fn memory_stays_bounded_when_nobody_takes_the_summaries() {
    let mut budget = Budget::new(Some(0));
    for minute in 0..4 {
        for kind in 0..6000 {
            for _ in 0..2 {
                admit(&mut budget, 1 + minute * 6000 + kind, T + minute as i64 * MINUTE);
            }
        }
    }
    assert_eq!(budget.kinds.len(), MOST_KINDS);
    let told: u64 = budget.take_summaries(T + 4 * MINUTE).iter().map(count).sum();
    // Of the third and fourth minute nearly all were others, of which each minute sent one.
    assert_eq!(told, 2 * 24_000 - (6000 + 4000 + 1 + 1 + 1));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_record_is_sent_or_in_one_summary_and_a_minute_keeps_its_bytes(
        steps in vec((0..6_u64, 0..150_u64, -20_000..40_000_i64, any::<bool>()), 1..200),
        limit in 0..2000_u64,
    ) {
        let mut budget = Budget::new(Some(limit));
        let (mut now, mut began, mut sent, mut told) = (T, None, 0, 0);
        let (mut bytes, mut firsts) = (0, 0);
        let mut seen = std::collections::BTreeSet::new();
        for (fingerprint, cost, step, take) in &steps {
            now += step;
            if began.is_none_or(|began: i64| now.abs_diff(began) >= MINUTE as u64) {
                (began, bytes, firsts) = (Some(now), 0, 0);
                seen.clear();
            }
            let text = json(&format!("m{fingerprint}"));
            let record = ErrorRecord { json: text.as_bytes(), ts_ms: now, fingerprint: *fingerprint, archive: "" };
            let admit = budget.admit(&record, *cost, now);
            let first = seen.insert(*fingerprint);
            if admit == Admit::Send {
                sent += 1;
                bytes += cost;
                firsts += if first { *cost } else { 0 };
                prop_assert!(bytes <= limit + firsts);
            } else {
                prop_assert!(!first && bytes + cost > limit);
            }
            if *take {
                let due = budget.due(now);
                let events = budget.take_summaries(now);
                prop_assert_eq!(due, !events.is_empty());
                told += counts(&events).iter().sum::<u64>();
            }
        }
        let rest = budget.flush();
        prop_assert_eq!(budget.next_due_ms(), None);
        told += counts(&rest).iter().sum::<u64>();
        prop_assert_eq!(sent + told, steps.len() as u64);
    }
}
