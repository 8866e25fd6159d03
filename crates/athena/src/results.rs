//! The rows of a query that has succeeded.
//!
//! The CSV in S3 is read where there is one: one download in place of a call for each 1,000 rows. Managed results and
//! statements that are not SELECT have none, and are read page by page.

mod csv;
mod pages;

use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{Field, Schema};
use aws_sdk_athena::types::{ColumnInfo, QueryExecution, StatementType};
use sluice_present::Answer;
use sluice_trino::TextColumn;

use crate::client::Athena;
use crate::error::Error;

/// A row of texts; `None` is NULL.
type Row = Vec<Option<String>>;

/// Reads the whole answer.
pub(crate) async fn read(athena: &Athena, id: &str, execution: &QueryExecution) -> Result<Answer, Error> {
    let place = execution.result_configuration().and_then(|results| results.output_location());
    let managed = execution.managed_query_results_configuration().is_some_and(|managed| managed.enabled());
    let select = execution.statement_type() == Some(&StatementType::Dml);
    match place.filter(|place| select && !managed && place.ends_with(".csv")) {
        Some(place) => {
            let columns = pages::columns(athena, id).await?;
            let text = csv::fetch(athena, id, place).await?;
            let rows = csv::rows(&text).map_err(|what| Error::Answer { id: id.to_owned(), what })?;
            answer(id, &columns, rows, true)
        }
        None => {
            let (columns, rows) = pages::read(athena, id).await?;
            answer(id, &columns, rows, select)
        }
    }
}

/// Makes columns of rows. The answer of a SELECT begins with the names of the columns.
fn answer(id: &str, columns: &[ColumnInfo], mut rows: Vec<Row>, header: bool) -> Result<Answer, Error> {
    let fail = |what: String| Error::Answer { id: id.to_owned(), what };
    let is_header = |row: &Row| {
        row.len() == columns.len()
            && row.iter().zip(columns).all(|(text, column)| text.as_deref() == Some(column.name()))
    };
    if header && rows.first().is_some_and(is_header) {
        rows.remove(0);
    }
    let count = rows.len();
    let number = |value: i32| u8::try_from(value).unwrap_or_default();
    let mut all: Vec<TextColumn> = columns
        .iter()
        .map(|column| {
            let scale = i8::try_from(column.scale()).unwrap_or_default();
            TextColumn::new(column.r#type(), number(column.precision()), scale)
        })
        .collect();
    for (index, row) in rows.into_iter().enumerate() {
        if row.len() != all.len() {
            return Err(fail(format!(
                "row {index} has {} values, but there are {} columns",
                row.len(),
                all.len()
            )));
        }
        all.iter_mut().zip(row).for_each(|(column, text)| column.push(text));
    }
    let (mut fields, mut arrays) = (Vec::new(), Vec::new());
    for (column, texts) in columns.iter().zip(all) {
        let array = texts.finish()?.map_err(|unfit| {
            let shown: String = unfit.0.chars().take(80).collect();
            fail(format!("{shown:?} of column {} is no {}", column.name(), column.r#type()))
        })?;
        fields.push(Field::new(column.name(), array.data_type().clone(), true));
        arrays.push(array);
    }
    let schema = Arc::new(Schema::new(fields));
    let options = RecordBatchOptions::new().with_row_count(Some(count));
    let batch = RecordBatch::try_new_with_options(Arc::clone(&schema), arrays, &options)?;
    Ok(Answer { schema, batches: vec![batch] })
}
