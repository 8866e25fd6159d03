//! The log sidecar: inputs → spool → routing → sinks.
//!
//! ```text
//! input ──frames──▶ spool segment (append)
//!                       │ sealed by size or age
//!                       ▼
//!             route(segment) = a pure function of its bytes and the rules
//!               ├─ every record ──▶ archive: one object an hour of the records' own time
//!               └─ errors.min_level and above ──▶ errors
//!                       ▼ all delivered
//!                  segment deleted
//! ```
//!
//! | folder or file | does |
//! |---|---|
//! | `input/` | finds the ends of lines, so that they can be appended to the spool; parses nothing |
//! | `route/` | makes records of a segment and hands them to the sinks: no clock, no random numbers |
//! | `sink/` | where records go: a folder or S3, a file of errors or CloudWatch Logs |
//! | `service/` | `log-router run`: inputs to sinks until it is told to stop |
//! | `identity/` | which task this is: FireLens' file, the ECS task metadata endpoint |
//! | `diagnostics.rs` | what the router says of itself |
//! | `pipe/` | `log-router pipe`: standard input to its end through all of the above |
//! | `check/` | `log-router check`: what the spec resolves to, and the record that a line becomes |
//! | `cli/` | the command line: what was typed becomes what is to be done, an outcome becomes an exit code |

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod check;
pub mod cli;
pub mod diagnostics;
pub mod identity;
pub mod input;
pub mod pipe;
pub mod route;
pub mod service;
pub mod sink;
