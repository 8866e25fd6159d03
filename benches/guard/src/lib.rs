//! A fixed piece of the router's work: two megabytes of lines become records, and the records an archive object.
//!
//! Time on a shared machine varies by a third; the number of instructions does not. `guard.py` runs this under
//! callgrind and compares with `baseline.json`.

pub mod input;
pub mod work;
