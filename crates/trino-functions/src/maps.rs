//! Aggregates that give a map: `map_agg(key, value)` and `histogram(x)`.
//!
//! Keys that are NULL are left out. Of equal keys `map_agg` keeps the first value, `histogram` adds up. Without a key
//! the answer is NULL. Entries stand in the order in which their keys first came.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, MapArray, StructArray, new_empty_array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef, Fields};
use datafusion::common::utils::SingleRowListArrayBuilder;
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

/// The aggregates.
pub(crate) fn all() -> [AggregateUDF; 2] {
    [("map_agg", false), ("histogram", true)].map(|(name, is_counted)| {
        let signature = Signature::user_defined(Volatility::Immutable);
        AggregateUDF::new_from_impl(Maps { name, is_counted, signature })
    })
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Maps {
    name: &'static str,
    /// Whether the values are counts of the keys.
    is_counted: bool,
    signature: Signature,
}

impl Maps {
    fn value(&self, given: &[DataType]) -> DataType {
        if self.is_counted { DataType::Int64 } else { given[1].clone() }
    }
}

impl AggregateUDFImpl for Maps {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, given: &[DataType]) -> Result<Vec<DataType>> {
        if given.len() == if self.is_counted { 1 } else { 2 } {
            return Ok(given.to_vec());
        }
        plan_err!("{} does not take {given:?}", self.name)
    }

    fn return_type(&self, given: &[DataType]) -> Result<DataType> {
        Ok(DataType::Map(entries(&given[0], &self.value(given)), false))
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let given: Vec<DataType> = args.input_fields.iter().map(|field| field.data_type().clone()).collect();
        let list = |name: &str, item: &DataType| {
            let list = DataType::new_list(item.clone(), true);
            Arc::new(Field::new(format!("{}[{name}]", args.name), list, true))
        };
        Ok(vec![list("keys", &given[0]), list("values", &self.value(&given))])
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        let given: Vec<DataType> = args.expr_fields.iter().map(|field| field.data_type().clone()).collect();
        Ok(Box::new(Collected {
            key: given[0].clone(),
            value: self.value(&given),
            is_counted: self.is_counted,
            places: HashMap::new(),
            entries: Vec::new(),
            bytes: 0,
        }))
    }
}

/// The field of a map's entries.
fn entries(key: &DataType, value: &DataType) -> FieldRef {
    Arc::new(Field::new("entries", DataType::Struct(fields(key, value)), false))
}

fn fields(key: &DataType, value: &DataType) -> Fields {
    vec![Field::new("key", key.clone(), false), Field::new("value", value.clone(), true)].into()
}

#[derive(Debug)]
struct Collected {
    key: DataType,
    value: DataType,
    is_counted: bool,
    /// Positions of keys among the entries.
    places: HashMap<ScalarValue, usize>,
    entries: Vec<(ScalarValue, ScalarValue)>,
    /// What keys and values take beside their own size.
    bytes: usize,
}

impl Collected {
    fn add(&mut self, keys: &ArrayRef, value: impl Fn(usize) -> Result<ScalarValue>) -> Result<()> {
        for row in (0..keys.len()).filter(|row| keys.is_valid(*row)) {
            let mut key = ScalarValue::try_from_array(keys, row)?;
            key.compact();
            match self.places.entry(key) {
                Entry::Occupied(place) if self.is_counted => {
                    let old = &mut self.entries[*place.get()].1;
                    if let (ScalarValue::Int64(Some(sum)), ScalarValue::Int64(Some(more))) =
                        (old, value(row)?)
                    {
                        *sum += more;
                    }
                }
                Entry::Occupied(_) => {}
                Entry::Vacant(place) => {
                    let mut value = value(row)?;
                    value.compact();
                    self.bytes += 2 * place.key().size() + value.size();
                    self.entries.push((place.key().clone(), value));
                    place.insert(self.entries.len() - 1);
                }
            }
        }
        Ok(())
    }

    /// The keys and the values.
    fn arrays(&self) -> Result<(ArrayRef, ArrayRef)> {
        let array = |kind: &DataType, values: Vec<ScalarValue>| {
            if values.is_empty() { Ok(new_empty_array(kind)) } else { ScalarValue::iter_to_array(values) }
        };
        let keys = self.entries.iter().map(|(key, _)| key.clone()).collect();
        let values = self.entries.iter().map(|(_, value)| value.clone()).collect();
        Ok((array(&self.key, keys)?, array(&self.value, values)?))
    }
}

impl Accumulator for Collected {
    fn update_batch(&mut self, columns: &[ArrayRef]) -> Result<()> {
        if self.is_counted {
            return self.add(&columns[0], |_| Ok(ScalarValue::Int64(Some(1))));
        }
        self.add(&columns[0], |row| ScalarValue::try_from_array(&columns[1], row))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let (keys, values) = self.arrays()?;
        let entry = entries(&self.key, &self.value);
        if keys.is_empty() {
            return ScalarValue::try_from(&DataType::Map(entry, false));
        }
        let offsets = OffsetBuffer::from_lengths([keys.len()]);
        let all = StructArray::try_new(fields(&self.key, &self.value), vec![keys, values], None)?;
        Ok(ScalarValue::Map(Arc::new(MapArray::try_new(entry, offsets, all, None, false)?)))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.bytes
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let (keys, values) = self.arrays()?;
        let list = |array| SingleRowListArrayBuilder::new(array).build_list_scalar();
        Ok(vec![list(keys), list(values)])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let (keys, values) = (states[0].as_list::<i32>(), states[1].as_list::<i32>());
        for row in (0..keys.len()).filter(|row| keys.is_valid(*row)) {
            let values = values.value(row);
            self.add(&keys.value(row), |at| ScalarValue::try_from_array(&values, at))?;
        }
        Ok(())
    }
}
