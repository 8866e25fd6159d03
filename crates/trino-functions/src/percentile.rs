//! `approx_percentile`: percentiles by rank over all values, the one at `percentile * count`, counted from 0.
//!
//! Exact: every value is kept, eight bytes each, so it is one of those that Trino's digest may give. Memory is accounted
//! for, and an aggregate that needs more than the engine has goes to disk.
//!
//! Invariant: the percentiles that are asked for are the same for every row, as Trino demands.

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Float64Array, Int64Array, ListArray, new_null_array,
};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Int64Type};
use datafusion::common::{ScalarValue, exec_datafusion_err, exec_err};
use datafusion::error::Result;
use datafusion::logical_expr::{Accumulator, EmitTo, GroupsAccumulator};
use std::sync::Arc;

/// What values are; all are kept as 64 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Number {
    Long,
    Double,
}

impl Number {
    fn of(kind: &DataType) -> Number {
        if kind == &DataType::Int64 { Number::Long } else { Number::Double }
    }

    fn kind(self) -> DataType {
        match self {
            Number::Long => DataType::Int64,
            Number::Double => DataType::Float64,
        }
    }

    /// Calls `each` with the row and the bits of every value that is there.
    fn each(self, values: &ArrayRef, mut each: impl FnMut(usize, u64)) {
        let nulls = values.nulls();
        let mut give = |row: usize, bits: u64| {
            if nulls.is_none_or(|nulls| nulls.is_valid(row)) {
                each(row, bits);
            }
        };
        match self {
            Number::Long => {
                let values = values.as_primitive::<Int64Type>().values();
                values.iter().enumerate().for_each(|(row, value)| give(row, value.cast_unsigned()));
            }
            Number::Double => {
                let values = values.as_primitive::<Float64Type>().values();
                values.iter().enumerate().for_each(|(row, value)| give(row, value.to_bits()));
            }
        }
    }

    fn array(self, bits: impl Iterator<Item = Option<u64>>) -> ArrayRef {
        match self {
            Number::Long => Arc::new(bits.map(|bits| bits.map(u64::cast_signed)).collect::<Int64Array>()),
            Number::Double => Arc::new(bits.map(|bits| bits.map(f64::from_bits)).collect::<Float64Array>()),
        }
    }

    /// The value of a rank.
    fn at(self, values: &mut [u64], percentile: Option<f64>) -> Result<Option<u64>> {
        let Some(percentile) = percentile else { return Ok(None) };
        if !(0.0..=1.0).contains(&percentile) {
            return exec_err!("approx_percentile: Percentile must be between 0 and 1");
        }
        if values.is_empty() {
            return Ok(None);
        }
        let rank = ((percentile * values.len() as f64) as usize).min(values.len() - 1);
        let (_, value, _) = match self {
            Number::Long => values.select_nth_unstable_by_key(rank, |bits| bits.cast_signed()),
            Number::Double => {
                values.select_nth_unstable_by(rank, |a, b| f64::from_bits(*a).total_cmp(&f64::from_bits(*b)))
            }
        };
        Ok(Some(*value))
    }
}

/// Values of many groups.
pub(crate) struct Percentiles {
    number: Number,
    percentiles: ScalarValue,
    groups: Vec<Vec<u64>>,
    /// Bytes of the values that are held.
    held: usize,
}

impl Percentiles {
    pub(crate) fn new(kind: &DataType, percentiles: ScalarValue) -> Percentiles {
        Percentiles { number: Number::of(kind), percentiles, groups: Vec::new(), held: 0 }
    }

    /// Keeps the percentiles that are asked for.
    fn learn(&mut self, percentiles: &ArrayRef) -> Result<()> {
        if self.percentiles.is_null()
            && let Some(row) = (0..percentiles.len()).find(|row| percentiles.is_valid(*row))
        {
            self.percentiles = ScalarValue::try_from_array(percentiles, row)?;
        }
        Ok(())
    }

    fn take(&mut self, emit_to: EmitTo) -> Vec<Vec<u64>> {
        let taken = emit_to.take_needed(&mut self.groups);
        self.held -= taken.iter().map(|values| values.capacity() * 8).sum::<usize>();
        taken
    }

    /// What is asked for; None when it is one percentile.
    fn asked(&self) -> Result<(Vec<Option<f64>>, bool)> {
        Ok(match &self.percentiles {
            ScalarValue::Float64(percentile) => (vec![*percentile], false),
            ScalarValue::List(list) if list.is_valid(0) => {
                let values = cast(&list.value(0), &DataType::Float64)?;
                (values.as_primitive::<Float64Type>().iter().collect(), true)
            }
            _ => (Vec::new(), true),
        })
    }

    /// The lists of values as they go between partial and final aggregation.
    fn lists(&self, groups: &[Vec<u64>]) -> Result<Vec<ArrayRef>> {
        let values = self.number.array(groups.iter().flatten().map(|bits| Some(*bits)));
        let offsets = OffsetBuffer::from_lengths(groups.iter().map(Vec::len));
        let field = Arc::new(Field::new_list_field(self.number.kind(), true));
        let lists = ListArray::try_new(field, offsets, values, None)?;
        Ok(vec![Arc::new(lists), self.percentiles.to_array_of_size(groups.len())?])
    }
}

/// Appends a value, and keeps the account of the bytes.
fn keep(values: &mut Vec<u64>, bits: u64, held: &mut usize) {
    let before = values.capacity();
    values.push(bits);
    *held += (values.capacity() - before) * 8;
}

impl GroupsAccumulator for Percentiles {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        count: usize,
    ) -> Result<()> {
        self.learn(&values[1])?;
        self.groups.resize_with(count, Vec::new);
        let Percentiles { number, groups: all, held, .. } = self;
        number.each(&values[0], |row, bits| {
            if filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)) {
                keep(&mut all[groups[row]], bits, held);
            }
        });
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], count: usize) -> Result<()> {
        self.learn(&states[1])?;
        self.groups.resize_with(count, Vec::new);
        let lists = states[0].as_list::<i32>();
        let Percentiles { number, groups: all, held, .. } = self;
        for (row, group) in groups.iter().enumerate().filter(|(row, _)| lists.is_valid(*row)) {
            number.each(&lists.value(row), |_, bits| keep(&mut all[*group], bits, held));
        }
        Ok(())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let mut groups = self.take(emit_to);
        let (asked, are_many) = self.asked()?;
        let number = self.number;
        if !are_many {
            let percentile = asked.first().copied().flatten();
            let found: Vec<Option<u64>> =
                groups.iter_mut().map(|values| number.at(values, percentile)).collect::<Result<_>>()?;
            return Ok(number.array(found.into_iter()));
        }
        let field = Arc::new(Field::new_list_field(number.kind(), true));
        if asked.is_empty() {
            return Ok(new_null_array(&DataType::List(field), groups.len()));
        }
        let mut found = Vec::with_capacity(groups.len() * asked.len());
        for values in &mut groups {
            for percentile in asked.iter().filter(|_| !values.is_empty()).copied().collect::<Vec<_>>() {
                found.push(number.at(values, percentile)?);
            }
        }
        let lengths = groups.iter().map(|values| if values.is_empty() { 0 } else { asked.len() });
        let nulls = groups.iter().map(|values| !values.is_empty()).collect();
        let lists = ListArray::try_new(
            field,
            OffsetBuffer::from_lengths(lengths),
            number.array(found.into_iter()),
            Some(nulls),
        )?;
        Ok(Arc::new(lists))
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let groups = self.take(emit_to);
        self.lists(&groups)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut each = vec![Vec::new(); values[0].len()];
        self.number.each(&values[0], |row, bits| {
            if filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row)) {
                each[row].push(bits);
            }
        });
        let lists = self.lists(&each)?.swap_remove(0);
        Ok(vec![lists, Arc::clone(&values[1])])
    }

    fn size(&self) -> usize {
        self.held + self.groups.capacity() * size_of::<Vec<u64>>() + self.percentiles.size()
    }
}

/// Values of one group: where rows are not grouped, and in windows.
pub(crate) struct Percentile(Percentiles);

impl std::fmt::Debug for Percentile {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Percentile({:?})", self.0.percentiles)
    }
}

impl Percentile {
    pub(crate) fn new(kind: &DataType, percentiles: ScalarValue) -> Percentile {
        let mut one = Percentiles::new(kind, percentiles);
        one.groups.push(Vec::new());
        Percentile(one)
    }
}

impl Accumulator for Percentile {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; values[0].len()];
        self.0.update_batch(values, &groups, None, 1)
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let groups = vec![0; states[0].len()];
        self.0.merge_batch(states, &groups, 1)
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        // A window asks again with more rows.
        let values = self.0.groups.first().cloned();
        let found = self.0.evaluate(EmitTo::All)?;
        let values = values.ok_or_else(|| exec_datafusion_err!("approx_percentile: there is no group"))?;
        self.0.held += values.capacity() * 8;
        self.0.groups.push(values);
        ScalarValue::try_from_array(&found, 0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let states = self.0.lists(&self.0.groups)?;
        states.iter().map(|state| ScalarValue::try_from_array(state, 0)).collect()
    }

    fn size(&self) -> usize {
        self.0.size()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn percentiles(many: bool) -> ArrayRef {
        if many {
            let list = [ScalarValue::Float64(Some(0.0)), ScalarValue::Float64(Some(0.5))];
            let list = ScalarValue::List(ScalarValue::new_list_nullable(&list, &DataType::Float64));
            return list.to_array_of_size(5).unwrap();
        }
        Arc::new(Float64Array::from(vec![0.5; 5]))
    }

    /// The answers of two groups and one without values, over partial and final aggregation.
    fn two_steps(values: &ArrayRef, asked: &ArrayRef, convert: bool) -> ArrayRef {
        let new = || Percentiles::new(values.data_type(), ScalarValue::try_from(asked.data_type()).unwrap());
        let filter = BooleanArray::from(vec![true, true, true, false, true]);
        let (given, groups) = ([Arc::clone(values), Arc::clone(asked)], [0, 1, 0, 0, 1]);
        let mut last = new();
        if convert {
            let states = new().convert_to_state(&given, Some(&filter)).unwrap();
            last.merge_batch(&states, &groups, 3).unwrap();
        } else {
            let mut first = new();
            first.update_batch(&given, &groups, Some(&filter), 3).unwrap();
            assert!(first.size() > 24);
            let states = first.state(EmitTo::First(1)).unwrap();
            last.merge_batch(&states, &[0], 3).unwrap();
            let states = first.state(EmitTo::All).unwrap();
            last.merge_batch(&states, &[1, 2], 3).unwrap();
            assert_eq!(first.held, 0);
        }
        last.evaluate(EmitTo::All).unwrap()
    }

    #[test]
    fn groups_give_the_same_by_either_way() {
        let values: ArrayRef = Arc::new(Int64Array::from(vec![Some(-4), Some(7), Some(2), Some(99), None]));
        for convert in [false, true] {
            let one = two_steps(&values, &percentiles(false), convert);
            assert_eq!(one.as_primitive::<Int64Type>().iter().collect::<Vec<_>>(), [Some(2), Some(7), None]);
            let many = two_steps(&values, &percentiles(true), convert);
            let lists: Vec<_> = many.as_list::<i32>().iter().collect();
            let list = |at: usize| lists[at].as_ref().unwrap().as_primitive::<Int64Type>().values().to_vec();
            assert_eq!((list(0), list(1), lists[2].is_none()), (vec![-4, 2], vec![7, 7], true));
        }
    }

    #[test]
    fn a_percentile_beyond_one_is_refused() {
        let mut one = Percentile::new(&DataType::Float64, ScalarValue::Float64(None));
        let values: ArrayRef = Arc::new(Float64Array::from(vec![1.0]));
        one.update_batch(&[values, Arc::new(Float64Array::from(vec![1.5]))]).unwrap();
        assert!(one.evaluate().unwrap_err().to_string().contains("between 0 and 1"));
    }
}
