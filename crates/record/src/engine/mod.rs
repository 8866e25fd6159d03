//! The engine: lines of many streams in, records out.
//!
//! A line goes through these steps, in this order:
//! 1. what a container runtime wrapped around it goes (`unwrap.rs`), split messages are put together;
//! 2. ANSI sequences go from text lines;
//! 3. redaction ([`Redactor`]), now that nothing hides a secret any more;
//! 4. tracebacks and multi-line layouts are joined, per stream;
//! 5. the logical message becomes columns and one line of JSON (`make.rs`).
//!
//! Invariants:
//! * lines in and records out are the same bytes every time: nothing here reads a clock or draws a number;
//! * every logical message is exactly one record, and every record is one line of strict JSON;
//! * what is held back is bounded by [`Settings::join`] and [`Settings::partial`], per stream.

mod make;
mod unwrap;

use std::borrow::Cow;

use crate::clean::without_ansi;
use crate::envelope::Prepared;
use crate::join::{Assembled, JoinLimits, Joiner, Logical, PartialJoiner, PartialLimits};
use crate::level::Level;
use crate::redact::{Redactor, Within};
use crate::text::TextHeads;
use crate::time::{Millis, Zone};
use make::Maker;
use unwrap::{Unwrapped, unwrap};

/// Some programs put it before their first line.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// A time that lies further ahead is not inherited by the lines behind it: a day.
pub const MOST_AHEAD_MS: Millis = 24 * 3_600_000;

/// Which stream of a container a line was written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// Standard output.
    Stdout,
    /// Standard error. By itself it makes no line an error.
    Stderr,
}

impl Source {
    /// The word in the `source` column.
    pub const fn as_str(self) -> &'static str {
        match self {
            Source::Stdout => "stdout",
            Source::Stderr => "stderr",
        }
    }

    /// Reads the word of the `source` column.
    pub fn from_word(word: &[u8]) -> Option<Source> {
        match word {
            b"stdout" => Some(Source::Stdout),
            b"stderr" => Some(Source::Stderr),
            _ => None,
        }
    }
}

/// Where the lines of a stream come from; it stands in each of their records.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Origin {
    /// The service.
    pub service: String,
    /// The stream of the container.
    pub source: Option<Source>,
    /// Name of the container.
    pub container: Option<String>,
    /// Id of the task.
    pub task: Option<String>,
    /// Name of the cluster.
    pub cluster: Option<String>,
    /// What else its transport says of every line, by name: it stands at the end of `attrs`.
    pub attrs: Vec<(String, String)>,
}

impl Origin {
    /// An origin of which only the service is known.
    pub fn new(service: impl Into<String>) -> Origin {
        Origin { service: service.into(), ..Origin::default() }
    }
}

/// How lines are read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Zone of times that state none. UTC.
    pub zone: Zone,
    /// Level of an access line with a 4xx status and no level of its own. Warn.
    pub access_log_4xx: Level,
    /// Deepest nesting of JSON values that are kept as JSON. 64.
    pub max_depth: usize,
    /// Whether ANSI escape sequences go from text lines. On.
    pub strip_ansi: bool,
    /// A line without a time takes that of the line before it in its stream, as far as there is one, rather than
    /// its time of receipt. Right for files read long after they were written. Off.
    pub inherit_time: bool,
    /// What dates without a year are resolved against, in milliseconds since 1970 UTC, when lines are read long after
    /// they were written and their time of receipt says nothing. `None`: the time of receipt.
    pub reference_ms: Option<Millis>,
    /// Bounds of joined messages.
    pub join: JoinLimits,
    /// Bounds of messages that a container runtime split.
    pub partial: PartialLimits,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            zone: Zone::Utc,
            access_log_4xx: Level::Warn,
            max_depth: 64,
            strip_ansi: true,
            inherit_time: false,
            reference_ms: None,
            join: JoinLimits::default(),
            partial: PartialLimits::default(),
        }
    }
}

/// One record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Record<'a> {
    /// The line of JSON, without a line feed.
    pub json: &'a [u8],
    /// Milliseconds since 1970 UTC, as in the `ts` column.
    pub ts_ms: Millis,
    /// When its first line was received, in milliseconds since 1970 UTC.
    pub received_ms: Millis,
    /// As in the `level` column.
    pub level: Level,
    /// As in the `fingerprint` column.
    pub fingerprint: Option<u64>,
    /// Number of lines it was made of.
    pub lines: usize,
}

/// A stream that [`Engine::stream`] opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct StreamId(usize);

/// One part of a line that a container runtime split.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// What all parts of the line have in common.
    pub id: &'a [u8],
    /// Position, from 1, where the runtime tells it.
    pub ordinal: Option<u32>,
    /// The line ends with this part.
    pub last: bool,
}

/// Turns the lines of many streams into records.
#[derive(Debug)]
pub struct Engine {
    maker: Maker,
    redactor: Option<Redactor>,
    streams: Vec<Stream>,
    unwrapped_parts: u64,
    pushed_parts: u64,
}

/// What is held of one stream.
#[derive(Debug)]
struct Stream {
    origin: Origin,
    prepared: Prepared,
    joiner: Joiner,
    partial: PartialJoiner,
    /// Time of the last record, where lines inherit it.
    last_ms: Option<Millis>,
    /// Level and fingerprint of the last record, which the rest of a message that was cut takes over.
    last: Option<(Level, Option<u64>)>,
    inherits: bool,
    /// Its lines were wrapped in those of another stream.
    is_wrapped: bool,
    /// The key that redaction is masking.
    within: Within,
    /// Streams of wrapped lines found in this one: stdout, stderr, unknown.
    wrapped: [Option<usize>; 3],
}

impl Engine {
    /// An engine without streams.
    pub fn new(settings: Settings) -> Engine {
        Engine {
            maker: Maker::new(settings),
            redactor: None,
            streams: Vec::new(),
            unwrapped_parts: 0,
            pushed_parts: 0,
        }
    }

    /// Masks what the redactor finds, in every line, before it is parsed or joined with others.
    #[must_use]
    pub fn with_redactor(mut self, redactor: Redactor) -> Engine {
        self.redactor = Some(redactor);
        self
    }

    /// The redactor, for its counts.
    pub fn redactor(&self) -> Option<&Redactor> {
        self.redactor.as_ref()
    }

    /// Forgets all streams and what was held of them, but keeps what was compiled and the redactor's counts: the next
    /// lines meet an engine as good as new.
    pub fn reset(&mut self) {
        self.streams.clear();
    }

    /// How many lines went into another line, since a container runtime had split it and wrapped the parts: lines in
    /// are the lines of all records and these.
    pub fn unwrapped_parts(&self) -> u64 {
        self.unwrapped_parts
    }

    /// How many parts given to [`push_part`](Engine::push_part) went into another's line: parts pushed are the lines
    /// made of them and these.
    pub fn pushed_parts(&self) -> u64 {
        self.pushed_parts
    }

    /// Opens a stream. Lines of one stream are joined with each other only.
    pub fn stream(&mut self, origin: Origin) -> StreamId {
        StreamId(self.open(origin, self.maker.settings.inherit_time))
    }

    fn open(&mut self, origin: Origin, inherits: bool) -> usize {
        self.streams.push(Stream {
            prepared: Prepared::new(&origin),
            origin,
            joiner: Joiner::new(self.maker.settings.join),
            partial: PartialJoiner::new(self.maker.settings.partial),
            last_ms: None,
            last: None,
            inherits,
            is_wrapped: false,
            within: Within::default(),
            wrapped: [None; 3],
        });
        self.streams.len() - 1
    }

    /// Takes the next line of a stream, without its line feed, and emits the records that are thereby complete.
    /// Line feeds inside count as characters of the line.
    pub fn push(
        &mut self,
        stream: StreamId,
        line: &[u8],
        received_ms: Millis,
        emit: &mut impl FnMut(Record<'_>),
    ) {
        let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
        self.push_whole(stream.0, line, received_ms, emit);
    }

    /// Takes a part of a line that was split. The line is complete, and is redacted and parsed, with its last part.
    pub fn push_part(
        &mut self,
        stream: StreamId,
        part: Part<'_>,
        bytes: &[u8],
        received_ms: Millis,
        emit: &mut impl FnMut(Record<'_>),
    ) {
        let mut partial = self.take_partial(stream.0);
        partial.push(part.id, part.ordinal, part.last, bytes, received_ms, &mut |line| {
            self.pushed_parts += line.parts as u64 - 1;
            self.push(stream, line.text, line.received_ms, emit);
        });
        self.streams[stream.0].partial = partial;
    }

    /// Emits what is held of all streams: at the end of the input.
    pub fn flush(&mut self, emit: &mut impl FnMut(Record<'_>)) {
        // Flushing parts may open streams; those stand behind and are reached too.
        let mut at = 0;
        while at < self.streams.len() {
            let mut partial = self.take_partial(at);
            partial.flush(&mut |line| self.push_assembled(at, &line, emit));
            self.streams[at].partial = partial;
            self.join(at, Step::Flush, emit);
            at += 1;
        }
    }

    /// Emits what is held of one stream: it has ended. Lines that come all the same begin afresh.
    pub fn flush_stream(&mut self, stream: StreamId, emit: &mut impl FnMut(Record<'_>)) {
        let mut partial = self.take_partial(stream.0);
        partial.flush(&mut |line| self.push_assembled(stream.0, &line, emit));
        self.streams[stream.0].partial = partial;
        self.join(stream.0, Step::Flush, emit);
        // Lines that were wrapped in its own; those wrap nothing in turn.
        for child in self.streams[stream.0].wrapped.into_iter().flatten() {
            let mut partial = self.take_partial(child);
            partial.flush(&mut |line| self.push_assembled(child, &line, emit));
            self.streams[child].partial = partial;
            self.join(child, Step::Flush, emit);
        }
    }

    /// When [`expire`](Engine::expire) will next have something to emit, if no line comes: in milliseconds since 1970
    /// UTC. `None` while nothing is held.
    pub fn expires_ms(&self) -> Option<Millis> {
        let settings = &self.maker.settings;
        let join = |stream: &Stream| {
            Some(stream.joiner.last_ms()?.saturating_add(settings.join.max_wait_ms).saturating_add(1))
        };
        let partial = |stream: &Stream| {
            Some(stream.partial.last_ms()?.saturating_add(settings.partial.max_wait_ms).saturating_add(1))
        };
        self.streams.iter().flat_map(|stream| [join(stream), partial(stream)]).flatten().min()
    }

    /// Emits what was held longer than the longest wait at `now_ms`.
    pub fn expire(&mut self, now_ms: Millis, emit: &mut impl FnMut(Record<'_>)) {
        for at in 0..self.streams.len() {
            let mut partial = self.take_partial(at);
            partial.expire(now_ms, &mut |line| self.push_assembled(at, &line, emit));
            self.streams[at].partial = partial;
            self.join(at, Step::Expire(now_ms), emit);
        }
    }

    /// Whether the line, by itself, begins a record: it is JSON, or carries a head in a known layout. A segment is
    /// best cut before such a line.
    pub fn begins_record(line: &[u8]) -> bool {
        use crate::join::Heads;
        line.first() == Some(&b'{') || TextHeads.head(&without_ansi(line)).starts_record
    }

    /// The time that a line states itself, for lines behind it to inherit: None when it states none, or one that lies
    /// more than a day ahead. Zones and years are as in `settings`.
    pub fn time_of(&mut self, line: &[u8], received_ms: Millis) -> Option<Millis> {
        self.maker.time_of(line, received_ms)
    }

    /// A line put together from its parts: those of a wrapped stream were unwrapped before.
    fn push_assembled(&mut self, at: usize, line: &Assembled<'_>, emit: &mut impl FnMut(Record<'_>)) {
        if self.streams[at].is_wrapped {
            self.unwrapped_parts += line.parts as u64 - 1;
            self.push_bare(at, line.text, line.received_ms, emit);
        } else {
            self.pushed_parts += line.parts as u64 - 1;
            self.push(StreamId(at), line.text, line.received_ms, emit);
        }
    }

    /// Parts are put together by pushing whole lines into the same engine, so the assembler is lent out meanwhile.
    fn take_partial(&mut self, at: usize) -> PartialJoiner {
        let limits = self.maker.settings.partial;
        std::mem::replace(&mut self.streams[at].partial, PartialJoiner::new(limits))
    }

    /// A line that may be wrapped.
    fn push_whole(&mut self, at: usize, line: &[u8], received_ms: Millis, emit: &mut impl FnMut(Record<'_>)) {
        if let Some(Unwrapped { text, source, complete, time }) = unwrap(line) {
            let child = self.child(at, source);
            let received_ms = time.map_or(received_ms, |stamp| {
                stamp.resolve(received_ms, &self.maker.settings.zone).unwrap_or(received_ms)
            });
            let mut partial = self.take_partial(child);
            partial.push(b"", None, complete, &text, received_ms, &mut |line| {
                self.unwrapped_parts += line.parts as u64 - 1;
                self.push_bare(child, line.text, line.received_ms, emit);
            });
            self.streams[child].partial = partial;
        } else {
            self.push_bare(at, line, received_ms, emit);
        }
    }

    /// The stream of lines that are wrapped in lines of stream `at`.
    fn child(&mut self, at: usize, source: Option<Source>) -> usize {
        let slot = source.map_or(2, |source| source as usize);
        if let Some(child) = self.streams[at].wrapped[slot] {
            return child;
        }
        let mut origin = self.streams[at].origin.clone();
        origin.source = source.or(origin.source);
        let child = self.open(origin, false);
        self.streams[child].is_wrapped = true;
        self.streams[at].wrapped[slot] = Some(child);
        child
    }

    /// A line as the application wrote it: only here is it looked at for secrets, when nothing hides them any more.
    fn push_bare(&mut self, at: usize, line: &[u8], received_ms: Millis, emit: &mut impl FnMut(Record<'_>)) {
        let line = match line.first() {
            Some(b'{') | None => Cow::Borrowed(line),
            Some(_) if self.maker.settings.strip_ansi => without_ansi(line),
            Some(_) => Cow::Borrowed(line),
        };
        let Some(mut redactor) = self.redactor.take() else {
            return self.join(at, Step::Line(&line, received_ms), emit);
        };
        let masked = redactor.redact_in(&mut self.streams[at].within, &line);
        self.redactor = Some(redactor);
        self.join(at, Step::Line(&masked, received_ms), emit);
    }

    /// Runs a step of a stream's joiner and makes records of what it emits.
    fn join(&mut self, at: usize, step: Step<'_>, emit: &mut impl FnMut(Record<'_>)) {
        let Stream { origin, prepared, joiner, last_ms, last, inherits, .. } = &mut self.streams[at];
        let maker = &mut self.maker;
        let reference_ms = maker.settings.reference_ms;
        let mut make = |logical: Logical<'_>| {
            // Where lines inherit times, that of receipt stands for the line before the first one.
            let inherited_ms = inherits.then(|| last_ms.unwrap_or(logical.received_ms));
            let record = maker.make(&logical, origin.source, prepared, inherited_ms, *last);
            *last = Some((record.level, record.fingerprint));
            // A line that is dated 2099 by mistake must not take the ones after it along.
            let latest = reference_ms.unwrap_or(logical.received_ms).saturating_add(MOST_AHEAD_MS);
            if record.ts_ms <= latest {
                *last_ms = Some(record.ts_ms);
            }
            emit(record);
        };
        match step {
            Step::Line(line, received_ms) => joiner.push(&TextHeads, line, received_ms, &mut make),
            Step::Expire(now_ms) => joiner.expire(now_ms, &mut make),
            Step::Flush => joiner.flush(&mut make),
        }
    }
}

/// What to do with a stream's joiner.
enum Step<'l> {
    Line(&'l [u8], Millis),
    Expire(Millis),
    Flush,
}
