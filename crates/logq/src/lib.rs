//! The query command.

#![forbid(unsafe_code)]
