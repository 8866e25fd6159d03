//! Where lines come from, as far as they do not say so themselves.

use serde::{Deserialize, Serialize};
use sluice_record::Origin;

/// The task that this router stands beside. It is stored in the header of each segment, so that a segment keeps its
/// place though another task should route it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// Id of the task; without ECS the host's name.
    pub task: String,
    /// Whether `task` is a task's id.
    #[serde(default)]
    pub is_task: bool,
    /// Name of the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
}

impl Place {
    /// The place in a segment's header; None when the header does not hold one.
    #[must_use]
    pub fn from_meta(meta: &[u8]) -> Option<Place> {
        serde_json::from_slice(meta).ok()
    }

    /// The place as a segment's header holds it.
    #[must_use]
    pub fn to_meta(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }

    pub(super) fn origin(&self, service: &str) -> Origin {
        Origin {
            task: self.is_task.then(|| self.task.clone()),
            cluster: self.cluster.clone(),
            ..Origin::new(service)
        }
    }
}
