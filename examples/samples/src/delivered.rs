//! Logs that AWS delivers to S3 as a gzip file every five minutes.

use std::collections::BTreeMap;

use crate::Error;
use crate::chance::{hash, mix};
use crate::clock::{Micros, civil, delivery};
use crate::files::Files;

/// A line and its time.
type Line = (Micros, Vec<u8>);

/// Lines on their way into files: one file for each source and five minutes, named after the end of these.
#[derive(Default)]
pub(crate) struct Delivered {
    /// By the end of the five minutes and the source.
    lines: BTreeMap<(Micros, usize), Vec<Line>>,
}

impl Delivered {
    /// Adds a line without its line feed.
    pub(crate) fn push(&mut self, at: Micros, source: usize, line: Vec<u8>) {
        self.lines.entry((delivery(at), source)).or_default().push((at, line));
    }

    /// Writes the files; `name` gives each its name from the end of its five minutes and the source.
    pub(crate) fn write(
        self,
        header: &[u8],
        name: impl Fn(Micros, usize) -> String,
        files: &mut Files,
    ) -> Result<(), Error> {
        let mut text = Vec::new();
        for ((end, source), mut lines) in self.lines {
            lines.sort_by_key(|(at, _)| *at);
            text.clear();
            text.extend_from_slice(header);
            for (_, line) in lines {
                text.extend_from_slice(&line);
                text.push(b'\n');
            }
            files.gzip(&name(end, source), &text)?;
        }
        Ok(())
    }
}

/// `2026/11/24`
pub(crate) fn day(at: Micros) -> String {
    civil(at).strftime("%Y/%m/%d").to_string()
}

/// The part of a name that looks like chance: eight characters of these.
pub(crate) fn suffix(seed: u64, what: &str, end: Micros, source: usize, letters: &[u8]) -> String {
    let mut number = mix(&[seed, hash(what), end.unsigned_abs(), source as u64]);
    let count = letters.len() as u64;
    (0..8)
        .map(|_| {
            let letter = letters[(number % count) as usize];
            number /= count;
            char::from(letter)
        })
        .collect()
}
