//! `logq` as users run it.

mod compact;
mod duckdb;
mod local;
mod mistakes;
mod report;
mod s3;
mod samples;
mod sessions;
mod snapshots;
