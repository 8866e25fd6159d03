//! Lines that begin with a time, bare or in brackets. Between the time and the message stand words in any order:
//! level, thread, process id, logger. The level is looked for among them; words of prose end the search.

use super::after_level::after_level;
use super::head::{Head, Time};
use super::machines;
use super::token::{
    after_delimiter, bracket, capital_level, is_digits, is_logger, is_thread, is_uuid, place, plain_level,
    skip_blanks, word,
};
use super::{access, leveled, syslog};
use crate::level::Level;
use crate::time::{Layout, from_number, prefix};

/// Words looked at before the search for a level ends.
const MOST_WORDS: usize = 8;
/// Bytes of fields between colons before the level.
const MOST_FIELDS: usize = 256;

/// `2026-11-24 01:02:03,123 ERROR …`
pub(super) fn plain(text: &[u8]) -> Option<Head<'_>> {
    let (stamp, used, layout) = prefix(text)?;
    let rest = &text[used..];
    // A bare time of day or a short date could be part of prose: something must set it off.
    if !matches!(
        rest.first(),
        None | Some(b' ' | b'\t' | b',' | b'|' | b']' | b'[' | b':' | b'Z' | b'-' | b'\n' | b'\r')
    ) {
        return None;
    }
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    head.plain_names = text.get(10) == Some(&b'T');
    let found = behind_time(&mut head, rest);
    (found || layout != Layout::TimeOnly).then_some(head)
}

/// `[2026-11-24 01:02:03] …`, `[2026-11-24T01:02:03Z ERROR app] …`, `[01:02:03 INF] …`
pub(super) fn bracketed(text: &[u8]) -> Option<Head<'_>> {
    let (inside, rest) = bracket(text)?;
    let inner = skip_blanks(inside);
    let Some((stamp, used, _)) = prefix(inner) else {
        return letter_first(inner, rest).or_else(|| date_alone(inner, rest));
    };
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    let more = &inner[used..];
    if more.is_empty() {
        behind_time(&mut head, rest);
        return Some(head);
    }
    // What stands behind the time within the bracket: ` ERROR app::db`, `: ERROR/MainProcess`, ` #7`.
    let more = more.strip_prefix(b":").unwrap_or(more);
    let more = skip_blanks(more);
    let first = word(more);
    let (first, tail) = match memchr::memchr(b'/', first) {
        Some(slash) => (&first[..slash], &more[slash + 1..]),
        None => (first, skip_blanks(&more[first.len()..])),
    };
    if let Some(level) = capital_level(first).or_else(|| Level::from_word(first)) {
        head.level = Some(level);
        if !tail.is_empty() {
            let is_process = memchr::memchr(b'/', more).is_some_and(|slash| slash == first.len());
            if is_process {
                head.add("process", tail);
            } else {
                head.logger = Some(tail);
            }
        }
        head.message = skip_blanks(rest);
        return Some(head);
    }
    if let Some(pid) = more.strip_prefix(b"#").filter(|pid| is_digits(pid)) {
        head.add("pid", pid);
    }
    behind_time(&mut head, rest);
    Some(head)
}

/// `1767225600.123 INFO message`: seconds since the epoch, where a level follows.
pub(super) fn epoch(text: &[u8]) -> Option<Head<'_>> {
    let number = word(text);
    let rest = skip_blanks(&text[number.len()..]);
    let ms = from_number(number).filter(|_| number.len() >= 10)?;
    let level = capital_level(word(rest))?;
    let mut head = Head::new(rest);
    head.time = Some(Time::Epoch(ms));
    head.level = Some(level);
    after_level(&mut head, &rest[word(rest).len()..]);
    Some(head)
}

/// Tornado and Jupyter: `[E 261124 01:02:03 web:2239] message`
fn letter_first<'a>(inside: &'a [u8], rest: &'a [u8]) -> Option<Head<'a>> {
    let (letter, inner) = inside.split_first().filter(|(_, rest)| rest.first() == Some(&b' '))?;
    let level = Level::from_letter(*letter)?;
    let (stamp, used, _) = prefix(&inner[1..])?;
    let mut head = Head::new(skip_blanks(rest));
    head.time = Some(Time::Stamp(stamp));
    head.level = Some(level);
    let name = inner[1 + used..].trim_ascii();
    match name.iter().position(|b| *b == b':') {
        Some(colon) if is_digits(&name[colon + 1..]) => {
            head.logger = Some(&name[..colon]);
            head.add("line", &name[colon + 1..]);
        }
        _ => head.logger = (!name.is_empty()).then_some(name),
    }
    Some(head)
}

/// fern: `[2026-11-24][01:02:03][app::db][ERROR] message`
fn date_alone<'a>(date: &'a [u8], rest: &'a [u8]) -> Option<Head<'a>> {
    let (clock, rest) = bracket(rest)?;
    let mut both = [b' '; 40];
    let len = date.len() + 1 + clock.len();
    both.get_mut(..date.len())?.copy_from_slice(date);
    both.get_mut(date.len() + 1..len)?.copy_from_slice(clock);
    let (stamp, used, _) = prefix(&both[..len]).filter(|_| date.len() == 10)?;
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    (used == len && to_level(&mut head, rest, false)).then_some(head)
}

/// Fields between colons right behind the time: Python's `…:ERROR:app:message`, and PostgreSQL of RDS and Aurora,
/// `…:10.0.0.1(5432):user@db:[7]:ERROR:  message`.
fn colons<'a>(head: &mut Head<'a>, fields: &'a [u8]) -> bool {
    let near = &fields[..fields.len().min(MOST_FIELDS)];
    let rest = match memchr::memmem::find(near, b":[").zip(memchr::memmem::find(near, b"]:")) {
        Some((open, close)) if open < close && is_digits(&fields[open + 2..close]) => {
            head.add("context", fields[..open].trim_ascii());
            head.add("pid", &fields[open + 2..close]);
            &fields[close + 2..]
        }
        _ => fields,
    };
    let end = memchr::memchr(b':', &rest[..rest.len().min(12)]).unwrap_or(0);
    let Some(level) = capital_level(&rest[..end]) else { return false };
    head.level = Some(level);
    let message = &rest[end + 1..];
    head.message = skip_blanks(message);
    if let Some(colon) = memchr::memchr(b':', message)
        && is_logger(&message[..colon])
        && !message[colon + 1..].starts_with(b" ")
    {
        head.logger = Some(&message[..colon]);
        head.message = &message[colon + 1..];
    }
    true
}

/// `[7] 2026/11/24 01:02:03.123456 [INF] message`
pub(super) fn numbered(text: &[u8]) -> Option<Head<'_>> {
    let (pid, rest) = bracket(text)?;
    let pid = pid.trim_ascii();
    let mut head = plain(skip_blanks(rest)).filter(|_| is_digits(pid))?;
    head.add("pid", pid);
    Some(head)
}

/// Reads what stands between a time and the message; true when a level or another sign of a head was there.
pub(super) fn behind_time<'a>(head: &mut Head<'a>, rest: &'a [u8]) -> bool {
    if let Some(fields) = rest.strip_prefix(b":").filter(|fields| !fields.starts_with(b" "))
        && colons(head, fields)
    {
        return true;
    }
    let start = separators(rest);
    head.message = start;
    if access::quoted_request(start) {
        access::behind_time(head, start);
        return true;
    }
    if let Some(found) = machines::piped(head, rest) {
        return found;
    }
    if syslog::behind_time(head, start) || to_level(head, start, false) {
        return true;
    }
    leveled::inside_message(head);
    head.level.is_some()
}

/// Reads `node RAS KERNEL INFO message`, where words in capitals stand before the level.
pub(super) fn capital_head<'a>(head: &mut Head<'a>, text: &'a [u8]) {
    to_level(head, text, true);
}

/// Looks for a level among the words of a head, and reads on behind it. Without one the head is as before.
fn to_level<'a>(head: &mut Head<'a>, start: &'a [u8], capitals: bool) -> bool {
    let mark = head.mark();
    let mut text = start;
    let mut words = Words { name: None, capitals, unnamed: false };
    for _ in 0..MOST_WORDS {
        let Some(next) = step(head, text, &mut words) else { break };
        match next {
            Step::Level(level, rest) => {
                if words.unnamed {
                    head.add("context", start[..start.len() - text.len()].trim_ascii());
                }
                head.level = Some(level);
                head.logger = head.logger.or(words.name);
                after_level(head, rest);
                return true;
            }
            Step::More(rest) => text = separators(rest),
        }
    }
    head.forget(mark);
    false
}

enum Step<'a> {
    Level(Level, &'a [u8]),
    More(&'a [u8]),
}

/// What was seen before the level.
struct Words<'a> {
    /// The name of a logger.
    name: Option<&'a [u8]>,
    /// Words in capitals are no prose here.
    capitals: bool,
    /// Some word has no place of its own in the record.
    unnamed: bool,
}

/// Looks at the next part of a head. None when it cannot be one.
fn step<'a>(head: &mut Head<'a>, text: &'a [u8], seen: &mut Words<'a>) -> Option<Step<'a>> {
    match text.first()? {
        b'[' | b'<' | b'(' | b'{' => {
            let (inside, rest) = bracket(text)?;
            let trimmed = inside.trim_ascii();
            if text[0] == b'<'
                && let Some(level) = plain_level(trimmed)
            {
                // ClickHouse: `<Error> executeQuery: message`
                let rest = skip_blanks(rest);
                let name = word(rest);
                if let Some(name) = name.strip_suffix(b":").filter(|name| is_logger(name)) {
                    seen.name = Some(name);
                }
                let used = if seen.name.is_some() { name.len() } else { 0 };
                return Some(Step::Level(level, &rest[used..]));
            }
            if text[0] == b'[' {
                let noted = match trimmed {
                    b"Note" | b"System" => Some(Level::Info),
                    _ => None,
                };
                if let Some(level) = Level::from_word(trimmed).or(noted) {
                    return Some(Step::Level(level, rest));
                }
                // Apache's `[core:error]`.
                if let Some(colon) = memchr::memchr(b':', trimmed)
                    && let Some(level) = Level::from_word(&trimmed[colon + 1..])
                {
                    seen.name = Some(&trimmed[..colon]).filter(|name| !name.is_empty() && *name != b"-");
                    return Some(Step::Level(level, rest));
                }
            }
            if let Some((file, line)) = place(trimmed).filter(|_| text[0] == b'{') {
                // Airflow
                head.add("file", file);
                head.add("line", line);
            } else if is_digits(trimmed) {
                head.add("pid", trimmed);
            } else if is_thread(trimmed) || text[0] != b'[' {
                head.add("thread", trimmed);
            } else if seen.name.is_none() && is_logger(trimmed) {
                seen.name = Some(trimmed);
            } else {
                seen.unnamed = true;
            }
            Some(Step::More(rest))
        }
        b'0'..=b'9' => {
            let number = word(text);
            let rest = &text[number.len()..];
            let digits = number.strip_suffix(b":").unwrap_or(number);
            if is_uuid(number) && rest.starts_with(b"\t") {
                // AWS Lambda
                head.request_id = Some(number);
                return Some(Step::More(rest));
            }
            if !is_digits(digits) {
                // Hosts and ids with digits in front of a level.
                seen.unnamed = true;
                return has_sign(number).then_some(Step::More(rest));
            }
            head.add(if head.has("pid") { "tid" } else { "pid" }, digits);
            Some(Step::More(rest))
        }
        _ => words(head, text, seen),
    }
}

/// A word: a level, the name of a logger set off by a delimiter, or something machine-made.
fn words<'a>(head: &mut Head<'a>, text: &'a [u8], seen: &mut Words<'a>) -> Option<Step<'a>> {
    let whole = word(text);
    let cut = whole.iter().position(|b| matches!(b, b'|' | b'[' | b'\t')).filter(|at| *at > 0);
    let whole = cut.map_or(whole, |at| &whole[..at]);
    let bare = whole.strip_suffix(b":").or_else(|| whole.strip_suffix(b",")).unwrap_or(whole);
    let rest = &text[whole.len()..];
    if is_uuid(whole) && rest.starts_with(b"\t") {
        head.request_id = Some(whole);
        return Some(Step::More(rest));
    }
    if let Some(id) = bare.strip_prefix(b"TID-") {
        // Sidekiq
        head.add("thread", id);
        return Some(Step::More(rest));
    }
    if let Some(level) = capital_level(bare) {
        return Some(Step::Level(level, &text[bare.len()..]));
    }
    // One letter, as of logcat and old MongoDB: only behind a process id or before a word in capitals.
    if let [letter] = bare
        && whole.len() == 1
        && let Some(level) = Level::from_letter(*letter)
    {
        let next = skip_blanks(rest);
        let capital = word(next).iter().take(3).filter(|b| b.is_ascii_uppercase()).count() >= 2;
        // semantic_logger: `E [7:puma 001]`
        let bracketed = next.strip_prefix(b"[").and_then(<[u8]>::first).is_some_and(u8::is_ascii_digit);
        if head.has("tid") || capital || bracketed {
            return Some(Step::Level(level, rest));
        }
    }
    let set_off = bare.len() < whole.len() && whole.ends_with(b":")
        || cut.is_some()
        || rest.starts_with(b"  ")
        || rest.starts_with(b"\t")
        || rest.starts_with(b" [")
        || after_delimiter(rest).is_some() && !rest.starts_with(b":");
    // Behind words of which nobody knows what they are, `error :` may as well be prose.
    if let Some(level) = plain_level(bare).filter(|_| set_off && !seen.unnamed) {
        return Some(Step::Level(level, &text[bare.len()..]));
    }
    // Monolog's `app.ERROR:`.
    if whole.ends_with(b":")
        && let Some(dot) = memchr::memrchr(b'.', bare)
        && let Some(level) = capital_level(&bare[dot + 1..])
    {
        seen.name = Some(&bare[..dot]);
        // Behind the message stand a blank, the context and a blank, even when both are empty.
        return Some(Step::Level(level, rest.trim_ascii_end()));
    }
    let delimited = after_delimiter(rest).is_some();
    let dotted = bare.contains(&b'.') && !whole.ends_with(b":");
    if (delimited || dotted) && is_logger(bare) && seen.name.is_none() {
        seen.name = Some(bare);
        return Some(Step::More(rest));
    }
    // Hosts, `user@database`, and capitals (`RAS KERNEL`) where they are no prose.
    let capitals = seen.capitals && bare.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    seen.unnamed = true;
    (capitals || has_sign(whole) && !whole.ends_with(b":")).then_some(Step::More(rest))
}

/// Has a character that words of prose have not.
fn has_sign(word: &[u8]) -> bool {
    let end = word.len().saturating_sub(1);
    word.iter().any(u8::is_ascii_digit)
        || word[..end].iter().any(|b| matches!(b, b'.' | b'_' | b'/' | b'@' | b':' | b'=' | b'$' | b'#'))
        || matches!(word, b"---" | b"--")
}

/// Without blanks and the delimiters between the parts of a head.
fn separators(text: &[u8]) -> &[u8] {
    let mut rest = text;
    loop {
        rest = match rest {
            [b' ' | b'\t' | b'|' | b',', tail @ ..] => tail,
            [b'-', b' ', tail @ ..] => tail,
            [b'-', b'-', b'-', b' ', tail @ ..] => tail,
            [b':', b' ', tail @ ..] => tail,
            _ => return rest,
        };
    }
}
