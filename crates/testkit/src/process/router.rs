//! Where the `log-router` under test comes from.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

use crate::s3::{ACCESS_KEY, SECRET_KEY};

/// The `log-router` under test.
///
/// `$LOG_ROUTER` names a binary; without it the workspace's is built, once for a test process, in the profile
/// `$SLUICE_TEST_PROFILE` (`dev`, `release`; `dev` when not set).
pub struct Router;

impl Router {
    /// Path of the binary.
    ///
    /// # Panics
    /// When it cannot be built.
    #[must_use]
    pub fn binary() -> &'static Path {
        static BINARY: OnceLock<PathBuf> = OnceLock::new();
        BINARY.get_or_init(|| match env::var_os("LOG_ROUTER") {
            Some(path) => path.into(),
            None => build(),
        })
    }

    /// A command that runs it as [`emulated_aws`] says; start it by [`super::Child::start`].
    #[must_use]
    pub fn command() -> Command {
        emulated_aws(Self::binary())
    }
}

/// A command that runs a binary with the keys of the emulators, nothing of the developer's AWS configuration, and no
/// standard input or output.
#[must_use]
pub fn emulated_aws(binary: &Path) -> Command {
    let mut command = Command::new(binary);
    let aws = env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AWS_"));
    for (name, _) in aws {
        command.env_remove(name);
    }
    command
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_REGION", "us-east-1")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    command
}

fn build() -> PathBuf {
    let profile = env::var("SLUICE_TEST_PROFILE").unwrap_or_else(|_| "dev".to_owned());
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["build", "--quiet", "-p", "sluice-log-router", "--bin", "log-router"];
    let output = Command::new(cargo)
        .args(arguments)
        .args(["--profile", &profile, "--message-format", "json-render-diagnostics"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|e| panic!("cannot run cargo: {e}"));
    assert!(output.status.success(), "cargo {} failed: {}", arguments.join(" "), output.status);
    let messages = String::from_utf8_lossy(&output.stdout);
    let executable = messages.lines().rev().find_map(|line| {
        let message: Value = serde_json::from_str(line).ok()?;
        (message["target"]["name"] == "log-router")
            .then(|| message["executable"].as_str().map(PathBuf::from))?
    });
    executable.unwrap_or_else(|| panic!("cargo built no log-router:\n{messages}"))
}
