//! `if(condition, then[, otherwise])`.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::{internal_err, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::expr::Case;
use datafusion::logical_expr::simplify::{ExprSimplifyResult, SimplifyContext};
use datafusion::logical_expr::type_coercion::binary::type_union_coercion;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility,
};

/// The function, which becomes a CASE when the plan is simplified: the branch not taken is not evaluated.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(crate) struct If {
    signature: Signature,
}

impl If {
    pub(crate) fn new() -> Self {
        Self { signature: Signature::user_defined(Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for If {
    fn name(&self) -> &str {
        "if"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(given[1].clone())
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        match given {
            [DataType::Boolean | DataType::Null, then] => Ok(vec![DataType::Boolean, then.clone()]),
            [DataType::Boolean | DataType::Null, then, otherwise] => {
                match type_union_coercion(then, otherwise) {
                    Some(both) => Ok(vec![DataType::Boolean, both.clone(), both]),
                    None => plan_err!("if: {then} and {otherwise} have no type in common"),
                }
            }
            _ => plan_err!("if takes a boolean and one or two values, not {given:?}"),
        }
    }

    fn short_circuits(&self) -> bool {
        true
    }

    fn simplify(&self, args: Vec<Expr>, _: &SimplifyContext) -> Result<ExprSimplifyResult> {
        let mut args = args.into_iter().map(Box::new);
        let (Some(condition), Some(then)) = (args.next(), args.next()) else {
            return plan_err!("if takes two or three arguments");
        };
        let case = Case::new(None, vec![(condition, then)], args.next());
        Ok(ExprSimplifyResult::Simplified(Expr::Case(case)))
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        internal_err!("if is evaluated as a CASE")
    }
}
