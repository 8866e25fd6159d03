//! Times given as numbers since the epoch.

use super::{MAX_MS, Millis};

/// A number since the epoch whose unit follows from its magnitude: seconds (also with a fraction or exponent),
/// milliseconds, microseconds or nanoseconds. Numbers that would lie before 1973 are taken for something else.
pub(crate) fn from_number(text: &[u8]) -> Option<Millis> {
    let whole_digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
    if whole_digits == 0 || whole_digits > 19 {
        return None;
    }
    let whole = text[..whole_digits]
        .iter()
        .try_fold(0i64, |n, d| n.checked_mul(10)?.checked_add(i64::from(d - b'0')))?;
    let rest = &text[whole_digits..];
    if rest.iter().any(|b| matches!(b, b'e' | b'E')) {
        let value: f64 = std::str::from_utf8(text).ok()?.parse().ok()?;
        let seconds = (1e8..1e11).contains(&value);
        return seconds.then_some((value * 1000.0) as i64);
    }
    let fraction = match rest {
        [] => &[][..],
        [b'.', digits @ ..] if digits.iter().all(u8::is_ascii_digit) => digits,
        _ => return None,
    };
    let ms = match whole {
        100_000_000..100_000_000_000 => whole * 1000 + fraction_ms(fraction),
        100_000_000_000..100_000_000_000_000 => whole,
        100_000_000_000_000..100_000_000_000_000_000 => whole / 1000,
        100_000_000_000_000_000.. => whole / 1_000_000,
        _ => return None,
    };
    (ms <= MAX_MS).then_some(ms)
}

/// The first three digits behind a decimal point, as milliseconds.
pub(super) fn fraction_ms(digits: &[u8]) -> i64 {
    let digit = |n: usize| digits.get(n).map_or(0, |d| i64::from(d - b'0'));
    digit(0) * 100 + digit(1) * 10 + digit(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_unit_follows_from_the_magnitude() {
        for (text, ms) in [
            ("1795482123", 1_795_482_123_000),
            ("1795482123.4567891", 1_795_482_123_456),
            ("1795482123456", 1_795_482_123_456),
            ("1795482123456789", 1_795_482_123_456),
            ("1795482123456789012", 1_795_482_123_456),
            ("1.795482123456e9", 1_795_482_123_456),
        ] {
            assert_eq!(from_number(text.as_bytes()), Some(ms), "{text}");
        }
    }

    #[test]
    fn other_numbers_are_no_time() {
        for text in
            ["", "0", "12", "99999999", "-1795482123", "1.2", "99999999999999999999", "abc", "1795482123x"]
        {
            assert_eq!(from_number(text.as_bytes()), None, "{text}");
        }
    }
}
