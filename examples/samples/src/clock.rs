//! Instants as microseconds since the epoch, and the layouts that the logs write them in. All are UTC.

use std::io::Write;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Microseconds, since the epoch or between two instants.
pub(crate) type Micros = i64;

pub(crate) const SECOND: Micros = 1_000_000;
pub(crate) const MINUTE: Micros = 60 * SECOND;
pub(crate) const HOUR: Micros = 60 * MINUTE;

/// How often the services of AWS deliver a file.
pub(crate) const DELIVERY: Micros = 5 * MINUTE;

/// The date and time of an instant. One outside the years that jiff knows is the epoch; plans allow none.
pub(crate) fn civil(at: Micros) -> DateTime {
    Offset::UTC.to_datetime(Timestamp::from_microsecond(at).unwrap_or_default())
}

/// `2026-11-24T01:02:03.123456`, to which the caller adds the zone.
pub(crate) fn push_iso(out: &mut Vec<u8>, at: Micros) {
    push_seconds(out, at, b'T');
    out.push(b'.');
    push_padded(out, at.rem_euclid(SECOND), 6);
}

/// `2026-11-24 01:02:03.123` with the given separator before the milliseconds.
pub(crate) fn push_text(out: &mut Vec<u8>, at: Micros, separator: u8) {
    push_seconds(out, at, b' ');
    out.push(separator);
    push_padded(out, at.rem_euclid(SECOND) / 1000, 3);
}

fn push_seconds(out: &mut Vec<u8>, at: Micros, between: u8) {
    let time = civil(at);
    push_padded(out, time.year().into(), 4);
    for (before, value) in [
        (b'-', time.month()),
        (b'-', time.day()),
        (between, time.hour()),
        (b':', time.minute()),
        (b':', time.second()),
    ] {
        out.push(before);
        push_padded(out, value.into(), 2);
    }
}

/// A number of no more than `digits` digits, with zeros in front.
pub(crate) fn push_padded(out: &mut Vec<u8>, value: i64, digits: usize) {
    let start = out.len();
    out.resize(start + digits, b'0');
    let mut rest = value;
    for place in out[start..].iter_mut().rev() {
        *place = b'0' + u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
}

/// Appends what `write!` makes; a vector takes everything.
pub(crate) fn push_fmt(out: &mut Vec<u8>, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// `20261124T0102Z`, as in the names of delivered files.
pub(crate) fn stamp(at: Micros) -> String {
    civil(at).strftime("%Y%m%dT%H%MZ").to_string()
}

/// The end of the delivery interval that an instant lies in: what the names of delivered files say.
pub(crate) fn delivery(at: Micros) -> Micros {
    (at.div_euclid(DELIVERY) + 1) * DELIVERY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(push: impl Fn(&mut Vec<u8>)) -> String {
        let mut out = Vec::new();
        push(&mut out);
        String::from_utf8(out).expect("digits are text")
    }

    #[test]
    fn instants_are_written_in_the_layouts_of_the_logs() {
        let at = 1_795_482_123_000_456;
        assert_eq!(written(|out| push_iso(out, at)), "2026-11-24T01:02:03.000456");
        assert_eq!(written(|out| push_text(out, at, b',')), "2026-11-24 01:02:03,000");
        assert_eq!(stamp(at), "20261124T0102Z");
    }

    #[test]
    fn a_delivered_file_is_named_after_the_end_of_its_five_minutes() {
        assert_eq!(stamp(delivery(1_795_482_123_000_000)), "20261124T0105Z");
        assert_eq!(stamp(delivery(1_795_482_300_000_000)), "20261124T0110Z");
    }
}
