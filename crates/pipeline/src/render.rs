//! What is rendered from the definitions of the settings.

pub(crate) mod example;
pub(crate) mod schema;
pub(crate) mod table;
