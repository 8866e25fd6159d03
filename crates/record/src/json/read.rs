//! Whether the value of a field makes sense in a column, and what it is there.

use std::net::IpAddr;

use super::names::{Mark, Reading};
use super::scan::{Flags, Kind, Scanner, Token};
use crate::columns::{Context, Duration};
use crate::escape::unescape;
use crate::level::Level;
use crate::time::{Millis, from_number, whole};
use crate::value::Value;

/// A string's characters; None for other kinds and for the empty string.
fn filled<'a>(context: &Context<'a>, value: &Token<'a>) -> Option<&'a [u8]> {
    if value.kind != Kind::String {
        return None;
    }
    let text = if value.flags.has(Flags::ESCAPED) {
        unescape(context.arena, value.inside())
    } else {
        value.inside()
    };
    (!text.is_empty()).then_some(text)
}

/// A time: text in a known layout, a number since the epoch, or an object of seconds and nanoseconds.
pub(super) fn time(context: &Context<'_>, reading: Reading, value: &Token<'_>) -> Option<Millis> {
    match value.kind {
        // Python's `created` is a float; elsewhere the name may mean anything.
        Kind::String | Kind::Object if reading == Reading::Python => None,
        Kind::String => {
            let text = filled(context, value)?.trim_ascii();
            match whole(text) {
                Some(stamp) => context.resolve(stamp),
                None => from_number(text),
            }
        }
        Kind::Number => from_number(value.raw),
        Kind::Object => time_in_object(context, value),
        _ => None,
    }
}

/// `{"epochSecond":…,"nanoOfSecond":…}` (log4j), `{"seconds":…,"nanos":…}` (Google), `{"$date":…}` (MongoDB).
fn time_in_object(context: &Context<'_>, value: &Token<'_>) -> Option<Millis> {
    let mut scanner = Scanner::new(value.raw);
    scanner.open().ok()?;
    let (mut seconds, mut nanos, mut date) = (None, 0, None);
    let mut first = true;
    while let Some((key, value)) = scanner.field(first).ok()? {
        first = false;
        match key.inside() {
            b"epochSecond" | b"seconds" => seconds = whole_number(value.raw),
            b"nanoOfSecond" | b"nanos" => nanos = whole_number(value.raw)?,
            b"$date" => date = time(context, Reading::Plain, &value),
            _ => {}
        }
    }
    match seconds {
        Some(seconds) => seconds.checked_mul(1000)?.checked_add(nanos / 1_000_000),
        None => date,
    }
}

/// A level: a word, a letter of MongoDB, or a number whose meaning the siblings tell. With it whether it was a
/// number, which words beat.
pub(super) fn level(
    context: &Context<'_>,
    reading: Reading,
    marks: Mark,
    value: &Token<'_>,
) -> Option<(Level, bool)> {
    let text = match value.kind {
        Kind::String => filled(context, value)?.trim_ascii(),
        Kind::Number => value.raw,
        _ => return None,
    };
    if reading == Reading::Mongo {
        let letter = marks.has(Mark::MONGO_COMPONENT).then_some(text)?;
        return Some((mongo_letter(letter)?, false));
    }
    if reading == Reading::LevelOrStatus {
        return Some((status_level(text)?, false));
    }
    if let Some(level) = Level::from_word(text) {
        return Some((level, false));
    }
    if let [letter @ b'A'..=b'Z'] = text
        && reading == Reading::Plain
    {
        return Some((Level::from_letter(*letter)?, false));
    }
    let number = whole_number(text)?;
    let level = match reading {
        Reading::Otel => Level::from_otel(number),
        Reading::Python => Level::from_python(number),
        Reading::Syslog => Level::from_syslog(number),
        Reading::Plain => level_number(marks, number),
        _ => None,
    }?;
    Some((level, true))
}

/// The words of Datadog's `status`, and no others: `status` may tell how anything went.
fn status_level(word: &[u8]) -> Option<Level> {
    const WORDS: [&[u8]; 11] = [
        b"trace",
        b"debug",
        b"info",
        b"notice",
        b"warn",
        b"warning",
        b"error",
        b"critical",
        b"fatal",
        b"alert",
        b"emergency",
    ];
    WORDS.iter().any(|known| word.eq_ignore_ascii_case(known)).then(|| Level::from_word(word)).flatten()
}

/// `I`, `W`, `E`, `F`, `D1` … `D5`.
fn mongo_letter(text: &[u8]) -> Option<Level> {
    match text {
        [letter] => Level::from_letter(*letter),
        [b'D', b'1'..=b'5'] => Some(Level::Debug),
        _ => None,
    }
}

/// What a number in a field `level` means depends on the logger, which its other fields give away.
fn level_number(marks: Mark, number: i64) -> Option<Level> {
    let pino = marks.has(Mark::PID) && marks.has(Mark::HOSTNAME) || marks.has(Mark::VERSION);
    if pino && number >= 10 {
        return Level::from_pino(number);
    }
    if marks.has(Mark::PYTHON) {
        return Level::from_python(number);
    }
    if marks.has(Mark::SYSLOG) && (0..=7).contains(&number) {
        return Level::from_syslog(number);
    }
    match number {
        -8 | -4 | 0 | 8 => Some(Level::from_slog(number)),
        1..=7 => Level::from_syslog(number),
        10..=60 => Level::from_pino(number),
        100..=199 => Some(Level::Debug),
        200..=299 => Some(Level::Info),
        300..=399 => Some(Level::Warn),
        400..=499 => Some(Level::Error),
        500..=600 => Some(Level::Fatal),
        _ => None,
    }
}

pub(super) fn whole_number(text: &[u8]) -> Option<i64> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// A non-empty string or a number.
pub(super) fn is_identifier(value: &Token<'_>) -> bool {
    value.kind == Kind::Number || is_text(value)
}

/// A non-empty string.
pub(super) fn is_text(value: &Token<'_>) -> bool {
    value.kind == Kind::String && value.raw.len() > 2
}

/// [`is_identifier`], as a value.
pub(super) fn identifier<'a>(value: &Token<'a>) -> Option<Value<'a>> {
    is_identifier(value).then_some(Value::Json(*value))
}

/// [`is_text`], as a value.
pub(super) fn text<'a>(value: &Token<'a>) -> Option<Value<'a>> {
    is_text(value).then_some(Value::Json(*value))
}

/// A column's text and whether all of the field is in it; when not, the field stays in `attrs` too.
pub(super) type Part<'a> = (Value<'a>, bool);

/// An address, without the port behind it.
pub(super) fn address<'a>(context: &Context<'a>, value: &Token<'a>) -> Option<Part<'a>> {
    let text = filled(context, value)?;
    let ip = client_ip(text)?;
    Some((Value::Plain(ip), ip.len() == text.len()))
}

/// The IP address at the start of `text`, which is one with or without a port.
pub(crate) fn client_ip(text: &[u8]) -> Option<&[u8]> {
    let is_ip = |bytes: &[u8]| std::str::from_utf8(bytes).is_ok_and(|text| text.parse::<IpAddr>().is_ok());
    let is_port =
        |bytes: &[u8]| !bytes.is_empty() && bytes.len() <= 5 && bytes.iter().all(u8::is_ascii_digit);
    if !text.iter().take(46).all(|b| b.is_ascii_hexdigit() || matches!(b, b'.' | b':' | b'[' | b']')) {
        return None;
    }
    if is_ip(text) {
        return Some(text);
    }
    let at = memchr::memrchr(b':', text)?;
    let (host, port) = (&text[..at], &text[at + 1..]);
    let host = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]")).unwrap_or(host);
    (is_port(port) && is_ip(host)).then_some(host)
}

/// A method of HTTP in capitals.
pub(crate) fn http_method(text: &[u8]) -> bool {
    matches!(
        text,
        b"GET"
            | b"POST"
            | b"PUT"
            | b"DELETE"
            | b"PATCH"
            | b"HEAD"
            | b"OPTIONS"
            | b"CONNECT"
            | b"TRACE"
            | b"QUERY"
    )
}

/// The path of a request target or URL, without the query.
pub(super) fn path<'a>(context: &Context<'a>, value: &Token<'a>) -> Option<Part<'a>> {
    let text = filled(context, value)?;
    let path = http_path(text)?;
    Some((Value::Plain(path), path.len() == text.len()))
}

/// The path of a request target (`/x?q`, `*`) or of an absolute URL.
pub(crate) fn http_path(text: &[u8]) -> Option<&[u8]> {
    let target = match text.first()? {
        b'/' => text,
        b'*' if text.len() == 1 => return Some(text),
        _ => {
            let at = memchr::memmem::find(&text[..text.len().min(12)], b"://")?;
            let rest = &text[at + 3..];
            match rest.iter().position(|b| matches!(b, b'/' | b'?' | b'#')) {
                Some(slash) if rest[slash] == b'/' => &rest[slash..],
                _ => return Some(b"/"),
            }
        }
    };
    let end = target.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(target.len());
    Some(&target[..end])
}

/// 100–599, as a number or as three digits.
pub(super) fn status(value: &Token<'_>) -> Option<u16> {
    let digits = match value.kind {
        Kind::String => value.inside(),
        Kind::Number => value.raw,
        _ => return None,
    };
    (digits.len() == 3)
        .then(|| whole_number(digits))
        .flatten()
        .filter(|n| (100..600).contains(n))
        .map(|n| n as u16)
}

/// A duration in milliseconds.
pub(super) fn duration<'a>(
    context: &Context<'a>,
    reading: Reading,
    value: &Token<'a>,
) -> Option<Duration<'a>> {
    let scaled = |per_ms: f64| {
        let digits = if value.kind == Kind::String { filled(context, value)? } else { value.raw };
        let number: f64 = std::str::from_utf8(digits).ok()?.parse().ok()?;
        (number.is_finite() && number >= 0.0).then_some(Duration::Millis(number / per_ms))
    };
    match (value.kind, reading) {
        (Kind::Number, Reading::Plain) => Some(Duration::Raw(value.raw)),
        (Kind::Number | Kind::String, Reading::Seconds) => scaled(1e-3),
        (Kind::Number, Reading::Micros) => scaled(1e3),
        (Kind::Number, Reading::Nanos) => scaled(1e6),
        (Kind::String, Reading::Plain | Reading::WithUnit) => {
            let text = filled(context, value)?;
            match millis_with_unit(text) {
                Some(ms) => Some(Duration::Millis(ms)),
                None if reading == Reading::Plain => scaled(1.0),
                None => None,
            }
        }
        _ => None,
    }
}

/// `12.5ms`, `1.2s`, `5µs`, `300ns`, `2m`: a number with one unit behind it.
fn millis_with_unit(text: &[u8]) -> Option<f64> {
    let digits = text.iter().take_while(|b| b.is_ascii_digit() || **b == b'.').count();
    let number: f64 = std::str::from_utf8(&text[..digits]).ok()?.parse().ok()?;
    let unit = text[digits..].trim_ascii_start();
    let unit = match unit {
        b"ns" => 1e-6,
        b"us" => 1e-3,
        b"ms" => 1.0,
        b"s" | b"sec" => 1e3,
        b"m" | b"min" => 60e3,
        b"h" => 3600e3,
        _ if unit == "µs".as_bytes() || unit == "μs".as_bytes() => 1e-3,
        _ => return None,
    };
    Some(number * unit)
}

/// The two ids of a W3C `traceparent`: `00-<32 hex>-<16 hex>-01`.
pub(super) fn trace_parent<'a>(value: &Token<'a>) -> Option<(Value<'a>, Value<'a>)> {
    let text = (value.kind == Kind::String && !value.flags.has(Flags::ESCAPED)).then(|| value.inside())?;
    let dashes = text.len() == 55 && text[2] == b'-' && text[35] == b'-' && text[52] == b'-';
    let (trace, span) = dashes.then(|| (&text[3..35], &text[36..52]))?;
    (trace.iter().chain(span).all(u8::is_ascii_hexdigit)).then_some((Value::Plain(trace), Value::Plain(span)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_their_port_and_nothing_else_is_one() {
        for (text, ip) in [
            ("1.2.3.4", Some("1.2.3.4")),
            ("1.2.3.4:567", Some("1.2.3.4")),
            ("::1", Some("::1")),
            ("[2001:db8::1]:443", Some("2001:db8::1")),
            ("example.com", None),
            ("1.2.3", None),
            ("cafe", None),
            ("1.2.3.4, 5.6.7.8", None),
        ] {
            assert_eq!(client_ip(text.as_bytes()), ip.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn paths_are_taken_out_of_targets_and_urls() {
        for (text, path) in [
            ("/a/b?q=1#f", Some("/a/b")),
            ("https://example.com/x?y", Some("/x")),
            ("https://example.com", Some("/")),
            ("http://example.com?x=/y", Some("/")),
            ("*", Some("*")),
            ("relative/x", None),
            ("", None),
        ] {
            assert_eq!(http_path(text.as_bytes()), path.map(str::as_bytes), "{text}");
        }
    }

    #[test]
    fn units_are_converted_to_milliseconds() {
        for (text, ms) in
            [("1.5s", 1500.0), ("250ms", 250.0), ("5µs", 0.005), ("300 ns", 0.0003), ("2m", 120_000.0)]
        {
            assert!((millis_with_unit(text.as_bytes()).expect(text) - ms).abs() < 1e-9, "{text}");
        }
        assert_eq!(millis_with_unit(b"5"), None);
        assert_eq!(millis_with_unit(b"1m30s"), None);
    }
}
