//! What whole-system tests of `log-router` need: the services it talks to, faults between them, and the process.
//!
//! ```text
//!             ┌──────────┐      ┌────────────┐      ┌───────────────────┐
//!  log-router │ process  │─────▶│ faults     │─────▶│ s3, moto          │──▶ archive: the records in the objects
//!             │          │─────▶│ FaultProxy │─────▶│ logs, before moto │──▶ the events, and what broke a limit
//!             └──────────┘      └────────────┘      └───────────────────┘
//! ```
//!
//! | module | gives |
//! |---|---|
//! | [`s3`] | an S3 server in the test's own process that verifies signatures and checksums |
//! | [`moto`] | moto's S3, CloudWatch Logs, Glue and Athena, a Python process |
//! | [`trino`] | a real Trino over moto's Glue and S3, a Java process |
//! | [`script`] | a server whose answers the test writes |
//! | [`logs`] | CloudWatch Logs that keeps the real service's limits, alone or before moto |
//! | [`faults`] | a proxy that refuses calls, loses answers, throttles, delays, hangs or is down |
//! | [`refusals`] | a proxy that refuses one operation of AWS as the service itself would |
//! | [`process`] | the binary under test: its lines, signals, memory and metrics; its clock and disk |
//! | [`tables`] | Glue tables of our own definitions in moto, and their files |
//! | [`archive`] | the records in an archive's objects |
//! | [`client`] | a blocking HTTP client |
//! | [`wait`] | waits for a condition that nothing announces |
//!
//! # Invariants
//!
//! 1. **Tests are synchronous.** Every call blocks; servers run on threads of their own.
//! 2. **Nothing outlives its value.** A server stops and a process is killed when it is dropped, also in a panic;
//!    moto and Trino also end when the test's process is killed.
//! 3. **Only the loopback.** Everything listens on 127.0.0.1, on a port that the kernel chose.
//! 4. **What fails panics**, and says what was expected and what there was instead: this crate is for tests.

#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod archive;
pub mod client;
pub mod faults;
pub mod logs;
pub mod moto;
pub mod process;
pub mod refusals;
pub mod s3;
pub mod script;
mod server;
pub mod tables;
pub mod tls;
pub mod trino;
pub mod wait;
