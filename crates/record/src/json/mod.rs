//! JSON lines: a validating scanner that finds the top-level fields in one pass without building values, the
//! names of the fields that fill columns, and the writer that copies a value into `attrs`.
//!
//! `scan` finds and validates, `names` knows what a field may fill, `read` whether its value makes sense there,
//! `line` decides among the candidates, `nested` looks into objects, `copy` writes values.

mod copy;
mod line;
mod names;
mod nested;
mod read;
mod scan;

pub(crate) use copy::write_token;
pub(crate) use line::parse;
pub(crate) use names::{Names, is_context};
pub(crate) use read::{client_ip, http_method, http_path};
pub(crate) use scan::{Kind, Scanner, Token};
