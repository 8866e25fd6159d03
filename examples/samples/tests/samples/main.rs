//! The generator's files, read back as their readers would.

mod alb;
mod app;
mod determinism;
mod files;
mod vpc;
mod waf;
