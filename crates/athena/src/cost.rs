//! What queries cost.

const MEGABYTE: u64 = 1_000_000;
const TERABYTE: f64 = 1e12;

/// The price of bytes that are scanned.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Price {
    /// US dollars for a terabyte of 10^12 bytes.
    pub per_terabyte: f64,
    /// No query counts for less.
    pub minimum_bytes: u64,
}

impl Default for Price {
    /// The price of most regions in 2026: 5 dollars, and 10 MB at least.
    fn default() -> Self {
        Self { per_terabyte: 5.0, minimum_bytes: 10 * MEGABYTE }
    }
}

impl Price {
    /// Dollars for a query that scans so many bytes: rounded up to the next megabyte, and to the minimum.
    #[must_use]
    pub fn of(&self, bytes: u64) -> f64 {
        let billed = bytes.div_ceil(MEGABYTE).saturating_mul(MEGABYTE).max(self.minimum_bytes);
        billed as f64 / TERABYTE * self.per_terabyte
    }

    /// Dollars for a query that has ended. Answers that Athena reused, and statements that scan nothing, are free.
    #[must_use]
    pub fn billed(&self, bytes: u64, reused: bool) -> f64 {
        if reused || bytes == 0 { 0.0 } else { self.of(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_rounded_up_and_have_a_minimum() {
        let price = Price::default();
        assert_eq!(price.of(0), 0.00005);
        assert_eq!(price.of(10_000_000), 0.00005);
        // Eleven megabytes, but for the last digit.
        assert!((price.of(10_000_001) - 0.000_055).abs() < 1e-12);
        assert_eq!(price.of(2_000_000_000_000), 10.0);
        assert_eq!(Price { per_terabyte: 9.0, ..price }.of(1_000_000_000_000), 9.0);
        assert_eq!((price.billed(0, false), price.billed(5_000_000_000_000, true)), (0.0, 0.0));
        assert!(price.of(u64::MAX) > 9e7);
    }
}
