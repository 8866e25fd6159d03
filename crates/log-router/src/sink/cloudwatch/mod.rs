//! Errors as events of CloudWatch Logs.
//!
//! What is decided here is decided without I/O and without a clock: the same records at the same times give the same
//! events.
//!
//! | file | does |
//! |---|---|
//! | `event.rs` | a record on its way, and an event as PutLogEvents takes it |
//! | `large.rs` | a record becomes an event, or several when it is too large for one |
//! | `batch.rs` | events become batches that PutLogEvents takes |
//! | `budget.rs` `suppressed.rs` | what is sent in a minute, and the summary of what is not |
//! | `stream_name.rs` | the name of the log stream that a record goes to |
//! | `columns.rs` | reads the first columns of a record without parsing it |

mod batch;
mod budget;
mod columns;
mod event;
mod large;
mod stream_name;
mod suppressed;

pub use batch::{Batch, BatchLimits, batches};
pub use budget::{Admit, Budget, MOST_KINDS};
pub use event::{ErrorRecord, Event};
pub use large::{EventSettings, shape};
pub use stream_name::{StreamName, container_of};
