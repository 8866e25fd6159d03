//! The generator's files, read back as their readers would.

#![allow(clippy::unwrap_used)]

mod alb;
mod app;
mod determinism;
mod files;
mod vpc;
mod waf;
