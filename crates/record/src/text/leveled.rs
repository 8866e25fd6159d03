//! Lines that begin with a level: uvicorn, Python's `basicConfig`, klog, Ruby, brackets, PHP, npm …

use super::after_level::after_level;
use super::head::{Head, Time};
use super::token::{
    after_delimiter, bracket, capital_level, is_digits, is_logger, is_uuid, place, plain_level, skip_blanks,
    word,
};
use crate::level::Level;
use crate::time::{Stamp, prefix};

/// A level first, without brackets.
fn plain(text: &[u8]) -> Option<Head<'_>> {
    let readers = [klog, ruby, logcat_brief, spoken, console, word_first];
    readers.into_iter().find_map(|read| read(text))
}

/// `[error] message`, `[ERROR] [thread] message`, `[GIN] …` is not one.
pub(super) fn bracketed(text: &[u8]) -> Option<Head<'_>> {
    let (inside, rest) = bracket(text)?;
    if inside == b"Nest" {
        return nest(rest);
    }
    let Some(level) = Level::from_word(inside.trim_ascii()) else { return thread_first(inside, rest) };
    let mut head = Head::new(rest);
    head.level = Some(level);
    let text = skip_blanks(rest);
    // The time may come second: `[INFO] 2026-11-24T01:02:03Z message`, `[ERROR] [2026-…] message`.
    let inner = bracket(text).filter(|_| text[0] == b'[').map(|(inside, rest)| (inside, Some(rest)));
    let (candidate, behind) = inner.unwrap_or((text, None));
    if let Some((stamp, used, _)) = prefix(candidate)
        && behind.is_none_or(|_| used == candidate.len())
    {
        head.time = Some(Time::Stamp(stamp));
        head.message = skip_blanks(behind.unwrap_or(&candidate[used..]));
        // AWS Lambda: `[ERROR]\t2026-…Z\t<request id>\tmessage`
        let id = head.message.split(|b| *b == b'\t').next().filter(|id| is_uuid(id));
        if let Some(id) = id {
            head.request_id = Some(id);
            head.message = skip_blanks(&head.message[id.len()..]);
        }
        return Some(head);
    }
    after_level(&mut head, rest);
    Some(head)
}

/// SLF4J's simple logger: `[main] ERROR com.example.App - message`
fn thread_first<'a>(thread: &'a [u8], rest: &'a [u8]) -> Option<Head<'a>> {
    let text = rest.strip_prefix(b" ")?;
    let name = word(text);
    let level = capital_level(name)?;
    let after = &text[name.len()..];
    // What follows tells a logger's line from prose: `c.e.App - message`.
    after_delimiter(skip_blanks(after).get(word(skip_blanks(after)).len()..)?)?;
    let mut head = Head::new(after);
    head.level = Some(level);
    head.add("thread", thread);
    after_level(&mut head, after);
    Some(head)
}

/// zerolog's console: `1:02AM ERR message key=value`
pub(super) fn zerolog(text: &[u8]) -> Option<Head<'_>> {
    let clock = word(text);
    let colon = memchr::memchr(b':', clock)?;
    let half = match clock.get(colon + 3..)? {
        b"AM" => 0,
        b"PM" => 12,
        _ => return None,
    };
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<i64>().ok();
    let hour = number(&clock[..colon]).filter(|hour| (1..=12).contains(hour))? % 12 + half;
    let minute = number(&clock[colon + 1..colon + 3]).filter(|minute| (0..60).contains(minute))?;
    let rest = skip_blanks(&text[clock.len()..]);
    let level = capital_level(word(rest)).filter(|_| word(rest).len() == 3)?;
    let mut head = Head::new(skip_blanks(&rest[3..]));
    let ms_of_day = (hour * 60 + minute) * 60_000;
    head.time = Some(Time::Stamp(Stamp { year: None, month: 0, day: 0, ms_of_day, offset: None }));
    head.level = Some(level);
    Some(head)
}

/// .NET's console behind a time of its own (`TimestampFormat`): `2026-11-24 01:02:03 fail: App.Db[12]`
pub(super) fn timed_console(text: &[u8]) -> Option<Head<'_>> {
    let line = memchr::memchr(b'\n', text).map_or(text, |end| &text[..end]);
    if line.trim_ascii_end().last() != Some(&b']') {
        return None;
    }
    let open = usize::from(text[0] == b'[');
    let (stamp, used, _) = prefix(&text[open..])?;
    let rest = &text[open + used..];
    let mut head = console(skip_blanks(rest.strip_prefix(b"]").unwrap_or(rest)))?;
    head.time = Some(Time::Stamp(stamp));
    Some(head)
}

/// `[Nest] 9763  - 11/24/2026, 11:14:28 AM   ERROR [OrdersService] message`
fn nest(text: &[u8]) -> Option<Head<'_>> {
    let text = skip_blanks(text);
    let pid = word(text);
    let rest = skip_blanks(skip_blanks(&text[pid.len()..]).strip_prefix(b"-")?);
    let (stamp, used, _) = prefix(rest)?;
    let rest = skip_blanks(&rest[used..]);
    let name = word(rest);
    let level = Level::from_word(name).filter(|_| is_digits(pid))?;
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    head.level = Some(level);
    head.add("pid", pid);
    after_level(&mut head, &rest[name.len()..]);
    Some(head)
}

/// `E1124 01:02:03.123456    7 file.go:10] message`
pub(super) fn klog(text: &[u8]) -> Option<Head<'_>> {
    let level = match text.first()? {
        letter @ (b'I' | b'W' | b'E' | b'F' | b'D') => Level::from_letter(*letter)?,
        _ => return None,
    };
    let date = word(&text[1..]);
    let number = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u32>().ok();
    let (year, month_day) = match date.len() {
        4 => (None, date),
        8 => (number(&date[..4]).map(|year| year as i32), &date[4..]),
        _ => return None,
    };
    if !is_digits(date) || text.get(1 + date.len()) != Some(&b' ') {
        return None;
    }
    let clock = &text[date.len() + 2..];
    let (time, used, _) = prefix(clock)?;
    let month = number(&month_day[..2]).filter(|n| (1..=12).contains(n))?;
    let day = number(&month_day[2..]).filter(|n| (1..=31).contains(n))?;
    let mut head = Head::new(text);
    head.time = Some(Time::Stamp(Stamp { year, month: month as u8, day: day as u8, ..time }));
    head.level = Some(level);
    let rest = skip_blanks(&clock[used..]);
    let end = memchr::memchr(b']', rest)?;
    let mut parts = rest[..end].split(|b| *b == b' ').filter(|part| !part.is_empty());
    let (pid, source) = (parts.next()?, parts.next()?);
    let (file, line) = place(source)?;
    head.add("pid", pid);
    head.add("file", file);
    head.add("line", line);
    head.message = skip_blanks(&rest[end + 1..]);
    Some(head)
}

/// `E, [2026-11-24T01:02:03.123456 #7] ERROR -- app: message`
pub(super) fn ruby(text: &[u8]) -> Option<Head<'_>> {
    let (&letter, rest) = text.split_first()?;
    let (inside, rest) = bracket(rest.strip_prefix(b", ")?)?;
    let (stamp, used, _) = prefix(inside)?;
    let rest = skip_blanks(rest);
    let name = word(rest);
    let level = Level::from_word(name).or((name == b"ANY").then_some(Level::Info))?;
    if name.first() != Some(&letter) {
        return None;
    }
    let mut head = Head::new(rest);
    head.time = Some(Time::Stamp(stamp));
    head.level = Some(level);
    if let Some(pid) = skip_blanks(&inside[used..]).strip_prefix(b"#") {
        head.add("pid", pid);
    }
    let rest = skip_blanks(&rest[name.len()..]).strip_prefix(b"--")?;
    let rest = skip_blanks(rest);
    head.message = match memchr::memchr(b':', rest) {
        Some(colon) if colon == 0 || is_logger(&rest[..colon]) => {
            head.logger = Some(&rest[..colon]).filter(|name| !name.is_empty());
            // Rails indents what it logs of queries.
            let message = &rest[colon + 1..];
            message.strip_prefix(b" ").unwrap_or(message)
        }
        _ => rest,
    };
    Some(head)
}

/// `E/Tag( 123): message`
pub(super) fn logcat_brief(text: &[u8]) -> Option<Head<'_>> {
    let level = Level::from_letter(*text.first()?)?;
    let rest = text.get(1..)?.strip_prefix(b"/")?;
    let open = memchr::memchr(b'(', &rest[..rest.len().min(64)])?;
    let (pid, after) = bracket(&rest[open..])?;
    let message = after.strip_prefix(b": ")?;
    is_digits(pid.trim_ascii()).then_some(())?;
    let mut head = Head::new(message);
    head.level = Some(level);
    head.logger = Some(rest[..open].trim_ascii());
    head.add("pid", pid.trim_ascii());
    Some(head)
}

/// Programs that spell their level out: PHP and npm.
pub(super) fn spoken(text: &[u8]) -> Option<Head<'_>> {
    const PREFIXES: [(&[u8], Level); 13] = [
        (b"PHP Fatal error:", Level::Fatal),
        (b"PHP Parse error:", Level::Fatal),
        (b"PHP Recoverable fatal error:", Level::Error),
        (b"PHP Warning:", Level::Warn),
        (b"PHP Notice:", Level::Info),
        (b"PHP Deprecated:", Level::Info),
        (b"npm ERR!", Level::Error),
        (b"npm error", Level::Error),
        (b"npm WARN", Level::Warn),
        (b"npm warn", Level::Warn),
        (b"Fatal error:", Level::Fatal),
        (b"fatal error:", Level::Fatal),
        (b"Parse error:", Level::Fatal),
    ];
    let (prefix, level) = PREFIXES.iter().find(|(prefix, _)| text.starts_with(prefix))?;
    let mut head = Head::new(skip_blanks(&text[prefix.len()..]));
    head.level = Some(*level);
    Some(head)
}

/// .NET's console: `fail: App.Db[12]` and lines indented by six blanks.
pub(super) fn console(text: &[u8]) -> Option<Head<'_>> {
    let colon = memchr::memchr(b':', &text[..text.len().min(8)])?;
    let level = match &text[..colon] {
        b"trce" => Level::Trace,
        b"dbug" => Level::Debug,
        b"info" => Level::Info,
        b"warn" => Level::Warn,
        b"fail" => Level::Error,
        b"crit" => Level::Fatal,
        _ => return None,
    };
    let end = memchr::memchr(b'\n', text).unwrap_or(text.len());
    let line = text[colon + 1..end].trim_ascii();
    let open = memchr::memchr(b'[', line)?;
    let (event, rest) = bracket(&line[open..])?;
    if !is_logger(&line[..open]) || !is_digits(event) {
        return None;
    }
    // The message stands in lines of its own, or behind the category (SingleLine).
    let message = if rest.is_empty() { text.get(end + 1..).unwrap_or_default() } else { rest };
    let mut head = Head::new(message.trim_ascii());
    head.indent = 6;
    head.level = Some(level);
    head.logger = Some(&line[..open]);
    head.add("event_id", event);
    Some(head)
}

/// `INFO:     message`, `ERROR:app.db:message`, `ERROR [app] message`, `INFO[0000] message`, `error: message`.
pub(super) fn word_first(text: &[u8]) -> Option<Head<'_>> {
    let letters = text.iter().take(16).take_while(|b| b.is_ascii_alphanumeric()).count();
    let (name, rest) = text.split_at(letters);
    let capital = capital_level(name).or_else(|| logrus(name, rest));
    let level = capital.or_else(|| plain_level(name))?;
    let mut head = Head::new(rest);
    head.level = Some(level);
    match rest.first() {
        None if capital.is_some() => head.message = text,
        None => return None,
        Some(b':') => {
            let after = &rest[1..];
            if after.first().is_none_or(|b| matches!(b, b' ' | b'\t')) {
                head.message = skip_blanks(after);
            } else if capital.is_some() {
                // `ERROR:app.db:message`
                let colon = memchr::memchr(b':', after).filter(|colon| is_logger(&after[..*colon]));
                head.message = after;
                if let Some(colon) = colon {
                    head.logger = Some(&after[..colon]);
                    head.message = &after[colon + 1..];
                }
            } else {
                return None;
            }
        }
        Some(b'[') if logrus(name, rest).is_some() || capital.is_some() => {
            let (inside, after) = bracket(rest)?;
            // logrus counts seconds since the start there, others name the thread.
            head.add(if is_digits(inside) { "elapsed_s" } else { "thread" }, inside);
            head.message = skip_blanks(after);
        }
        Some(b' ' | b'\t' | b'|') => {
            let next = skip_blanks(rest);
            if let Some((stamp, used, _)) = prefix(next).or_else(|| bracketed_time(next)) {
                // Django: `ERROR 2026-11-24 01:02:03,123 views 7 140 message`
                capital?;
                head.time = Some(Time::Stamp(stamp));
                let message = skip_blanks(&next[used..]);
                head.message = message;
                after_level(&mut head, message);
                return Some(head);
            }
            // Cassandra: `INFO  [main] 2026-11-24 01:02:03,123 Class.java:650 - message`
            if let Some((thread, after)) = bracket(next).filter(|_| next[0] == b'[')
                && let Some((stamp, used, _)) = prefix(skip_blanks(after))
                && capital.is_some()
            {
                head.time = Some(Time::Stamp(stamp));
                head.add("thread", thread);
                after_level(&mut head, &skip_blanks(after)[used..]);
                return Some(head);
            }
            let set_off = rest.starts_with(b"  ")
                || matches!(next.first(), Some(b'[' | b'|' | b'-'))
                || is_level_for_prose(name);
            if capital.is_none() || !set_off {
                return None;
            }
            after_level(&mut head, rest);
        }
        Some(_) => return None,
    }
    Some(head)
}

fn bracketed_time(text: &[u8]) -> Option<(Stamp, usize, crate::time::Layout)> {
    let (inside, rest) = bracket(text).filter(|_| text.first() == Some(&b'['))?;
    let (stamp, used, layout) = prefix(inside)?;
    (used == inside.len()).then_some((stamp, text.len() - rest.len(), layout))
}

/// Capital words that begin a line of a logger rather than a sentence: not `ALERT`, `PANIC`, `FAIL`, `LOG`.
fn is_level_for_prose(name: &[u8]) -> bool {
    matches!(
        name,
        b"TRACE"
            | b"DEBUG"
            | b"INFO"
            | b"NOTICE"
            | b"WARN"
            | b"WARNING"
            | b"ERROR"
            | b"CRITICAL"
            | b"FATAL"
            | b"SEVERE"
    )
}

/// logrus on a terminal: `INFO[0000]`, `ERRO[0012]`.
fn logrus(name: &[u8], rest: &[u8]) -> Option<Level> {
    let (inside, _) = bracket(rest).filter(|_| rest.first() == Some(&b'['))?;
    if !is_digits(inside) {
        return None;
    }
    Some(match name {
        b"TRAC" => Level::Trace,
        b"DEBU" => Level::Debug,
        b"INFO" => Level::Info,
        b"WARN" => Level::Warn,
        b"ERRO" => Level::Error,
        b"FATA" | b"PANI" => Level::Fatal,
        _ => return None,
    })
}

/// A second head behind a first one without a level: a daemon's own layout inside syslog, PHP behind its time.
pub(super) fn inside_message(head: &mut Head<'_>) {
    let inner = match head.message.first() {
        Some(b'[') => bracketed(head.message),
        // In small letters (`error: …`, `warning: …`) the message may as well begin so.
        Some(b'A'..=b'Z') => plain(head.message),
        _ => None,
    };
    let Some(inner) = inner else { return };
    head.level = inner.level;
    head.time = head.time.or(inner.time);
    head.logger = head.logger.or(inner.logger);
    head.message = inner.message;
    for (key, value, _) in inner.extra() {
        head.add(key, value);
    }
}

/// java.util.logging: the first line is `Nov 24, 2026 1:02:03 AM c.e.App main`, the second `SEVERE: message`.
pub(super) fn jul(text: &[u8]) -> Option<Head<'_>> {
    let end = memchr::memchr(b'\n', text)?;
    let (first, second) = (&text[..end], &text[end + 1..]);
    let (stamp, used, _) = prefix(first)?;
    let colon = memchr::memchr(b':', &second[..second.len().min(16)])?;
    let level = Level::from_word(&second[..colon])?;
    let mut head = Head::new(skip_blanks(&second[colon + 1..]));
    head.time = Some(Time::Stamp(stamp));
    head.level = Some(level);
    let place = skip_blanks(&first[used..]);
    let class = word(place);
    head.logger = (!class.is_empty()).then_some(class);
    head.add("function", place[class.len()..].trim_ascii());
    Some(head)
}
