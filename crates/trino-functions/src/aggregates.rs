//! Aggregates, each in the same shape: a [`Fold`] of values, of which DataFusion sees the accumulator.
//!
//! What is between partial and final aggregation is the list of the values kept, so that merging is
//! the same as adding.

use crate::percentile::{Percentile, Percentiles};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Float64Type, Int64Type};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, Signature, Volatility,
};
use std::sync::Arc;

/// The aggregates.
pub(crate) fn all() -> Vec<AggregateUDF> {
    [
        ("count_if", Kind::CountIf),
        ("max_by", Kind::By { greatest: true }),
        ("min_by", Kind::By { greatest: false }),
        ("arbitrary", Kind::Any),
        ("any_value", Kind::Any),
        ("geometric_mean", Kind::GeometricMean),
        ("approx_percentile", Kind::Percentile),
    ]
    .into_iter()
    .map(|(name, kind)| {
        let signature = Signature::user_defined(Volatility::Immutable);
        AggregateUDF::new_from_impl(Aggregate { name, kind, signature })
    })
    .collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    CountIf,
    By { greatest: bool },
    Any,
    GeometricMean,
    Percentile,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Aggregate {
    name: &'static str,
    kind: Kind,
    signature: Signature,
}

impl AggregateUDFImpl for Aggregate {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        let number = |given: &DataType| match given {
            given if given.is_integer() => Some(DataType::Int64),
            DataType::Null => Some(DataType::Int64),
            given if given.is_numeric() => Some(DataType::Float64),
            _ => None,
        };
        let taken = match (self.kind, given) {
            (Kind::CountIf, [DataType::Boolean | DataType::Null]) => Some(vec![DataType::Boolean]),
            (Kind::By { .. }, [_, _]) | (Kind::Any, [_]) => Some(given.to_vec()),
            (Kind::GeometricMean, [x]) => number(x).map(|_| vec![DataType::Float64]),
            (Kind::Percentile, [x, p]) => number(x).and_then(|x| match p {
                DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => {
                    Some(vec![x, DataType::new_list(DataType::Float64, true)])
                }
                p => number(p).map(|_| vec![x, DataType::Float64]),
            }),
            _ => None,
        };
        match taken {
            Some(taken) => Ok(taken),
            None => plan_err!("{} does not take {given:?}", self.name),
        }
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(match self.kind {
            Kind::CountIf => DataType::Int64,
            Kind::By { .. } | Kind::Any => given[0].clone(),
            Kind::GeometricMean => DataType::Float64,
            Kind::Percentile if matches!(given[1], DataType::List(_)) => {
                DataType::new_list(given[0].clone(), true)
            }
            Kind::Percentile => given[0].clone(),
        })
    }

    fn default_value(&self, returns: &DataType) -> Result<ScalarValue> {
        match self.kind {
            Kind::CountIf => Ok(ScalarValue::Int64(Some(0))),
            _ => ScalarValue::try_from(returns),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let field =
            |name: &str, kept: DataType| Arc::new(Field::new(format!("{}[{name}]", args.name), kept, true));
        let given = |index: usize| args.input_fields[index].data_type().clone();
        Ok(match self.kind {
            Kind::CountIf => vec![field("count", DataType::Int64)],
            Kind::By { .. } => vec![field("value", given(0)), field("key", given(1))],
            Kind::Any => vec![field("value", given(0))],
            Kind::GeometricMean => vec![field("sum", DataType::Float64), field("count", DataType::Int64)],
            Kind::Percentile => {
                vec![field("values", DataType::new_list(given(0), true)), field("percentiles", given(1))]
            }
        })
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let null = |index: usize| ScalarValue::try_from(args.expr_fields[index].data_type());
        Ok(match self.kind {
            Kind::CountIf => Box::new(CountIf(0)),
            Kind::By { greatest } => Box::new(By { greatest, value: null(0)?, key: null(1)? }),
            Kind::Any => Box::new(AnyValue(null(0)?)),
            Kind::GeometricMean => Box::new(GeometricMean { sum: 0.0, count: 0 }),
            Kind::Percentile => Box::new(Percentile::new(args.expr_fields[0].data_type(), null(1)?)),
        })
    }

    fn groups_accumulator_supported(&self, _: AccumulatorArgs<'_>) -> bool {
        self.kind == Kind::Percentile
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        let percentiles = ScalarValue::try_from(args.expr_fields[1].data_type())?;
        Ok(Box::new(Percentiles::new(args.expr_fields[0].data_type(), percentiles)))
    }
}

/// How often the condition held.
#[derive(Debug)]
struct CountIf(i64);

impl Accumulator for CountIf {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values: &BooleanArray = values[0].as_boolean();
        self.0 += values.true_count() as i64;
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Int64(Some(self.0)))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.evaluate()?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0 += states[0].as_primitive::<Int64Type>().iter().flatten().sum::<i64>();
        Ok(())
    }
}

/// The value of the row with the greatest or least key; of equal keys the first.
#[derive(Debug)]
struct By {
    greatest: bool,
    value: ScalarValue,
    key: ScalarValue,
}

impl Accumulator for By {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let order = datafusion::arrow::compute::SortOptions { descending: self.greatest, nulls_first: false };
        let best = datafusion::arrow::compute::sort_to_indices(&values[1], Some(order), Some(1))?;
        let Some(best) = best.iter().flatten().next().map(|row| row as usize) else { return Ok(()) };
        if values[1].is_null(best) {
            return Ok(());
        }
        let key = ScalarValue::try_from_array(&values[1], best)?;
        let better = match key.partial_cmp(&self.key) {
            _ if self.key.is_null() => true,
            Some(order) => {
                order == if self.greatest { std::cmp::Ordering::Greater } else { std::cmp::Ordering::Less }
            }
            None => false,
        };
        if better {
            self.value = ScalarValue::try_from_array(&values[0], best)?;
            self.key = key;
            self.value.compact();
            self.key.compact();
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.value.clone())
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.value.size() + self.key.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.value.clone(), self.key.clone()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// The first value that is not NULL.
#[derive(Debug)]
struct AnyValue(ScalarValue);

impl Accumulator for AnyValue {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        if self.0.is_null()
            && let Some(row) = (0..values[0].len()).find(|row| values[0].is_valid(*row))
        {
            self.0 = ScalarValue::try_from_array(&values[0], row)?;
            self.0.compact();
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(self.0.clone())
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.0.size()
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![self.0.clone()])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.update_batch(states)
    }
}

/// The mean of logarithms, raised again.
#[derive(Debug)]
struct GeometricMean {
    sum: f64,
    count: i64,
}

impl Accumulator for GeometricMean {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        for value in values[0].as_primitive::<Float64Type>().iter().flatten() {
            self.sum += value.ln();
            self.count += 1;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mean = (self.count > 0).then(|| (self.sum / self.count as f64).exp());
        Ok(ScalarValue::Float64(mean))
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Float64(Some(self.sum)), ScalarValue::Int64(Some(self.count))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.sum += states[0].as_primitive::<Float64Type>().iter().flatten().sum::<f64>();
        self.count += states[1].as_primitive::<Int64Type>().iter().flatten().sum::<i64>();
        Ok(())
    }
}
