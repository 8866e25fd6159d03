//! IPv4 addresses: four parts of 0 to 255 that are not part of a longer dotted number.

/// Whether `value[start..end]` is an address.
pub(super) fn is_ipv4(value: &[u8], start: usize, end: usize) -> bool {
    let dotted = |at: Option<usize>| at.and_then(|i| value.get(i)) == Some(&b'.');
    let longer_left = dotted(start.checked_sub(1));
    let longer_right = dotted(Some(end)) && value.get(end + 1).is_some_and(u8::is_ascii_digit);
    let parts = value[start..end].split(|b| *b == b'.');
    !longer_left
        && !longer_right
        && parts.into_iter().all(|part| part.iter().fold(0u32, |n, d| n * 10 + u32::from(d - b'0')) <= 255)
}
