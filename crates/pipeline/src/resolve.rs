//! Defaults that follow from other settings.

use std::time::Duration;

use crate::{
    reader::Outcome,
    spec::{Spec, errors::EVENT_OVERHEAD},
    values::size::{ByteSize, MIB},
};

/// FireLens mounts this folder into every container that logs through it.
const FIRELENS_SOCKET: &str = "/var/run/fluent.sock";
const FIRELENS_PORT: u16 = 24224;

/// What settings are when nothing smaller bounds them.
const SEGMENT: u64 = 16 * MIB;
const FRAME: u64 = 16 * MIB;
const BUFFERED: u64 = 32 * MIB;
const RETRY_BASE: Duration = Duration::from_millis(200);
const GLACIER: Duration = Duration::from_secs(90 * 86_400);

/// Fills in every setting whose definition says `derived` and that the spec does not give.
pub(crate) fn resolve(spec: &mut Spec, env: Option<&str>, outcome: &Outcome) {
    let firelens = !has_input(spec, outcome);
    // First, since the member's size follows from it.
    let (segment_bytes, spool_bytes) = ("spool.segment_bytes", spec.spool.max_bytes.0);
    if outcome.derived.iter().any(|key| key == segment_bytes) {
        spec.spool.segment_bytes = ByteSize((spool_bytes / 4).min(SEGMENT));
    }
    for key in outcome.derived.iter().filter(|key| *key != segment_bytes) {
        match key.as_str() {
            "service" => spec.service = spec.name.clone(),
            "archive.member_bytes" => {
                spec.archive.member_bytes = ByteSize(spec.spool.segment_bytes.0.min(MIB));
            }
            "archive.lifecycle.glacier_after" => {
                let expires = spec.archive.lifecycle.expire_after.is_some_and(|expire| expire <= GLACIER);
                spec.archive.lifecycle.glacier_after = (!expires).then_some(GLACIER);
            }
            "errors.log_group" => {
                let middle = env.map(|env| format!("{env}/")).unwrap_or_default();
                spec.errors.log_group = format!("/sluice/{middle}{}", spec.name);
            }
            "errors.max_event_bytes" => {
                let room = spec.errors.batch_bytes.0.saturating_sub(EVENT_OVERHEAD);
                spec.errors.max_event_bytes = ByteSize(room);
            }
            "inputs.forward.unix" => spec.inputs.forward.unix = firelens.then(|| FIRELENS_SOCKET.into()),
            "inputs.forward.tcp" => {
                spec.inputs.forward.tcp = firelens.then(|| ([127, 0, 0, 1], FIRELENS_PORT).into());
            }
            "inputs.forward.max_frame" => spec.inputs.forward.max_frame = ByteSize(spool_bytes.min(FRAME)),
            "inputs.forward.max_buffered" => {
                let frames = spec.inputs.forward.max_frame.0.saturating_mul(2);
                spec.inputs.forward.max_buffered = ByteSize(frames.max(BUFFERED));
            }
            "inputs.tail.offsets" => spec.inputs.tail.offsets = spec.spool.dir.join("tail"),
            "deliver.retry_base" => spec.deliver.retry_base = spec.deliver.retry_max.min(RETRY_BASE),
            "catalog.database" => {
                let name = named(spec, env).to_lowercase();
                let name = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
                // A database's name begins with a letter.
                let lead = if name.starts_with(|c: char| c.is_ascii_digit()) { "db_" } else { "" };
                spec.catalog.database = format!("{lead}{name}");
            }
            "catalog.work_group" => spec.catalog.work_group = named(spec, env),
            "fluent_bit.router" => spec.fluent_bit.router = router_address(spec),
            key => unreachable!("{key} is defined as derived, but nothing computes it"),
        }
    }
}

/// The name with the environment behind it, as AWS resources are called.
fn named(spec: &Spec, env: Option<&str>) -> String {
    env.map_or_else(|| spec.name.clone(), |env| format!("{}-{env}", spec.name))
}

/// Where a Fluent Bit before this router finds it. The inputs are resolved by now: they stand before.
fn router_address(spec: &Spec) -> String {
    let forward = &spec.inputs.forward;
    match (&forward.tcp, &forward.unix) {
        (Some(tcp), _) => tcp.to_string(),
        (None, Some(unix)) => format!("unix:{}", unix.display()),
        (None, None) => String::new(),
    }
}

fn has_input(spec: &Spec, outcome: &Outcome) -> bool {
    let given = |key: &str| outcome.given.contains_key(key);
    let inputs = &spec.inputs;
    (given("inputs.forward.unix") && inputs.forward.unix.is_some())
        || (given("inputs.forward.tcp") && inputs.forward.tcp.is_some())
        || inputs.lines.tcp.is_some()
        || inputs.lines.unix.is_some()
        || !inputs.tail.paths.is_empty()
        || inputs.stdin.enabled
}

#[cfg(test)]
mod tests {
    use crate::Spec;

    fn spec(text: &str, env: Option<&str>) -> Spec {
        Spec::parse(&format!("name = 'api'\n{text}"), "sluice.toml", env).unwrap()
    }

    #[test]
    fn a_name_alone_makes_a_firelens_sidecar() {
        let spec = spec("", None);
        assert_eq!(spec.service, "api");
        assert_eq!(spec.errors.log_group, "/sluice/api");
        assert_eq!(spec.inputs.forward.unix.unwrap().to_str(), Some("/var/run/fluent.sock"));
        assert_eq!(spec.inputs.forward.tcp.unwrap().to_string(), "127.0.0.1:24224");
        assert_eq!(spec.inputs.tail.offsets.to_str(), Some("/var/lib/log-router/tail"));
        assert_eq!(spec.archive.member_bytes.to_string(), "1MiB");
    }

    #[test]
    fn an_input_of_ones_own_replaces_the_firelens_listeners() {
        for input in ["lines.tcp = '127.0.0.1:1'", "stdin.enabled = true", "tail.paths = ['/x']"] {
            let forward = spec(&format!("inputs.{input}"), None).inputs.forward;
            assert_eq!((forward.unix, forward.tcp), (None, None), "{input}");
        }
        let forward = spec("inputs.forward.tcp = '127.0.0.1:1'", None).inputs.forward;
        assert_eq!(forward.unix, None);
        let forward = spec("inputs.forward.unix = 'off'", None).inputs.forward;
        assert_eq!((forward.unix, forward.tcp.is_some()), (None, true));
    }

    #[test]
    fn the_log_group_names_the_environment() {
        assert_eq!(spec("[env.dev]", Some("dev")).errors.log_group, "/sluice/dev/api");
    }

    #[test]
    fn small_segments_bring_small_members() {
        let spec = spec("spool.segment_bytes = '128KiB'", None);
        assert_eq!(spec.archive.member_bytes.to_string(), "128KiB");
    }

    #[test]
    fn defaults_give_way_to_smaller_settings() {
        let small =
            spec("spool.max_bytes = '1MiB'\nerrors.batch_bytes = '1KiB'\ndeliver.retry_max = '50ms'", None);
        assert_eq!(small.spool.segment_bytes.to_string(), "256KiB");
        assert_eq!(small.archive.member_bytes.to_string(), "256KiB");
        assert_eq!(small.inputs.forward.max_frame.to_string(), "1MiB");
        assert_eq!(small.errors.max_event_bytes.0, 998);
        assert_eq!(small.deliver.retry_base.as_millis(), 50);
        let glacier =
            |text| spec(text, None).archive.lifecycle.glacier_after.map(|after| after.as_secs() / 86_400);
        assert_eq!(glacier("archive.lifecycle.expire_after = '30d'"), None);
        assert_eq!(glacier("archive.lifecycle.expire_after = 'off'"), Some(90));
        assert_eq!(glacier(""), Some(90));
    }
}
