//! What container runtimes wrap around a line: Docker's json-file objects and the lines of CRI.
//!
//! Only an object with no other fields than `log`, `stream` and `time` is taken for Docker's, so nothing is lost;
//! others are ordinary JSON lines.

use std::borrow::Cow;

use bumpalo::Bump;

use super::Source;
use crate::escape::unescape;
use crate::json::{Kind, Scanner};
use crate::time::{Stamp, prefix, whole};

/// A line taken out of its wrapping.
pub(super) struct Unwrapped<'a> {
    pub(super) text: Cow<'a, [u8]>,
    pub(super) source: Option<Source>,
    /// The text ends a line; else the next one goes on with it.
    pub(super) complete: bool,
    pub(super) time: Option<Stamp>,
}

/// The line inside, when this is a wrapped one.
#[inline]
pub(super) fn unwrap(line: &[u8]) -> Option<Unwrapped<'_>> {
    match line.first()? {
        b'{' if line.starts_with(b"{\"log\":") || line.starts_with(b"{\"stream\":") => docker(line),
        b'0'..=b'9' => cri(line),
        _ => None,
    }
}

/// `{"log":"…\n","stream":"stderr","time":"2026-11-24T01:02:03.123456789Z"}`
fn docker(line: &[u8]) -> Option<Unwrapped<'_>> {
    let mut scanner = Scanner::new(line);
    scanner.open().ok()?;
    let (mut log, mut source, mut time) = (None, None, None);
    let mut first = true;
    while let Some((key, value)) = scanner.field(first).ok()? {
        first = false;
        if value.kind != Kind::String {
            return None;
        }
        match key.inside() {
            b"log" if log.is_none() => log = Some(value.inside()),
            b"stream" if source.is_none() => source = Some(Source::from_word(value.inside())?),
            b"time" if time.is_none() => time = Some(whole(value.inside())?),
            _ => return None,
        }
    }
    scanner.end().ok()?;
    let (inside, Some(source), Some(time)) = (log?, source, time) else { return None };
    let text = match memchr::memchr(b'\\', inside) {
        None => Cow::Borrowed(inside),
        Some(_) => Cow::Owned(unescape(&Bump::new(), inside).to_vec()),
    };
    let complete = text.last() == Some(&b'\n');
    let text = match text {
        Cow::Owned(mut text) => {
            if complete {
                text.pop();
            }
            Cow::Owned(text)
        }
        borrowed => borrowed,
    };
    Some(Unwrapped { text, source: Some(source), complete, time: Some(time) })
}

/// `2026-11-24T01:02:03.123456789Z stdout F text`
fn cri(line: &[u8]) -> Option<Unwrapped<'_>> {
    // A look at the usual place of the stream spares most lines the reading of their time.
    let blank = memchr::memchr(b' ', &line[..line.len().min(40)])?;
    let rest = &line[blank + 1..];
    let source = Source::from_word(rest.get(..6)?)?;
    let complete = match rest.get(6..8)? {
        b" F" => true,
        b" P" => false,
        _ => return None,
    };
    let text = match rest.get(8) {
        None => &rest[8..],
        Some(b' ') => &rest[9..],
        Some(_) => return None,
    };
    let (stamp, used, _) = prefix(line)?;
    (used == blank).then_some(Unwrapped {
        text: Cow::Borrowed(text),
        source: Some(source),
        complete,
        time: Some(stamp),
    })
}
