//! The smallest specs that must load, and the contradictions that must not.

use sluice_pipeline::{ArchiveUrl, Spec};

const SMALL: &str = r#"
name = "api"
region = "ap-northeast-1"
[archive]
url = "s3://example-logs/app"        # or file:///some/folder
[errors]
log_group = "/sluice/prod/api"
[inputs.forward]
unix = "/var/run/fluent.sock"
tcp = "127.0.0.1:24224"
[spool]
dir = "/var/lib/log-router"
[admin]
listen = "127.0.0.1:2020"
"#;

#[test]
fn the_smallest_useful_spec_differs_from_the_defaults_only_where_it_says_so() {
    let mut spec = Spec::parse(SMALL, "sluice.toml", None).unwrap();
    assert_eq!(spec.archive.url, ArchiveUrl::S3 { bucket: "example-logs".into(), prefix: "app".into() });
    assert_eq!(spec.errors.log_group, "/sluice/prod/api");
    let defaults = Spec::default_for("api").unwrap();
    spec.archive.url = defaults.archive.url.clone();
    spec.region = None;
    spec.errors.log_group = defaults.errors.log_group.clone();
    assert_eq!(spec, defaults);
}

#[test]
fn a_name_is_enough() {
    assert_eq!(Spec::parse("name = 'api'", "f", None), Spec::default_for("api"));
}

#[test]
fn a_file_is_read_from_disk() {
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../../sluice.example.toml");
    assert_eq!(Spec::load(example, None).unwrap().name, "api");
}

#[test]
fn contradictions_are_told_at_a_key_that_the_spec_gives() {
    for (text, key) in [
        ("archive.kms_key = 'k'", "archive.kms_key"),
        ("archive.sse = 'off'\narchive.kms_key = 'k'", "archive.kms_key"),
        ("spool.max_bytes = '512KiB'\nspool.segment_bytes = '256KiB'", "spool.max_bytes"),
        ("spool.max_bytes = '8MiB'\ninputs.forward.max_frame = '16MiB'", "inputs.forward.max_frame"),
        ("archive.member_bytes = '1MiB'\nspool.segment_bytes = '64KiB'", "archive.member_bytes"),
        ("archive.lifecycle.glacier_after = '400d'", "archive.lifecycle.glacier_after"),
        ("errors.batch_bytes = '64KiB'\nerrors.max_event_bytes = '64KiB'", "errors.max_event_bytes"),
        ("archive.tags = { 'aws:x' = '1' }", "archive.tags"),
        ("archive.url = 'file:///s'\nspool.dir = '/s'", "archive.url"),
        ("inputs.forward.tls.cert = '/c'", "inputs.forward.tls.cert"),
        ("inputs.forward.tls.key = '/k'", "inputs.forward.tls.key"),
        ("inputs.forward.unix = '/s'\ninputs.forward.shared_key = 'k'", "inputs.forward.shared_key"),
        ("[[inputs.forward.users]]\nname = 'a'\npassword = 'p'", "inputs.forward.users"),
        ("deliver.retry_base = '2s'\ndeliver.retry_max = '1s'", "deliver.retry_base"),
        ("admin.listen = '127.0.0.1:8877'", "admin.listen"),
        ("inputs.forward.unix = '/s'\ninputs.lines.unix = '/s'", "inputs.lines.unix"),
        ("redact.custom = [{ name = 'a', pattern = 'b' }, { name = 'a', pattern = 'c' }]", "redact.custom"),
    ] {
        let told = Spec::parse(&format!("name = 'api'\n{text}"), "f", None).unwrap_err();
        let keys: Vec<_> = told.iter().map(|problem| problem.key.as_str()).collect();
        assert_eq!(keys, [key], "{told}");
        assert!(told.iter().all(|problem| problem.position.is_some()), "{told}");
    }
}

#[test]
fn a_socket_path_that_linux_cannot_bind_is_told() {
    let path = |length| format!("name = 'api'\ninputs.lines.unix = '/{}'", "x".repeat(length));
    assert!(Spec::parse(&path(106), "f", None).is_ok());
    let told = Spec::parse(&path(107), "f", None).unwrap_err().to_string();
    assert!(told.contains("inputs.lines.unix: the path has 108 bytes"), "{told}");
}

#[test]
fn a_faulty_setting_is_not_blamed_for_a_contradiction_as_well() {
    for text in [
        "redact.custom = [{ name = '', pattern = 'a' }, { name = '', pattern = 'b' }]",
        "spool.max_bytes = '32MiB'\nspool.segment_bytes = 'x'\narchive.zone = 'y'",
    ] {
        let told = Spec::parse(&format!("name = 'api'\n{text}"), "f", None).unwrap_err();
        assert_eq!(told.iter().count(), 2, "{told}");
    }
}

#[test]
fn off_unsets_what_may_be_unset() {
    let text =
        "name = 'api'\narchive.max_past = 'off'\nerrors.bytes_per_minute = 'off'\nadmin.listen = 'off'";
    let spec = Spec::parse(text, "f", None).unwrap();
    assert_eq!((spec.archive.max_past, spec.errors.bytes_per_minute, spec.admin.listen), (None, None, None));
    assert!(Spec::parse("name = 'api'\nspool.segment_age = 'off'", "f", None).is_err());
}
