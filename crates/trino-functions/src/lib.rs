//! Trino functions under Trino names and meanings, for DataFusion.

#![forbid(unsafe_code)]

use datafusion::execution::FunctionRegistry;

/// Registers every function; those of the same name and another meaning are replaced.
///
/// # Errors
/// When the registry refuses one.
pub fn register(_registry: &mut dyn FunctionRegistry) -> datafusion::error::Result<()> {
    Ok(())
}
