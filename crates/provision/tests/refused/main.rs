//! What is told when AWS refuses a call: every call that the crate makes, one refused after the other.
//!
//! A refused call comes from a proxy before moto, in the form of the service's protocol: moto's own judge of
//! credentials does not know all of them.

mod calls;
mod rig;
mod told;
