//! Checks across settings: values that are right alone and contradict each other.
//!
//! No single number contradicts a default (`glacier_after` apart): a default that depends on another setting is
//! derived from it (`resolve.rs`). A check is left out when a setting it looks at is faulty, since that is told already.

use std::collections::BTreeSet;

use crate::{
    problem::Problem,
    reader::{Outcome, in_environment},
    source::{Entry, Source},
    spec::{Spec, archive::Encryption, errors::EVENT_OVERHEAD},
    values::{duration::format_duration, size::ByteSize, url::ArchiveUrl},
};

/// Linux: `sockaddr_un.sun_path` has 108 bytes, the last of them zero (unix(7)).
const SOCKET_PATH: usize = 107;

/// Every contradiction of the spec.
pub(crate) fn check(spec: &Spec, outcome: &Outcome, source: Source<'_>) -> Vec<Problem> {
    let mut checker = Checker { outcome, source, found: Vec::new() };
    archive(spec, &mut checker);
    alerts(spec, &mut checker);
    errors(spec, &mut checker);
    forward(spec, &mut checker);
    other(spec, &mut checker);
    checker.found
}

struct Checker<'a> {
    outcome: &'a Outcome,
    source: Source<'a>,
    found: Vec<Problem>,
}

impl Checker<'_> {
    /// Tells a contradiction between the keys, at the first of them that the spec gives.
    fn contradiction(
        &mut self,
        wrong: bool,
        keys: &[&str],
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        // A key is faulty as well when its whole table is, or an item of its list.
        let related = |key: &str, bad: &String| key.starts_with(bad.as_str()) || bad.starts_with(key);
        let faulty = |key: &&str| self.outcome.bad.iter().any(|bad| related(key, bad));
        if !wrong || keys.iter().any(faulty) {
            return;
        }
        let given = keys.iter().find_map(|key| Some((*key, self.outcome.given.get(*key)?)));
        let nowhere = Entry::default();
        let (key, entry) = given.unwrap_or((keys[0], &nowhere));
        self.found.push(Problem {
            file: self.source.file.to_owned(),
            position: entry.at.map(|at| self.source.position(at)),
            key: in_environment(entry, key),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    fn at_most(&mut self, less: (&str, ByteSize), more: (&str, ByteSize)) {
        self.contradiction(
            less.1 > more.1,
            &[less.0, more.0],
            format!("{} ({}) is more than {} ({})", less.0, less.1, more.0, more.1),
            format!("lower {} or raise {}", less.0, more.0),
        );
    }
}

fn archive(spec: &Spec, check: &mut Checker<'_>) {
    let archive = &spec.archive;
    check.contradiction(
        archive.kms_key.is_some() && archive.sse != Some(Encryption::Kms),
        &["archive.kms_key", "archive.sse"],
        "a KMS key is given, but the encryption is not by KMS",
        "set archive.sse = \"kms\" or remove archive.kms_key",
    );
    check.contradiction(
        archive.tags.len() > 10,
        &["archive.tags"],
        format!("{} tags, and S3 takes 10 an object", archive.tags.len()),
        "remove some",
    );
    let odd = |key: &&String| key.is_empty() || key.chars().count() > 128 || key.starts_with("aws:");
    if let Some(key) = archive.tags.keys().find(odd) {
        check.contradiction(
            true,
            &["archive.tags"],
            format!("{key:?} is no key for a tag"),
            "use 1 to 128 characters that do not begin with aws:",
        );
    }
    check.at_most(
        ("archive.member_bytes", archive.member_bytes),
        ("spool.segment_bytes", spec.spool.segment_bytes),
    );
    let lifecycle = &archive.lifecycle;
    if let (Some(glacier), Some(expire)) = (lifecycle.glacier_after, lifecycle.expire_after) {
        check.contradiction(
            glacier >= expire,
            &["archive.lifecycle.glacier_after", "archive.lifecycle.expire_after"],
            format!(
                "objects would move to Glacier after {} but be deleted after {}",
                format_duration(glacier),
                format_duration(expire)
            ),
            "make expire_after longer, or glacier_after \"off\"",
        );
    }
    let (ArchiveUrl::File { path }, spool) = (&archive.url, &spec.spool.dir) else { return };
    check.contradiction(
        path == spool,
        &["archive.url", "spool.dir"],
        "the archive and the spool are the same folder",
        "give the archive a folder of its own",
    );
}

fn alerts(spec: &Spec, check: &mut Checker<'_>) {
    let alerts = &spec.alerts;
    check.contradiction(
        alerts.slack_workspace.is_some() != alerts.slack_channel.is_some(),
        &["alerts.slack_workspace", "alerts.slack_channel"],
        "Slack needs a workspace and a channel, and one of them is missing",
        "give both or neither",
    );
    let monitor = &spec.monitor;
    check.contradiction(
        monitor.ecs_service.is_some() && monitor.ecs_cluster.is_none(),
        &["monitor.ecs_service", "monitor.ecs_cluster"],
        "a service is watched, but not said in which cluster",
        "set monitor.ecs_cluster too",
    );
}

fn errors(spec: &Spec, check: &mut Checker<'_>) {
    let room = ByteSize(spec.errors.batch_bytes.0.saturating_sub(EVENT_OVERHEAD));
    check.contradiction(
        spec.errors.max_event_bytes > room,
        &["errors.max_event_bytes", "errors.batch_bytes"],
        format!(
            "an event of {} and its 26 bytes of overhead do not fit a batch of {}",
            spec.errors.max_event_bytes, spec.errors.batch_bytes
        ),
        format!("set errors.max_event_bytes to {} or less, or raise errors.batch_bytes", room.0),
    );
}

fn forward(spec: &Spec, check: &mut Checker<'_>) {
    let forward = &spec.inputs.forward;
    let (cert, key) = ("inputs.forward.tls.cert", "inputs.forward.tls.key");
    check.contradiction(
        forward.tls.cert.is_some() != forward.tls.key.is_some(),
        &[cert, key],
        "TLS needs a certificate and a key, and one of them is missing",
        format!("set both {cert} and {key}"),
    );
    let secured = [
        ("inputs.forward.shared_key", forward.shared_key.is_some()),
        ("inputs.forward.users", !forward.users.is_empty()),
        (cert, forward.tls.cert.is_some()),
    ];
    for (secure, _) in secured.iter().filter(|(_, set)| *set) {
        check.contradiction(
            forward.tcp.is_none(),
            &[secure, "inputs.forward.tcp"],
            "it guards the TCP listener, and there is none",
            "set inputs.forward.tcp or remove this",
        );
    }
    check.contradiction(
        !forward.users.is_empty() && forward.shared_key.is_none(),
        &["inputs.forward.users", "inputs.forward.shared_key"],
        "the Forward handshake asks for users only together with a shared key",
        "set inputs.forward.shared_key",
    );
    let mut names = BTreeSet::new();
    if let Some(twice) = forward.users.iter().find(|user| !names.insert(&user.name)) {
        check.contradiction(
            true,
            &["inputs.forward.users"],
            format!("the user {:?} is given twice", twice.name),
            "remove one",
        );
    }
    check.at_most(("inputs.forward.max_frame", forward.max_frame), ("spool.max_bytes", spec.spool.max_bytes));
}

fn other(spec: &Spec, check: &mut Checker<'_>) {
    let spool = &spec.spool;
    check.contradiction(
        spool.max_bytes.0 < spool.segment_bytes.0.saturating_mul(4),
        &["spool.max_bytes", "spool.segment_bytes"],
        format!("{} do not hold four segments of {}", spool.max_bytes, spool.segment_bytes),
        format!("set spool.max_bytes to {} or more", ByteSize(spool.segment_bytes.0.saturating_mul(4))),
    );
    let (base, max) = (spec.deliver.retry_base, spec.deliver.retry_max);
    check.contradiction(
        base > max,
        &["deliver.retry_base", "deliver.retry_max"],
        format!(
            "the first wait, {}, is longer than the longest, {}",
            format_duration(base),
            format_duration(max)
        ),
        "lower deliver.retry_base or raise deliver.retry_max",
    );
    let mut names = BTreeSet::new();
    if let Some(twice) = spec.redact.custom.iter().find(|custom| !names.insert(&custom.name)) {
        check.contradiction(
            true,
            &["redact.custom"],
            format!("the name {:?} is given twice", twice.name),
            "give each pattern its own name",
        );
    }
    sockets(spec, check);
}

/// Two listeners cannot have one address; port 0 is a free port each time.
fn sockets(spec: &Spec, check: &mut Checker<'_>) {
    let tcp = [
        ("admin.listen", spec.admin.listen),
        ("health.listen", spec.health.listen),
        ("inputs.forward.tcp", spec.inputs.forward.tcp),
        ("inputs.lines.tcp", spec.inputs.lines.tcp),
    ];
    let unix =
        [("inputs.forward.unix", &spec.inputs.forward.unix), ("inputs.lines.unix", &spec.inputs.lines.unix)];
    for (key, path) in &unix {
        let length = path.as_ref().map_or(0, |path| path.as_os_str().len());
        check.contradiction(
            length > SOCKET_PATH,
            &[key],
            format!("the path has {length} bytes, and a Unix socket's address takes {SOCKET_PATH}"),
            "choose a shorter one",
        );
    }
    let tcp = tcp.map(|(key, address)| (key, address.filter(|a| a.port() != 0).map(|a| a.to_string())));
    let unix = unix.map(|(key, path)| (key, path.as_ref().map(|path| path.display().to_string())));
    let listeners: Vec<_> = tcp.into_iter().chain(unix).filter_map(|(key, at)| Some((key, at?))).collect();
    for (index, (key, at)) in listeners.iter().enumerate() {
        for (other, _) in listeners[..index].iter().filter(|(_, taken)| taken == at) {
            check.contradiction(
                true,
                &[key, other],
                format!("{at} is the address of {other} and of {key}"),
                "choose another",
            );
        }
    }
}
