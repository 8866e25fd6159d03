//! What stands between a level and the message: threads, process ids, the logger, a place in the source.

use super::head::Head;
use super::token::{after_delimiter, bracket, is_digits, is_logger, is_thread, place, skip_blanks, word};

/// Bytes of tracing's spans before the target.
const MOST_SPANS: usize = 2048;

/// Reads on behind the level; what it does not know is the message.
pub(super) fn after_level<'a>(head: &mut Head<'a>, rest: &'a [u8]) {
    if rest.first() == Some(&b'\t') {
        return tabbed(head, &rest[1..]);
    }
    if let Some(fields) = rest.strip_prefix(b"|")
        && fields.first() != Some(&b' ')
    {
        return piped(head, fields);
    }
    // `ERROR: message`, `ERROR:  message`: nothing but the message follows a colon.
    if let Some(message) = rest.strip_prefix(b":") {
        head.message = skip_blanks(message);
        return;
    }
    let mut text = skip_blanks(rest);
    // Envoy, Elasticsearch: `[error][main] [file.cc:1] message`: a bracket with no blank before it is the logger.
    if let Some((name, after)) = bracket(rest).filter(|_| rest.first() == Some(&b'[')) {
        head.logger = head.logger.or(Some(name.trim_ascii()).filter(|name| !name.is_empty()));
        text = skip_blanks(after);
        if let Some((inside, after)) = bracket(text).filter(|_| text.first() == Some(&b'['))
            && let Some((file, line)) = place(inside)
        {
            head.add("file", file);
            head.add("line", line);
            text = skip_blanks(after);
        }
        head.message = text;
        return;
    }
    // RabbitMQ: `[error] <0.1.0> message`
    if let Some((process, after)) = bracket(text).filter(|_| text.first() == Some(&b'<'))
        && process.iter().all(|b| b.is_ascii_digit() || *b == b'.')
    {
        head.add("process", process);
        head.message = skip_blanks(after);
        return;
    }
    // Flask: `WARNING in stock: message`
    if let Some(name) = text.strip_prefix(b"in ").map(word).and_then(|name| name.strip_suffix(b":"))
        && is_logger(name)
    {
        head.logger = Some(name);
        head.message = skip_blanks(&text[3 + name.len() + 1..]);
        return;
    }
    if let Some(after) = after_delimiter(text) {
        head.message = after;
        if text.starts_with(b"|") {
            named(head, after, false);
        }
        return;
    }
    // `123 ---`
    if is_digits(word(text))
        && let Some(after) = skip_blanks(&text[word(text).len()..]).strip_prefix(b"---")
    {
        head.add("pid", word(text));
        return spring(head, skip_blanks(after));
    }
    // nginx: `7#7: *1 message`
    let first = word(text);
    if let Some(pid) = first.strip_suffix(b":").and_then(|ids| ids.split(|b| *b == b'#').next())
        && first.contains(&b'#')
        && is_digits(pid)
    {
        head.add("pid", pid);
        let message = skip_blanks(&text[first.len()..]);
        let connection = word(message);
        head.message = message;
        if let Some(number) = connection.strip_prefix(b"*").filter(|number| is_digits(number)) {
            head.add("connection", number);
            head.message = skip_blanks(&message[connection.len()..]);
        }
        head.client_ip = nginx_client(head.message);
        return;
    }
    let mut last = None;
    for _ in 0..3 {
        let Some((inside, after)) = bracket(text).filter(|_| matches!(text[0], b'[' | b'(')) else { break };
        let trimmed = inside.trim_ascii();
        if trimmed.is_empty() || !known_bracket(head, text[0], trimmed, &mut last) {
            break;
        }
        text = skip_blanks(after);
        if let Some(after) = after_delimiter(text) {
            text = after;
            break;
        }
    }
    head.message = text;
    // Behind a bracket that names a thread the logger may follow, behind one that may be the logger only a
    // class.
    let next = word(text);
    let class = is_class(next.strip_suffix(b":").unwrap_or(next));
    if head.logger.is_none() && (class || last.is_none_or(is_thread)) {
        named(head, text, last.is_some());
    }
    match (head.logger, last) {
        (None, Some(name)) if !is_thread(name) => head.logger = Some(name),
        (_, Some(name)) => head.add("thread", name),
        _ => {}
    }
    // JBoss: `[org.jboss.as] (main) message`
    if let Some((thread, after)) = bracket(head.message).filter(|_| head.message[0] == b'(')
        && head.logger.is_some()
        && is_thread(thread)
    {
        head.add("thread", thread);
        head.message = skip_blanks(after);
    }
}

/// nginx: `… , client: 1.2.3.4, server: …`.
fn nginx_client(message: &[u8]) -> Option<&[u8]> {
    let at = memchr::memmem::find(message, b", client: ")? + 10;
    let end =
        message[at..].iter().position(|b| matches!(b, b',' | b' ')).map_or(message.len(), |len| at + len);
    crate::json::client_ip(&message[at..end])
}

/// Whether a bracket behind the level is part of the head. `last` keeps the one that is a thread or a logger.
fn known_bracket<'a>(head: &mut Head<'a>, open: u8, inside: &'a [u8], last: &mut Option<&'a [u8]>) -> bool {
    if is_digits(inside) {
        head.add("pid", inside);
        return true;
    }
    if open == b'[' {
        // Apache: `[pid 7]`, `[pid 7:tid 8]`, `[client 1.2.3.4:567]`
        if let Some(pid) = inside.strip_prefix(b"pid ") {
            let (pid, tid) = match memchr::memmem::find(pid, b":tid ") {
                Some(at) => (&pid[..at], &pid[at + 5..]),
                None => (pid, &pid[..0]),
            };
            head.add("pid", pid);
            head.add("thread", tid);
            return true;
        }
        if let Some(client) = inside.strip_prefix(b"client ") {
            head.client_ip = crate::json::client_ip(client);
            // A host name, or the port behind an address.
            if head.client_ip != Some(client) {
                head.add("client", client);
            }
            return true;
        }
        // MySQL: `[MY-010119] [Server]`
        if inside.starts_with(b"MY-") {
            head.add("code", inside);
            return true;
        }
        // ZooKeeper: `[thread:Class@12]`
        if let Some(at) = memchr::memrchr(b'@', inside)
            && is_digits(&inside[at + 1..])
            && let Some(colon) = memchr::memrchr(b':', &inside[..at])
        {
            head.logger = Some(&inside[colon + 1..at]);
            head.add("thread", &inside[..colon]);
            head.add("line", &inside[at + 1..]);
            return true;
        }
        if let Some((file, line)) = place(inside) {
            head.add("file", file);
            head.add("line", line);
            return true;
        }
    } else if !is_thread(inside) {
        // pino-pretty: `(7): message`; anything else in parentheses is prose.
        return false;
    }
    // Request ids and the like (`[req-1 - - -]`, `[a=b]`) are the message's.
    if !is_thread(inside) && !is_logger(inside) {
        return false;
    }
    if open == b'[' && head.logger.is_none() && is_class(inside) {
        head.logger = Some(inside);
        return true;
    }
    if last.is_some() && head.logger.is_some() {
        return false;
    }
    if let Some(thread) = last.replace(inside) {
        head.add("thread", thread);
    }
    true
}

/// `c.e.App - message`, `app::db: message`, `app.mod:func:10 - message`: a name set off from the message.
fn named<'a>(head: &mut Head<'a>, text: &'a [u8], behind_thread: bool) {
    let first = word(text);
    let rest = &text[first.len()..];
    // `(7): message`
    if let Some((inside, after)) = bracket(text).filter(|_| text.first() == Some(&b'('))
        && let Some(message) = after.strip_prefix(b":")
        && is_digits(inside)
    {
        head.add("pid", inside);
        head.message = skip_blanks(message);
        return;
    }
    // Before a colon only a qualified name is a logger's, or the tag of logcat: `exited: bad` is prose.
    let tag = head.has("tid") || head.plain_names;
    if let Some(name) = first.strip_suffix(b":").filter(|name| is_name(name) && (tag || is_class(name))) {
        name_and_place(head, name);
        head.message = skip_blanks(rest);
        return;
    }
    if first.contains(&b'{') {
        return spans(head, text);
    }
    if !is_logger(first) {
        return;
    }
    let message = after_delimiter(rest).filter(|_| !rest.starts_with(b":"));
    if let Some(message) = message {
        name_and_place(head, first);
        head.message = message;
    } else if rest.starts_with(b" [") && first.contains(&b'.') {
        head.logger = Some(first);
        head.message = skip_blanks(rest);
    } else if behind_thread && first.iter().filter(|b| **b == b'.').count() >= 3 {
        // Tomcat: `org.apache.catalina.core.StandardService.startInternal Starting service`
        head.logger = Some(first);
        head.message = skip_blanks(rest);
    } else if rest.starts_with(b"   ") && first.iter().all(u8::is_ascii_uppercase) {
        // Windows servicing: `Info                  CBS    Loaded`
        head.logger = Some(first);
        head.message = skip_blanks(rest);
    }
}

/// Spring Boot behind `pid ---`: `[app] [thread] c.e.App   : message`; the name may have brackets of its own.
fn spring<'a>(head: &mut Head<'a>, text: &'a [u8]) {
    head.message = text;
    let Some(colon) = memchr::memmem::find(text, b" : ") else { return };
    let mut before = text[..colon].trim_ascii_end();
    head.message = skip_blanks(&text[colon + 3..]);
    while let Some((inside, after)) = bracket(before).filter(|_| before.first() == Some(&b'[')) {
        // The thread is the last bracket before the name, the application's name the first.
        let next = skip_blanks(after);
        let thread = !next.starts_with(b"[");
        head.add(if thread { "thread" } else { "application" }, inside.trim_ascii());
        before = next;
        if thread {
            break;
        }
    }
    head.logger = (!before.is_empty()).then_some(before);
}

/// Rust's tracing inside spans: `order{number=7}:charge: app::pay: message`.
fn spans<'a>(head: &mut Head<'a>, text: &'a [u8]) {
    let (mut depth, mut quoted) = (0usize, false);
    for (at, byte) in text.iter().enumerate().take(MOST_SPANS) {
        match byte {
            b'"' => quoted = !quoted,
            b'{' if !quoted => depth += 1,
            b'}' if !quoted => depth = depth.saturating_sub(1),
            b' ' if depth == 0 && !quoted => {
                let Some(spans) = text[..at].strip_suffix(b":") else { return };
                let next = word(&text[at + 1..]);
                if let Some(target) = next.strip_suffix(b":").filter(|target| is_logger(target)) {
                    head.logger = Some(target);
                    head.add("spans", spans);
                    head.message = skip_blanks(&text[at + 1 + next.len()..]);
                }
                return;
            }
            _ => {}
        }
    }
}

/// A qualified name: with dots or `::` between its parts.
fn is_class(name: &[u8]) -> bool {
    is_logger(name) && (name.contains(&b'.') || memchr::memmem::find(name, b"::").is_some())
}

/// A name that may stand before a colon: of a logger, not a word of prose with a scheme or number behind it.
fn is_name(name: &[u8]) -> bool {
    is_logger(name) && !name.ends_with(b":") && !name.ends_with(b"/")
}

/// `app.mod:func:10`, `file.py:10` or a bare name.
fn name_and_place<'a>(head: &mut Head<'a>, name: &'a [u8]) {
    if let Some((file, line)) = place(name) {
        head.add("file", file);
        head.add("line", line);
        return;
    }
    let mut parts = name.rsplitn(3, |b| *b == b':');
    if let (Some(line), Some(function), Some(module)) = (parts.next(), parts.next(), parts.next())
        && is_digits(line)
        && !function.is_empty()
        && !module.is_empty()
    {
        head.logger = Some(module);
        head.add("function", function);
        head.add("line", line);
        return;
    }
    head.logger = Some(name);
}

/// zap's console: `[logger\t]file.go:12\tmessage[\t{"key":"value"}]`.
fn tabbed<'a>(head: &mut Head<'a>, rest: &'a [u8]) {
    head.message = rest;
    let mut text = rest;
    for _ in 0..2 {
        let Some(tab) = memchr::memchr(b'\t', text) else { break };
        let part = &text[..tab];
        if let Some((file, line)) = place(part) {
            head.add("file", file);
            head.add("line", line);
            text = &text[tab + 1..];
            head.message = text;
            if let Some(fields) = memchr::memmem::rfind(text, b"\t{") {
                head.message = &text[..fields];
                head.fields = Some(&text[fields + 1..]);
            }
            break;
        }
        let next = &text[tab + 1..];
        let next_part = memchr::memchr(b'\t', next).map_or(next, |tab| &next[..tab]);
        if head.logger.is_some() || !is_logger(part) || place(next_part).is_none() {
            break;
        }
        head.logger = Some(part);
        text = next;
    }
}

/// NLog: `ERROR|App.Db|message`.
fn piped<'a>(head: &mut Head<'a>, rest: &'a [u8]) {
    head.message = rest;
    if let Some(pipe) = memchr::memchr(b'|', rest)
        && is_logger(&rest[..pipe])
    {
        head.logger = Some(&rest[..pipe]);
        head.message = &rest[pipe + 1..];
    }
}
