//! The text of an object, member by member, into rows.
//!
//! Of an indexed object only the members are read whose header admits a record that the query wants; when the query wants
//! nothing but levels and partitions of members that lie inside its window as a whole, their headers answer it.

use std::sync::Arc;

use datafusion::arrow::array::StringViewBuilder;
use datafusion::arrow::record_batch::{RecordBatch, RecordBatchOptions};
use datafusion::common::{DataFusionError, Result};
use jiff::Timestamp;
use memchr::memchr_iter;
use sluice_archive::{Index, Level, Member, ObjectReader, ReadAt, ReadError, lines};
use sluice_catalog::FormatKind;

use super::json::{Field, compact, find, unescape};
use super::rows::{Column, ROWS, Rows, constant};
use super::{Emit, Request, Unit, nested, parquet, text};
use crate::scan::Stats;
use crate::store::StoreError;

/// Rows of a batch that comes from the index.
const COUNTED: usize = 65_536;
/// Text that is read at a time of an object without compression.
const PLAIN: usize = 1 << 20;

/// Why an object cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ObjectError {
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

/// Reads the objects of a scan one after another.
pub(crate) struct Reader<'r> {
    request: &'r Request,
    names: Vec<&'r [u8]>,
    /// Position among the names of the time and the level, when filters look at them.
    time: Option<usize>,
    level: Option<usize>,
    /// What the index can decide: levels, first and last time.
    levels: Option<Vec<Level>>,
    from_ms: Option<i64>,
    to_ms: Option<i64>,
    /// Whether the time filter says no more than `from_ms` and `to_ms`.
    times_are_exact: bool,
    is_counted: bool,
    text: Vec<u8>,
    scratch: Vec<u8>,
}

impl<'r> Reader<'r> {
    pub(super) fn new(request: &'r Request) -> Reader<'r> {
        let mut names: Vec<&[u8]> =
            request.schema.fields().iter().map(|field| field.name().as_bytes()).collect();
        let mut needed = |name: &'r str| {
            names.iter().position(|known| *known == name.as_bytes()).unwrap_or_else(|| {
                names.push(name.as_bytes());
                names.len() - 1
            })
        };
        let time = request.pushed.time.as_ref().map(|_| needed("ts"));
        let level = request.pushed.levels.as_ref().map(|_| needed("level"));
        let bounds = request.pushed.time.clone().unwrap_or_default();
        let low = bounds
            .low
            .as_ref()
            .map(|(text, inclusive)| millis(text).map(|ms| if *inclusive { ms } else { ms + 1 }));
        let high = bounds
            .high
            .as_ref()
            .map(|(text, inclusive)| millis(text).map(|ms| if *inclusive { ms + 1 } else { ms }));
        let of_index = |name: &str| name == "level" || request.partition(name).is_some();
        let is_json = request.table.format.kind == FormatKind::Json;
        Reader {
            request,
            time,
            level,
            levels: request.pushed.index_levels(),
            from_ms: low.flatten(),
            to_ms: high.flatten(),
            times_are_exact: low != Some(None) && high != Some(None),
            is_counted: is_json && request.schema.fields().iter().all(|field| of_index(field.name())),
            names,
            text: Vec::new(),
            scratch: Vec::new(),
        }
    }

    /// Reads an object; false when no more batches are wanted.
    pub(crate) fn read(&mut self, unit: &Unit, emit: Emit<'_>) -> Result<bool> {
        let request = self.request;
        let source = request.store.open(&unit.object).map_err(ObjectError::Store)?;
        let kind = &request.table.format.kind;
        if *kind == FormatKind::Parquet {
            return parquet::read(request, unit, source, emit);
        }
        let damaged = |source| ObjectError::Damaged { url: unit.object.url.clone(), source };
        if *kind == FormatKind::Json && nested::is_nested(request) {
            let mut all = nested::Lines::new(request)?;
            return self.blocks(unit, source, &mut |text, _| all.push(text, unit, emit), &mut |_| Ok(false));
        }
        let mut rows = Rows::new(&request.schema, |name| request.partition(name))?;
        let counted = self.is_counted;
        // Two closures cannot both borrow the one that takes batches.
        let emit = std::cell::RefCell::new(emit);
        let mut fields = Vec::new();
        let (names, time, level) = (self.names.clone(), self.time, self.level);
        let mut scratch = std::mem::take(&mut self.scratch);
        let mut first = true;
        let outcome = self.blocks(
            unit,
            source,
            &mut |text, admitted| {
                let all =
                    if std::mem::take(&mut first) { text::without_head(&request.table, text) } else { text };

                if *kind == FormatKind::Json {
                    push_json(
                        request,
                        &names,
                        (time, level),
                        admitted,
                        all,
                        &mut rows,
                        &mut fields,
                        &mut scratch,
                        unit,
                        &mut **emit.borrow_mut(),
                    )
                } else {
                    text::push(request, all, &mut rows, unit, &mut **emit.borrow_mut())
                }
            },
            &mut |member| {
                if !counted {
                    return Ok(false);
                }
                count(request, member, unit, &mut **emit.borrow_mut())?;
                Ok(true)
            },
        );
        self.scratch = scratch;
        let wanted = outcome.map_err(|error| match error {
            DataFusionError::External(error) => match error.downcast::<ReadError>() {
                Ok(error) => damaged(*error).into(),
                Err(error) => DataFusionError::External(error),
            },
            other => other,
        })?;
        match rows.take(&unit.values)? {
            Some(batch) if wanted => Ok((emit.into_inner())(batch)),
            _ => Ok(wanted),
        }
    }

    /// Goes through the text of an object in blocks of whole lines. `on_member` may answer for a member that lies in the
    /// window as a whole without its text.
    fn blocks(
        &mut self,
        unit: &Unit,
        source: Arc<dyn ReadAt + Send + Sync>,
        on_text: &mut dyn FnMut(&[u8], bool) -> Result<bool>,
        on_member: &mut dyn FnMut(&Member) -> Result<bool>,
    ) -> Result<bool> {
        let stats = &self.request.stats;
        let fail = |error: ReadError| -> DataFusionError {
            ObjectError::Damaged { url: unit.object.url.clone(), source: error }.into()
        };
        let io = |error| fail(ReadError::Io { offset: 0, len: unit.object.size, source: error });
        let mut magic = [0; 2];
        if unit.object.size < 2 || source.read_exact_at(0, &mut magic).is_err() || magic != [0x1f, 0x8b] {
            return plain(&source, unit.object.size, stats, on_text).map_err(|error| match error {
                Plain::Io(error) => io(error),
                Plain::Other(error) => error,
            });
        }
        let index = Index::read(&source).map_err(fail)?;
        let read_to = index.read_to();
        let members = index.members().to_vec();
        let is_log = self.request.table.format.kind == FormatKind::Json;
        let mut reader = ObjectReader::with_index(Arc::clone(&source), index);
        let mut text = std::mem::take(&mut self.text);
        for member in &members {
            if is_log && !self.admits(member) {
                Stats::add(&stats.members_skipped, 1);
                continue;
            }
            let covered = self.covers(member);
            if covered && on_member(member)? {
                Stats::add(&stats.members_skipped, 1);
                continue;
            }
            reader.read_member(member, &mut text).map_err(fail)?;
            Stats::add(&stats.members_read, 1);
            Stats::add(&stats.read_bytes, u64::from(member.len));
            Stats::add(&stats.text_bytes, text.len() as u64);
            if !on_text(&text, covered)? {
                self.text = text;
                return Ok(false);
            }
        }
        // What no index describes: all of an ordinary gzip file.
        if read_to < unit.object.size {
            let mut rest =
                ObjectReader::with_index(source, reader.index().clone()).select(sluice_archive::Selection {
                    // No member is read again: they are all older than this.
                    from_ms: Some(i64::MAX),
                    ..sluice_archive::Selection::default()
                });
            Stats::add(&stats.read_bytes, unit.object.size - read_to);
            while rest.next_block(&mut text).map_err(fail)?.is_some() {
                Stats::add(&stats.text_bytes, text.len() as u64);
                if !on_text(&text, false)? {
                    self.text = text;
                    return Ok(false);
                }
            }
        } else if !reader.index().is_complete() && members.is_empty() {
            while reader.next_block(&mut text).map_err(fail)?.is_some() {
                on_text(&text, false)?;
            }
        }
        self.text = text;
        Ok(true)
    }

    fn admits(&self, member: &Member) -> bool {
        let level = |level: &Level| has(member, *level) > 0;
        self.levels.as_ref().is_none_or(|levels| levels.iter().any(level))
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
fn has(member: &Member, level: Level) -> u64 {
    let above = Level::from_code(level.code() + 1).map_or(0, |next| member.levels.at_least(next));
    member.levels.at_least(level) - above
}

/// The instant of a text that sorts among the times of records as it does among texts.
fn millis(text: &str) -> Option<i64> {
    let canonical = text.len() == 24 && text.as_bytes()[19] == b'.' && text.ends_with('Z');
    canonical.then(|| text.parse::<Timestamp>().ok()).flatten().map(Timestamp::as_millisecond)
}

/// Rows of a member from its header alone.
fn count(request: &Request, member: &Member, unit: &Unit, emit: Emit<'_>) -> Result<()> {
    for level in Level::ALL {
        let wanted = request.pushed.levels.as_ref().is_none_or(|words| words.contains(level.name()));
        let mut left = if wanted { usize::try_from(has(member, level)).unwrap_or(usize::MAX) } else { 0 };
        Stats::add(&request.stats.records, left as u64);
        while left > 0 {
            let rows = left.min(COUNTED);
            left -= rows;
            let column =
                |field: &Arc<datafusion::arrow::datatypes::Field>| match request.partition(field.name()) {
                    Some(at) => constant(&unit.values[at], rows),
                    None => {
                        let mut words = StringViewBuilder::with_capacity(rows);
                        (0..rows).for_each(|_| words.append_value(level.name()));
                        Arc::new(words.finish())
                    }
                };
            let columns = request.schema.fields().iter().map(column).collect();
            let options = RecordBatchOptions::new().with_row_count(Some(rows));
            let batch = RecordBatch::try_new_with_options(Arc::clone(&request.schema), columns, &options)?;
            if !emit(batch) {
                return Ok(());
            }
        }
    }
    Ok(())
}

enum Plain {
    Io(std::io::Error),
    Other(DataFusionError),
}

/// An object without compression, in blocks of whole lines.
fn plain(
    source: &Arc<dyn ReadAt + Send + Sync>,
    size: u64,
    stats: &Stats,
    on_text: &mut dyn FnMut(&[u8], bool) -> Result<bool>,
) -> std::result::Result<bool, Plain> {
    let mut block = Vec::new();
    let mut at = 0;
    while at < size {
        let kept = block.len();
        let len = usize::try_from((size - at).min(PLAIN as u64)).unwrap_or(PLAIN);
        block.resize(kept + len, 0);
        source.read_exact_at(at, &mut block[kept..]).map_err(Plain::Io)?;
        at += len as u64;
        Stats::add(&stats.read_bytes, len as u64);
        Stats::add(&stats.text_bytes, len as u64);
        let end =
            if at == size { block.len() } else { memchr::memrchr(b'\n', &block).map_or(0, |end| end + 1) };
        if end > 0 && !on_text(&block[..end], false).map_err(Plain::Other)? {
            return Ok(false);
        }
        block.drain(..end);
    }
    Ok(true)
}

#[expect(clippy::too_many_arguments, reason = "buffers that outlive a block")]
fn push_json<'t>(
    request: &Request,
    names: &[&[u8]],
    (time, level): (Option<usize>, Option<usize>),
    covered: bool,
    text: &'t [u8],
    rows: &mut Rows,
    fields: &mut Vec<Field<'static>>,
    scratch: &mut Vec<u8>,
    unit: &Unit,
    emit: Emit<'_>,
) -> Result<bool> {
    // The fields point into this block only; the vector is reused empty.
    let mut found: Vec<Field<'t>> = std::mem::take(fields).into_iter().map(|_| Field::Missing).collect();
    let no_columns = names.is_empty();
    if no_columns {
        let lines =
            memchr_iter(b'\n', text).count() + usize::from(!text.ends_with(b"\n") && !text.is_empty());
        Stats::add(&request.stats.records, lines as u64);
        rows.len += lines;
    } else {
        for line in lines(text) {
            Stats::add(&request.stats.records, 1);
            if !find(line, names, &mut found) {
                if line.trim_ascii().is_empty() {
                    continue;
                }
                Stats::add(&request.stats.malformed, 1);
                found.clear();
                found.resize(names.len(), Field::Missing);
            }
            if !covered
                && let (Some(at), Some(bounds)) = (time, &request.pushed.time)
                && !matches!(found[at], Field::Text(text, _) if bounds.holds(text))
            {
                continue;
            }
            if let (Some(at), Some(words)) = (level, &request.pushed.levels) {
                let holds = |text: &[u8]| std::str::from_utf8(text).is_ok_and(|text| words.contains(text));
                if !matches!(found[at], Field::Text(text, _) if holds(text)) {
                    continue;
                }
            }
            for (column, field) in rows.columns.iter_mut().zip(&found) {
                push_field(column, *field, scratch);
            }
            rows.len += 1;
            if rows.len == ROWS
                && let Some(batch) = rows.take(&unit.values)?
                && !emit(batch)
            {
                return Ok(false);
            }
        }
    }
    if rows.len >= ROWS
        && let Some(batch) = rows.take(&unit.values)?
    {
        return Ok(emit(batch));
    }
    Ok(true)
}

fn push_field(column: &mut Column, field: Field<'_>, scratch: &mut Vec<u8>) {
    match field {
        Field::Missing => column.push_null(),
        Field::Text(text, false) => column.push(text),
        Field::Text(text, true) => {
            if unescape(text, scratch) {
                column.push(scratch);
            } else {
                column.push(text);
            }
        }
        Field::Raw(text) if matches!(text.first(), Some(b'{' | b'[')) => match column {
            Column::Text(_) => {
                let text = compact(text, scratch);
                column.push(text);
            }
            _ => column.push_null(),
        },
        Field::Raw(text) => column.push(text),
    }
}
