//! A router between clients and emulated AWS.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;
use sluice_testkit::archive::{ArchivedRecord, records};
use sluice_testkit::faults::{FaultPlan, FaultProxy};
use sluice_testkit::logs::{CloudWatchRecorder, LogEvent};
use sluice_testkit::process::{Child, Interposer, Router, free_port, http_get};
use sluice_testkit::s3::S3Server;
use sluice_testkit::wait;
use tempfile::TempDir;

const BUCKET: &str = "logs";
/// The log group of the configuration.
pub const GROUP: &str = "/sluice/test/api";
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything around a router.
pub struct Rig {
    folder: TempDir,
    s3: S3Server,
    logs: CloudWatchRecorder,
    /// Before S3.
    pub s3_faults: FaultProxy,
    /// Before CloudWatch Logs.
    pub logs_faults: FaultProxy,
    admin: String,
    health: String,
    tcp: String,
    interposer: Option<Interposer>,
}

impl Rig {
    /// A rig whose configuration has these lines besides; keys are written with dots. `plan` is for both services.
    #[must_use]
    pub fn new(settings: &str, plan: &FaultPlan) -> Rig {
        let folder = tempfile::tempdir().expect("a folder");
        let (s3, logs) = (S3Server::start(&[BUCKET]), CloudWatchRecorder::alone());
        let s3_faults = FaultProxy::start(&s3.endpoint(), plan.clone());
        let logs_faults = FaultProxy::start(&logs.endpoint(), plan.clone());
        let port = || format!("127.0.0.1:{}", free_port());
        let (admin, health, tcp) = (port(), port(), port());
        let root = folder.path().display();
        let config = format!(
            "name = 'api'\nregion = 'us-east-1'\narchive.url = 's3://{BUCKET}/app'\nerrors.log_group = '{GROUP}'\n\
             spool.dir = '{root}/spool'\nadmin.listen = '{admin}'\nhealth.listen = '{health}'\n\
             inputs.forward.unix = '{root}/fluent.sock'\n{}\n",
            settings.replace("$TCP", &tcp).replace("$ROOT", &root.to_string())
        );
        fs::write(folder.path().join("sluice.toml"), config).expect("a configuration");
        Rig { s3, logs, s3_faults, logs_faults, admin, health, tcp, folder, interposer: None }
    }

    /// As [`Rig::new`]; the clock and the disk of its routers can be moved and slowed besides.
    #[must_use]
    pub fn interposed(settings: &str, plan: &FaultPlan) -> Rig {
        let mut rig = Rig::new(settings, plan);
        rig.interposer = Some(Interposer::compile(rig.folder.path()));
        rig
    }

    /// What moves the clock and slows the disk.
    ///
    /// # Panics
    /// When the rig was not made by [`Rig::interposed`].
    #[must_use]
    pub fn interposer(&self) -> &Interposer {
        self.interposer.as_ref().expect("a rig made with an interposer")
    }

    /// Starts the router and waits until it listens.
    #[must_use]
    pub fn start(&self) -> Child {
        let child = self.start_unready();
        self.wait_ready(&child);
        if self.interposer.is_some() {
            let maps =
                fs::read_to_string(format!("/proc/{}/maps", child.pid())).expect("the maps of a process");
            assert!(
                maps.contains(Interposer::LIBRARY),
                "the loader left out what moves the clock and slows the disk"
            );
        }
        child
    }

    /// Starts the router.
    #[must_use]
    pub fn start_unready(&self) -> Child {
        self.start_with(&self.s3_faults.endpoint(), &self.logs_faults.endpoint())
    }

    /// Starts the router with other addresses of the services, such as names that do not resolve.
    #[must_use]
    pub fn start_with(&self, s3: &str, logs: &str) -> Child {
        let mut command = Router::command();
        command
            .args(["run", "--config"])
            .arg(self.folder.path().join("sluice.toml"))
            .env("AWS_ENDPOINT_URL_S3", s3)
            .env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", logs);
        if let Some(interposer) = &self.interposer {
            interposer.apply(&mut command);
        }
        Child::start(&mut command)
    }

    /// Waits until the router listens.
    pub fn wait_ready(&self, child: &Child) {
        child.wait_for_line(|line| line.contains("\"message\":\"ready\""), PATIENCE);
    }

    /// The unix socket.
    #[must_use]
    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("fluent.sock")
    }

    /// The address that `$TCP` stands for in settings.
    #[must_use]
    pub fn tcp(&self) -> &str {
        &self.tcp
    }

    /// The address of the admin endpoint.
    #[must_use]
    pub fn admin(&self) -> &str {
        &self.admin
    }

    /// The address of FireLens' health check.
    #[must_use]
    pub fn health(&self) -> &str {
        &self.health
    }

    /// The folder that `$ROOT` stands for in settings.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.folder.path()
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> PathBuf {
        self.folder.path().join("sluice.toml")
    }

    /// A counter or gauge, without the prefix `sluice_`.
    #[must_use]
    pub fn metric(&self, child: &Child, name: &str) -> u64 {
        let all = child.metrics(&self.admin);
        *all.get(&format!("sluice_{name}")).unwrap_or_else(|| panic!("there is no metric {name}")) as u64
    }

    /// Waits until a counter or gauge is as wanted.
    pub fn wait_metric(&self, child: &Child, name: &str, wanted: impl Fn(u64) -> bool) -> u64 {
        wait::until(PATIENCE, name, || Some(self.metric(child, name)).filter(|value| wanted(*value)))
    }

    /// What came in is what was archived, discarded, lost, or is in the spool.
    pub fn check_account(&self, child: &Child) {
        let all = child.metrics(&self.admin);
        let value = |name: &str| all[&format!("sluice_{name}")] as u64;
        assert_eq!(
            value("in_bytes_total") + value("recovered_bytes_total"),
            value("archived_bytes_total")
                + value("discarded_bytes_total")
                + value("lost_bytes_total")
                + value("spool_bytes"),
            "{all:#?}"
        );
        assert_eq!(value("unaccounted_events_total"), 0);
    }

    /// Status and body of a path of the admin endpoint.
    #[must_use]
    pub fn get(&self, path: &str) -> (u16, String) {
        http_get(&self.admin, path)
    }

    /// Ends the router in order; everything must be delivered.
    pub fn end(&self, child: &Child) {
        child.terminate();
        let status = child.wait(PATIENCE);
        assert_eq!(status.code(), Some(0), "{:#?}", child.lines());
        assert_eq!(self.segments(), Vec::<String>::new(), "{:#?}", child.lines());
    }

    /// Files of segments in the spool.
    #[must_use]
    pub fn segments(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path().join("spool")).expect("a spool");
        let names = names.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned());
        names.filter(|name| name.starts_with("segment-")).collect()
    }

    /// All objects, by key.
    #[must_use]
    pub fn objects(&self) -> BTreeMap<String, Vec<u8>> {
        self.s3.objects(BUCKET)
    }

    /// All records in the archive.
    #[must_use]
    pub fn archived(&self) -> Vec<ArchivedRecord> {
        records(&self.objects())
    }

    /// Gives all records in the archive, an object at a time: half an hour's do not fit into memory.
    pub fn each_archived(&self, mut each: impl FnMut(ArchivedRecord)) {
        for object in self.objects() {
            records(&BTreeMap::from([object])).into_iter().for_each(&mut each);
        }
    }

    /// The S3 server.
    #[must_use]
    pub fn s3(&self) -> &S3Server {
        &self.s3
    }

    /// CloudWatch Logs.
    #[must_use]
    pub fn logs(&self) -> &CloudWatchRecorder {
        &self.logs
    }

    /// Events that CloudWatch Logs took, none of which broke a limit.
    #[must_use]
    pub fn events(&self) -> Vec<LogEvent> {
        assert_eq!(self.logs.violations(), Vec::<String>::new());
        self.logs.events()
    }

    /// The records of these events.
    #[must_use]
    pub fn errors(&self) -> Vec<Value> {
        self.events()
            .iter()
            .map(|event| serde_json::from_str(&event.message).expect("an event is a JSON object"))
            .collect()
    }
}
