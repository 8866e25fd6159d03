//! Which lines belong together: those of one connection or file, or of one container's stdout or stderr.
//!
//! Invariant: at most [`MOST_STREAMS`] are open, however many containers a client makes up.

use std::collections::HashMap;

use sluice_record::{Engine, Origin, Record, StreamId};

use super::Rules;
use super::long_line::LongLine;
use super::origin::Place;

/// Streams of one segment. When there are more, all are ended and begun again.
const MOST_STREAMS: usize = 4096;

pub(super) struct Streams<'r> {
    rules: &'r Rules,
    place: &'r Place,
    by_source: Vec<Stream>,
    forwarded: HashMap<u128, StreamId>,
    /// The stream of the last forwarded event, likely that of the next.
    last: Option<(u128, StreamId)>,
    splits: u64,
}

/// What comes from one connection or file.
struct Stream {
    source: Vec<u8>,
    id: StreamId,
    long_line: LongLine,
}

impl<'r> Streams<'r> {
    pub(super) fn new(rules: &'r Rules, place: &'r Place) -> Streams<'r> {
        Streams { rules, place, by_source: Vec::new(), forwarded: HashMap::new(), last: None, splits: 0 }
    }

    /// How often a line that was stored in pieces was ended before its end.
    pub(super) fn splits(&self) -> u64 {
        self.splits
    }

    /// The number of the stream of this source, for the calls below.
    pub(super) fn of_source(
        &mut self,
        engine: &mut Engine,
        source: &[u8],
        emit: &mut impl FnMut(Record<'_>),
    ) -> usize {
        self.by_source.iter().position(|stream| stream.source == source).unwrap_or_else(|| {
            self.make_room(engine, emit);
            self.by_source.push(Stream {
                source: source.to_vec(),
                id: engine.stream(self.place.origin_of_source(&self.rules.service, source)),
                long_line: LongLine::new(self.rules.settings.partial.max_bytes),
            });
            self.by_source.len() - 1
        })
    }

    /// The engine's stream of it.
    pub(super) fn id(&self, at: usize) -> StreamId {
        self.by_source[at].id
    }

    /// Takes a piece of a line and gives the lines that are thereby complete, with when they were received.
    pub(super) fn piece(
        &mut self,
        at: usize,
        piece: &[u8],
        last: bool,
        received_ms: i64,
        give: impl FnMut(&[u8], i64),
    ) {
        let long_line = &mut self.by_source[at].long_line;
        let splits = long_line.splits();
        long_line.piece(piece, last, received_ms, give);
        self.splits += long_line.splits() - splits;
    }

    /// The stream of a forwarded event, made by `origin` when it is new.
    #[inline]
    pub(super) fn of_event(
        &mut self,
        engine: &mut Engine,
        key: u128,
        emit: &mut impl FnMut(Record<'_>),
        origin: impl FnOnce(&Place, &str) -> Origin,
    ) -> StreamId {
        if let Some((last, stream)) = self.last
            && last == key
        {
            return stream;
        }
        let stream = match self.forwarded.get(&key) {
            Some(stream) => *stream,
            None => {
                self.make_room(engine, emit);
                let stream = engine.stream(origin(self.place, &self.rules.service));
                self.forwarded.insert(key, stream);
                stream
            }
        };
        self.last = Some((key, stream));
        stream
    }

    /// A connection has been closed: what is held of it is complete.
    pub(super) fn end_source(
        &mut self,
        engine: &mut Engine,
        source: &[u8],
        emit: &mut impl FnMut(Record<'_>),
    ) {
        let Some(at) = self.by_source.iter().position(|stream| stream.source == source) else { return };
        let mut stream = self.by_source.swap_remove(at);
        self.end_line(engine, &mut stream, emit);
        engine.flush_stream(stream.id, emit);
    }

    /// All streams have ended: what is held of them is complete.
    pub(super) fn end_all(&mut self, engine: &mut Engine, emit: &mut impl FnMut(Record<'_>)) {
        for mut stream in std::mem::take(&mut self.by_source) {
            self.end_line(engine, &mut stream, emit);
        }
        engine.flush(emit);
        engine.reset();
        self.forwarded.clear();
        self.last = None;
    }

    fn end_line(&mut self, engine: &mut Engine, stream: &mut Stream, emit: &mut impl FnMut(Record<'_>)) {
        let splits = stream.long_line.splits();
        stream.long_line.end(|line, received_ms| engine.push(stream.id, line, received_ms, emit));
        self.splits += stream.long_line.splits() - splits;
    }

    fn make_room(&mut self, engine: &mut Engine, emit: &mut impl FnMut(Record<'_>)) {
        if self.by_source.len() + self.forwarded.len() >= MOST_STREAMS {
            self.end_all(engine, emit);
        }
    }
}
