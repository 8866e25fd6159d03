//! The text of an object, member by member.
//!
//! Of an indexed object only the members are read whose header admits a record that the query wants. A sink may answer
//! for a member that lies in the window as a whole from its header. Whatever is read of it, an object that is damaged or
//! not finished ends the query.

use std::io;
use std::sync::Arc;

use datafusion::common::{DataFusionError, Result};
use jiff::Timestamp;
use sluice_archive::{Level, Member, ObjectReader, ReadAt, ReadError};
use sluice_catalog::FormatKind;

use super::{Request, Unit};
use crate::scan::Stats;
use crate::store::StoreError;

/// Text that is read at a time of an object without compression.
const PLAIN: usize = 1 << 20;
/// The first bytes of every gzip file.
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum ObjectError {
    /// It cannot be had.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Its bytes are not what they should be.
    #[error(
        "{url} cannot be read to its end; the answer would be incomplete. Fetch it again, or move it away"
    )]
    Damaged {
        /// The object.
        url: String,
        /// What is wrong with it.
        #[source]
        source: ReadError,
    },
    /// Parquet that cannot be read.
    #[error("{url} is not the Parquet that the table describes")]
    Parquet {
        /// The object.
        url: String,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl From<ObjectError> for DataFusionError {
    fn from(error: ObjectError) -> DataFusionError {
        DataFusionError::External(Box::new(error))
    }
}

/// What becomes of the text of an object. Answers are whether more is wanted.
pub(super) trait Sink {
    /// Takes whole lines; `is_covered` when all of their records lie in the window.
    fn text(&mut self, text: &[u8], is_covered: bool) -> Result<bool>;

    /// Answers for a covered member from its header alone; None when its text is needed.
    fn judge_header(&mut self, _member: &Member) -> Result<Option<bool>> {
        Ok(None)
    }
}

/// What the headers of members can decide about a query.
#[derive(Debug, Default)]
pub(super) struct Admission {
    levels: Option<Vec<Level>>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    /// Whether the filter on times says no more than `from_ms` and `to_ms`.
    times_are_exact: bool,
}

impl Admission {
    pub(super) fn of(request: &Request) -> Admission {
        if request.table.format.kind != FormatKind::Json {
            return Admission::default();
        }
        let bounds = request.pushed.time.clone().unwrap_or_default();
        // The first millisecond that is in, and the first that is not.
        let low = bounds.low.map(|(text, inclusive)| millis(&text).map(|ms| ms + i64::from(!inclusive)));
        let high = bounds.high.map(|(text, inclusive)| millis(&text).map(|ms| ms + i64::from(inclusive)));
        Admission {
            levels: request.pushed.index_levels(),
            times_are_exact: low != Some(None) && high != Some(None),
            from_ms: low.flatten(),
            to_ms: high.flatten(),
        }
    }

    fn admits(&self, member: &Member) -> bool {
        self.levels.as_ref().is_none_or(|levels| levels.iter().any(|level| records_of(member, *level) > 0))
            && self.from_ms.is_none_or(|from| member.last_ts >= from)
            && self.to_ms.is_none_or(|to| member.first_ts < to)
    }

    /// Whether every record of the member lies in the window.
    fn covers(&self, member: &Member) -> bool {
        self.times_are_exact
            && self.from_ms.is_none_or(|from| member.first_ts >= from)
            && self.to_ms.is_none_or(|to| member.last_ts < to)
    }
}

/// How many records of a level a member has.
pub(super) fn records_of(member: &Member, level: Level) -> u64 {
    let above = Level::from_code(level.code() + 1).map_or(0, |next| member.levels.at_least(next));
    member.levels.at_least(level) - above
}

/// The instant of a text that sorts among the times of records as it does among texts.
fn millis(text: &str) -> Option<i64> {
    let canonical = text.len() == 24 && text.as_bytes()[19] == b'.' && text.ends_with('Z');
    canonical.then(|| text.parse::<Timestamp>().ok()).flatten().map(Timestamp::as_millisecond)
}

/// Gives a sink what an object holds for the query; false when it wants no more. `text` is a buffer.
pub(super) fn walk(
    request: &Request,
    admission: &Admission,
    unit: &Unit,
    source: Arc<dyn ReadAt + Send + Sync>,
    text: &mut Vec<u8>,
    sink: &mut dyn Sink,
) -> Result<bool> {
    let stats = &request.stats;
    let fail = |source| ObjectError::Damaged { url: unit.object.url.clone(), source };
    let mut magic = [0; 2];
    if unit.object.size < 2 || source.read_exact_at(0, &mut magic).is_err() || magic != GZIP {
        if !unit.part.is_last() {
            return Ok(true);
        }
        return plain(&*source, unit.object.size, stats, sink, |source| {
            fail(ReadError::Io { offset: 0, len: unit.object.size, source })
        });
    }
    let mut reader = ObjectReader::open(source).map_err(fail)?;
    for at in unit.part.range(reader.index().members().len()) {
        let member = reader.index().members()[at];
        if !admission.admits(&member) {
            Stats::add(&stats.members_skipped, 1);
            continue;
        }
        let is_covered = admission.covers(&member);
        let answered = if is_covered { sink.judge_header(&member)? } else { None };
        let is_wanted = match answered {
            Some(is_wanted) => {
                Stats::add(&stats.members_skipped, 1);
                is_wanted
            }
            None => {
                reader.read_member(&member, text).map_err(fail)?;
                Stats::add(&stats.members_read, 1);
                Stats::add(&stats.read_bytes, u64::from(member.len));
                Stats::add(&stats.text_bytes, text.len() as u64);
                sink.text(text, is_covered)?
            }
        };
        if !is_wanted {
            return Ok(false);
        }
    }
    if !unit.part.is_last() {
        return Ok(true);
    }
    // What no index describes (all of an ordinary gzip file), and whether the object is finished.
    reader.pass_members();
    Stats::add(&stats.read_bytes, unit.object.size.saturating_sub(reader.index().read_to()));
    while reader.next_block(text).map_err(fail)?.is_some() {
        Stats::add(&stats.text_bytes, text.len() as u64);
        if !sink.text(text, false)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// An object without compression, in blocks of whole lines.
fn plain(
    source: &dyn ReadAt,
    size: u64,
    stats: &Stats,
    sink: &mut dyn Sink,
    fail: impl Fn(io::Error) -> ObjectError,
) -> Result<bool> {
    let mut block = Vec::new();
    let mut at = 0;
    while at < size {
        let kept = block.len();
        let len = usize::try_from((size - at).min(PLAIN as u64)).unwrap_or(PLAIN);
        block.resize(kept + len, 0);
        source.read_exact_at(at, &mut block[kept..]).map_err(&fail)?;
        at += len as u64;
        Stats::add(&stats.read_bytes, len as u64);
        Stats::add(&stats.text_bytes, len as u64);
        let end =
            if at == size { block.len() } else { memchr::memrchr(b'\n', &block).map_or(0, |end| end + 1) };
        if end > 0 && !sink.text(&block[..end], false)? {
            return Ok(false);
        }
        block.drain(..end);
    }
    Ok(true)
}
