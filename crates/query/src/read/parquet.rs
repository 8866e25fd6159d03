//! Parquet: only the columns that are wanted, by name and without case; a column that a file does not have is NULL.

use std::io;
use std::sync::Arc;

use bytes::Bytes;
use datafusion::common::Result;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::errors::{ParquetError, Result as ParquetResult};
use datafusion::parquet::file::reader::{ChunkReader, Length};
use sluice_archive::ReadAt;

use super::object::ObjectError;
use super::rows::{ROWS, of_columns};
use super::{Emit, Request, Unit};
use crate::scan::Stats;

/// A Parquet file that is read by ranges.
struct Source(Arc<dyn ReadAt + Send + Sync>, u64);

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
        self.0.read_exact_at(start, &mut bytes).map_err(|error| ParquetError::External(Box::new(error)))?;
        Ok(bytes)
    }
}

pub(super) fn read(
    request: &Request,
    unit: &Unit,
    source: Arc<dyn ReadAt + Send + Sync>,
    emit: Emit<'_>,
) -> Result<bool> {
    let fail =
        |error: ParquetError| ObjectError::Parquet { url: unit.object.url.clone(), source: Box::new(error) };
    let builder = ParquetRecordBatchReaderBuilder::try_new(Source(source, unit.object.size)).map_err(fail)?;
    let file = Arc::clone(builder.schema());
    let wanted = |name: &str| file.fields().iter().position(|field| field.name().eq_ignore_ascii_case(name));
    let roots: Vec<usize> = request.schema.fields().iter().filter_map(|field| wanted(field.name())).collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), roots);
    let reader = builder.with_projection(mask).with_batch_size(ROWS).build().map_err(fail)?;
    Stats::add(&request.stats.read_bytes, unit.object.size);
    for batch in reader {
        let batch = batch?;
        Stats::add(&request.stats.records, batch.num_rows() as u64);
        if !emit(of_columns(request, unit, &batch)?) {
            return Ok(false);
        }
    }
    Ok(true)
}
