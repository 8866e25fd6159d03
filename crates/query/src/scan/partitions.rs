//! Filters on partition columns, decided while the values of a folder become known one after another.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, BooleanArray, StringViewArray};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::catalog::Session;
use datafusion::common::{DFSchema, Result, ScalarValue};
use datafusion::logical_expr::expr_rewriter::unnormalize_col;
use datafusion::logical_expr::{BinaryExpr, ColumnarValue, Expr, Operator};
use datafusion::physical_expr::PhysicalExpr;
use sluice_catalog::Table;

/// All filters of a query on partition columns.
pub(super) struct PartitionTest {
    tests: Vec<Test>,
    schema: SchemaRef,
}

enum Test {
    And(Box<Test>, Box<Test>),
    Or(Box<Test>, Box<Test>),
    Leaf(Leaf),
}

/// A condition that is decided once all of its columns have values.
struct Leaf {
    expr: Arc<dyn PhysicalExpr>,
    /// Positions of its columns among the partition columns.
    columns: Vec<usize>,
    decided: Mutex<HashMap<Vec<String>, bool>>,
}

impl PartitionTest {
    pub(super) fn new(table: &Table, filters: &[Expr], state: &dyn Session) -> Result<PartitionTest> {
        let fields = table.partitions.iter().map(|p| Field::new(&p.name, DataType::Utf8View, true));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let df_schema = DFSchema::try_from(Arc::clone(&schema))?;
        let tests = filters.iter().map(|filter| Test::new(table, filter, state, &df_schema));
        Ok(PartitionTest { tests: tests.collect::<Result<_>>()?, schema })
    }

    /// Whether folders can match whose first columns have these values.
    pub(super) fn allows(&self, values: &[String]) -> bool {
        self.tests.iter().all(|test| test.decide(values, &self.schema) != Some(false))
    }
}

impl Test {
    fn new(table: &Table, filter: &Expr, state: &dyn Session, schema: &DFSchema) -> Result<Test> {
        if let Expr::BinaryExpr(BinaryExpr { left, op, right }) = filter
            && matches!(op, Operator::And | Operator::Or)
        {
            let left = Box::new(Test::new(table, left, state, schema)?);
            let right = Box::new(Test::new(table, right, state, schema)?);
            return Ok(if *op == Operator::And { Test::And(left, right) } else { Test::Or(left, right) });
        }
        let names = filter.column_refs();
        let at = |name: &str| table.partitions.iter().position(|partition| partition.name == name);
        let mut columns: Vec<usize> = names.iter().filter_map(|column| at(&column.name)).collect();
        columns.sort_unstable();
        // Names of the query's table are those of the folder's schema without the table.
        let expr = state.create_physical_expr(unnormalize_col(filter.clone()), schema)?;
        Ok(Test::Leaf(Leaf { expr, columns, decided: Mutex::default() }))
    }

    /// Three-valued: None while it depends on a column that has no value yet, or when it cannot be decided.
    fn decide(&self, values: &[String], schema: &SchemaRef) -> Option<bool> {
        match self {
            Test::And(left, right) => match (left.decide(values, schema), right.decide(values, schema)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            Test::Or(left, right) => match (left.decide(values, schema), right.decide(values, schema)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            Test::Leaf(leaf) => leaf.decide(values, schema),
        }
    }
}

impl Leaf {
    fn decide(&self, values: &[String], schema: &SchemaRef) -> Option<bool> {
        let own: Option<Vec<String>> = self.columns.iter().map(|at| values.get(*at).cloned()).collect();
        let own = own?;
        let mut decided = self.decided.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = decided.get(&own) {
            return Some(*known);
        }
        let array = |at: usize| -> ArrayRef {
            Arc::new(StringViewArray::from_iter([values.get(at).map(String::as_str)]))
        };
        let columns = (0..schema.fields().len()).map(array).collect();
        let batch = RecordBatch::try_new(Arc::clone(schema), columns).ok()?;
        let holds = match self.expr.evaluate(&batch).ok()? {
            ColumnarValue::Scalar(ScalarValue::Boolean(value)) => value.unwrap_or(false),
            ColumnarValue::Array(array) => {
                let array = array.as_any().downcast_ref::<BooleanArray>()?;
                !datafusion::arrow::array::Array::is_null(array, 0) && array.value(0)
            }
            ColumnarValue::Scalar(_) => return None,
        };
        decided.insert(own, holds);
        Some(holds)
    }
}
