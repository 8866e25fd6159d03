//! Chance, all of it from the plan's seed.
//!
//! Every part of the generator draws from a stream of its own, named by a label and a number. So what one part
//! draws never changes another, and a plan that leaves a family of logs out writes the others as before.

use fastrand::Rng;

/// The stream of a part.
pub(crate) fn stream(seed: u64, label: &str, number: u64) -> Rng {
    Rng::with_seed(mix(&[seed, hash(label), number]))
}

/// A number that depends on the given ones only, and looks like chance.
pub(crate) fn mix(numbers: &[u64]) -> u64 {
    // SplitMix64.
    numbers.iter().fold(0x9e37_79b9_7f4a_7c15, |state, number| {
        let mut z = (state ^ number).wrapping_add(0x9e37_79b9_7f4a_7c15);
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    })
}

/// A number of a text (FNV-1a).
pub(crate) fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |state, byte| {
        (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// The draws that the generator needs besides uniform ones.
pub(crate) trait Chance {
    /// True so often.
    fn chance(&mut self, probability: f64) -> bool;
    /// One of several.
    fn pick<T: Copy>(&mut self, from: &[T]) -> T;
    /// Log-normal about a median; `spread` is the standard deviation of the logarithm.
    fn around(&mut self, median: f64, spread: f64) -> f64;
    /// Exponential with a mean.
    fn wait(&mut self, mean: f64) -> f64;
}

impl Chance for Rng {
    fn chance(&mut self, probability: f64) -> bool {
        self.f64() < probability
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.usize(..from.len())]
    }

    fn around(&mut self, median: f64, spread: f64) -> f64 {
        // Twelve uniform draws are as good as normal here, and exact on every machine but for the `exp`.
        let normal = (0..12).map(|_| self.f64()).sum::<f64>() - 6.0;
        median * (spread * normal).exp()
    }

    fn wait(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.f64()).ln()
    }
}
