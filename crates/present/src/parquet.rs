//! An answer as a Parquet file, compressed with zstd.
//!
//! Invariant: at most a row group is held in memory. Columns keep their types; a name that stands twice gets
//! `_2`, as Parquet readers find columns by name.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::answer::Answer;
use crate::error::Error;

/// How many bytes of encoded values a row group has.
const ROW_GROUP: usize = 64 << 20;

/// A file that is being written.
pub(crate) struct File {
    schema: SchemaRef,
    /// The writer may be sent between threads, the output not: what is encoded passes through this buffer.
    writer: ArrowWriter<Vec<u8>>,
}

impl File {
    /// A file with the columns of an answer.
    pub(crate) fn new(answer: &Answer) -> Result<File, Error> {
        let fields: Vec<Field> = (answer.schema.fields().iter())
            .zip(answer.unique_names())
            .map(|(field, name)| Field::clone(field).with_name(name))
            .collect();
        let schema = Arc::new(Schema::new(fields));
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_created_by(concat!("sluice ", env!("CARGO_PKG_VERSION")).to_owned())
            .build();
        let writer = ArrowWriter::try_new(Vec::new(), Arc::clone(&schema), Some(properties))?;
        Ok(File { schema, writer })
    }

    pub(crate) fn rows(&mut self, answer: &Answer, out: &mut dyn Write) -> Result<(), Error> {
        for batch in &answer.batches {
            let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
            let batch =
                RecordBatch::try_new_with_options(Arc::clone(&self.schema), batch.columns().to_vec(), &rows)?;
            self.writer.write(&batch)?;
            if self.writer.in_progress_size() > ROW_GROUP {
                self.writer.flush()?;
            }
            out.write_all(&std::mem::take(self.writer.inner_mut()))?;
        }
        Ok(())
    }

    pub(crate) fn end(mut self, out: &mut dyn Write) -> Result<(), Error> {
        self.writer.finish()?;
        Ok(out.write_all(&std::mem::take(self.writer.inner_mut()))?)
    }
}
