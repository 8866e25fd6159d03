//! A model of many tasks with a sidecar each, and the tables of docs/scaling.md.
//!
//! Invariants:
//! 1. Everything follows from [`Load`], the settings of log-router ([`Settings`]), the price file and `limits.toml`.
//! 2. Only [`simulate`] uses random numbers, by a seed: which second of the roll interval a task began in.

mod model;
mod prices;
mod tables;

pub use model::{Day, Load, Peak, Settings, simulate};
pub use prices::{Limits, Prices};
pub use tables::{Table, document, tables};
