//! How long to wait before a retry: exponential, with full jitter, so that a thousand routers that failed together do
//! not come back together (AWS Architecture Blog, "Exponential Backoff And Jitter").

use std::time::Duration;

/// The waits of one delivery.
#[derive(Debug, Clone)]
pub(super) struct Backoff {
    base: Duration,
    most: Duration,
    failures: u32,
}

impl Backoff {
    pub(super) fn new(base: Duration, most: Duration) -> Backoff {
        Backoff { base, most, failures: 0 }
    }

    /// The wait after one more failure. Throttling counts double; what the service asks for is the least.
    pub(super) fn next(&mut self, throttled: bool, asked: Option<Duration>) -> Duration {
        self.failures = self.failures.saturating_add(if throttled { 2 } else { 1 });
        let bound = self.bound();
        let jittered = bound.mul_f64(fastrand::f64());
        jittered.max(asked.unwrap_or_default())
    }

    fn bound(&self) -> Duration {
        let doubled = self.base.saturating_mul(1 << (self.failures.saturating_sub(1)).min(20));
        doubled.min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_random_below_a_bound_that_doubles_up_to_the_most() {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        let mut bounds = Vec::new();
        for _ in 0..6 {
            let wait = backoff.next(false, None);
            assert!(wait <= backoff.bound());
            bounds.push(backoff.bound().as_millis());
        }
        assert_eq!(bounds, [100, 200, 400, 800, 1000, 1000]);
        assert!(backoff.next(false, Some(Duration::from_secs(9))) >= Duration::from_secs(9));
    }
}
