//! Query packs, time windows, and the local engine.
//!
//! | folder or file | does |
//! |---|---|
//! | `pack.rs`, `pack/` | queries with front matter: parameters, placeholders, charts |
//! | `time.rs` | what people type for a time or a window |
//! | `store.rs`, `store/` | folders and S3: list, read |
//! | `read/` | one object into record batches: JSON lines, Parquet, text by regular expression, delimited text |
//! | `scan/` | a table for DataFusion: which folders, which members, which columns |
//! | `compact.rs`, `compact/` | closed hours of the raw archive as Parquet |
//! | `dialect/` | what Trino's SQL says otherwise than DataFusion's, and what of it is refused |
//! | `error.rs` | why a query has no answer, and where in its SQL the reason stands |
//! | `follow.rs` | new records of an archive, for whoever watches |
//! | `local.rs` | the engine: tables by source, SQL in, an answer and what it took out |
//!
//! A query that ends without an error has read every object that its window admits, whole: a damaged or truncated
//! object ends it. Lines that are no JSON are rows of NULLs, as Trino has them, and counted.

#![forbid(unsafe_code)]

pub mod compact;
mod dialect;
mod error;
pub mod follow;
pub mod local;
pub mod pack;
mod read;
mod scan;
mod store;
pub mod time;

pub use dialect::{EXCLUDED, Excluded};
pub use error::{QueryError, SqlError};
pub use scan::Stats;
pub use scan::listed_bytes;
pub use sluice_trino_functions::names as trino_functions;
pub use store::{Store, StoreError};
