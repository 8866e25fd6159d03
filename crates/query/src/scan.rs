//! A table of the catalog for DataFusion: folders by partition projection, members by the archive's index, columns by
//! the query.

mod choice;
mod filters;
mod listed;
mod partitions;
mod provider;
mod stats;

pub(crate) use choice::{Choice, Side};
pub(crate) use filters::Pushed;
pub use listed::listed_bytes;
pub(crate) use provider::LogTable;
pub use stats::Stats;
