//! The limits of a small sidecar: 50 milli-CPU and 128 MiB, by a control group of version 1 or 2.

use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::Command;

const PERIOD_US: u64 = 100_000;
const QUOTA_US: u64 = 5_000;
const MEMORY: u64 = 128 << 20;

/// A control group of this process's own making; it is removed when it is dropped, once nothing runs in it.
pub(crate) struct Limits {
    folders: Vec<PathBuf>,
}

impl Limits {
    /// Makes one.
    ///
    /// # Errors
    /// When the kernel or the rights here have none: says what was tried.
    pub(crate) fn new() -> io::Result<Self> {
        let name = format!("sluice-bench-{}", std::process::id());
        let v1 = || -> io::Result<Self> {
            let (cpu, memory) =
                (format!("/sys/fs/cgroup/cpu/{name}"), format!("/sys/fs/cgroup/memory/{name}"));
            let limits = Self { folders: vec![cpu.clone().into(), memory.clone().into()] };
            limits.folders.iter().try_for_each(fs::create_dir)?;
            fs::write(format!("{cpu}/cpu.cfs_period_us"), PERIOD_US.to_string())?;
            fs::write(format!("{cpu}/cpu.cfs_quota_us"), QUOTA_US.to_string())?;
            fs::write(format!("{memory}/memory.limit_in_bytes"), MEMORY.to_string())?;
            Ok(limits)
        };
        let v2 = || -> io::Result<Self> {
            let folder = format!("/sys/fs/cgroup/{name}");
            fs::metadata("/sys/fs/cgroup/cgroup.controllers")?;
            let limits = Self { folders: vec![folder.clone().into()] };
            fs::create_dir(&folder)?;
            fs::write(format!("{folder}/cpu.max"), format!("{QUOTA_US} {PERIOD_US}"))?;
            fs::write(format!("{folder}/memory.max"), MEMORY.to_string())?;
            Ok(limits)
        };
        v1().or_else(|first| {
            v2().map_err(|second| {
                io::Error::other(format!(
                    "no control group can be made, so nothing can be run within 50 milli-CPU and 128 MiB: \
                     version 1: {first}; version 2: {second}"
                ))
            })
        })
    }

    /// The command, to be run within the group from its first instruction on.
    pub(crate) fn wrap(&self, command: &Command) -> Command {
        // `$0` is the first argument: the group's files come before the command's own words.
        let script =
            "while [ \"$1\" != -- ]; do echo $$ > \"$1\" || exit 125; shift; done; shift; exec \"$@\"";
        let mut wrapped = Command::new("/bin/sh");
        wrapped.args(["-c", script, "limits"]);
        wrapped.args(self.folders.iter().map(|folder| folder.join("cgroup.procs")));
        wrapped.arg("--").arg(command.get_program()).args(command.get_args());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => wrapped.env(name, value),
                None => wrapped.env_remove(name),
            };
        }
        wrapped
    }
}

impl Drop for Limits {
    fn drop(&mut self) {
        for folder in &self.folders {
            // Left over if something still runs in it; the next run has a name of its own.
            let _ = fs::remove_dir(folder);
        }
    }
}
