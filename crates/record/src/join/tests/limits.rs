//! Limits, times and what is held back.

use super::{Parser, join};
use crate::join::{JoinLimits, Joiner, Shape, TraceKind};

fn count(joiner: &mut Joiner, line: &[u8], at: i64) -> usize {
    let mut n = 0;
    joiner.push(&Parser, line, at, &mut |_| n += 1);
    n
}

#[test]
fn a_json_line_is_emitted_at_once_and_nothing_is_held() {
    let mut joiner = Joiner::new(JoinLimits::default());
    assert_eq!(count(&mut joiner, b"{\"a\":1}", 0), 1);
    assert!(joiner.is_idle());
}

#[test]
fn a_text_line_is_held_until_the_next_line_or_until_it_expires() {
    let mut joiner = Joiner::new(JoinLimits::default());
    assert_eq!(count(&mut joiner, b"one", 0), 0);
    assert_eq!(count(&mut joiner, b"two", 1), 1);
    assert!(!joiner.is_idle());
    let mut n = 0;
    joiner.expire(5001, &mut |_| n += 1);
    assert_eq!((n, joiner.is_idle()), (0, false));
    joiner.expire(5002, &mut |_| n += 1);
    assert_eq!((n, joiner.is_idle()), (1, true));
}

#[test]
fn a_json_line_ends_what_is_held_and_both_are_emitted() {
    let mut joiner = Joiner::new(JoinLimits::default());
    count(&mut joiner, b"Traceback (most recent call last):", 0);
    assert_eq!(count(&mut joiner, b"{\"a\":1}", 0), 2);
    assert!(joiner.is_idle());
}

#[test]
fn a_frame_that_comes_too_late_does_not_join() {
    let got = join(JoinLimits::default(), &[(b"java.io.IOException: x", 0), (b"\tat a.B.c(B.java:1)", 5001)]);
    assert_eq!(got.len(), 2);
    let got = join(JoinLimits::default(), &[(b"java.io.IOException: x", 0), (b"\tat a.B.c(B.java:1)", 5000)]);
    assert_eq!((got.len(), got[0].shape, got[0].head_len), (1, Shape::Trace(TraceKind::Jvm), 0));
}

#[test]
fn switched_off_every_line_stands_alone() {
    let limits = JoinLimits { enabled: false, ..JoinLimits::default() };
    let got = join(limits, &[(b"java.io.IOException: x", 0), (b"\tat a.B.c(B.java:1)", 0)]);
    assert_eq!(got.len(), 2);
}

#[test]
fn indented_lines_after_ordinary_ones_stand_alone() {
    let got = join(JoinLimits::default(), &[(b"ready", 0), (b"  indented", 0), (b"\ttabbed", 0), (b"", 0)]);
    assert!(got.iter().all(|g| g.shape == Shape::Line));
    assert_eq!(got.len(), 4);
}

#[test]
fn prose_that_begins_with_at_is_no_frame() {
    for lines in [
        [&b"Schedule:"[..], b"\tat 9am standup"],
        [b"2026 INFO meet", b"    at the office (room 3)"],
        [b"2026 INFO meet", b"    at 10:12:34"],
        [b"2026 INFO meet", b"    at "],
        [b"2026 INFO meet", b"\tat "],
    ] {
        let got = join(JoinLimits::default(), &lines.map(|line| (line, 0)));
        assert_eq!(got.len(), 2, "{}", String::from_utf8_lossy(lines[1]));
    }
}

#[test]
fn a_head_is_told_from_its_trace() {
    let got = join(
        JoinLimits::default(),
        &[(b"2026 ERROR failed", 0), (b"a.B$CError: m", 0), (b"\tat a.B.c(B.java:1)", 0)],
    );
    assert_eq!((got.len(), got[0].head_len), (1, b"2026 ERROR failed".len()));
}
