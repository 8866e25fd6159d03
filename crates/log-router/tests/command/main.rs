//! The real binary, run on real input in temporary folders; objects are read back and compared.

#![allow(clippy::unwrap_used)]

mod archive;
mod bytes;
mod check;
mod errors;
mod failures;
mod interrupt;
mod repeat;
mod segments;
mod spool;
mod support;
