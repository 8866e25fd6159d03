//! The objects of one segment that are open: one an hour.
//!
//! Invariant: an object's bytes depend on the segment and the rules alone, so members are closed at moments that the
//! records decide: when they are full, or when all open objects together outgrow [`OPEN_BYTES`]. The latter costs
//! compression and nothing else.

use std::collections::BTreeMap;

use sluice_archive::{Level, MemberCompressor, ObjectEncoder, ObjectKey, Options, Partition, RecordError};
use sluice_record::Zone;

use super::cut::beginning;
use super::routed::Routed;
use super::rules::{ObjectName, Rules};
use crate::sink::{ArchiveSink, SinkError};

/// Memory for the text and the output of all open objects together. Input of thousands of hours would otherwise hold
/// a member of up to `archive.member_bytes` for each of them.
pub const OPEN_BYTES: usize = 16 << 20;

const HOUR_MS: i64 = 3_600_000;

/// Open objects by hour.
pub(super) struct Objects<'r, A: ArchiveSink> {
    rules: &'r Rules,
    name: &'r ObjectName,
    archive: A,
    compressor: &'r mut MemberCompressor,
    open: BTreeMap<Partition, Open<A::Object>>,
    /// Memory of all encoders.
    memory: usize,
    /// What of it was left when members were last closed early: tables, which stay to the end.
    least_memory: usize,
    /// A stretch of time that lies in one hour, and that hour: likely that of the next record.
    last: Option<(i64, Partition)>,
}

struct Open<O> {
    object: O,
    encoder: ObjectEncoder,
}

impl<'r, A: ArchiveSink> Objects<'r, A> {
    pub(super) fn new(
        rules: &'r Rules,
        compressor: &'r mut MemberCompressor,
        name: &'r ObjectName,
        archive: A,
    ) -> Self {
        Objects {
            rules,
            name,
            archive,
            compressor,
            open: BTreeMap::new(),
            memory: 0,
            least_memory: 0,
            last: None,
        }
    }

    /// Adds a record to the object of the hour of `filed_ms`; true when only its beginning fitted.
    pub(super) fn push(
        &mut self,
        json: &[u8],
        ts_ms: i64,
        filed_ms: i64,
        level: Level,
    ) -> Result<bool, SinkError> {
        let partition = self.partition(filed_ms);
        if !self.open.contains_key(&partition) {
            let ObjectName { service, task, boot, segment } = self.name;
            let key = ObjectKey::new("", partition, service, task, boot, *segment);
            let object = self.archive.begin(&key)?;
            let options = Options { member_bytes: self.rules.member_bytes };
            self.open.insert(partition, Open { object, encoder: ObjectEncoder::new(options) });
        }
        let Some(Open { object, encoder }) = self.open.get_mut(&partition) else { return Ok(false) };
        let before = encoder.memory();
        let cut = match encoder.push(json, ts_ms, level, self.compressor) {
            Ok(()) => false,
            Err(RecordError::TooLong { .. } | RecordError::Newline { .. }) => {
                // A beginning is far shorter than the limit, and has no line feed when the record has none, so it is
                // never refused. (The engine escapes line feeds.)
                let _ = encoder.push(&beginning(json), ts_ms, level, self.compressor);
                true
            }
        };
        if !encoder.output().is_empty() {
            self.archive.append(object, encoder.output())?;
            encoder.output().clear();
        }
        self.memory = self.memory - before + encoder.memory();
        if self.memory - self.least_memory > OPEN_BYTES {
            self.close_members()?;
        }
        Ok(cut)
    }

    #[inline]
    fn partition(&mut self, filed_ms: i64) -> Partition {
        // Offsets of old zones have seconds, and change at any of them.
        let stretch_ms = if matches!(self.rules.partition_zone, Zone::Utc) { HOUR_MS } else { 1000 };
        let stretch = filed_ms.div_euclid(stretch_ms);
        match self.last {
            Some((last, partition)) if last == stretch => partition,
            _ => {
                let offset_ms = self.rules.partition_zone.offset_ms_at(filed_ms);
                let partition = Partition::at(filed_ms, (offset_ms / 1000) as i32);
                self.last = Some((stretch, partition));
                partition
            }
        }
    }

    /// Closes the open members of all objects and gives their memory back.
    fn close_members(&mut self) -> Result<(), SinkError> {
        self.memory = 0;
        for Open { object, encoder } in self.open.values_mut() {
            if encoder.buffered_text() > 0 {
                encoder.flush_members(self.compressor);
                self.archive.append(object, encoder.output())?;
            }
            *encoder.output() = Vec::new();
            self.memory += encoder.memory();
        }
        self.least_memory = self.memory;
        Ok(())
    }

    /// Finishes all objects, gives the archive back, and notes how many there were, their bytes and their hours.
    pub(super) fn finish(mut self, routed: &mut Routed) -> Result<A, SinkError> {
        let hours = self.open.keys();
        routed.hours = hours.clone().next().copied().zip(hours.last().copied());
        for Open { mut object, mut encoder } in std::mem::take(&mut self.open).into_values() {
            let summary = encoder.finish(self.compressor);
            self.archive.append(&mut object, encoder.output())?;
            self.archive.finish(object, &summary)?;
            routed.objects += 1;
            routed.object_bytes += summary.compressed_bytes;
        }
        Ok(self.archive)
    }
}
