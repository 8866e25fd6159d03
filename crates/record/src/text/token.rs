//! Words, brackets and delimiters of heads. Pure functions on bytes.

use crate::level::Level;

/// Without leading blanks and tabs.
pub(super) fn skip_blanks(text: &[u8]) -> &[u8] {
    let blanks = text.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
    &text[blanks..]
}

/// Up to the next blank, tab or line feed.
pub(super) fn word(text: &[u8]) -> &[u8] {
    let end = text.iter().position(|b| matches!(b, b' ' | b'\t' | b'\n')).unwrap_or(text.len());
    &text[..end]
}

/// The inside of the bracket that `text` begins with, and what follows it. Brackets inside are counted.
pub(super) fn bracket(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (open, close) = match text.first()? {
        b'[' => (b'[', b']'),
        b'(' => (b'(', b')'),
        b'<' => (b'<', b'>'),
        b'{' => (b'{', b'}'),
        _ => return None,
    };
    let mut depth = 0usize;
    for (at, byte) in text.iter().enumerate().take(256) {
        if *byte == open {
            depth += 1;
        } else if *byte == close {
            depth -= 1;
            if depth == 0 {
                return Some((&text[1..at], &text[at + 1..]));
            }
        } else if *byte == b'\n' {
            return None;
        }
    }
    None
}

pub(super) fn is_digits(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}

/// The level that a word in capitals is.
pub(super) fn capital_level(word: &[u8]) -> Option<Level> {
    let capital = word.first()?.is_ascii_uppercase() && !word.iter().any(u8::is_ascii_lowercase);
    if !capital {
        return None;
    }
    Level::from_word(word)
}

/// The level that a word in any case is, when it is an ordinary name of one: not `fail`, `log`, `alert` or `fine`,
/// which begin many a message.
pub(super) fn plain_level(word: &[u8]) -> Option<Level> {
    const PLAIN: [&[u8]; 12] = [
        b"trace",
        b"verbose",
        b"debug",
        b"info",
        b"information",
        b"notice",
        b"warn",
        b"warning",
        b"error",
        b"critical",
        b"severe",
        b"fatal",
    ];
    PLAIN.iter().any(|plain| word.eq_ignore_ascii_case(plain)).then(|| Level::from_word(word)).flatten()
}

/// Looks like the name of a logger: letters, digits and the separators of names.
pub(super) fn is_logger(word: &[u8]) -> bool {
    word.first().is_some_and(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.'))
        && word.len() <= 200
        // What redaction put in place of something else names nothing.
        && !word.starts_with(b"redacted:")
        && word.iter().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(b, b'.' | b'_' | b'-' | b':' | b'$' | b'/' | b'#' | b'~' | b'<' | b'>')
        })
}

/// `main`, `http-nio-8080-exec-1`, `Thread-3`, `MainThread`: names that threads have and loggers have not.
pub(super) fn is_thread(name: &[u8]) -> bool {
    let digits = name.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let numbered = digits > 0 && name[..name.len() - digits].ends_with(b"-");
    let holds = |part: &[u8]| name.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part));
    numbered
        || name == b"main"
        || name.contains(&b'#')
        || name.contains(&b' ') && !name.contains(&b'=')
        || holds(b"thread")
        || holds(b"-exec-")
}

/// `file.ext:12`: name and line.
pub(super) fn place(word: &[u8]) -> Option<(&[u8], &[u8])> {
    let colon = memchr::memrchr(b':', word)?;
    let (file, line) = (&word[..colon], &word[colon + 1..]);
    let dotted = memchr::memrchr(b'.', file).is_some_and(|dot| dot > 0 && file.len() - dot <= 5);
    (dotted && is_digits(line) && file.iter().all(|b| b.is_ascii_graphic() && *b != b':'))
        .then_some((file, line))
}

/// `8f14e45f-ceea-467f-a0e6-1d2c3b4a5968`
pub(super) fn is_uuid(word: &[u8]) -> bool {
    word.len() == 36
        && word
            .iter()
            .enumerate()
            .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// The text behind a delimiter between a head and its message: `: `, ` - `, ` -- `, ` : `, ` | `.
pub(super) fn after_delimiter(text: &[u8]) -> Option<&[u8]> {
    let rest = skip_blanks(text);
    for delimiter in [&b"--"[..], b"-", b":", b"|", b"=>"] {
        if let Some(rest) = rest.strip_prefix(delimiter)
            && matches!(rest.first(), None | Some(b' ' | b'\t'))
        {
            return Some(skip_blanks(rest));
        }
    }
    None
}
