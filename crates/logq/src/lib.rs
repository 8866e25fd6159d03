//! Questions to the archive: packs of queries, and SQL.
//!
//! | folder | does |
//! |---|---|
//! | `cli/` | the command line: data goes to standard output, everything else to standard error |

#![forbid(unsafe_code)]

pub mod cli;
