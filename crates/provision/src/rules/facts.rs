//! Sizes of instance classes, from `alarms/instances.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const GIB: f64 = 1_073_741_824.0;
/// Aurora PostgreSQL's default: LEAST(DBInstanceClassMemory / this, [`CONNECTIONS_MAX`]).
const BYTES_A_CONNECTION: f64 = 9_531_392.0;
const CONNECTIONS_MAX: f64 = 5000.0;
/// The share of the memory that `DBInstanceClassMemory` is about: the rest is the operating system's.
const CLASS_MEMORY: f64 = 0.95;

/// An instance class of Aurora PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instance {
    /// Virtual CPUs.
    pub vcpus: f64,
    /// Memory in GiB.
    pub memory_gib: f64,
    /// Local storage in GiB.
    pub local_storage_gib: f64,
    /// `max_connections` by default, where it is documented.
    pub max_connections: Option<f64>,
}

impl Instance {
    /// The facts that thresholds refer to.
    #[must_use]
    pub fn facts(&self) -> BTreeMap<String, f64> {
        let memory = self.memory_gib * GIB;
        let by_memory = (memory * CLASS_MEMORY / BYTES_A_CONNECTION).floor().min(CONNECTIONS_MAX);
        [
            ("vcpus", self.vcpus),
            ("memory_bytes", memory),
            ("local_storage_bytes", (self.local_storage_gib * GIB).floor()),
            ("max_connections", self.max_connections.unwrap_or(by_memory)),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into()
    }
}

/// What is known of an instance class.
///
/// # Panics
/// Never: a test reads the built-in file.
#[must_use]
pub fn instance(class: &str) -> Option<Instance> {
    static ALL: LazyLock<BTreeMap<String, Instance>> = LazyLock::new(|| {
        toml::from_str(include_str!("../../alarms/instances.toml")).expect("alarms/instances.toml, built in")
    });
    ALL.get(class).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_those_of_the_guide_and_otherwise_by_memory() {
        let connections = |class: &str| instance(class).unwrap().facts()["max_connections"];
        assert_eq!(connections("db.t4g.medium"), 405.0);
        assert_eq!(connections("db.r6g.large"), 1722.0);
        assert_eq!(connections("db.r6g.4xlarge"), 5000.0);
        assert_eq!(instance("db.x99.large"), None);
    }
}
