//! Functions of numbers that DataFusion has under another name or meaning.

use crate::function::{Definition, Kind, Returns};
use datafusion::arrow::array::{BooleanArray, Float64Array};
use datafusion::arrow::datatypes::DataType;
use std::sync::Arc;

/// The functions of numbers.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["is_nan"],
        forms: &[&[Kind::Double]],
        returns: Returns::Is(|| DataType::Boolean),
        body: |call| Ok(Arc::new(BooleanArray::from_unary(&call.double(0)?, f64::is_nan))),
    },
    Definition {
        names: &["is_finite"],
        forms: &[&[Kind::Double]],
        returns: Returns::Is(|| DataType::Boolean),
        body: |call| Ok(Arc::new(BooleanArray::from_unary(&call.double(0)?, f64::is_finite))),
    },
    Definition {
        names: &["is_infinite"],
        forms: &[&[Kind::Double]],
        returns: Returns::Is(|| DataType::Boolean),
        body: |call| Ok(Arc::new(BooleanArray::from_unary(&call.double(0)?, f64::is_infinite))),
    },
    Definition {
        names: &["truncate"],
        forms: &[&[Kind::Double]],
        returns: Returns::Is(|| DataType::Float64),
        body: |call| {
            let truncated: Float64Array = call.double(0)?.unary(f64::trunc);
            Ok(Arc::new(truncated))
        },
    },
    Definition {
        names: &["power", "pow"],
        forms: &[&[Kind::Double, Kind::Double]],
        returns: Returns::Is(|| DataType::Float64),
        body: |call| {
            let (base, exponent) = (call.double(0)?, call.double(1)?);
            let powers: Float64Array = datafusion::arrow::compute::binary(&base, &exponent, f64::powf)?;
            Ok(Arc::new(powers))
        },
    },
];
