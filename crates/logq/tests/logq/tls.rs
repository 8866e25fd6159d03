//! A Trino cluster behind TLS: whom `logq` trusts, and to whom it shows credentials.

use std::process::Output;

use serde_json::json;
use sluice_testkit::script::{Reply, ScriptedServer};
use sluice_testkit::tls::TlsProxy;

use crate::samples::{command, rows, text};

/// A cluster that answers every statement with one number, and TLS before it.
fn cluster() -> (ScriptedServer, TlsProxy) {
    let server = ScriptedServer::start(|_, _| {
        let column =
            json!({"name": "n", "type": "bigint", "typeSignature": {"rawType": "bigint", "arguments": []}});
        let page = json!({"id": "q1", "infoUri": "http://x/", "stats": {"state": "FINISHED"}, "columns": [column], "data": [[7]]});
        Reply::ok(page.to_string())
    });
    let proxy = TlsProxy::start(&server.endpoint());
    (server, proxy)
}

fn ask(proxy: &TlsProxy, user: &str, environment: &[(&str, &str)]) -> Output {
    let address = format!("https://{user}@127.0.0.1:{}/hive/logs", proxy.port());
    command()
        .env_remove("SSL_CERT_FILE")
        .envs(environment.iter().copied())
        .args(["sql", "SELECT 7 AS n", "--engine", "trino", "--trino", &address, "--format", "jsonl"])
        .output()
        .expect("logq")
}

#[test]
fn a_certificate_of_ones_own_is_trusted_when_it_is_named_and_credentials_go_to_it() {
    let (server, proxy) = cluster();
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("own.pem");
    std::fs::write(&file, proxy.certificate()).expect("a file");
    let trust = ("SSL_CERT_FILE", file.to_str().expect("a path"));
    for (environment, user, credentials) in [
        (vec![trust], "ann:secret", "Basic YW5uOnNlY3JldA=="),
        (vec![trust, ("TRINO_PASSWORD", "other")], "ann:secret", "Basic YW5uOm90aGVy"),
        (vec![trust, ("TRINO_TOKEN", "a.b.c")], "ann", "Bearer a.b.c"),
    ] {
        let output = ask(&proxy, user, &environment);
        assert_eq!(rows(&output)[0]["n"], 7);
        let calls = server.calls();
        assert_eq!(calls.last().expect("a call").header("authorization"), credentials);
    }
}

#[test]
fn a_certificate_that_nobody_vouches_for_is_refused_before_anything_is_sent() {
    let (server, proxy) = cluster();
    let output = ask(&proxy, "ann:secret", &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output.stderr);
    assert!(told.contains("certificate") && told.contains("SSL_CERT_FILE"), "{told}");
    assert!(!told.contains("secret"), "{told}");
    assert!(server.calls().is_empty());
}
