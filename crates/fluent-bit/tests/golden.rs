//! Golden files: every environment, topology and format. `UPDATE_GOLDEN=1` writes them anew.

use std::fs;
use std::path::PathBuf;

use sluice_fluent_bit::{Error, render};
use sluice_pipeline::{Spec, keep_references};

const SPEC: &str = "
name = 'api'
region = 'ap-northeast-1'
archive.url = 's3://example-logs/app'
parse.zone = 'Asia/Tokyo'
errors.stream = '{service}/{container}.{task}'
inputs.forward.tcp = '127.0.0.1:24225'
inputs.tail.paths = ['/var/log/app/*.log']
[env.dev]
archive.url = 's3://example-logs-dev'
errors.retention_days = 7
errors.min_level = 'warn'
fluent_bit.memory = '256MiB'
[env.prod]
archive.storage_class = 'standard_ia'
errors.create_group = false
fluent_bit.retries = 10
inputs.forward.shared_key = '${FORWARD_KEY}'
inputs.forward.tls = { cert = '/tls.crt', key = '/tls.key' }
inputs.forward.users = [{ name = 'app', password = '${FORWARD_PASSWORD}' }]
";

fn spec(text: &str, env: Option<&str>) -> Spec {
    Spec::parse_with(text, "sluice.toml", env, &keep_references).expect("a spec")
}

#[test]
fn every_environment_topology_and_format_is_as_the_golden_files_say() {
    let root = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden"));
    for env in ["dev", "prod"] {
        for topology in ["split", "forward"] {
            let text =
                SPEC.replacen("[env.dev]", &format!("fluent_bit.topology = '{topology}'\n[env.dev]"), 1);
            for file in render(&spec(&text, Some(env))).unwrap() {
                let folder = root.join(format!("{env}-{topology}"));
                let path = folder.join(file.name);
                if std::env::var_os("UPDATE_GOLDEN").is_some() {
                    fs::create_dir_all(&folder).unwrap();
                    fs::write(&path, &file.text).unwrap();
                }
                let golden = fs::read_to_string(&path).unwrap_or_default();
                assert_eq!(file.text, golden, "{} (UPDATE_GOLDEN=1 writes it)", path.display());
            }
        }
    }
}

#[test]
fn what_fluent_bit_cannot_do_is_refused_all_at_once_with_reason_and_remedy() {
    let text = "name = 'api'\narchive.url = 'file:///logs'\narchive.zone = 'Asia/Tokyo'\narchive.tags = { a = 'b' }\n\
                parse.zone = 'Europe/Berlin'\nredact.named = ['email']\nerrors.stream = '{container}/{boot}'\n\
                inputs.forward.tcp = '127.0.0.1:24224'\ninputs.forward.shared_key = 'in plain'";
    let Err(Error::Unsupported(refused)) = render(&spec(text, None)) else { panic!("it must be refused") };
    let keys: Vec<_> = refused.0.iter().map(|refusal| refusal.key).collect();
    assert_eq!(
        keys,
        [
            "inputs.forward.shared_key",
            "archive.url",
            "archive.zone",
            "archive.tags",
            "redact",
            "parse.zone",
            "errors.stream",
            "errors.stream"
        ]
    );
    assert!(
        refused.to_string().contains("\nredact: Fluent Bit masks nothing without a script of one's own; set")
    );
}

#[test]
fn a_router_on_the_port_that_firelens_gives_to_fluent_bit_is_refused() {
    let Err(Error::Unsupported(refused)) =
        render(&spec("name = 'api'\nfluent_bit.topology = 'forward'", None))
    else {
        panic!("it must be refused")
    };
    let keys: Vec<_> = refused.0.iter().map(|refusal| refusal.key).collect();
    assert_eq!(keys, ["inputs.forward.tcp", "inputs.forward.unix"]);
}

#[test]
fn the_same_spec_without_what_it_cannot_do_passes_records_on() {
    let text = "name = 'api'\narchive.url = 'file:///logs'\nredact.named = ['email']\n\
                inputs.forward.tcp = '127.0.0.1:24225'\nfluent_bit.topology = 'forward'";
    let files = render(&spec(text, None)).unwrap();
    let port = files[0].text.lines().find(|line| line.trim_start().starts_with("Port ")).unwrap();
    assert!(port.ends_with(" 24225"), "{port}");
}
