//! A record becomes an event, or several when it is too large for one.
//!
//! Invariants:
//! - A record that fits is sent as it is, without being looked at.
//! - Every event is JSON, not empty, and no longer than [`EventSettings::max_event_bytes`].
//! - The messages of the parts in a row are exactly the record's text. None ends inside a character nor inside an
//!   escape of that text.
//! - The level is in the first part only, so that a metric filter counts the record once.

use std::borrow::Cow;
use std::ops::Range;

use sluice_pipeline::LargeEvent;
use sluice_record::write_rfc3339;

use super::columns::{Head, level, unit};
use super::{ErrorRecord, Event};

/// The least setting; with less there would be no room for text beside the head.
const LEAST_EVENT_BYTES: usize = 256;

/// At least a quarter of an event is text of the record, or the pointer to the archive goes, and then the service.
const LEAST_SHARE: usize = 4;

/// What an event may be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventSettings {
    /// Most bytes of an event's message, 256 or more.
    pub max_event_bytes: usize,
    /// What is done with a record that is longer.
    pub large: LargeEvent,
}

/// Appends the events of a record: one as a rule. An empty record has none, since CloudWatch refuses empty messages.
pub fn shape(record: &ErrorRecord<'_>, settings: &EventSettings, out: &mut Vec<Event>) {
    let most = settings.max_event_bytes.max(LEAST_EVENT_BYTES);
    let text = String::from_utf8_lossy(record.json);
    if text.is_empty() {
        return;
    }
    if text.len() <= most {
        out.push(Event { ts_ms: record.ts_ms, message: text.into_owned() });
        return;
    }
    let frame = Frame::of(record);
    match settings.large {
        LargeEvent::Split => split(&frame, &text, most, |message| {
            out.push(Event { ts_ms: record.ts_ms, message });
        }),
        LargeEvent::Cut => out.push(Event { ts_ms: record.ts_ms, message: cut(frame, record, &text, most) }),
    }
}

fn cut(mut frame: Frame, record: &ErrorRecord<'_>, text: &str, most: usize) -> String {
    let attrs = format!("\"cut\":true,\"record_bytes\":{}", record.json.len());
    frame.fit(&attrs, most);
    let room = frame.room(true, &attrs, most);
    frame.event(true, &text[..piece(text, room)], &attrs)
}

fn split(frame: &Frame, text: &str, most: usize, mut emit: impl FnMut(String)) {
    let attrs = |part: usize, parts: usize| format!("\"part\":{part},\"parts\":{parts}");
    // How long the numbers are depends on how many parts there are, which depends on how long the numbers are.
    let mut largest = 9;
    let (frame, pieces) = loop {
        let (mut frame, longest) = (frame.clone(), attrs(largest, largest));
        frame.fit(&longest, most);
        let pieces = pieces(text, frame.room(true, &longest, most), frame.room(false, &longest, most));
        if pieces.len() <= largest {
            break (frame, pieces);
        }
        largest = largest * 10 + 9;
    };
    let parts = pieces.len();
    for (at, piece) in pieces.into_iter().enumerate() {
        emit(frame.event(at == 0, &text[piece], &attrs(at + 1, parts)));
    }
}

fn pieces(text: &str, first_room: usize, room: usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let room = if at == 0 { first_room } else { room };
        let end = at + piece(&text[at..], room);
        pieces.push(at..end);
        at = end;
    }
    pieces
}

/// How much of the text, at least one character, has room when it is escaped.
fn piece(text: &str, room: usize) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut escaped) = (0, 0);
    while at < bytes.len() {
        let len = unit(&bytes[at..]);
        escaped += bytes[at..at + len].iter().map(|byte| escaped_len(*byte)).sum::<usize>();
        if escaped > room && at > 0 {
            break;
        }
        at += len;
    }
    at
}

/// Bytes of a byte inside a JSON string, at most.
fn escaped_len(byte: u8) -> usize {
    match byte {
        b'"' | b'\\' => 2,
        0..0x20 => 6,
        _ => 1,
    }
}

/// What stands around a piece of a record. The fields are JSON, and empty when they are left out.
#[derive(Debug, Clone)]
struct Frame {
    ts: String,
    level: String,
    service: String,
    archive: String,
}

impl Frame {
    fn of(record: &ErrorRecord<'_>) -> Frame {
        let mut ts = b"{\"ts\":\"".to_vec();
        write_rfc3339(&mut ts, record.ts_ms);
        let ts = String::from_utf8_lossy(&ts).into_owned() + "\"";
        let service = Head::of(record.json).service;
        Frame {
            ts,
            level: level(record.json).map_or_else(String::new, |level| format!(",\"level\":\"{level}\"")),
            service: match String::from_utf8_lossy(service) {
                Cow::Borrowed("") => String::new(),
                service => format!(",\"service\":{service}"),
            },
            archive: match record.archive {
                "" => String::new(),
                url => format!(",\"archive\":{}", quoted(url)),
            },
        }
    }

    /// Leaves out what would leave too little room for the record.
    fn fit(&mut self, attrs: &str, most: usize) {
        let optional: [fn(&mut Frame); 2] = [|frame| frame.archive.clear(), |frame| frame.service.clear()];
        for leave_out in optional {
            if self.room(true, attrs, most) >= most / LEAST_SHARE {
                return;
            }
            leave_out(self);
        }
    }

    /// Bytes that remain for the escaped piece.
    fn room(&self, first: bool, attrs: &str, most: usize) -> usize {
        most.saturating_sub(self.event(first, "", attrs).len())
    }

    fn event(&self, first: bool, piece: &str, attrs: &str) -> String {
        let Frame { ts, level, service, archive } = self;
        let level = if first { level } else { "" };
        let message = quoted(piece);
        format!("{ts}{level}{service},\"message\":{message},\"attrs\":{{{attrs}{archive}}}}}")
    }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests;
