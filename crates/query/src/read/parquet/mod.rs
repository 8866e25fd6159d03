//! Parquet: only the columns that are wanted, by name and without case; a column that a file does not have is NULL. Row
//! groups and pages that cannot hold a wanted row are not read.

mod prune;

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use sluice_archive::ReadAt;

use super::object::ObjectError;
use super::rows::{ROWS, of_columns};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

pub(crate) use self::prune::Pruning;

/// A Parquet file that is read by ranges, its size, and what counts the bytes read.
struct Source(Arc<dyn ReadAt + Send + Sync>, u64, Arc<Stats>);

impl Length for Source {
    fn len(&self) -> u64 {
        self.1
    }
}

impl ChunkReader for Source {
    type T = io::Cursor<Vec<u8>>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let len = self.1.saturating_sub(start).min(64 << 10);
        Ok(io::Cursor::new(self.range(start, usize::try_from(len).unwrap_or_default())?))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        Ok(self.range(start, length)?.into())
    }
}

impl Source {
    fn range(&self, start: u64, length: usize) -> ParquetResult<Vec<u8>> {
        let mut bytes = vec![0; length];
        Stats::add(&self.2.read_bytes, length as u64);
        self.0.read_exact_at(start, &mut bytes).map_err(|error| ParquetError::External(Box::new(error)))?;
        Ok(bytes)
    }
}

/// The footer of a file.
///
/// # Errors
/// When the object is no Parquet.
pub(crate) fn metadata(source: Arc<dyn ReadAt + Send + Sync>, size: u64) -> ParquetResult<ParquetMetaData> {
    ParquetMetaDataReader::new().parse_and_finish(&Source(source, size, Arc::default()))
}

pub(super) fn read(
    request: &Request,
    unit: &Unit,
    source: Arc<dyn ReadAt + Send + Sync>,
    emit: Emit<'_>,
) -> Result<bool> {
    let fail =
        |error: ParquetError| ObjectError::Parquet { url: unit.object.url.clone(), source: Box::new(error) };
    let file = Source(source, unit.object.size, Arc::clone(&request.stats));
    // The page index costs a read; without a filter it says nothing.
    let policy = if request.pruning.is_some() { PageIndexPolicy::Optional } else { PageIndexPolicy::Skip };
    let options = ArrowReaderOptions::new().with_page_index_policy(policy);
    let mut builder = ParquetRecordBatchReaderBuilder::try_new_with_options(file, options).map_err(fail)?;
    if let Some(pruning) = &request.pruning {
        let kept = pruning.keep(&builder).map_err(fail)?;
        let groups = builder.metadata().num_row_groups();
        Stats::add(&request.stats.members_read, kept.groups.len() as u64);
        Stats::add(&request.stats.members_skipped, (groups - kept.groups.len()) as u64);
        builder = builder.with_row_groups(kept.groups);
        if let Some(rows) = kept.rows {
            builder = builder.with_row_selection(rows);
        }
    }
    let file = Arc::clone(builder.schema());
    let wanted = |name: &str| file.fields().iter().position(|field| field.name().eq_ignore_ascii_case(name));
    let roots: Vec<usize> = request.schema.fields().iter().filter_map(|field| wanted(field.name())).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder.with_projection(mask).with_batch_size(ROWS).build().map_err(fail)?;
    for batch in reader {
        let batch = batch?;
        Stats::add(&request.stats.records, batch.num_rows() as u64);
        if !emit(of_columns(request, unit, &batch)?) {
            return Ok(false);
        }
    }
    Ok(true)
}
