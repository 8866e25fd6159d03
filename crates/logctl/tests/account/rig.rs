//! An account of moto's, a folder with a spec, and the binary.

use std::fs;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use sluice_testkit::moto::{Moto, python};
use tempfile::TempDir;

/// Makes calls one after the other: a list of service, operation, input. Prints the list of answers.
const CALLS: &str = r#"
import boto3, json, sys
clients, answers = {}, []
endpoint, calls = json.load(sys.stdin)
for service, operation, arguments in calls:
    if service not in clients:
        clients[service] = boto3.client(service, endpoint_url=endpoint, region_name="ap-northeast-1",
            aws_access_key_id="testing", aws_secret_access_key="testing")
    answers.append(getattr(clients[service], operation)(**arguments))
json.dump(answers, sys.stdout, default=str)
"#;

/// A spec that watches something of everything.
pub(crate) const SPEC: &str = r#"
name = "api"
region = "ap-northeast-1"
archive.url = "s3://example-logs/app"
metrics.emf = true
alerts.email = ["ops@example.com"]
[monitor]
ecs_cluster = "main"
ecs_service = "web"
db_cluster = "db"
load_balancer = "app/web/50dc6c495c0c9188"
target_group = "targetgroup/web/73e2d6bc24d8a067"
[env.prod]
[env.dev]
errors.retention_days = 7
"#;

pub(crate) struct Rig {
    pub(crate) moto: Moto,
    pub(crate) folder: TempDir,
    endpoint: Option<String>,
}

impl Rig {
    pub(crate) fn new() -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("sluice.toml"), SPEC).expect("a spec");
        Rig { moto: Moto::start(), folder, endpoint: None }
    }

    /// Sends the binary's calls elsewhere, such as to a proxy.
    pub(crate) fn through(&mut self, endpoint: String) {
        self.endpoint = Some(endpoint);
    }

    /// Appends to the spec.
    pub(crate) fn spec(&self, more: &str) {
        fs::write(self.folder.path().join("sluice.toml"), format!("{SPEC}{more}")).expect("a spec");
    }

    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_logctl"));
        command
            .current_dir(self.folder.path())
            .args(arguments)
            .stdin(Stdio::null())
            .env_remove("AWS_PROFILE")
            .env("AWS_ACCESS_KEY_ID", "testing")
            .env("AWS_SECRET_ACCESS_KEY", "testing")
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("AWS_ENDPOINT_URL", self.endpoint.clone().unwrap_or_else(|| self.moto.endpoint()));
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("logctl")
    }

    /// Runs a command in the environment prod and reads its report.
    pub(crate) fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(&[arguments, &["--env", "prod", "--format", "json"]].concat());
        let report = serde_json::from_slice(&output.stdout);
        let report = report.unwrap_or_else(|error| panic!("{arguments:?}: {error}: {}", told(&output)));
        (output.status.code(), report)
    }

    /// Calls AWS as an operator's hand would.
    pub(crate) fn aws(&self, calls: &[(&str, &str, Value)]) -> Vec<Value> {
        let mut child = Command::new(python())
            .args(["-c", CALLS])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python");
        let input = json!([self.moto.endpoint(), calls]);
        serde_json::to_writer(child.stdin.take().expect("a pipe"), &input).expect("calls");
        let output = child.wait_with_output().expect("Python");
        assert!(output.status.success(), "{}", told(&output));
        serde_json::from_slice(&output.stdout).expect("answers")
    }
}

/// Everything that a program said.
pub(crate) fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The resources of a report with an action, by their ids.
pub(crate) fn with_action(report: &Value, action: &str) -> Vec<String> {
    let resources = report["resources"].as_array().expect("resources");
    let mut ids: Vec<String> = resources
        .iter()
        .filter(|resource| resource["action"] == action)
        .map(|resource| resource["id"].as_str().expect("an id").to_owned())
        .collect();
    ids.sort();
    ids
}

/// Holds a template against CloudFormation's rules by cfn-lint.
pub(crate) fn lint(template: &std::path::Path) {
    let linter = python().with_file_name("cfn-lint");
    let output = Command::new(&linter).arg("--").arg(template).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}; run `make moto`", linter.display()));
    assert!(output.status.success(), "{}", told(&output));
}
