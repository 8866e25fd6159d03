//! Rows by GetQueryResults, 1,000 a call.

use aws_sdk_athena::types::ColumnInfo;

use super::Row;
use crate::client::Athena;
use crate::error::{Error, aws};

const PAGE_ROWS: i32 = 1_000;

/// The columns alone.
pub(super) async fn columns(athena: &Athena, id: &str) -> Result<Vec<ColumnInfo>, Error> {
    let call = athena.athena.get_query_results().query_execution_id(id).max_results(1);
    let page = call.send().await.map_err(aws(format!("read the columns of query {id}")))?;
    let metadata = page.result_set.and_then(|set| set.result_set_metadata);
    Ok(metadata.and_then(|metadata| metadata.column_info).unwrap_or_default())
}

/// Columns and all rows.
pub(super) async fn read(athena: &Athena, id: &str) -> Result<(Vec<ColumnInfo>, Vec<Row>), Error> {
    let call = athena.athena.get_query_results().query_execution_id(id).max_results(PAGE_ROWS);
    let mut pages = call.into_paginator().send();
    let (mut columns, mut rows) = (Vec::new(), Vec::new());
    while let Some(page) = pages.next().await {
        let page = page.map_err(aws(format!("read the rows of query {id}")))?;
        let Some(set) = page.result_set else { continue };
        if columns.is_empty()
            && let Some(metadata) = set.result_set_metadata
        {
            columns = metadata.column_info.unwrap_or_default();
        }
        for row in set.rows.unwrap_or_default() {
            rows.push(row.data.unwrap_or_default().into_iter().map(|datum| datum.var_char_value).collect());
        }
    }
    Ok((columns, rows))
}
