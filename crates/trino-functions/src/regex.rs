//! (to come)
use crate::function::Definition;
pub(crate) const FUNCTIONS: &[Definition] = &[];
