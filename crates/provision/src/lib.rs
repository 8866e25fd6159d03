//! What a spec wants to be in an AWS account, and the way there.
//!
//! ```text
//!  sluice.toml ─▶ desired ─┬─▶ template      CloudFormation, IAM, Glue, dashboards
//!                          └─▶ scope ─▶ plan ─▶ apply      the same through the APIs
//!  account ─▶ discover ─▶ bootstrap (rules) ──▶ plan ─▶ apply     alarms for what runs
//! ```
//!
//! Invariants:
//! 1. **One description.** A resource's properties are written once, in CloudFormation's words ([`resource`]).
//! 2. **Nothing that is not ours is changed.** Ours is what carries our tag ([`desired::MANAGED_BY`]), or belongs to
//!    something that does.
//! 3. **Nothing that holds data is deleted.** Only alarms ever are, and only when asked to.
//! 4. Every failed call is told with the call, the resource, and the permission it needs.

// The paths of the SDK's types are longer than the closures that would give way to them.
#![forbid(unsafe_code)]
#![allow(clippy::redundant_closure_for_method_calls)]

pub mod alarm;
pub mod api;
pub mod apply;
pub mod bootstrap;
pub mod cost;
pub mod desired;
pub mod diff;
pub mod discover;
pub mod drill;
pub mod packs;
pub mod plan;
pub mod resource;
pub mod rules;
pub mod scope;
mod short;
mod stack;
pub mod template;
