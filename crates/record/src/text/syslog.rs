//! Syslog: RFC 3164 (also without PRI, as in files) and RFC 5424.

use super::head::{Head, Time};
use super::leveled;
use super::token::{is_digits, skip_blanks, word};
use crate::level::Level;
use crate::time::{Layout, prefix};

/// `<11>Nov 24 01:02:03 host app[7]: message`, `<11>1 2026-11-24T01:02:03Z host app 7 ID - message`
pub(super) fn with_priority(text: &[u8]) -> Option<Head<'_>> {
    let end = memchr::memchr(b'>', &text[..text.len().min(5)])?;
    let digits = &text[1..end];
    let priority: i64 = std::str::from_utf8(digits).ok()?.parse().ok().filter(|n| (0..192).contains(n))?;
    if !is_digits(digits) {
        return None;
    }
    let level = Level::from_syslog(priority % 8);
    let rest = &text[end + 1..];
    if let Some(version_1) = rest.strip_prefix(b"1 ") {
        let mut head = structured(version_1)?;
        head.level = level;
        return Some(head);
    }
    let mut head = match prefix(rest) {
        Some((stamp, used, _)) => {
            let mut head = Head::new(rest);
            head.time = Some(Time::Stamp(stamp));
            let rest = skip_blanks(&rest[used..]);
            // Docker's driver and others leave the host out.
            if !tagged(&mut head, rest) {
                hosted(&mut head, rest);
            }
            head
        }
        None => {
            let mut head = Head::new(rest);
            tagged(&mut head, rest);
            head
        }
    };
    head.level = level;
    Some(head)
}

/// `Nov 24 01:02:03 host app[7]: message`: a date without year, then a host. A level there is another layout's.
pub(super) fn without_priority(text: &[u8]) -> Option<Head<'_>> {
    let (stamp, used, layout) = prefix(text)?;
    if layout != Layout::NoYear || !text[0].is_ascii_alphabetic() {
        return None;
    }
    let rest = skip_blanks(&text[used..]);
    let host = word(rest);
    if host.is_empty()
        || Level::from_word(host.strip_suffix(b":").unwrap_or(host)).is_some()
        || host.starts_with(b"[")
    {
        return None;
    }
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    // `--- last message repeated 2 times ---` has no host.
    hosted(&mut head, rest);
    leveled::inside_message(&mut head);
    Some(head)
}

/// `host app[7]: message` behind a time with a year, as rsyslog and journalctl print it.
pub(super) fn behind_time<'a>(head: &mut Head<'a>, text: &'a [u8]) -> bool {
    let host = word(text);
    let rest = skip_blanks(&text[host.len()..]);
    let tag = word(rest);
    let pid = tag.strip_suffix(b"]:").and_then(|tag| Some(&tag[memchr::memrchr(b'[', tag)? + 1..]));
    if !pid.is_some_and(is_digits)
        || !host.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'))
    {
        return false;
    }
    hosted(head, text);
    leveled::inside_message(head);
    true
}

/// A host, then what [`tagged`] reads.
pub(super) fn hosted<'a>(head: &mut Head<'a>, text: &'a [u8]) {
    let host = word(text);
    let rest = skip_blanks(&text[host.len()..]);
    if !host.starts_with(b"-") {
        head.add("host", host);
        head.message = rest;
        tagged(head, rest);
    }
}

/// `app[7]: message`, `app: message`: the program is the logger.
fn tagged<'a>(head: &mut Head<'a>, text: &'a [u8]) -> bool {
    let Some(colon) = memchr::memchr(b':', &text[..text.len().min(120)]) else { return false };
    let tag = &text[..colon];
    let after = &text[colon + 1..];
    let (program, pid) = match tag.strip_suffix(b"]").and_then(|tag| Some((tag, memchr::memrchr(b'[', tag)?)))
    {
        Some((tag, open)) if is_digits(&tag[open + 1..]) => (&tag[..open], Some(&tag[open + 1..])),
        _ => (tag, None),
    };
    let named = |b: &u8| b.is_ascii_graphic() && !matches!(b, b'[' | b']' | b'"' | b'=' | b'<' | b'>');
    if program.is_empty() || !program.iter().all(named) || !matches!(after.first(), None | Some(b' ' | b'\t'))
    {
        return false;
    }
    head.logger = Some(program);
    if let Some(pid) = pid {
        head.add("pid", pid);
    }
    head.message = skip_blanks(after);
    true
}

/// RFC 5424 behind PRI and version: time, host, program, process id, message id, structured data, message.
fn structured(text: &[u8]) -> Option<Head<'_>> {
    let mut head = Head::new(text);
    let mut rest = text;
    let mut field = || {
        let field = word(rest);
        rest = rest.get(field.len() + 1..).unwrap_or_default();
        field
    };
    let (time, host, program, process, id) = (field(), field(), field(), field(), field());
    if time != b"-" {
        let (stamp, used, _) = prefix(time)?;
        if used != time.len() {
            return None;
        }
        head.time = Some(Time::Stamp(stamp));
    }
    head.logger = Some(program).filter(|program| !matches!(program, [] | [b'-']));
    head.add("host", host);
    head.add("pid", process);
    head.add("msgid", id);
    let data = structured_data_len(rest)?;
    head.add("structured_data", &rest[..data]);
    let message = rest[data..].strip_prefix(b" ").unwrap_or(&rest[data..]);
    head.message = message.strip_prefix("\u{feff}".as_bytes()).unwrap_or(message);
    Some(head)
}

/// Length of `-` or of `[id k="v"][…]`, where `\]` and quotes are minded.
fn structured_data_len(text: &[u8]) -> Option<usize> {
    if text.is_empty() || text[0] == b'-' {
        return Some(text.len().min(1));
    }
    let (mut at, mut quoted) = (0, false);
    while text.get(at) == Some(&b'[') {
        loop {
            at += 1;
            match text.get(at)? {
                b'\\' => at += 1,
                b'"' => quoted = !quoted,
                b']' if !quoted => break,
                _ => {}
            }
        }
        at += 1;
    }
    (at > 0).then_some(at)
}
