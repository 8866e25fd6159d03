//! Queries on Athena, and what they need in the account.
//!
//! | to | see |
//! |---|---|
//! | load credentials, region and endpoints | [`configuration`] |
//! | ask, see how far it is and what it costs, cancel | [`Athena::query`], [`Settings`], [`Options`] |
//! | know what a query may cost before it runs | [`Price`] |
//! | know that a window reaches data that Athena cannot see | [`glacier_note`] |
//! | see what ran before, with bytes and cost | [`Athena::history`] |
//! | publish queries, and a work group with a limit | [`publish`] |
//! | create and update the tables in Glue | [`tables`] |
//!
//! # Invariants
//!
//! 1. **An answer is whole or it is none**: a row or a value that cannot be read is an error.
//! 2. **Nothing keeps running, and costs, unseen**: a query that is cancelled, or exceeds its cost, is stopped before
//!    [`Athena::query`] returns. A future that is dropped stops nothing; cancel by the token.
//! 3. **What others made is not touched**: tables, work groups and named queries are changed only when they bear the
//!    mark of this program, and nothing is ever deleted.
//! 4. Costs are never told too low: a terabyte has 10^12 bytes here, and bytes are rounded up as Athena does.

#![forbid(unsafe_code)]
// The paths of the SDK's types are longer than the closures that would give way to them.
#![allow(clippy::redundant_closure_for_method_calls)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod aws;
mod client;
mod cost;
mod error;
mod execution;
mod glacier;
mod history;
pub mod publish;
mod results;
pub mod tables;

pub use client::{Athena, Options, Outcome, Progress, Settings};
pub use cost::Price;
pub use error::{AwsError, Category, Error, QueryFailure};
pub use glacier::glacier_note;
pub use history::Past;
pub use sluice_aws::configuration;
pub use sluice_trino::CancellationToken;
