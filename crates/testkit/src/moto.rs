//! moto's S3, CloudWatch Logs, Glue and Athena: a Python process in the virtual environment that `make test` installs.
//!
//! CloudWatch clients speak CBOR, which moto does not: `moto/mended.py` translates it. Calls that moto does not have
//! are in `moto/filled.py`, which names them.
//!
//! moto verifies no signatures and few limits ([`crate::logs`] before it does), and answers one connection a call.

use std::collections::BTreeMap;
use std::env;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use hyper::body::Bytes;

use crate::client::{Answer, call};
use crate::process::Child;

const START_TIMEOUT: Duration = Duration::from_secs(120);
/// The translation, and what is filled in, first: the server is wrapped in them.
pub const SERVE: &str =
    concat!(include_str!("moto/mended.py"), include_str!("moto/filled.py"), include_str!("moto/serve.py"));
const SAYS_PORT: &str = "moto serves on port ";
const INSTALL: &str = "run `make test`, or `make moto` for this alone";

/// A moto server; it stops when it is dropped, and when the test's process ends.
pub struct Moto {
    _process: Child,
    endpoint: String,
}

impl Moto {
    /// Starts a server on a free port, and returns when it answers.
    ///
    /// # Panics
    /// When moto is not installed (the text says how to), or does not start.
    #[must_use]
    pub fn start() -> Self {
        let mut command = Command::new(python());
        command.args(["-c", SERVE]).stdin(Stdio::piped()).stdout(Stdio::null());
        // boto3, which moto imports, would look for others elsewhere.
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] {
            command.env(name, "testing");
        }
        let process = Child::start(&mut command);
        let said = process.wait_for_line(
            |line| line.starts_with(SAYS_PORT) || line.contains("ModuleNotFoundError"),
            START_TIMEOUT,
        );
        let port = said.strip_prefix(SAYS_PORT);
        let port = port.unwrap_or_else(|| panic!("moto is not installed, {said}: {INSTALL}"));
        let moto = Self { endpoint: format!("http://127.0.0.1:{port}"), _process: process };
        moto.reset();
        moto
    }

    /// The URL of the server.
    #[must_use]
    pub fn endpoint(&self) -> String {
        self.endpoint.clone()
    }

    /// Forgets everything: buckets, objects, groups, streams, events.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn reset(&self) {
        self.done("POST", "/moto-api/reset", &[], "");
    }

    /// Makes a bucket.
    ///
    /// # Panics
    /// When it is there.
    pub fn create_bucket(&self, bucket: &str) {
        self.s3("PUT", &format!("/{bucket}"));
    }

    /// All objects of a bucket: key → bytes.
    ///
    /// # Panics
    /// When there is no such bucket.
    #[must_use]
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let mut objects = BTreeMap::new();
        let mut page = String::new();
        loop {
            let list = self.s3("GET", &format!("/{bucket}?list-type=2&encoding-type=url{page}")).text();
            for key in elements(&list, "Key") {
                let bytes = self.s3("GET", &format!("/{bucket}/{}", escaped(&unescaped(key)))).body.to_vec();
                objects.insert(unescaped(key), bytes);
            }
            let Some(token) = elements(&list, "NextContinuationToken").next() else { return objects };
            page = format!("&continuation-token={}", escaped(token));
        }
    }

    /// Puts an object into a bucket.
    ///
    /// # Panics
    /// When there is no such bucket.
    pub fn put_object(&self, bucket: &str, key: &str, bytes: impl Into<Bytes>) {
        let headers = [("authorization", &*authorization("s3"))];
        self.done("PUT", &format!("/{bucket}/{}", escaped(key)), &headers, bytes);
    }

    /// Makes a log group and streams in it.
    ///
    /// # Panics
    /// When one is there.
    pub fn create_log_group(&self, group: &str, streams: &[&str]) {
        let group = serde_json::json!({ "logGroupName": group });
        self.logs("CreateLogGroup", &group);
        for stream in streams {
            let mut both = group.clone();
            both["logStreamName"] = (*stream).into();
            self.logs("CreateLogStream", &both);
        }
    }

    /// Calls an operation of CloudWatch Logs, and returns what it answered.
    ///
    /// # Panics
    /// When it fails.
    pub fn logs(&self, operation: &str, input: &serde_json::Value) -> serde_json::Value {
        self.json("logs", &format!("Logs_20140328.{operation}"), input)
    }

    /// Calls an operation of Glue, and returns what it answered.
    ///
    /// # Panics
    /// When it fails.
    pub fn glue(&self, operation: &str, input: &serde_json::Value) -> serde_json::Value {
        self.json("glue", &format!("AWSGlue.{operation}"), input)
    }

    /// Calls an operation of Athena, and returns what it answered.
    ///
    /// # Panics
    /// When it fails.
    pub fn athena(&self, operation: &str, input: &serde_json::Value) -> serde_json::Value {
        self.json("athena", &format!("AmazonAthena.{operation}"), input)
    }

    /// Queues an answer for the next queries of Athena: moto runs none.
    ///
    /// # Panics
    /// When it does not take it.
    pub fn queue_athena(&self, input: &serde_json::Value) {
        let headers = [("content-type", "application/json")];
        self.done("POST", "/moto-api/static/athena/query-results", &headers, input.to_string());
    }

    fn json(&self, service: &str, target: &str, input: &serde_json::Value) -> serde_json::Value {
        let authorization = authorization(service);
        let headers = [
            ("x-amz-target", target),
            ("content-type", "application/x-amz-json-1.1"),
            ("authorization", &authorization),
        ];
        let answer = self.done("POST", "/", &headers, input.to_string());
        serde_json::from_slice(&answer.body).unwrap_or_default()
    }

    fn s3(&self, method: &str, path: &str) -> Answer {
        self.done(method, path, &[("authorization", &authorization("s3"))], "")
    }

    fn done(&self, method: &str, path: &str, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Answer {
        let url = format!("{}{path}", self.endpoint);
        let answer = call(method, &url, headers, body);
        let answer = answer.unwrap_or_else(|e| panic!("moto, {method} {path}: {e}"));
        assert!(answer.status.is_success(), "moto, {method} {path}: {} {}", answer.status, answer.text());
        answer
    }
}

/// The Python interpreter that has moto, and with it boto3.
///
/// # Panics
/// When it is not there; the text says how to install it.
#[must_use]
pub fn python() -> PathBuf {
    let python = venv().join("bin/python");
    assert!(python.exists(), "moto is not installed, there is no {}: {INSTALL}", python.display());
    python
}

fn venv() -> PathBuf {
    env::var_os("SLUICE_VENV").map_or_else(|| cache().join("venv"), PathBuf::from)
}

/// The folder in which `make` keeps what it installs.
pub(crate) fn cache() -> PathBuf {
    let cache = match env::var_os("XDG_CACHE_HOME").filter(|folder| !folder.is_empty()) {
        Some(folder) => PathBuf::from(folder),
        None => PathBuf::from(env::var_os("HOME").unwrap_or_default()).join(".cache"),
    };
    cache.join("sluice")
}

/// Names the service; moto reads that and verifies nothing.
fn authorization(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=testing/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

fn elements<'a>(xml: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let mut rest = xml;
    std::iter::from_fn(move || {
        let (text, behind) = rest.split_once(&open)?.1.split_once(&close)?;
        rest = behind;
        Some(text)
    })
}

fn escaped(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn unescaped(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let digits = tail.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        match digits.and_then(|hex| u8::from_str_radix(hex, 16).ok()).filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).expect("a key in UTF-8")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_key_survives_escaping() {
        let key = "p/year=2026/a b+é&%41.gz";
        assert_eq!(escaped("a/b=c+ "), "a/b%3Dc%2B%20");
        assert_eq!(unescaped(&escaped(key)), key);
    }
}
