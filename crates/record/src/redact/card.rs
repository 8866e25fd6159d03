//! Card numbers: length by issuer, separators, and the check digit (ISO/IEC 7812-1, Luhn).

/// The end of the card number that begins at `start`, the longest when several lengths are valid.
///
/// Digits stand in groups separated by single blanks or dashes; digits, letters and decimal points next to
/// the number make it part of something else.
pub(super) fn end_of_card(value: &[u8], start: usize) -> Option<usize> {
    let before = start.checked_sub(1).map(|i| value[i]);
    if before.is_some_and(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_')) {
        return None;
    }
    let mut digits = [0u8; 19];
    let mut n = 0;
    let mut best = None;
    let mut at = start;
    while n < digits.len() {
        match value.get(at) {
            Some(b) if b.is_ascii_digit() => {
                digits[n] = b - b'0';
                n += 1;
                at += 1;
                if ends(value, at) && issued(&digits[..n]) && luhn(&digits[..n]) {
                    best = Some(at);
                }
            }
            Some(b' ' | b'-') if value.get(at + 1).is_some_and(u8::is_ascii_digit) => at += 1,
            _ => break,
        }
    }
    best
}

/// Nothing that goes on with the number stands at `at`.
fn ends(value: &[u8], at: usize) -> bool {
    match value.get(at) {
        None => true,
        Some(b'.') => !value.get(at + 1).is_some_and(u8::is_ascii_digit),
        Some(b) => !b.is_ascii_alphanumeric() && *b != b'_',
    }
}

/// Whether an issuer gives out numbers with this prefix and length.
fn issued(digits: &[u8]) -> bool {
    let prefix = |n: usize| digits[..n].iter().fold(0u32, |all, d| all * 10 + u32::from(*d));
    if digits.len() < 13 {
        return false;
    }
    match (prefix(4), digits.len()) {
        (4000..=4999, 13 | 16 | 19) => true,                          // Visa
        (5100..=5599 | 2221..=2720, 16) => true,                      // Mastercard
        (3400..=3499 | 3700..=3799, 15) => true,                      // American Express
        (3000..=3059 | 3095 | 3600..=3699 | 3800..=3999, 14) => true, // Diners Club
        (3528..=3589, 16..=19) => true,                               // JCB
        (6011 | 6440..=6599 | 6200..=6299, 16..=19) => true,          // Discover, UnionPay
        _ => false,
    }
}

fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, d)| match (i % 2, u32::from(*d) * 2) {
            (0, _) => u32::from(*d),
            (_, doubled) => doubled / 10 + doubled % 10,
        })
        .sum();
    sum.is_multiple_of(10)
}
