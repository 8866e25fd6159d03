//! Files that are written, rotated, truncated and deleted while they are followed, restarts and crashes in between.

#![allow(clippy::unwrap_used)]

mod crashes;
mod laws;
mod life;
mod start;
mod support;
