//! The wall clock and the disk of a process under test: `interposer.c`, preloaded into it.
//!
//! The machine's own clock cannot be moved for one process, and a disk that is slow only at times is no device that a
//! test can have everywhere. So the process asks through functions that stand before the C library's. What it does
//! not ask by them (file names, memory maps, the kernel's own write-back) is as it is.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// What stands between processes and their clock and disk. Linux with the GNU C library, and a C compiler (`cc`, which
/// Rust needs to link).
pub struct Interposer {
    library: PathBuf,
    path: PathBuf,
    control: File,
}

impl Interposer {
    /// Name of the library's file, by which it is found in a process' maps: the loader leaves out what it cannot load.
    pub const LIBRARY: &str = "interposer.so";

    /// Compiles it into `folder`.
    ///
    /// # Panics
    /// When there is no C compiler, or it fails.
    #[must_use]
    pub fn compile(folder: &Path) -> Self {
        let (source, library) = (folder.join("interposer.c"), folder.join(Self::LIBRARY));
        std::fs::write(&source, include_str!("interposer.c")).expect("the source in a folder");
        let output = Command::new("cc")
            .args(["-O2", "-shared", "-fPIC", "-Wall", "-Werror", "-o"])
            .arg(&library)
            .arg(&source)
            .arg("-ldl")
            .output()
            .expect("a C compiler named cc");
        assert!(output.status.success(), "cc: {}", String::from_utf8_lossy(&output.stderr));
        let path = folder.join("interposer.control");
        let control = File::create(&path).expect("a file in a folder");
        control.set_len(16).expect("room for two numbers");
        Self { library, path, control }
    }

    /// Has a command's process ask through this one.
    pub fn apply<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.env("LD_PRELOAD", &self.library).env("SLUICE_INTERPOSER", &self.path)
    }

    /// Moves the wall clock of the processes from now on: so many seconds ahead of the machine's, or behind it.
    pub fn set_clock_ahead(&self, seconds: i64) {
        self.set(0, seconds * 1_000_000_000);
    }

    /// From now on each reading or writing of a file takes so much longer.
    pub fn set_file_delay(&self, delay: Duration) {
        self.set(8, i64::try_from(delay.as_nanos()).expect("a delay of less than centuries"));
    }

    fn set(&self, at: u64, value: i64) {
        self.control.write_all_at(&value.to_ne_bytes(), at).expect("a file that can be written");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn seconds_since_1970(interposer: &Interposer) -> i64 {
        let output = interposer.apply(Command::new("date").arg("+%s")).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    }

    #[test]
    fn the_clock_of_a_process_is_ahead_or_behind_while_the_machines_stays() {
        let folder = tempfile::tempdir().unwrap();
        let interposer = Interposer::compile(folder.path());
        let now = seconds_since_1970(&interposer);
        interposer.set_clock_ahead(86_400);
        assert!((86_400..86_460).contains(&(seconds_since_1970(&interposer) - now)));
        interposer.set_clock_ahead(-86_400);
        assert!((-86_400..-86_340).contains(&(seconds_since_1970(&interposer) - now)));
    }

    #[test]
    fn files_are_slow_and_pipes_are_not() {
        let folder = tempfile::tempdir().unwrap();
        let interposer = Interposer::compile(folder.path());
        let file = folder.path().join("file");
        interposer.set_file_delay(Duration::from_millis(300));
        let began = Instant::now();
        let script = format!("printf x > {}", file.display());
        assert!(interposer.apply(Command::new("sh").args(["-c", &script])).status().unwrap().success());
        assert!(began.elapsed() >= Duration::from_millis(300));
        assert_eq!(std::fs::read(file).unwrap(), b"x");

        let began = Instant::now();
        interposer.set_file_delay(Duration::from_secs(60));
        let output = interposer.apply(Command::new("sh").args(["-c", "printf x"])).output().unwrap();
        assert_eq!(output.stdout, b"x");
        assert!(began.elapsed() < Duration::from_secs(60));
    }
}
