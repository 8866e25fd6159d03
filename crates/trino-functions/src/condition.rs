//! `if(condition, then[, otherwise])`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{internal_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::type_coercion::binary::comparison_coercion;
use datafusion::logical_expr::{
    Case, ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// The function, which becomes a CASE when the plan is simplified.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct If {
    signature: Signature,
}
