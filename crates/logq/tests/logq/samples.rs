//! What the tests ask: an archive that the router wrote, and generated logs of AWS services.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use sluice_samples::{Plan, Summary};
use sluice_testkit::process::Router;

/// The samples, routed once for all tests of the process.
pub(crate) struct Samples {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) summary: Summary,
}

impl Samples {
    pub(crate) fn get() -> &'static Samples {
        static MADE: OnceLock<Samples> = OnceLock::new();
        MADE.get_or_init(|| {
            let folder = tempfile::tempdir().expect("a folder");
            let mut plan = Plan::new(folder.path().join("raw"));
            plan.hours = 6;
            plan.requests_per_hour = 120;
            let summary = sluice_samples::write(&plan).expect("samples");
            for file in fs::read_dir(folder.path().join("raw/app")).expect("a folder") {
                let path = file.expect("a file").path();
                let service = path.file_stem().expect("a name").to_string_lossy().into_owned();
                route(&path, &service, &folder.path().join("archive"));
            }
            Samples { folder, summary }
        })
    }

    /// The id of a trace that the application logged.
    pub(crate) fn trace(&self) -> String {
        let sql = "SELECT min(trace_id) AS id FROM app_logs WHERE level = 'error' AND trace_id IS NOT NULL";
        let mut arguments = vec!["sql".to_owned(), sql.to_owned(), "--format".to_owned(), "jsonl".to_owned()];
        arguments.extend(self.sources());
        rows(&logq(&arguments))[0]["id"].as_str().expect("an id").to_owned()
    }

    pub(crate) fn sources(&self) -> Vec<String> {
        let root = self.folder.path().display();
        let aws = "AWSLogs/123456789012";
        [
            format!("app_logs={root}/archive"),
            format!("alb_access_logs={root}/raw/alb/{aws}/elasticloadbalancing/ap-northeast-1"),
            format!("alb_connection_logs={root}/raw/alb-connection/{aws}/elasticloadbalancing/ap-northeast-1"),
            format!("waf_logs={root}/raw/waf/{aws}/WAFLogs/ap-northeast-1/shop"),
            format!(
                "vpc_flow_logs={root}/raw/vpc/AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=ap-northeast-1"
            ),
        ]
        .into_iter()
        .flat_map(|source| ["--source".to_owned(), source])
        .collect()
    }
}

/// The window of the samples.
pub(crate) const WINDOW: [&str; 4] = ["--from", "2026-11-23T00:00:00Z", "--to", "2026-11-23T07:00:00Z"];

pub(crate) fn route(file: &Path, service: &str, archive: &Path) {
    let status = Router::command()
        .args(["pipe", "--service", service, "--errors", "/dev/null", "--archive"])
        .arg(format!("file://{}", archive.display()))
        .stdin(fs::File::open(file).expect("lines"))
        .stderr(std::process::Stdio::null())
        .status()
        .expect("a router");
    assert!(status.success());
}

/// The command, with nobody's defaults and no history.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_logq"));
    command.current_dir(std::env::temp_dir()).env("LOGQ_HISTORY", "off");
    for name in ["LOGQ_CONFIG", "LOGQ_SOURCE", "LOGQ_FORMAT", "PAGER", "XDG_CONFIG_HOME"] {
        command.env_remove(name);
    }
    command.env("XDG_CONFIG_HOME", std::env::temp_dir().join("no-such-folder"));
    command
}

pub(crate) fn logq(arguments: impl IntoIterator<Item = impl AsRef<std::ffi::OsStr>>) -> Output {
    command().args(arguments).output().expect("logq")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub(crate) fn rows(output: &Output) -> Vec<Value> {
    assert!(output.status.success(), "{}", text(&output.stderr));
    text(&output.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

pub(crate) fn sample(name: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let archive = folder.path().join("archive");
    route(
        &Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/logs")).join(name),
        "shop",
        &archive,
    );
    (folder, archive)
}
