//! Waiting for a condition that nothing announces: the only place of the crate that polls.

use std::thread;
use std::time::{Duration, Instant};

const PAUSE: Duration = Duration::from_millis(5);

/// Asks until there is an answer, and returns it.
///
/// # Panics
/// When there is none after `timeout`; `what` says what was waited for.
#[track_caller]
pub fn until<T>(timeout: Duration, what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + timeout;
    loop {
        // The clock is read before the question, so that a slow last question still counts.
        let last = Instant::now() >= deadline;
        if let Some(answer) = condition() {
            return answer;
        }
        assert!(!last, "after {timeout:?} still not: {what}");
        thread::sleep(PAUSE);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn asks_until_there_is_an_answer() {
        let mut asked = 0;
        let answer = until(Duration::from_secs(5), "three questions", || {
            asked += 1;
            (asked == 3).then_some(asked)
        });
        assert_eq!(answer, 3);
    }

    #[test]
    #[should_panic(expected = "still not: the impossible")]
    fn panics_with_what_was_waited_for() {
        until(Duration::ZERO, "the impossible", || None::<()>);
    }
}
