//! What was written, counted.
//!
//! Everything is counted from what goes into the files, so that the answer of a query over them can be held against
//! it. Times are of the traffic: a request that begins in the window may be answered after its end.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::Serialize;

/// What was written. A family of logs that the plan leaves out counts nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Summary {
    /// When what happened.
    pub times: Times,
    /// Requests that reached the load balancer, whoever answered them.
    pub requests: u64,
    /// Application logs by service: `shop-api`, `payments`, `worker`, `aurora`.
    pub app: BTreeMap<String, AppCounts>,
    /// Who was there, from the requests that the services answered to people logged in.
    pub people: People,
    /// Access logs of the load balancer.
    pub alb: AlbCounts,
    /// Connection logs of the load balancer.
    pub connections: ConnectionCounts,
    /// Flow logs; the Parquet and the text files hold the same records.
    pub flows: FlowCounts,
    /// Logs of the firewall.
    pub waf: WafCounts,
    /// Files and their bytes, by the first folder.
    pub files: BTreeMap<String, FileCounts>,
}

impl Summary {
    /// Records of the application at ERROR and above.
    #[must_use]
    pub fn errors(&self) -> u64 {
        self.app
            .values()
            .flat_map(|service| &service.by_level)
            .filter(|(level, _)| matches!(level.as_str(), "error" | "fatal"))
            .map(|(_, count)| count)
            .sum()
    }

    /// Access records of the application, which are the requests that it answered.
    #[must_use]
    pub fn accesses(&self) -> u64 {
        self.app.values().map(|service| service.accesses).sum()
    }
}

/// The instants at which something changes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// The traffic's first instant.
    pub from: Timestamp,
    /// Its end, which is no longer part of it.
    pub to: Timestamp,
    /// shop-api 1.5.0 takes over: `GET /api/products/{id}` is slower, and a new error appears.
    pub deploy: Timestamp,
    /// The database fails over.
    pub incident_from: Timestamp,
    /// All is well again.
    pub incident_to: Timestamp,
}

/// What a service logged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AppCounts {
    /// Lines of the file.
    pub lines: u64,
    /// Records that they make; a traceback is part of its record.
    pub records: u64,
    /// Records by the level they have in the archive.
    pub by_level: BTreeMap<String, u64>,
    /// Records that have a method, a path and a status.
    pub accesses: u64,
    /// Accesses by status.
    pub by_status: BTreeMap<u16, u64>,
}

/// Who was there.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct People {
    /// Distinct values of `user_id` in the access records.
    pub users: u64,
    /// Visits: accesses of one user with less than 30 minutes between two of them.
    pub sessions: u64,
    /// Users who came so far, with an answer below 400: `view`, `cart`, `order`, `pay`.
    pub funnel: BTreeMap<String, u64>,
}

/// Lines of the load balancer's access logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AlbCounts {
    /// All lines.
    pub lines: u64,
    /// By `elb_status_code`.
    pub by_elb_status: BTreeMap<u16, u64>,
    /// By `target_status_code`; a `-` counts as 0.
    pub by_target_status: BTreeMap<u16, u64>,
    /// 5xx of the load balancer's own: no target answered.
    pub elb_5xx: u64,
    /// 5xx that a target answered.
    pub target_5xx: u64,
    /// Sum of `received_bytes`.
    pub received_bytes: u64,
    /// Sum of `sent_bytes`.
    pub sent_bytes: u64,
}

/// Lines of the load balancer's connection logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConnectionCounts {
    /// All lines.
    pub lines: u64,
    /// Those whose handshake failed.
    pub failed: u64,
}

/// Flow log records.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct FlowCounts {
    /// All records.
    pub records: u64,
    /// With `action` ACCEPT.
    pub accepted: u64,
    /// With `action` REJECT.
    pub rejected: u64,
    /// With `log_status` NODATA.
    pub no_data: u64,
    /// Sum of `bytes`.
    pub bytes: u64,
    /// Rejected records by `dstport`.
    pub rejected_by_port: BTreeMap<u16, u64>,
    /// Records by `ecs_service_name`, without those that have none.
    pub by_service: BTreeMap<String, u64>,
}

/// Records of the firewall.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct WafCounts {
    /// All records.
    pub records: u64,
    /// By `action`.
    pub by_action: BTreeMap<String, u64>,
    /// Blocked records by `terminatingRuleId`.
    pub blocked_by_rule: BTreeMap<String, u64>,
    /// Blocked records by `httpRequest.country`.
    pub blocked_by_country: BTreeMap<String, u64>,
    /// Matches of rules in count mode by `ruleId`, those inside rule groups as well.
    pub counted_by_rule: BTreeMap<String, u64>,
}

/// Files of a folder.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct FileCounts {
    /// How many.
    pub files: u64,
    /// Their bytes, as they lie there.
    pub bytes: u64,
}

/// Counts one more of a key.
pub(crate) fn add<K: Ord>(counts: &mut BTreeMap<K, u64>, key: K) {
    *counts.entry(key).or_default() += 1;
}
