//! Logs of large machines, with an epoch, a number or a file name in front, and two layouts that separate fields
//! by marks of their own.
//!
//! Where a line has an epoch and a local time, the epoch counts: it needs no zone.

use super::head::{Head, Time};
use super::syslog;
use super::timed::{capital_head, plain};
use super::token::{is_digits, is_logger, skip_blanks, word};
use crate::level::Level;
use crate::time::{from_number, prefix};

/// Blue Gene/L and Thunderbird: `- 1117838570 2005.06.03 node time …`; a label in capitals may stand for the dash.
pub(super) fn flagged(text: &[u8]) -> Option<Head<'_>> {
    let (label, rest) = next(text);
    if label != b"-" && !label.iter().all(|b| b.is_ascii_uppercase() || matches!(b, b'_' | b'-')) {
        return None;
    }
    let (epoch, rest) = next(rest);
    let (date, rest) = next(rest);
    let dated = date.len() == 10 && date[4] == b'.' && date[7] == b'.';
    let time = seconds(epoch).filter(|_| dated)?;
    let (node, rest) = next(rest);
    let (stamp, used, _) = prefix(rest)?;
    let behind = skip_blanks(&rest[used..]);
    let mut head = Head::new(behind);
    // The local time has the fraction of the same second.
    let same_second = stamp.ms_of_day / 1000 % 60 == time / 1000 % 60;
    head.time = Some(Time::Epoch(time + if same_second { stamp.ms_of_day % 1000 } else { 0 }));
    head.add("label", label);
    // The host of the message may be another.
    head.add("node", node);
    if rest.first().is_some_and(u8::is_ascii_digit) {
        capital_head(&mut head, behind);
    } else {
        syslog::hosted(&mut head, behind);
    }
    Some(head)
}

/// HPC clusters: `134681 node-246 unix.hw state_change.unavailable 1077804742 1 message`.
pub(super) fn numbered(text: &[u8]) -> Option<Head<'_>> {
    let (number, rest) = next(text);
    let (node, rest) = next(rest);
    let (component, rest) = next(rest);
    let (state, rest) = next(rest);
    let (epoch, rest) = next(rest);
    let (flag, rest) = next(rest);
    let time = seconds(epoch)?;
    if !is_digits(number) || !is_digits(flag) || flag.len() > 2 || !is_logger(node) || !is_logger(component) {
        return None;
    }
    let mut head = Head::new(rest);
    head.time = Some(Time::Epoch(time));
    head.logger = Some(component);
    head.add("log_id", number);
    head.add("host", node);
    head.add("state", state);
    head.add("flag", flag);
    Some(head)
}

/// OpenStack's collected logs: `nova-api.log.1 2017-05-16 00:00:00.008 25746 INFO …`.
pub(super) fn file_first(text: &[u8]) -> Option<Head<'_>> {
    let (file, rest) = next(text);
    memchr::memmem::find(file, b".log")?;
    let mut head = plain(rest)?;
    head.add("log_file", file);
    Some(head)
}

/// Redis: `7:M 24 Nov 2026 01:02:03.123 # message`.
pub(super) fn redis(text: &[u8]) -> Option<Head<'_>> {
    let (process, rest) = next(text);
    let colon = memchr::memchr(b':', process)?;
    let (pid, role) = (&process[..colon], &process[colon + 1..]);
    if !is_digits(pid) || !matches!(role, b"M" | b"S" | b"C" | b"X") {
        return None;
    }
    let (stamp, used, _) = prefix(rest)?;
    let rest = skip_blanks(&rest[used..]);
    let level = match rest.first()? {
        b'.' | b'-' => Level::Debug,
        b'*' => Level::Info,
        b'#' => Level::Warn,
        _ => return None,
    };
    let mut head = Head::new(rest[1..].strip_prefix(b" ")?);
    head.time = Some(Time::Stamp(stamp));
    head.level = Some(level);
    head.add("pid", pid);
    head.add("role", role);
    Some(head)
}

/// Fields between bars right behind the time, `|component|number|message`; None when there are none.
pub(super) fn piped<'a>(head: &mut Head<'a>, rest: &'a [u8]) -> Option<bool> {
    let fields = rest.strip_prefix(b"|")?;
    let first = memchr::memchr(b'|', fields)?;
    let second = first + 1 + memchr::memchr(b'|', &fields[first + 1..])?;
    let (component, number) = (&fields[..first], &fields[first + 1..second]);
    if !is_logger(component) || !is_digits(number) {
        return None;
    }
    head.logger = Some(component);
    head.add("pid", number);
    head.message = &fields[second + 1..];
    Some(true)
}

/// The next word and what follows its blanks.
fn next(text: &[u8]) -> (&[u8], &[u8]) {
    let word = word(text);
    (word, skip_blanks(&text[word.len()..]))
}

/// Ten digits that are seconds since the epoch.
fn seconds(digits: &[u8]) -> Option<i64> {
    if digits.len() != 10 || !is_digits(digits) {
        return None;
    }
    from_number(digits)
}
