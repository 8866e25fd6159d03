//! The fingerprint of an error: the same for messages that differ only in their variable parts.
//!
//! Masked are words with a digit in them (numbers, addresses, UUIDs, hashes, `SKU-0001`, `7.5ms`); everything else
//! counts, up to the first line feed and [`MOST`] bytes. The hash is XXH3 with 64 bits, the same on every machine.

use xxhash_rust::xxh3::Xxh3;

/// Bytes of the message that count.
const MOST: usize = 1024;

/// The fingerprint of an error with this (decoded) message, error type and logger.
pub(crate) fn fingerprint(message: &[u8], error_type: &[u8], logger: &[u8]) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(error_type);
    hash.update(b"\0");
    hash.update(logger);
    hash.update(b"\0");
    let line = memchr::memchr(b'\n', message).map_or(message, |end| &message[..end]);
    let line = &line[..line.len().min(MOST)];
    let mut at = 0;
    while at < line.len() {
        let word = line[at..].iter().take_while(|b| in_word(**b)).count();
        if word == 0 {
            let other = line[at..].iter().take_while(|b| !in_word(**b)).count();
            hash.update(&line[at..at + other]);
            at += other;
            continue;
        }
        let text = &line[at..at + word];
        // The full stop of a sentence belongs to no number.
        let core = text.trim_ascii_end();
        let core = core.strip_suffix(b".").unwrap_or(core);
        if core.iter().any(u8::is_ascii_digit) {
            hash.update(b"#");
            hash.update(&text[core.len()..]);
        } else {
            hash.update(text);
        }
        at += word;
    }
    hash.digest()
}

/// Characters that hold a number, an id or an address together.
fn in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(byte, b'.' | b'-' | b'_' | b':' | b'+' | b'%' | b'#')
        || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(message: &str) -> u64 {
        fingerprint(message.as_bytes(), b"", b"")
    }

    #[test]
    fn variable_parts_do_not_count() {
        for (one, other) in [
            ("order 71 not found", "order 8231 not found"),
            ("took 1.5ms.", "took 220ms."),
            ("connect to 10.0.0.1:5432 failed", "connect to 10.0.3.17:5433 failed"),
            (
                "job 550e8400-e29b-41d4-a716-446655440000 died",
                "job 6fa459ea-ee8a-3ca4-894e-db77e160355e died",
            ),
            ("first\nsecond 1", "first\nother"),
        ] {
            assert_eq!(of(one), of(other), "{one} | {other}");
        }
    }

    #[test]
    fn words_type_and_logger_count() {
        assert_ne!(of("order not found"), of("user not found"));
        assert_ne!(fingerprint(b"x", b"KeyError", b""), fingerprint(b"x", b"ValueError", b""));
        assert_ne!(fingerprint(b"x", b"a", b""), fingerprint(b"x", b"", b"a"));
    }

    #[test]
    fn the_hash_never_changes_between_releases() {
        assert_eq!(
            format!("{:016x}", fingerprint(b"order 71 not found", b"KeyError", b"shop")),
            "6634a3a8e566451e"
        );
    }
}
