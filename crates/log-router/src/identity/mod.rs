//! Which task this router stands beside: from the file that FireLens mounts, and what that does not say from the ECS
//! task metadata endpoint, version 4. Without ECS the host's name stands in.

mod firelens;
mod metadata;

use std::path::Path;
use std::time::Duration;

use sluice_pipeline::Ecs;

use crate::diagnostics::{chain, info, warn};
use crate::route::{Filters, Place};
pub use firelens::FireLensFile;
pub use metadata::{MetadataError, Task};

/// How long to wait for the metadata endpoint. The agent answers within milliseconds.
const METADATA_WAIT: Duration = Duration::from_secs(2);
/// Set by ECS in every container.
const METADATA_VARIABLE: &str = "ECS_CONTAINER_METADATA_URI_V4";

/// Finds out where this is, and which lines FireLens leaves out.
pub async fn find(settings: &Ecs) -> (Place, Filters) {
    let file = settings.firelens_file.as_deref().map(read).unwrap_or_default();
    let mut task = Task { cluster: file.cluster, task_arn: file.task_arn };
    if settings.metadata
        && !task.is_complete()
        && let Some(base) = std::env::var(METADATA_VARIABLE).ok().filter(|base| !base.is_empty())
    {
        match tokio::time::timeout(METADATA_WAIT, metadata::ask(&base)).await {
            Ok(Ok(found)) => task = task.or(found),
            Ok(Err(problem)) => {
                warn(
                    "the task metadata endpoint does not say what task this is",
                    &[("reason", &chain(&problem))],
                );
            }
            Err(_) => warn("the task metadata endpoint does not answer", &[("endpoint", &base)]),
        }
    }
    let place = place(&task);
    if place.is_task {
        let cluster = place.cluster.as_deref().unwrap_or_default();
        info("running in a task of ECS", &[("task", &place.task), ("cluster", &cluster)]);
    }
    (place, file.filters)
}

fn read(path: &Path) -> FireLensFile {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(problem) => {
            // Without FireLens there is none.
            if problem.kind() != std::io::ErrorKind::NotFound {
                warn("cannot read FireLens' file", &[("file", &path.display()), ("reason", &problem)]);
            }
            return FireLensFile::default();
        }
    };
    let (file, problems) = FireLensFile::parse(&text);
    for problem in problems {
        warn(
            "a pattern of FireLens cannot be read",
            &[("file", &path.display()), ("reason", &chain(&problem))],
        );
    }
    file
}

fn place(task: &Task) -> Place {
    let last = |arn: &str| arn.rsplit('/').next().unwrap_or(arn).to_owned();
    match &task.task_arn {
        Some(arn) => Place { task: last(arn), is_task: true, cluster: task.cluster.as_deref().map(last) },
        None => Place { task: host_name(), is_task: false, cluster: task.cluster.as_deref().map(last) },
    }
}

fn host_name() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "host".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_is_named_by_the_end_of_its_arn_and_a_host_by_its_name() {
        let task = Task {
            cluster: Some("arn:aws:ecs:ap-northeast-1:123456789012:cluster/prod".to_owned()),
            task_arn: Some("arn:aws:ecs:ap-northeast-1:123456789012:task/prod/0123abcd".to_owned()),
        };
        let found = place(&task);
        assert_eq!(found, Place { task: "0123abcd".into(), is_task: true, cluster: Some("prod".into()) });
        assert!(!place(&Task::default()).is_task);
    }
}
