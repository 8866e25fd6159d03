//! Access logs, and requests that messages quote: `"GET /x?q=1 HTTP/1.1" 200`.

use super::head::{Head, Time};
use super::token::{bracket, is_digits, skip_blanks, word};
use crate::columns::Columns;
use crate::json::{client_ip, http_method, http_path};
use crate::time::prefix;
use crate::value::Value;

/// Bytes in front of the bracketed time of an access line.
const MOST_BEFORE_TIME: usize = 300;

/// Quotes of a message that are looked at for a request.
const MOST_QUOTES: usize = 16;

/// `[vhost] client ident user [time] "request" status size ["referer" "agent"]`; the message is the request.
pub(super) fn line(text: &[u8]) -> Option<Head<'_>> {
    let open = memchr::memmem::find(&text[..text.len().min(MOST_BEFORE_TIME)], b" [")?;
    let (inside, rest) = bracket(&text[open + 1..])?;
    let (stamp, used, _) = prefix(inside)?;
    let mut before = text[..open].rsplit(|b| *b == b' ');
    let (user, ident, client) = (before.next()?, before.next()?, before.next()?);
    let host = before.next();
    let quoted = skip_blanks(rest).strip_prefix(b"\"")?;
    if used != inside.len() || ident.is_empty() || before.next().is_some() {
        return None;
    }
    let end = quote_end(quoted)?;
    let mut head = Head::new(&quoted[..end]);
    head.time = Some(Time::Stamp(stamp));
    head.is_access = true;
    head.client_ip = client_ip(client);
    if head.client_ip.is_none() {
        head.add("client", client);
    }
    head.add("user", user);
    head.add("host", host.unwrap_or_default());
    let rest = skip_blanks(&quoted[end + 1..]);
    let status = word(rest);
    head.add("status", status);
    let rest = skip_blanks(&rest[status.len()..]);
    let size = word(rest);
    if is_digits(size) {
        head.add("bytes", size);
    }
    let rest = skip_blanks(&rest[size.len()..]);
    if let Some(referer) = rest.strip_prefix(b"\"")
        && let Some(end) = quote_end(referer)
    {
        head.add("referer", &referer[..end]);
        let rest = skip_blanks(&referer[end + 1..]);
        if let Some(agent) = rest.strip_prefix(b"\"")
            && let Some(end) = quote_end(agent)
        {
            head.add("user_agent", &agent[..end]);
            head.add("extra", skip_blanks(&agent[end + 1..]));
        } else {
            head.add("extra", rest);
        }
    } else {
        head.add("extra", rest);
    }
    Some(head)
}

/// The position of the quote that ends a field; `\"` does not.
fn quote_end(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// Begins with a quoted request.
pub(super) fn quoted_request(text: &[u8]) -> bool {
    text.strip_prefix(b"\"").is_some_and(|rest| request(rest).is_some())
}

/// Gin: `[GIN] 2026/11/24 - 01:02:03 | 500 |   1.234ms |  1.2.3.4 | GET      "/x"`; the message is all behind the time.
pub(super) fn gin(text: &[u8]) -> Option<Head<'_>> {
    let rest = text.strip_prefix(b"[GIN] ")?;
    let (date, clock) = (rest.get(..10)?, rest.get(10..)?.strip_prefix(b" - ")?);
    let mut both = [b' '; 19];
    both[..10].copy_from_slice(date);
    both[11..].copy_from_slice(clock.get(..8)?);
    let (stamp, ..) = prefix(&both)?;
    let message = skip_blanks(clock[8..].trim_ascii_start().strip_prefix(b"|")?);
    let mut head = Head::new(message);
    head.time = Some(Time::Stamp(stamp));
    head.is_access = true;
    let mut parts = message.split(|b| *b == b'|').map(<[u8]>::trim_ascii);
    head.add("status", parts.next().filter(|part| status(part).is_some())?);
    let took = parts.next()?;
    head.client_ip = client_ip(parts.next()?);
    head.add("took", took);
    Some(head)
}

/// `[time] "request" status size`: the message is the request. With more behind it the message is all.
pub(super) fn behind_time<'a>(head: &mut Head<'a>, text: &'a [u8]) {
    head.is_access = true;
    let Some(end) = text.get(1..).and_then(quote_end) else { return };
    let mut rest = text[end + 2..].split(|b| *b == b' ').filter(|part| !part.is_empty());
    if let (Some(code), Some(size), None) = (rest.next(), rest.next(), rest.next())
        && status(code).is_some()
    {
        head.message = &text[1..=end];
        head.add("status", code);
        head.add("bytes", size);
    }
}

/// `METHOD target HTTP/1.1`: method, target, and the length of all.
fn request(text: &[u8]) -> Option<(&[u8], &[u8], usize)> {
    let method = word(text);
    if !http_method(method) {
        return None;
    }
    let target = word(text.get(method.len() + 1..)?);
    let protocol = text.get(method.len() + 1 + target.len() + 1..)?;
    if !protocol.starts_with(b"HTTP/") {
        return None;
    }
    let end = protocol.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'/' | b'.'));
    Some((method, target, method.len() + target.len() + 2 + end.unwrap_or(protocol.len())))
}

/// Fills the HTTP columns from a request in the message: the whole message of an access line, or a quoted one with
/// a status behind it.
pub(super) fn requests<'a>(columns: &mut Columns<'a>, head: &Head<'a>) {
    let message = head.message;
    let stated = head.extra().find(|(key, ..)| *key == "status").and_then(|(_, value, _)| status(value));
    if head.is_access && stated.is_some() {
        columns.http_status = stated;
        columns.attrs.retain(|(key, _)| !matches!(key, Value::Plain(b"status")));
        let found =
            request(message).map(|(method, target, _)| (method, target)).or_else(|| gin_request(message));
        if let Some((method, target)) = found {
            columns.http_method = Some(Value::Plain(method));
            columns.http_path = http_path(target).map(Value::Plain);
        }
        return;
    }
    let mut quotes = memchr::memchr_iter(b'"', message).take(MOST_QUOTES);
    let found = quotes.find_map(|open| Some((open, request(&message[open + 1..])?)));
    let Some((open, (method, target, len))) = found else { return };
    let Some(rest) = message[open + 1 + len..].strip_prefix(b"\"") else { return };
    columns.http_method = Some(Value::Plain(method));
    columns.http_path = http_path(target).map(Value::Plain);
    let rest = skip_blanks(rest);
    let rest = rest.strip_prefix(b"status: ").unwrap_or(rest);
    columns.http_status = status(word(rest));
    if columns.client_ip.is_none() {
        columns.client_ip = client_ip(word(message)).map(Value::Plain);
    }
}

/// `… | GET      "/x"` at the end of Gin's line.
fn gin_request(message: &[u8]) -> Option<(&[u8], &[u8])> {
    let last = message.rsplit(|b| *b == b'|').next()?.trim_ascii();
    let method = word(last);
    let target = skip_blanks(&last[method.len()..]).strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    http_method(method).then_some((method, target))
}

fn status(digits: &[u8]) -> Option<u16> {
    let text = std::str::from_utf8(digits).ok().filter(|text| text.len() == 3)?;
    text.parse().ok().filter(|status| (100..600).contains(status))
}
