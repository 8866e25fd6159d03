//! One hour: read, sort, write, verify, publish.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::metadata::{KeyValue, SortingColumn};
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties};
use datafusion::parquet::schema::types::ColumnPath;
use futures::StreamExt;
use sluice_catalog::render::arrow;
use tokio::task::block_in_place;

use super::checksum::Checksum;
use super::{CompactError, Compactor, Hour, digest};

/// The file while it is written; no reader takes it for data.
const UNFINISHED: &str = "_records.parquet";
/// How many records it has.
const RECORDS: &str = "sluice.records";
/// Columns that are looked up by one value, where statistics do not help.
const IDS: [&str; 2] = ["trace_id", "request_id"];

/// What became of an hour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It was compacted.
    Compacted {
        /// Its records.
        records: u64,
        /// Bytes of the Parquet file.
        bytes: u64,
    },
    /// It was compacted before, of the same objects.
    Unchanged,
}

pub(super) async fn compact(compactor: &Compactor, hour: &Hour) -> Result<Outcome, CompactError> {
    let folder = digest::folder(&compactor.compacted, &compactor.settings.target, &hour.values);
    let digest = digest::of_objects(&hour.objects);
    let published = block_in_place(|| digest::published(&compactor.store, &folder))?;
    if published.as_ref() == Some(&digest) {
        return Ok(Outcome::Unchanged);
    }
    let place = Unfinished::of(compactor, &folder)?;
    let columns = compactor.raw.columns.len();
    let raw = read(compactor, hour, columns).await?;
    write(compactor, hour, &place.path, &digest).await?;
    let written = block_in_place(|| read_back(hour, &place.path, columns))?;
    if raw != written {
        return Err(CompactError::Verify { hour: hour.name(), read: raw.records, written: written.records });
    }
    let bytes = std::fs::metadata(&place.path).map_err(|source| place.fail(source))?.len();
    block_in_place(|| compactor.store.publish(&place.path, &format!("{folder}{}", digest::NAME)))?;
    Ok(Outcome::Compacted { records: raw.records, bytes })
}

/// The file that is written, in the target's folder or, before an upload, in that of temporary files.
struct Unfinished {
    path: PathBuf,
}

impl Unfinished {
    fn of(compactor: &Compactor, folder: &str) -> Result<Unfinished, CompactError> {
        let path = match folder.strip_prefix("file://") {
            Some(folder) => Path::new(folder).join(UNFINISHED),
            None => {
                compactor.settings.temporary.join(format!("sluice-compact-{}.parquet", std::process::id()))
            }
        };
        let unfinished = Unfinished { path };
        if let Some(folder) = unfinished.path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| unfinished.fail(source))?;
        }
        Ok(unfinished)
    }

    fn fail(&self, source: std::io::Error) -> CompactError {
        CompactError::File { path: self.path.clone(), source }
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        // After a rename there is nothing.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The columns of the raw table for one hour, by SQL.
fn select(compactor: &Compactor, hour: &Hour, order: &str) -> String {
    let columns: Vec<String> =
        compactor.raw.columns.iter().map(|column| format!("\"{}\"", column.name)).collect();
    let parts = compactor.raw.partitions.iter().zip(&hour.values);
    // Values are digits: they come from a projection.
    let condition: Vec<String> =
        parts.map(|(partition, value)| format!("\"{}\" = '{value}'", partition.name)).collect();
    format!("SELECT {} FROM app_logs WHERE {} {order}", columns.join(", "), condition.join(" AND "))
}

/// The records of the raw objects.
async fn read(compactor: &Compactor, hour: &Hour, columns: usize) -> Result<Checksum, CompactError> {
    let fail = |source| CompactError::Query { hour: hour.name(), source };
    let mut stream = compactor.engine.stream(&select(compactor, hour, "")).await.map_err(fail)?;
    let mut sum = Checksum::default();
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| fail(error.into()))?;
        sum.add(&batch, columns).map_err(|error| parquet(hour, error))?;
    }
    Ok(sum)
}

/// The file's columns: those of the table, with the time as a timestamp too.
fn schema(compactor: &Compactor) -> SchemaRef {
    let schema = arrow::schema(&compactor.compacted);
    let names: Vec<&str> = compactor.compacted.columns.iter().map(|column| column.name.as_str()).collect();
    let fields = schema.fields().iter().filter(|field| names.contains(&field.name().as_str()));
    Arc::new(Schema::new(fields.map(|field| Field::clone(field).with_nullable(true)).collect::<Vec<_>>()))
}

async fn write(compactor: &Compactor, hour: &Hour, path: &Path, digest: &str) -> Result<(), CompactError> {
    let fail = |source| CompactError::Query { hour: hour.name(), source };
    let of_file = |source| CompactError::File { path: path.to_owned(), source };
    let schema = schema(compactor);
    let sorted = select(compactor, hour, "ORDER BY ts, service, task");
    let mut stream = compactor.engine.stream(&sorted).await.map_err(fail)?;
    let file = File::create(path).map_err(of_file)?;
    let properties = properties(compactor, &schema, digest).map_err(|error| parquet(hour, error))?;
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties))
        .map_err(|error| parquet(hour, error))?;
    let mut records = 0;
    while let Some(batch) = stream.next().await {
        let batch = batch.map_err(|error| fail(error.into()))?;
        records += batch.num_rows();
        let batch = conform(&batch, &schema).map_err(|error| parquet(hour, error))?;
        writer.write(&batch).map_err(|error| parquet(hour, error))?;
    }
    writer.append_key_value_metadata(KeyValue::new(RECORDS.to_owned(), records.to_string()));
    let file = writer.into_inner().map_err(|error| parquet(hour, error))?;
    file.sync_all().map_err(of_file)
}

/// A batch in the file's types; `event_time` is `ts` as an instant, NULL where that is none.
fn conform(
    batch: &RecordBatch,
    schema: &SchemaRef,
) -> Result<RecordBatch, datafusion::arrow::error::ArrowError> {
    let own = batch.schema();
    let column = |field: &Arc<Field>| {
        let name = if field.name() == "event_time" { "ts" } else { field.name() };
        let column = batch.column(own.index_of(name)?);
        match (name == field.name(), field.data_type()) {
            (false, DataType::Timestamp(unit, zone)) => {
                let utc = DataType::Timestamp(*unit, Some("UTC".into()));
                cast(&cast(column, &utc)?, &DataType::Timestamp(*unit, zone.clone()))
            }
            (_, wanted) => cast(column, wanted),
        }
    };
    let columns = schema.fields().iter().map(column).collect::<Result<_, _>>()?;
    RecordBatch::try_new(Arc::clone(schema), columns)
}

fn properties(
    compactor: &Compactor,
    schema: &SchemaRef,
    digest: &str,
) -> Result<WriterProperties, datafusion::parquet::errors::ParquetError> {
    let settings = &compactor.settings;
    let ts = schema.index_of("ts").ok().and_then(|at| i32::try_from(at).ok()).unwrap_or_default();
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(settings.level)?))
        .set_max_row_group_bytes(Some(settings.row_group))
        .set_statistics_enabled(EnabledStatistics::Page)
        .set_created_by(concat!("sluice ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_sorting_columns(Some(vec![SortingColumn {
            column_idx: ts,
            descending: false,
            nulls_first: false,
        }]))
        .set_key_value_metadata(Some(vec![KeyValue::new(digest::KEY.to_owned(), digest.to_owned())]));
    for id in IDS {
        properties = properties.set_column_bloom_filter_enabled(ColumnPath::from(id), true);
    }
    Ok(properties.build())
}

/// The records of the finished file.
fn read_back(hour: &Hour, path: &Path, columns: usize) -> Result<Checksum, CompactError> {
    let file = File::open(path).map_err(|source| CompactError::File { path: path.to_owned(), source })?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    let mut sum = Checksum::default();
    for batch in reader.map_err(|error| parquet(hour, error))? {
        let batch = batch.map_err(|error| parquet(hour, error))?;
        sum.add(&batch, columns).map_err(|error| parquet(hour, error))?;
    }
    Ok(sum)
}

fn parquet(hour: &Hour, error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> CompactError {
    CompactError::Parquet { hour: hour.name(), source: error.into() }
}
