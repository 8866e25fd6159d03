//! Trino functions under Trino names and meanings, for DataFusion.
//!
//! [`register`] puts them into a registry, where they replace DataFusion's functions of the same
//! name. Every function takes NULL to NULL unless its description says otherwise; text arguments may
//! be `Utf8`, `LargeUtf8`, `Utf8View` or a dictionary of one of them.

#![forbid(unsafe_code)]

mod aggregates;
mod array;
mod condition;
mod function;
mod json;
mod maps;
mod math;
mod percentile;
mod regex;
mod text;
mod time;
mod url;

use datafusion::error::Result;
use datafusion::execution::FunctionRegistry;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use std::sync::Arc;

/// Registers every function; those of the same name and another meaning are replaced.
///
/// # Errors
/// When the registry refuses one.
pub fn register(registry: &mut dyn FunctionRegistry) -> Result<()> {
    for function in scalars() {
        registry.register_udf(Arc::new(function))?;
    }
    for aggregate in aggregates() {
        registry.register_udaf(Arc::new(aggregate))?;
    }
    Ok(())
}

/// The scalar functions.
fn scalars() -> Vec<ScalarUDF> {
    let mut all: Vec<ScalarUDF> = [
        time::FUNCTIONS,
        json::FUNCTIONS,
        regex::FUNCTIONS,
        url::FUNCTIONS,
        text::FUNCTIONS,
        array::FUNCTIONS,
        math::FUNCTIONS,
    ]
    .into_iter()
    .flatten()
    .map(|definition| ScalarUDF::new_from_impl(function::Function::new(definition)))
    .collect();
    all.push(ScalarUDF::new_from_impl(condition::If::new()));
    all
}

/// The aggregates.
fn aggregates() -> impl Iterator<Item = AggregateUDF> {
    aggregates::all().into_iter().chain(maps::all())
}

/// The names of all functions that [`register`] gives, without aliases.
#[must_use]
pub fn names() -> Vec<String> {
    let scalars = scalars().into_iter().map(|function| function.name().to_owned());
    scalars.chain(aggregates().map(|function| function.name().to_owned())).collect()
}
