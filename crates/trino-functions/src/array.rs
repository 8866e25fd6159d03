//! Functions of arrays and maps.

use crate::function::{Call, Definition, Kind, Returns};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int64Array, UInt64Array};
use datafusion::arrow::compute::{cast, take};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{ScalarValue, plan_err};
use datafusion::error::Result;
use std::sync::Arc;

/// The functions of arrays and maps.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["cardinality"],
        forms: &[&[Kind::List], &[Kind::Any]],
        returns: Returns::Is(|| DataType::Int64),
        body: cardinality,
    },
    Definition {
        names: &["element_at"],
        forms: &[&[Kind::List, Kind::Long], &[Kind::Any, Kind::Any]],
        returns: Returns::From(|given, _| match &given[0] {
            DataType::List(item) => Ok(item.data_type().clone()),
            DataType::Map(entries, _) => match entries.data_type() {
                DataType::Struct(fields) => Ok(fields[1].data_type().clone()),
                other => plan_err!("element_at: a map of {other}"),
            },
            other => plan_err!("element_at takes an array or a map, not {other}"),
        }),
        body: element_at,
    },
    Definition {
        names: &["contains"],
        forms: &[&[Kind::List, Kind::Any]],
        returns: Returns::Is(|| DataType::Boolean),
        body: contains,
    },
];

fn cardinality(call: &Call<'_>) -> Result<ArrayRef> {
    let given = call.array(0)?;
    let lengths: Int64Array = match given.data_type() {
        DataType::List(_) => {
            let lists = given.as_list::<i32>();
            (0..call.rows)
                .map(|row| lists.is_valid(row).then(|| i64::from(lists.value_length(row))))
                .collect()
        }
        DataType::Map(..) => {
            let maps = given.as_map();
            (0..call.rows).map(|row| maps.is_valid(row).then(|| maps.value(row).len() as i64)).collect()
        }
        other => return Err(call.error(format!("{other} is neither array nor map"))),
    };
    Ok(Arc::new(lengths))
}

fn element_at(call: &Call<'_>) -> Result<ArrayRef> {
    let given = call.array(0)?;
    if let DataType::Map(..) = given.data_type() {
        return value_at(call, &given);
    }
    let (lists, places) = (given.as_list::<i32>(), call.array(1)?);
    let places = places.as_primitive::<Int64Type>();
    let offsets = lists.value_offsets();
    let mut rows = UInt64Array::builder(call.rows);
    for row in 0..call.rows {
        if lists.is_null(row) || places.is_null(row) {
            rows.append_null();
            continue;
        }
        let (from, to) = (i64::from(offsets[row]), i64::from(offsets[row + 1]));
        let at = match places.value(row) {
            0 => return Err(call.error("SQL array indices start at 1")),
            place if place > 0 => from.saturating_add(place - 1),
            place => to.saturating_add(place),
        };
        rows.append_option((from..to).contains(&at).then_some(at as u64));
    }
    Ok(take(lists.values(), &rows.finish(), None)?)
}

fn value_at(call: &Call<'_>, given: &ArrayRef) -> Result<ArrayRef> {
    let maps = given.as_map();
    let wanted = cast(&call.array(1)?, maps.keys().data_type())?;
    let offsets = maps.value_offsets();
    let mut rows = UInt64Array::builder(call.rows);
    for row in 0..call.rows {
        if maps.is_null(row) || wanted.is_null(row) {
            rows.append_null();
            continue;
        }
        let key = ScalarValue::try_from_array(&wanted, row)?;
        let (from, to) = (offsets[row] as usize, offsets[row + 1] as usize);
        let mut found = None;
        for at in from..to {
            if ScalarValue::try_from_array(maps.keys(), at)? == key {
                found = Some(at as u64);
                break;
            }
        }
        rows.append_option(found);
    }
    Ok(take(maps.values(), &rows.finish(), None)?)
}

/// NULL when the element is not found but one is NULL, since that might be it.
fn contains(call: &Call<'_>) -> Result<ArrayRef> {
    let given = call.array(0)?;
    let lists = given.as_list::<i32>();
    let wanted = cast(&call.array(1)?, lists.values().data_type())?;
    let mut out = BooleanArray::builder(call.rows);
    for row in 0..call.rows {
        if lists.is_null(row) || wanted.is_null(row) {
            out.append_null();
            continue;
        }
        let (list, wanted) = (lists.value(row), ScalarValue::try_from_array(&wanted, row)?);
        let equal = datafusion::arrow::compute::kernels::cmp::eq(&list, &wanted.to_scalar()?)?;
        if equal.true_count() > 0 {
            out.append_value(true);
        } else {
            out.append_option((list.null_count() == 0).then_some(false));
        }
    }
    Ok(Arc::new(out.finish()))
}
