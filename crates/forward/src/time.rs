//! The time of an event: seconds, `EventTime`, or what clients send in their place.

use crate::Refused;
use crate::msgpack::{Head, NANOS_EXT, head};

/// A point in time, Unix. Zero stands for "unknown" too: Fluentd then takes the time of receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time {
    /// Seconds since 1970.
    pub secs: i64,
    /// Nanoseconds of the second, below 1,000,000,000.
    pub nanos: u32,
}

impl Time {
    /// What an event without a time (nil, 0) has.
    pub const UNKNOWN: Self = Self { secs: 0, nanos: 0 };

    /// From milliseconds since 1970.
    #[must_use]
    pub fn from_ms(ms: i64) -> Self {
        Self { secs: ms.div_euclid(1000), nanos: ms.rem_euclid(1000) as u32 * 1_000_000 }
    }

    /// Whether the client gave no time (nil or 0).
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self == Self::UNKNOWN
    }

    /// Milliseconds since 1970, rounded down, at the ends of the range the nearest that fits.
    #[must_use]
    pub fn to_ms(self) -> i64 {
        self.secs.saturating_mul(1000).saturating_add(i64::from(self.nanos / 1_000_000))
    }

    /// Nanoseconds since 1970.
    #[must_use]
    pub fn unix_ns(self) -> i128 {
        i128::from(self.secs) * 1_000_000_000 + i128::from(self.nanos)
    }

    fn from_float(secs: f64) -> Self {
        if !secs.is_finite() {
            return Self::UNKNOWN;
        }
        let whole = secs.floor();
        let nanos = ((secs - whole) * 1e9) as u32;
        Self { secs: whole as i64, nanos: nanos.min(999_999_999) }
    }

    /// From the eight bytes of an `EventTime`.
    pub(crate) fn from_event_time(payload: [u8; 8]) -> Self {
        let secs = u32::from_be_bytes([payload[0], payload[1], payload[2], payload[3]]);
        let nanos = u32::from_be_bytes([payload[4], payload[5], payload[6], payload[7]]);
        Self { secs: i64::from(secs) + i64::from(nanos / 1_000_000_000), nanos: nanos % 1_000_000_000 }
    }
}

/// The time at `at` and where it ends; `None` when the bytes end before it does.
#[inline]
pub(crate) fn read(bytes: &[u8], at: usize) -> Result<Option<(Time, usize)>, Refused> {
    const NOT_A_TIME: &str = "an event's time is no number and no EventTime";
    let Some((head, len)) = head(bytes, at)? else { return Ok(None) };
    let time = match head {
        Head::Ext(NANOS_EXT, 8) => {
            let Some(payload) = bytes.get(at + len..).and_then(|rest| rest.first_chunk::<8>()) else {
                return Ok(None);
            };
            return Ok(Some((Time::from_event_time(*payload), at + len + 8)));
        }
        Head::UInt(secs) => Time { secs: i64::try_from(secs).unwrap_or(i64::MAX), nanos: 0 },
        Head::Int(secs) => Time { secs, nanos: 0 },
        Head::F32(secs) => Time::from_float(f64::from(secs)),
        Head::F64(secs) => Time::from_float(secs),
        Head::Nil => Time::UNKNOWN,
        _ => return Err(Refused::shape(at, NOT_A_TIME)),
    };
    Ok(Some((time, at + len)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(bytes: &[u8]) -> Time {
        let (time, end) = read(bytes, 0).unwrap().unwrap();
        assert_eq!(end, bytes.len());
        for cut in 0..bytes.len() {
            assert_eq!(read(&bytes[..cut], 0), Ok(None));
        }
        time
    }

    #[test]
    fn both_spellings_of_event_time_are_read() {
        let expected = Time { secs: 0x0102_0304, nanos: 5 };
        assert_eq!(time(&[0xd7, 0, 1, 2, 3, 4, 0, 0, 0, 5]), expected);
        assert_eq!(time(&[0xc7, 8, 0, 1, 2, 3, 4, 0, 0, 0, 5]), expected);
    }

    #[test]
    fn nanoseconds_over_a_second_are_carried() {
        let bytes = [0xd7, 0, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(time(&bytes), Time { secs: 5, nanos: 294_967_295 });
    }

    #[test]
    fn numbers_are_seconds_and_nil_is_unknown() {
        assert_eq!(time(&[0xce, 0x65, 0, 0, 0]), Time { secs: 0x6500_0000, nanos: 0 });
        assert_eq!(time(&[0xff]), Time { secs: -1, nanos: 0 });
        let mut float = vec![0xcb];
        float.extend_from_slice(&1.5_f64.to_be_bytes());
        assert_eq!(time(&float), Time { secs: 1, nanos: 500_000_000 });
        float[1..].copy_from_slice(&f64::NAN.to_be_bytes());
        assert!(time(&float).is_unknown());
        assert!(time(&[0xc0]).is_unknown());
    }

    #[test]
    fn anything_else_is_no_time() {
        for bytes in [&[0xa1, b'1'][..], &[0xc2], &[0x90], &[0xd6, 0, 1, 2, 3, 4], &[0xd7, 1, 0, 0, 0, 0]] {
            assert!(matches!(read(bytes, 0), Err(Refused::NotForward { offset: 0, .. })), "{bytes:?}");
        }
    }

    #[test]
    fn milliseconds_round_down_and_stay_in_range() {
        assert_eq!(Time { secs: -1, nanos: 999_999_999 }.to_ms(), -1);
        assert_eq!(Time { secs: 2, nanos: 3_999_999 }.to_ms(), 2003);
        assert_eq!(Time { secs: i64::MAX, nanos: 0 }.to_ms(), i64::MAX);
        assert_eq!(Time { secs: i64::MIN, nanos: 0 }.to_ms(), i64::MIN);
        assert_eq!(Time { secs: 1, nanos: 1 }.unix_ns(), 1_000_000_001);
    }
}
