//! The types that settings have, one module each: how a value is written, checked, shown and described.

pub(crate) mod containers;
pub(crate) mod duration;
pub(crate) mod place;
pub(crate) mod secret;
pub(crate) mod size;
pub(crate) mod text;
pub(crate) mod url;
pub(crate) mod whole;
