//! How often a client is read.
//!
//! Docker writes each line by itself, and waking up for each costs ten times what reading it does. So a read is
//! followed by a pause in which more comes: the longer, the less comes.
//!
//! Invariant: a pause is never so long that a client would fill its socket at the pace that it had before. (The kernel
//! keeps some 160 small messages, or 200 KB, for a unix socket; a client that is faster than before waits once.)

use std::time::Duration;

use super::buffers::READ_BYTES;

const SHORTEST: Duration = Duration::from_millis(1);
/// An error is delayed by no more.
const LONGEST: Duration = Duration::from_millis(50);

/// The pause of one client.
#[derive(Debug)]
pub(super) struct Pace {
    pause: Duration,
    /// Bytes read since the last one.
    since: usize,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { pause: SHORTEST, since: 0 }
    }
}

impl Pace {
    /// How long to wait after a read of so many bytes before the next one; None after a full one, since there is more.
    pub(super) fn after(&mut self, bytes: usize) -> Option<Duration> {
        self.since += bytes;
        if bytes == READ_BYTES {
            return None;
        }
        if self.since > READ_BYTES / 2 {
            self.pause = (self.pause / 2).max(SHORTEST);
        } else if self.since < READ_BYTES / 4 {
            self.pause = (self.pause * 2).min(LONGEST);
        }
        self.since = 0;
        Some(self.pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the kernel keeps of small messages for a unix socket.
    const SOCKET_BYTES: usize = 78_000;

    /// Reads `rounds` times from a client that would write at a rate, in bytes a second, and cannot while its socket is
    /// full; gives the bytes read before each pause.
    fn rounds(pace: &mut Pace, rate: usize, rounds: usize) -> Vec<usize> {
        let mut waiting = 300;
        (0..rounds)
            .map(|_| {
                let all = waiting;
                let pause = loop {
                    let read = waiting.min(READ_BYTES);
                    waiting -= read;
                    if let Some(pause) = pace.after(read) {
                        break pause;
                    }
                };
                waiting = (rate * pause.as_micros() as usize / 1_000_000).clamp(300, SOCKET_BYTES);
                all
            })
            .collect()
    }

    #[test]
    fn a_slow_client_is_read_twenty_times_a_second_and_a_faster_one_in_large_pieces() {
        let mut pace = Pace::default();
        rounds(&mut pace, 1000, 10);
        assert_eq!(pace.pause, LONGEST);
        for rate in [2_000_000, 8_000_000, 15_000_000, 40_000_000] {
            let mut pace = Pace::default();
            let settled = rounds(&mut pace, rate, 100).split_off(50);
            assert!(settled.iter().all(|all| *all >= READ_BYTES / 8), "{rate}: {settled:?}");
        }
    }

    #[test]
    fn a_client_that_becomes_fast_is_soon_read_before_its_socket_is_full() {
        for rate in [4_000_000, 15_000_000, 60_000_000] {
            let mut pace = Pace::default();
            rounds(&mut pace, 1000, 10);
            let all = rounds(&mut pace, rate, 20);
            assert!(all[8..].iter().all(|all| *all < SOCKET_BYTES), "{rate}: {all:?}");
        }
    }

    #[test]
    fn there_is_no_pause_after_a_full_read() {
        assert_eq!(Pace::default().after(READ_BYTES), None);
    }
}
