//! `logctl` against an account: moto's, through the AWS SDKs, as users run it.
//!
//! What moto 5.2.5 cannot do, and is therefore not shown here:
//! - Athena's UpdateWorkGroup, UpdateNamedQuery and BatchGetNamedQuery are not there, and its client request tokens
//!   have no effect, so two runs at the same time leave two of a named query;
//! - PutMetricFilter adds a second filter of the same name in place of changing it;
//! - its judge of credentials does not take the signatures of CloudWatch's protocol, so rights are shown for the others;
//! - DescribeAlarmHistory is not there, so `alarms test` is not tried;
//! - log groups have no class, e-mail subscriptions are confirmed at once, and nothing publishes to a topic.

mod bootstrap;
mod failures;
mod plan;
mod rig;
mod template;
