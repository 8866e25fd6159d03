//! Where lines come from, as far as they do not say so themselves.

use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sluice_record::Origin;

/// What the sources of followed files begin with.
const TAIL: &[u8] = b"tail\0";
/// Longest source of an entry, in bytes.
const MOST_SOURCE: usize = 255;

/// The source of lines of a followed file: what tells it from all others, and its path, of which the end is kept.
pub(crate) fn tail_source(file: &[u8], path: &Path) -> Vec<u8> {
    let path = path.as_os_str().as_bytes();
    let mut source = [TAIL, file, b"\0"].concat();
    let room = MOST_SOURCE.saturating_sub(source.len());
    source.extend_from_slice(&path[path.len().saturating_sub(room)..]);
    source.truncate(MOST_SOURCE);
    source
}

/// The path in a source; paths have no NUL.
fn path_of(rest: &[u8]) -> Option<String> {
    let at = memchr::memrchr(0, rest)?;
    Some(String::from_utf8_lossy(&rest[at + 1..]).into_owned())
}

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

    /// The origin of lines of a connection or file.
    pub(super) fn origin_of_source(&self, service: &str, source: &[u8]) -> Origin {
        let mut origin = self.origin(service);
        if let Some(path) = source.strip_prefix(TAIL).and_then(path_of) {
            origin.attrs.push(("log.file.path".to_owned(), path));
        }
        origin
    }

    pub(super) fn origin(&self, service: &str) -> Origin {
        Origin {
            task: self.is_task.then(|| self.task.clone()),
            cluster: self.cluster.clone(),
            ..Origin::new(service)
        }
    }
}
