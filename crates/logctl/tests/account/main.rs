//! `logctl` against an account: moto's, through the AWS SDKs, as users run it.
//!
//! What moto 5.2.5 cannot do is either filled in by the test kit (`moto/filled.py` names it: parts of Athena, metric
//! filters of the same name, pages and history of alarms, their actions), or not shown here:
//! - its judge of credentials does not take the signatures of CloudWatch's protocol: refused calls are shown by a proxy
//!   (`crates/provision/tests/refused`);
//! - log groups have no class, e-mail subscriptions are confirmed at once;
//! - a lifecycle's rule by size of objects is dropped on reading.

mod bootstrap;
mod drift;
mod drills;
mod failures;
mod interrupted;
mod plan;
mod rig;
mod template;
