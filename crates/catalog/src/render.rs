//! What is made of a table, each a pure function of it and the place of its data.

pub mod arrow;
pub mod cloudformation;
pub mod ddl;
pub mod glue;
