//! A router between clients and emulated AWS, for the tests in `tests/`.
//!
//! | file | gives |
//! |---|---|
//! | `rig.rs` | a folder, S3 and CloudWatch Logs with faults before them, and the router's configuration |
//! | `client.rs` | clients of the Forward protocol: one that sends as FireLens does, one that wants acknowledgements |
//! | `workload.rs` | lines whose records are known |

mod client;
mod rig;
mod workload;

pub use client::{Acked, FireLens, Line};
pub use rig::{GROUP, Rig};
pub use workload::{BASE_MS, Record, json_line, now_ms, rfc3339};
