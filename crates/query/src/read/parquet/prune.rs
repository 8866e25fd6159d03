//! What of a Parquet file cannot hold a wanted row: row groups by their statistics and bloom filters, pages by the page
//! index. What is left may still hold rows that are not wanted; the engine filters them.

use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, Result};
use datafusion::datasource::physical_plan::ParquetFileMetrics;
use datafusion::datasource::physical_plan::parquet::{
    BloomFilterStatistics, PagePruningAccessPlanFilter, ParquetAccessPlan, RowGroupAccessPlanFilter,
};
use datafusion::logical_expr::Expr;
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::logical_expr::utils::conjunction;
use datafusion::parquet::arrow::arrow_reader::{ParquetRecordBatchReaderBuilder, RowSelection};
use datafusion::parquet::errors::Result as ParquetResult;
use datafusion::parquet::file::reader::ChunkReader;
use datafusion::physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder};
use datafusion::physical_plan::metrics::ExecutionPlanMetricsSet;

/// Filters on the columns of files, as statistics can decide them.
pub(crate) struct Pruning {
    groups: PruningPredicate,
    pages: PagePruningAccessPlanFilter,
}

/// What is read of a file.
pub(super) struct Kept {
    pub(super) groups: Vec<usize>,
    pub(super) rows: Option<RowSelection>,
}

impl Pruning {
    /// None when there is no filter that statistics could decide.
    pub(crate) fn new(filters: &[Expr], schema: &SchemaRef, state: &dyn Session) -> Result<Option<Pruning>> {
        let filters = filters.iter().cloned().map(unnormalize_col);
        let Some(filter) = conjunction(filters) else { return Ok(None) };
        let expr = state.create_physical_expr(filter, &DFSchema::try_from(Arc::clone(schema))?)?;
        let builder = PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema));
        let groups = builder.try_build(Arc::clone(&expr))?;
        Ok(Some(Pruning { groups, pages: PagePruningAccessPlanFilter::new(&expr, Arc::clone(schema)) }))
    }

    pub(super) fn keep<R: ChunkReader + 'static>(
        &self,
        file: &ParquetRecordBatchReaderBuilder<R>,
    ) -> ParquetResult<Kept> {
        let metadata = Arc::clone(file.metadata());
        let (schema, described) = (Arc::clone(file.schema()), file.parquet_schema());
        let metrics = ParquetFileMetrics::new(0, "", &ExecutionPlanMetricsSet::new());
        let all = ParquetAccessPlan::new_all(metadata.num_row_groups());
        let mut groups = RowGroupAccessPlanFilter::new(all);
        groups.prune_by_statistics(&schema, described, metadata.row_groups(), &self.groups, &metrics);
        let left: Vec<usize> = groups.row_group_indexes().collect();
        let mut blooms = vec![BloomFilterStatistics::new(); metadata.num_row_groups()];
        for column in self.groups.literal_columns() {
            let at = (0..described.num_columns()).find(|at| described.column(*at).name() == column);
            let Some(at) = at else { continue };
            for group in &left {
                if let Some(filter) = file.get_row_group_column_bloom_filter(*group, at)? {
                    let kind = described.column(at);
                    blooms[*group].insert(&column, filter, kind.physical_type(), kind.type_length());
                }
            }
        }
        groups.prune_by_bloom_filters(&self.groups, &metrics, &blooms);
        let plan = groups.build();
        let plan = self.pages.prune_plan_with_page_index(plan, &schema, described, &metadata, &metrics);
        let groups = plan.row_group_indexes();
        let rows = plan
            .into_overall_row_selection(metadata.row_groups())
            .map_err(|error| datafusion::parquet::errors::ParquetError::External(Box::new(error)))?;
        Ok(Kept { groups, rows })
    }
}
