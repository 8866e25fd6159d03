//! Runs the binary and reads back what it wrote.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use sluice_archive::{ObjectReader, Partition};
use tempfile::TempDir;

/// A temporary folder with an archive, an errors file and a spool in it.
pub(crate) struct Place {
    folder: TempDir,
}

/// A record of the archive, and the hour it was filed under.
pub(crate) struct Filed {
    pub(crate) hour: Partition,
    pub(crate) json: String,
    pub(crate) record: Value,
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().unwrap() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file into the folder.
    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// `log-router pipe` with its places in this folder, and its summary in `summary.json`.
    pub(crate) fn pipe(&self, args: &[&str]) -> Command {
        let mut command = router(&["pipe"]);
        command.arg("--archive").arg(format!("file://{}", self.path("archive").display()));
        command.arg("--errors").arg(self.path("errors.jsonl"));
        command.arg("--spool").arg(self.path("spool"));
        command.arg("--summary").arg(self.path("summary.json"));
        command.args(args);
        command
    }

    /// Pipes an input through and expects exit code 0.
    pub(crate) fn route(&self, args: &[&str], input: impl AsRef<[u8]>) -> Value {
        let output = feed(self.pipe(args), input.as_ref());
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(fs::read_dir(self.path("spool")).unwrap().count(), 0, "the spool is left behind");
        self.summary()
    }

    pub(crate) fn summary(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path("summary.json")).unwrap()).unwrap()
    }

    /// Every record of the archive: objects in the order of their names, records in that of each object.
    pub(crate) fn records(&self) -> Vec<Filed> {
        let mut all = Vec::new();
        let root = self.path("archive");
        for path in files(&root) {
            let hour = path.parent().unwrap().strip_prefix(&root).unwrap();
            let hour = Partition::parse(hour.to_str().unwrap()).unwrap();
            let mut reader = ObjectReader::open(File::open(&path).unwrap()).unwrap();
            assert!(reader.index().is_complete());
            let mut lines = Vec::new();
            reader.for_each_line(|line| lines.push(String::from_utf8(line.to_vec()).unwrap())).unwrap();
            assert_eq!(lines, gunzip(&path), "gzip readers and ours see the same lines");
            all.extend(lines.into_iter().map(|json| {
                let record = serde_json::from_str(&json).unwrap();
                Filed { hour, json, record }
            }));
        }
        all
    }

    /// The `message` of every record; "" without one.
    pub(crate) fn messages(&self) -> Vec<String> {
        self.records().iter().map(|filed| filed.record["message"].as_str().unwrap_or("").to_owned()).collect()
    }

    /// Every file of the archive with its bytes.
    pub(crate) fn tree(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = self.path("archive");
        let relative =
            |path: PathBuf| (path.strip_prefix(&root).unwrap().to_path_buf(), fs::read(&path).unwrap());
        files(&root).into_iter().map(relative).collect()
    }

    /// The lines of the errors file.
    pub(crate) fn errors(&self) -> Vec<String> {
        fs::read_to_string(self.path("errors.jsonl")).unwrap().lines().map(ToOwned::to_owned).collect()
    }
}

/// The binary with these arguments.
pub(crate) fn router(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_log-router"));
    command.args(args);
    command
}

/// Runs a command with this input.
pub(crate) fn feed(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A child that fails early does not read its input.
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

/// All files below a folder, sorted.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}

/// A sample of the project.
pub(crate) fn sample(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/logs").join(name)).unwrap()
}

fn gunzip(path: &Path) -> Vec<String> {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
    text.lines().map(ToOwned::to_owned).collect()
}
