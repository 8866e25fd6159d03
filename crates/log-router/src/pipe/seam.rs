//! Where a segment may end: each is routed by itself, so its end must not tear a joined message.
//!
//! A line that begins a record by itself is a good place, but not enough: lines that a container runtime wrapped all look
//! like one, and the second line of java.util.logging's two does. So an engine of its own reads the lines before the
//! end that is due, from far enough that it knows which message it is in; a segment may end when nothing but the line
//! at hand is held.

use sluice_record::{Engine, Origin, Settings, StreamId};

/// How many bytes before a segment's size the engine begins to read. Longer than all but a handful of traces.
const LEAD: u64 = 64 << 10;
/// How many bytes beyond its size a segment may grow while its end is looked for.
pub(super) const MOST_OVER: u64 = 1 << 20;

/// Reads the lines around the size of a segment.
#[derive(Debug)]
pub(super) struct Seam {
    segment_bytes: u64,
    probe: Engine,
    stream: StreamId,
    /// Lines that the engine was given and that are in no record yet.
    held: u64,
}

impl Seam {
    pub(super) fn new(segment_bytes: u64, settings: &Settings) -> Seam {
        let mut probe = Engine::new(settings.clone());
        let stream = probe.stream(Origin::default());
        Seam { segment_bytes, probe, stream, held: 0 }
    }

    /// The engine, to read times with.
    pub(super) fn engine(&mut self) -> &mut Engine {
        &mut self.probe
    }

    /// A segment has begun.
    pub(super) fn reset(&mut self) {
        self.probe.reset();
        self.stream = self.probe.stream(Origin::default());
        self.held = 0;
    }

    /// Whether lines up to byte `end` of the segment need not be looked at.
    pub(super) fn is_far(&self, end: u64) -> bool {
        end + LEAD < self.segment_bytes
    }

    /// Takes the line that begins at byte `at` of the segment; true when the segment is to end before it.
    pub(super) fn ends_before(&mut self, line: &[u8], at: u64) -> bool {
        if at + LEAD < self.segment_bytes {
            return false;
        }
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let begins = self.begins_message(line);
        let is_due = at > 0 && at >= self.segment_bytes;
        is_due && (begins || at >= self.segment_bytes + MOST_OVER)
    }

    /// Whether a message begins with the line and no other is under way.
    fn begins_message(&mut self, line: &[u8]) -> bool {
        let parts_before = self.probe.unwrapped_parts();
        let mut out = 0;
        self.probe.push(self.stream, line, 0, &mut |record| out += record.lines as u64);
        let parts = self.probe.unwrapped_parts() - parts_before;
        self.held = (self.held + 1).saturating_sub(out + parts);
        let ends_a_split_line = parts > 0;
        // Of a container's two streams the other one may hold its last line too, to see what follows. Then this line
        // began a message if it made its own stream let go of one.
        let alone = self.held <= 1 || (self.held == 2 && out > 0 && is_wrapped(line));
        alone && !ends_a_split_line && Engine::begins_record(line)
    }
}

/// Docker's `{"log":…}` or CRI's `TIME stderr F …`, by the looks of it.
fn is_wrapped(line: &[u8]) -> bool {
    let start = &line[..line.len().min(48)];
    start.starts_with(b"{\"log\":")
        || start.starts_with(b"{\"stream\":")
        || (start.first().is_some_and(u8::is_ascii_digit)
            && [&b" stdout "[..], b" stderr "].iter().any(|word| memchr::memmem::find(start, word).is_some()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines before which a segment of `bytes` may end.
    fn ends(bytes: u64, lines: &[&str]) -> Vec<usize> {
        let mut seam = Seam::new(bytes, &Settings::default());
        let mut at = 0;
        let mut found = Vec::new();
        for (number, line) in lines.iter().enumerate() {
            if seam.ends_before(line.as_bytes(), at) {
                found.push(number);
            }
            at += line.len() as u64 + 1;
        }
        found
    }

    #[test]
    fn a_segment_ends_before_a_line_that_begins_a_record() {
        let lines = [
            "2026-11-24 01:02:03,123 ERROR [app] failed",
            "Traceback (most recent call last):",
            "  File \"a.py\", line 1, in f",
            "ValueError: no",
            "2026-11-24 01:02:04,123 INFO [app] next",
            "{\"msg\":\"json\"}",
            "just text",
        ];
        assert_eq!(ends(1, &lines), [4, 5]);
        assert_eq!(ends(150, &lines), [5]);
    }

    #[test]
    fn two_lines_of_one_record_stay_together_though_each_looks_like_a_beginning() {
        let lines = [
            "Nov 24, 2026 1:02:03 AM c.e.App main",
            "INFO: ready",
            "Nov 24, 2026 1:02:04 AM c.e.App main",
            "SEVERE: message",
            "Nov 24, 2026 1:02:05 AM c.e.App main",
        ];
        assert_eq!(ends(1, &lines), [2, 4]);
    }

    #[test]
    fn wrapped_traces_and_split_lines_stay_together() {
        let lines = [
            "2026-11-24T01:02:03.1Z stderr F ERROR:app:failed",
            "2026-11-24T01:02:03.2Z stderr F Traceback (most recent call last):",
            "2026-11-24T01:02:03.3Z stderr F   File \"a.py\", line 1, in f",
            "2026-11-24T01:02:03.4Z stderr F ValueError: no",
            "2026-11-24T01:02:03.5Z stderr F ERROR:app:again",
            "2026-11-24T01:02:03.6Z stderr P a long li",
            "2026-11-24T01:02:03.7Z stderr F ne",
        ];
        assert_eq!(ends(1, &lines), [4]);
    }

    #[test]
    fn a_segment_of_two_wrapped_streams_ends_where_neither_is_within_a_trace() {
        let lines = [
            "2026-11-24T01:02:03.1Z stdout F one",
            "2026-11-24T01:02:03.1Z stderr F ERROR:app:failed",
            "2026-11-24T01:02:03.2Z stdout F two",
            "2026-11-24T01:02:03.2Z stderr F Traceback (most recent call last):",
            "2026-11-24T01:02:03.2Z stdout F three",
            "2026-11-24T01:02:03.4Z stderr F ValueError: no",
            "2026-11-24T01:02:03.4Z stderr F ERROR:app:again",
            "2026-11-24T01:02:03.2Z stdout F four",
        ];
        assert_eq!(ends(1, &lines), [2, 6, 7]);
    }

    #[test]
    fn the_search_ends_after_a_mebibyte() {
        let text = "x".repeat(MOST_OVER as usize);
        assert_eq!(ends(1, &["a", &text, "b", "c"]), [2, 3]);
    }
}
