//! A client of Trino's REST protocol. Answers are Arrow, ready to be shown.
//!
//! ```no_run
//! # async fn ask() -> Result<(), sluice_trino::Error> {
//! use sluice_trino::{Cluster, Options, Trino};
//!
//! let cluster = Cluster::parse("https://ann@trino.example.com/awsdatacatalog/sluice")?.with_environment()?;
//! let trino = Trino::new(cluster)?;
//! let outcome = trino.query("SELECT count(*) AS n FROM app_logs", &Options::default()).await?;
//! println!("{} rows of query {}", outcome.answer.rows(), outcome.stats.query_id);
//! # Ok(())
//! # }
//! ```
//!
//! | to | see |
//! |---|---|
//! | say where the cluster is and who asks | [`Cluster`] |
//! | ask, see how far it is, cancel | [`Trino::query`], [`Options`], [`Stats`] |
//! | make columns of texts as Trino writes values | [`TextColumn`] |
//! | know why it failed, and where in the SQL | [`Error`], [`QueryFailure`] |
//!
//! # Invariants
//!
//! 1. **An answer is whole or it is none**: a page, a row or a value that cannot be read is an error.
//! 2. **Nothing keeps running**: a query that is cancelled, or whose answer cannot be read, is ended on the cluster
//!    before [`Trino::query`] returns. A future that is dropped ends nothing; cancel by the token.
//! 3. **Credentials go to the cluster alone**, and never in clear text but to the own machine: not to another host
//!    that an answer names, such as the object store that holds spooled segments.
//! 4. The clock is used for time-outs only, and the environment only by [`Cluster::with_environment`].

#![forbid(unsafe_code)]
#![cfg_attr(test, allow(clippy::unwrap_used))]

mod client;
mod cluster;
mod decode;
mod error;
mod http;
mod protocol;
mod segments;
mod text_column;
mod types;

pub use client::{Options, Outcome, Trino, Update, Warning};
pub use cluster::{Cluster, ClusterError, PASSWORD_VARIABLE, TOKEN_VARIABLE};
pub use error::{Error, QueryFailure};
pub use protocol::Stats;
pub use segments::Encoding;
pub use text_column::{TextColumn, UnfitText};
pub use tokio_util::sync::CancellationToken;
