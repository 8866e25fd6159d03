//! A real Trino over moto's Glue and S3, the version that `make trino` installs.
//!
//! One catalog, `awsdatacatalog`, as on Athena: tables of Glue, with partition projection. Answers are spooled to a
//! bucket in moto when a client asks for that. A start takes long (a JVM, 40 s and more on a small machine): tests
//! share one.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::moto::{Moto, cache, python};
use crate::process::{Child, free_port};
use crate::{client, wait};

/// The version.
pub const VERSION: &str = "476";
/// The region of everything.
pub const REGION: &str = "us-east-1";
/// The catalog over moto's Glue.
pub const CATALOG: &str = "awsdatacatalog";
/// The bucket, in moto, to which answers are spooled.
pub const SPOOL: &str = "trino-spool";

const START_TIMEOUT: Duration = Duration::from_secs(300);
const END_TIMEOUT: Duration = Duration::from_secs(30);
const SERVE: &str = include_str!("trino/serve.py");
const INSTALL: &str = "run `make trino`";

/// The S3 that tables and spooled answers lie in.
pub struct Objects<'a> {
    /// The URL of the server.
    pub endpoint: &'a str,
    /// The access key id that it takes.
    pub access_key: &'a str,
    /// Its secret key.
    pub secret_key: &'a str,
}

/// A running Trino. It ends when it is dropped, and when the test's process ends.
pub struct Trino {
    process: Child,
    endpoint: String,
    _folder: TempDir,
}

impl Trino {
    /// Starts Trino on a free port over the Glue and S3 of `moto`, and returns when it takes queries.
    ///
    /// # Panics
    /// When Trino is not installed (the text says how to), or does not start.
    #[must_use]
    pub fn start(moto: &Moto) -> Self {
        moto.create_bucket(SPOOL);
        Self::over(
            moto,
            &Objects { endpoint: &moto.endpoint(), access_key: "testing", secret_key: "testing" },
        )
    }

    /// Starts Trino over the Glue of `moto` and another S3, which must have the bucket [`SPOOL`].
    ///
    /// # Panics
    /// As [`Trino::start`].
    #[must_use]
    pub fn over(glue: &Moto, objects: &Objects<'_>) -> Self {
        let home = home();
        let folder = tempfile::tempdir().expect("a folder");
        let port = free_port();
        configure(folder.path(), &home, port, &glue.endpoint(), objects);
        let mut command = Command::new(python());
        command.args(["-c", SERVE]).arg(&home).args(jvm_options(folder.path()));
        let process =
            Child::start(command.current_dir(folder.path()).stdin(Stdio::piped()).stdout(Stdio::null()));
        let trino = Self { process, endpoint: format!("http://127.0.0.1:{port}"), _folder: folder };
        let info = format!("{}/v1/info", trino.endpoint);
        wait::until(START_TIMEOUT, "Trino has started", || {
            let lines = || trino.process.lines().join("\n");
            assert!(
                trino.process.is_running(),
                "Trino has ended; {INSTALL} if it is not whole:\n{}",
                lines()
            );
            client::get(&info).ok().filter(|answer| answer.text().contains("\"starting\":false"))
        });
        trino
    }

    /// The URL of the server.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// What it logged so far.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        self.process.lines()
    }
}

impl Drop for Trino {
    fn drop(&mut self) {
        // The script kills Trino at the end of its input; killed itself it could not.
        drop(self.process.take_stdin());
        self.process.wait(END_TIMEOUT);
    }
}

/// Where Trino is installed.
///
/// # Panics
/// When it is not; the text says how to install it.
#[must_use]
pub fn home() -> PathBuf {
    let home = cache().join("trino").join(VERSION);
    assert!(
        home.join("installed").exists(),
        "Trino is not installed, there is no {}: {INSTALL}",
        home.display()
    );
    home
}

fn jvm_options(folder: &Path) -> Vec<String> {
    let data = folder.join("data");
    let mut options = [
        "-Xmx2G",
        // A few minutes of tests are over before the second compiler pays.
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Djdk.attach.allowAttachSelf=true",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-Dnode.environment=test",
        "-Dnode.id=test",
        "-Dconfig=etc/config.properties",
        "-Dlog.levels-file=etc/log.properties",
    ]
    .map(str::to_owned)
    .to_vec();
    options.push(format!("-Dnode.data-dir={}", data.display()));
    options
}

fn configure(folder: &Path, home: &Path, port: u16, glue: &str, objects: &Objects<'_>) {
    let write = |name: &str, text: &str| {
        let path = folder.join("etc").join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file of the configuration");
    };
    let s3 = format!(
        "s3.endpoint={}\ns3.region={REGION}\ns3.path-style-access=true\n\
         s3.aws-access-key={}\ns3.aws-secret-key={}\n",
        objects.endpoint, objects.access_key, objects.secret_key
    );
    // The settings that it prints at the start are ours.
    write("log.properties", "Bootstrap=WARN\nio.airlift=WARN\nio.trino=WARN\n");
    write(
        "config.properties",
        &format!(
            "coordinator=true\nnode-scheduler.include-coordinator=true\nhttp-server.http.port={port}\n\
             discovery.uri=http://127.0.0.1:{port}\ncatalog.management=static\nplugin.dir={}\n\
             protocol.spooling.enabled=true\n\
             protocol.spooling.shared-secret-key=amxrYXNkZmprYXNkZmprYXNsZGZqa2xhc2RmamtsYXM=\n",
            home.join("plugin").display()
        ),
    );
    write(
        "spooling-manager.properties",
        // moto keeps no keys of a client's encryption apart.
        &format!(
            "spooling-manager.name=filesystem\nfs.s3.enabled=true\nfs.location=s3://{SPOOL}/\n\
             fs.segment.encryption=false\n{s3}"
        ),
    );
    write(
        &format!("catalog/{CATALOG}.properties"),
        &format!(
            "connector.name=hive\nhive.metastore=glue\nhive.metastore.glue.region={REGION}\n\
             hive.metastore.glue.endpoint-url={glue}\nhive.metastore.glue.aws-access-key=testing\n\
             hive.metastore.glue.aws-secret-key=testing\nfs.native-s3.enabled=true\n{s3}\
             hive.partition-projection-enabled=true\nhive.recursive-directories=true\n"
        ),
    );
}
