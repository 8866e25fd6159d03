//! What `logctl` makes in an account besides the router's own: alerts, alarms, dashboards, tables.
//!
//! The router reads none of it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::{
    define::{choices, section},
    values::{
        duration::Span,
        size::{ByteSize, MIB, Sizes},
        text::Text,
        whole::Whole,
    },
};

section! {
    /// Who is told when an alarm goes off: the topics `critical-alerts` and `warning-alerts`.
    pub struct Alerts {
        /// Addresses that get every alert. Each has to be confirmed by a click in the first mail.
        email: Vec<String> { example: ["ops@example.com"], rule: Text::Email, },
        /// Slack workspace (its id), through Amazon Q Developer. It has to be authorised once in the console.
        slack_workspace: Option<String> { example: "T0123456789", rule: Text::Name, },
        /// Slack channel (its id) in that workspace.
        slack_channel: Option<String> { example: "C0123456789", rule: Text::Name, },
    }
}

section! {
    /// Which alarms there are, and when they go off. The rules are listed in docs/alarms.md.
    pub struct Alarms {
        /// The rules' profile. Unset, it is `dev` in the environment of that name and `prod` in every other.
        profile: Option<Profile> { example: "dev", },
        /// Rules that make no alarms, by their id.
        off: Vec<String> { example: ["ecs-memory"], rule: Text::Name, },
        /// Other thresholds than the rules', by rule. Thresholds in percent of a size are given in percent.
        thresholds: BTreeMap<String, u32> { example: { ecs-cpu = 70 }, rule: Whole::Range(0, 4_294_967_295), },
        /// Where the runbooks lie that alarms point to: a URL or a path in the repository.
        runbooks: String { default: "docs/runbooks", example: "https://wiki.example.com/runbooks", },
    }
}

section! {
    /// What the spec's own alarms and dashboards watch. What is not set is left out; the template has a parameter each.
    pub struct Monitor {
        /// Name of the ECS cluster.
        ecs_cluster: Option<String> { example: "api-prod", rule: Text::Name, },
        /// Name of the ECS service.
        ecs_service: Option<String> { example: "api", rule: Text::Name, },
        /// Tasks of the service that must run.
        ecs_min_tasks: u32 { default: 1, example: 2, rule: Whole::Range(0, 5000), },
        /// Identifier of the Aurora cluster.
        db_cluster: Option<String> { example: "api-prod", rule: Text::Name, },
        /// Class of its instances; thresholds of memory, storage and connections follow from it.
        db_instance_class: String { default: "db.r6g.large", example: "db.t4g.medium", rule: Text::Name, },
        /// The load balancer as its metrics name it: `app/NAME/ID`.
        load_balancer: Option<String> { example: "app/api/50dc6c495c0c9188", },
        /// The target group as its metrics name it: `targetgroup/NAME/ID`.
        target_group: Option<String> { example: "targetgroup/api/73e2d6bc24d8a067", },
    }
}

section! {
    /// Tables over the logs, and the Athena work group that queries them.
    pub struct CatalogSettings {
        /// Name of the Glue database.
        database: String {
            derived: "`name` and the environment, with _ for what is no letter or digit",
            example: "api_logs",
            rule: Text::Identifier,
        },
        /// Name of the Athena work group.
        work_group: String {
            derived: "`name`, with the environment behind it",
            example: "api-logs",
            rule: Text::Name,
        },
        /// Most bytes that one query may scan: the bound on what a mistake costs. "off" sets none.
        scan_limit: Option<ByteSize> { default: "100GiB", example: "1TiB", rule: Sizes(10 * MIB, 1 << 50), },
        /// Query results are deleted at this age.
        results_expire_after: Duration { default: "30d", example: "7d", rule: Span::days(1, 3650), },
        /// Folder of load balancers' access logs in the log bucket.
        alb_prefix: String { default: "alb", example: "load-balancers", rule: Text::Name, },
        /// Folder of their connection logs; in one folder with the access logs, each table would read the other's files.
        alb_connections_prefix: String { default: "alb-connections", example: "connections", rule: Text::Name, },
        /// Folder of VPC flow logs in the log bucket.
        flow_prefix: String { default: "vpc", example: "flows", rule: Text::Name, },
        /// Bucket of the firewall's logs; its name begins with aws-waf-logs-. Without it there is no table of them.
        waf_bucket: Option<String> { example: "aws-waf-logs-example", rule: Text::Name, },
        /// Name of the web ACL whose logs these are.
        waf_web_acl: String { default: "api", example: "shop", rule: Text::Name, },
    }
}

choices! {
    /// How early alarms go off.
    pub enum Profile {
        /// Few alarms, late: nobody is woken for a test environment.
        Dev = "dev",
        /// All of them.
        Prod = "prod",
    }
}
