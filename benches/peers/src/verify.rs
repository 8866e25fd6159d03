//! What is in the sinks, held against what was sent.
//!
//! A record is found by its number. Lost, repeated, in the wrong hour and changed are counted apart; what has no number,
//! such as a line of a traceback that was not joined, is counted as other.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use flate2::bufread::MultiGzDecoder;
use serde_json::Value;
use sluice_testkit::archive::hour_of_key;
use sluice_testkit::logs::LogEvent;

use crate::load::{Input, Sent};
use crate::mix::{self, Record, number_in};

/// How much of the output is kept for the yardstick.
const SAMPLE: usize = 64 << 20;

/// What was found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Records that are in no object.
    pub(crate) lost: u64,
    /// Copies beyond the first.
    pub(crate) repeated: u64,
    /// Records in an object of another hour than their own.
    pub(crate) wrong_hour: u64,
    /// Records whose message is not the one that was sent.
    pub(crate) changed: u64,
    /// Lines of objects without a number.
    pub(crate) other: u64,
    /// ERROR and above that CloudWatch Logs has not got.
    pub(crate) errors_lost: u64,
    /// Events beyond the first of a record.
    pub(crate) errors_repeated: u64,
    /// Events of records below ERROR, or without a number.
    pub(crate) errors_other: u64,
    /// Objects.
    pub(crate) objects: u64,
    /// Their bytes.
    pub(crate) object_bytes: u64,
    /// Bytes of their lines.
    pub(crate) output_bytes: u64,
    /// From the sending of an ERROR to the arrival of its event: median.
    pub(crate) latency_p50: Option<Duration>,
    /// The same: 99th percentile.
    pub(crate) latency_p99: Option<Duration>,
    /// The beginning of the output, for the yardstick.
    pub(crate) sample: Vec<u8>,
}

impl Found {
    /// Reads everything that a run left.
    ///
    /// # Errors
    /// When an object is no whole gzip.
    pub(crate) fn read(
        input: &Input,
        sent: &Sent,
        objects: &BTreeMap<String, Vec<u8>>,
        events: &[LogEvent],
    ) -> Result<Self> {
        let mut found = Self { objects: objects.len() as u64, ..Self::default() };
        let mut copies = vec![0u8; input.records.len()];
        let mut line = Vec::new();
        for (key, bytes) in objects {
            found.object_bytes += bytes.len() as u64;
            let hour = hour_of_key(key);
            let mut lines = BufReader::with_capacity(256 << 10, MultiGzDecoder::new(bytes.as_slice()));
            loop {
                line.clear();
                let read =
                    lines.read_until(b'\n', &mut line).with_context(|| format!("{key} is no whole gzip"))?;
                if read == 0 {
                    break;
                }
                found.output_bytes += read as u64;
                if found.sample.len() < SAMPLE {
                    found.sample.extend_from_slice(&line);
                }
                found.take(&line, &hour, &input.records, &mut copies);
            }
        }
        found.lost = copies.iter().filter(|count| **count == 0).count() as u64;
        found.repeated = copies.iter().map(|count| u64::from(count.saturating_sub(1))).sum();
        found.take_events(input, sent, events);
        Ok(found)
    }

    fn take(&mut self, line: &[u8], hour: &str, records: &[Record], copies: &mut [u8]) {
        let number = number_in(line).and_then(|number| usize::try_from(number).ok());
        let Some(number) = number.filter(|number| *number < records.len()) else {
            self.other += 1;
            return;
        };
        copies[number] = copies[number].saturating_add(1);
        let record = &records[number];
        self.wrong_hour += u64::from(mix::hour(record.ms) != hour);
        let json: Value = serde_json::from_slice(line).unwrap_or_default();
        let message = json["message"].as_str().unwrap_or_default();
        self.changed += u64::from(mix::fingerprint(message.as_bytes()) != record.message);
    }

    fn take_events(&mut self, input: &Input, sent: &Sent, events: &[LogEvent]) {
        let mut first: BTreeMap<usize, Instant> = BTreeMap::new();
        for event in events {
            let number = number_in(event.message.as_bytes()).and_then(|number| usize::try_from(number).ok());
            match number.filter(|number| input.records.get(*number).is_some_and(|record| record.is_error)) {
                None => self.errors_other += 1,
                Some(number) if first.contains_key(&number) => self.errors_repeated += 1,
                Some(number) => {
                    first.insert(number, event.arrived);
                }
            }
        }
        let errors = input.records.iter().filter(|record| record.is_error).count();
        self.errors_lost = (errors - first.len()) as u64;
        let mut waits: Vec<Duration> = first
            .iter()
            .map(|(number, arrived)| {
                arrived.saturating_duration_since(sent.at[input.batch_of[*number] as usize])
            })
            .collect();
        waits.sort_unstable();
        let at = |share: f64| waits.get((waits.len().saturating_sub(1) as f64 * share) as usize).copied();
        (self.latency_p50, self.latency_p99) = (at(0.5), at(0.99));
    }

    /// Output bytes for a byte of objects.
    pub(crate) fn ratio(&self) -> f64 {
        self.output_bytes as f64 / self.object_bytes.max(1) as f64
    }

    /// That every record is in S3 once and in its hour, and every error in CloudWatch Logs.
    pub(crate) fn is_whole(&self) -> bool {
        let faults = [
            self.lost,
            self.repeated,
            self.wrong_hour,
            self.changed,
            self.other,
            self.errors_lost,
            self.errors_other,
        ];
        faults.iter().all(|count| *count == 0)
    }
}
