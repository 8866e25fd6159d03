//! The generated Fluent Bit configuration in a real Fluent Bit: the binary that `$FLUENT_BIT` names, or else the one on
//! the PATH. Where there is none the tests say so and do nothing.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;
use sluice_pipeline::{Spec, keep_references};
use sluice_system_tests::{FireLens, Line, Rig, now_ms};
use sluice_testkit::archive::records;
use sluice_testkit::faults::FaultPlan;
use sluice_testkit::logs::CloudWatchRecorder;
use sluice_testkit::process::{Child, Router, fluent_bit, free_port};
use sluice_testkit::s3::{ACCESS_KEY, S3Server, SECRET_KEY};
use sluice_testkit::tls::TlsProxy;
use sluice_testkit::wait;

const BUCKET: &str = "logs";
const PATIENCE: Duration = Duration::from_secs(60);
const SPLIT: &str = "";
const FORWARD: &str = "inputs.forward.tcp = '127.0.0.1:24225'\nfluent_bit.topology = 'forward'\n";

/// What ECS puts before the file: its inputs and the fields that it adds.
const AGENT: &str = "[INPUT]
    Name forward
    unix_path $ROOT/fluent.sock
[FILTER]
    Name record_modifier
    Match *
    Record ecs_cluster production
    Record ecs_task_arn arn:aws:ecs:us-east-1:123456789012:task/production/0123456789abcdef0123456789abcdef
    Record ecs_task_definition shop:7
@INCLUDE $ROOT/fluent-bit.conf
";

/// The files of a spec in a folder; what names a place of the container names one in the folder.
fn rendered(folder: &Path, settings: &str) {
    let root = folder.display();
    let spec = format!(
        "name = 'shop'\nregion = 'us-east-1'\narchive.url = 's3://{BUCKET}/app'\n\
         errors.log_group = '/sluice/test/shop'\nfluent_bit.dir = '{root}'\nfluent_bit.buffer_dir = '{root}/buffer'\n\
         fluent_bit.upload_after = '10s'\n{settings}"
    );
    let spec = Spec::parse_with(&spec, "sluice.toml", None, &keep_references).expect("a spec");
    for file in sluice_fluent_bit::render(&spec).expect("files") {
        // A fixed port would be taken by another test.
        let text = file.text.replace("2020", &free_port().to_string());
        fs::write(folder.join(file.name), text).expect("a file");
    }
    fs::write(folder.join("agent.conf"), AGENT.replace("$ROOT", &root.to_string())).expect("a file");
}

/// Points an output at an emulator, in both formats.
fn point(folder: &Path, output: &str, properties: &[(&str, String)]) {
    for (file, name, indent, colon) in [
        ("fluent-bit.conf", format!("  {output}\n"), "    ", ""),
        ("fluent-bit.yaml", format!("- name: {output}\n"), "      ", ":"),
    ] {
        let path = folder.join(file);
        let text = fs::read_to_string(&path).expect("a file");
        let at = text.find(&name).expect("the output") + name.len();
        let lines: String =
            properties.iter().map(|(key, value)| format!("{indent}{key}{colon} {value}\n")).collect();
        fs::write(path, format!("{}{lines}{}", &text[..at], &text[at..])).expect("a file");
    }
}

fn command(binary: &Path, config: &Path) -> Command {
    let mut command = Command::new(binary);
    command
        .arg("-c")
        .arg(config)
        .env("AWS_ACCESS_KEY_ID", ACCESS_KEY)
        .env("AWS_SECRET_ACCESS_KEY", SECRET_KEY)
        .env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

/// The lines of a sample, as Docker passes them on; container logs have no empty last line.
fn lines(name: &str) -> Vec<Line> {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/logs")).join(name);
    let text = fs::read_to_string(path).expect("a sample");
    let line = |text: &str| Line { source: "stdout", ms: now_ms(), text: text.to_owned(), part: None };
    text.lines().map(line).collect()
}

/// What the router makes of the same lines.
fn routed(name: &str) -> Vec<Value> {
    let folder = tempfile::tempdir().expect("a folder");
    let sample = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/logs")).join(name);
    let status = Router::command()
        .args(["pipe", "--service", "shop", "--errors", "/dev/null", "--archive"])
        .arg(format!("file://{}/archive", folder.path().display()))
        .stdin(fs::File::open(sample).expect("a sample"))
        .status()
        .expect("a router");
    assert!(status.success());
    let mut objects = BTreeMap::new();
    let mut folders = vec![folder.path().join("archive")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                objects.insert(path.display().to_string(), fs::read(&path).expect("an object"));
            }
        }
    }
    records(&objects).into_iter().map(|record| record.json).collect()
}

/// How many records there are of each value of the fields.
fn tally(records: &[Value], fields: &[&str]) -> BTreeMap<Vec<String>, usize> {
    let mut all = BTreeMap::new();
    for record in records {
        // A column that is null and one that is not there are one to every table.
        let field = |name: &&str| {
            record.get(*name).filter(|v| !v.is_null()).map(Value::to_string).unwrap_or_default()
        };
        *all.entry(fields.iter().map(field).collect()).or_default() += 1;
    }
    all
}

/// How many records of the first there are no equals of in the second.
fn without_equal(of: &BTreeMap<Vec<String>, usize>, among: &BTreeMap<Vec<String>, usize>) -> usize {
    of.iter().map(|(key, count)| count.saturating_sub(*among.get(key).unwrap_or(&0))).sum()
}

struct Outcome {
    archived: Vec<Value>,
    errors: Vec<Value>,
}

/// Runs the split topology over a sample, until `count` records are in S3.
fn split(binary: &Path, config: &str, sample: &str, count: usize) -> Outcome {
    let folder = tempfile::tempdir().expect("a folder");
    let (s3, logs) = (S3Server::start(&[BUCKET]), CloudWatchRecorder::alone());
    let tls = TlsProxy::start(&logs.endpoint());
    let socket = format!("inputs.forward.unix = '{}/fluent.sock'\n", folder.path().display());
    rendered(folder.path(), &socket);
    point(folder.path(), "s3", &[("endpoint", s3.endpoint())]);
    let tls = [
        ("endpoint", "127.0.0.1".to_owned()),
        ("port", tls.port().to_string()),
        ("tls.verify", "off".to_owned()),
    ];
    point(folder.path(), "cloudwatch_logs", &tls);
    let child = Child::start(&mut command(binary, &folder.path().join(config)));
    child.wait_for_line(|line| line.contains("listening on unix"), PATIENCE);
    {
        let mut client = FireLens::connect(&folder.path().join("fluent.sock"));
        for line in lines(sample) {
            client.line(&line);
        }
    }
    let all = || records(&s3.objects(BUCKET));
    wait::until(PATIENCE, "records in S3", || Some(()).filter(|()| all().len() >= count));
    child.terminate();
    assert_eq!(child.wait(PATIENCE).code(), Some(0), "{:#?}", child.lines());
    let noise: Vec<_> = child.lines().into_iter().filter(|line| line.contains("[error]")).collect();
    assert_eq!(noise, Vec::<String>::new());
    assert_eq!(logs.violations(), Vec::<String>::new());
    assert_eq!(logs.retention_days("/sluice/test/shop"), Some(30));
    for key in s3.objects(BUCKET).keys() {
        let good = key.starts_with("app/year=20") && key.contains("/hour=") && key.ends_with(".json.gz");
        assert!(good, "{key}");
    }
    let stream = if config == "agent.conf" { "shop/0123456789abcdef0123456789abcdef" } else { "shop/errors" };
    assert!(logs.events().iter().all(|event| event.stream == stream));
    let errors: Vec<Value> =
        logs.events().iter().map(|event| serde_json::from_str(&event.message).expect("an object")).collect();
    Outcome { archived: all().into_iter().map(|record| record.json).collect(), errors }
}

/// Columns in which a record of Fluent Bit's must equal the router's.
const COLUMNS: [&str; 11] = [
    "level",
    "service",
    "message",
    "logger",
    "trace_id",
    "span_id",
    "request_id",
    "user_id",
    "http_method",
    "http_path",
    "http_status",
];

#[test]
fn fluent_bit_accepts_every_rendered_file_without_a_complaint() {
    let Some(binary) = fluent_bit() else { return };
    for settings in [SPLIT, FORWARD] {
        let folder = tempfile::tempdir().expect("a folder");
        rendered(folder.path(), settings);
        for file in ["agent.conf", "fluent-bit.yaml"] {
            let mut command = command(&binary, &folder.path().join(file));
            let output = command.arg("--dry-run").output().expect("Fluent Bit");
            let told = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{settings}{file}: {told}");
            assert!(!told.contains("[error]") && !told.contains("[ warn]"), "{settings}{file}: {told}");
        }
    }
}

#[test]
fn json_lines_become_the_records_the_router_makes_in_every_column() {
    as_the_router("agent.conf");
}

#[test]
fn the_yaml_of_a_host_makes_the_same_of_them() {
    as_the_router("fluent-bit.yaml");
}

fn as_the_router(config: &str) {
    let Some(binary) = fluent_bit() else { return };
    let ours = routed("backend-json.log");
    let theirs = split(&binary, config, "backend-json.log", ours.len());
    assert_eq!(theirs.archived.len(), ours.len());
    let (ours_tally, theirs_tally) = (tally(&ours, &COLUMNS), tally(&theirs.archived, &COLUMNS));
    assert_eq!(without_equal(&ours_tally, &theirs_tally), 0);
    // The split: the same errors, each once.
    let ours: Vec<Value> =
        ours.into_iter().filter(|r| matches!(r["level"].as_str(), Some("error" | "fatal"))).collect();
    assert_eq!(tally(&ours, &COLUMNS), tally(&theirs.errors, &COLUMNS));
    // Records have their own time, at which the application wrote them.
    let times = |records: &[Value]| {
        let time = |record: &Value| record["ts"].as_str().unwrap_or_default()[..23].to_owned();
        let mut all: Vec<String> = records.iter().filter(|r| !r["trace_id"].is_null()).map(time).collect();
        all.sort_unstable();
        all
    };
    let archived_errors: Vec<Value> = theirs
        .archived
        .iter()
        .filter(|r| matches!(r["level"].as_str(), Some("error" | "fatal")))
        .cloned()
        .collect();
    assert_eq!(times(&ours), times(&archived_errors));
}

#[test]
fn text_lines_and_tracebacks_keep_their_levels_and_differ_only_where_a_message_looks_like_a_head() {
    let Some(binary) = fluent_bit() else { return };
    let ours = routed("backend-text.log");
    let theirs = split(&binary, "agent.conf", "backend-text.log", ours.len());
    // Notes below an exception ("rule: …") begin at the margin like a record; asyncio and the timer of the join add to it.
    assert!((ours.len()..ours.len() + 8).contains(&theirs.archived.len()), "{}", theirs.archived.len());
    let columns = ["level", "message", "logger"];
    let lost = without_equal(&tally(&ours, &columns), &tally(&theirs.archived, &columns));
    assert!(lost <= 4, "{lost} of {} records are not there as they should be", ours.len());
    let levels = |records: &[Value]| {
        let mut all = tally(records, &["level"]);
        all.remove(&vec!["\"info\"".to_owned()]);
        all
    };
    assert_eq!(levels(&ours), levels(&theirs.archived));
}

#[test]
fn before_a_router_nothing_is_parsed_and_every_record_is_the_routers_own() {
    let Some(binary) = fluent_bit() else { return };
    let rig = Rig::new("inputs.forward.tcp = '$TCP'", &FaultPlan::none());
    let router = rig.start();
    let folder = tempfile::tempdir().expect("a folder");
    rendered(folder.path(), &FORWARD.replace("127.0.0.1:24225", rig.tcp()));
    let child = Child::start(&mut command(&binary, &folder.path().join("agent.conf")));
    child.wait_for_line(|line| line.contains("listening on unix"), PATIENCE);
    let sample = lines("backend-json.log");
    {
        let mut client = FireLens::connect(&folder.path().join("fluent.sock"));
        for line in &sample {
            client.line(line);
        }
    }
    rig.wait_metric(&router, "in_events_total", |events| events == sample.len() as u64);
    child.terminate();
    assert_eq!(child.wait(PATIENCE).code(), Some(0), "{:#?}", child.lines());
    rig.end(&router);
    let theirs: Vec<Value> = rig.archived().into_iter().map(|record| record.json).collect();
    let columns = ["ts", "level", "message", "logger", "error_type", "stack", "trace_id", "fingerprint"];
    // Lines without a time of their own have that of their receipt.
    let of_json = |records: &[Value]| {
        let with_time = records.iter().filter(|record| !record["attrs"]["service"].is_null());
        tally(&with_time.cloned().collect::<Vec<_>>(), &columns)
    };
    let ours = routed("backend-json.log");
    assert_eq!(of_json(&theirs), of_json(&ours));
    assert_eq!(theirs.len(), ours.len());
}
