//! Operations from one spec.
//!
//! | folder or file | does |
//! |---|---|
//! | `render.rs` | files from a spec: written, or held against those that are there |
//! | `cli/` | the command line |

#![forbid(unsafe_code)]

pub mod cli;
pub mod render;
