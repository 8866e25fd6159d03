//! `logq` as users run it.

mod browser;
mod compact;
mod duckdb;
mod local;
mod mistakes;
mod packs;
mod report;
mod s3;
mod samples;
mod sessions;
mod snapshots;
mod tls;
mod trino;
