//! All inputs, and all modes of the Forward protocol.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use sluice_forward::{ClientHandshake, Compression, Ping, Time, Value, encode};
use sluice_system_tests::{BASE_MS, Rig};
use sluice_testkit::faults::FaultPlan;
use sluice_testkit::process::{Child, Router};

/// Writes events in one of the modes.
type Write<'w> = &'w dyn Fn(&mut Vec<u8>, &[(Time, &encode::Record<'_>)], &encode::Options<'_>);

fn messages(rig: &Rig) -> Vec<String> {
    let mut all: Vec<String> =
        rig.archived().iter().map(|record| record.text("message").to_owned()).collect();
    all.sort();
    all
}

#[test]
fn every_mode_of_the_protocol_is_read_and_acknowledged_and_a_repeated_chunk_stored_once() {
    let rig = Rig::new("inputs.forward.tcp = '$TCP'", &FaultPlan::none());
    let router = rig.start();
    let mut client = TcpStream::connect(rig.tcp()).expect("a router that listens");
    client.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
    let mut expected = Vec::new();
    let mut chunk = |name: &str, write: Write<'_>| {
        let texts = [format!("{name} one"), format!("{name} two")];
        let records = texts.each_ref().map(|text| {
            [("message", Value::Str(text.as_bytes())), ("level", Value::Str(b"error")), ("n", Value::UInt(7))]
        });
        let events = records.each_ref().map(|record| (Time::from_ms(BASE_MS() + 5), &record[..]));
        let options = encode::Options { chunk: Some(name.as_bytes()), size: Some(2), ..Default::default() };
        let mut message = Vec::new();
        write(&mut message, &events, &options);
        // The client did not see the first acknowledgement.
        for _ in 0..2 {
            client.write_all(&message).expect("a router that reads");
            let mut answer = [0; 64];
            let len = client.read(&mut answer).expect("an acknowledgement");
            assert_eq!(encode::decode_ack(&answer[..len]), Some((name.as_bytes(), len)));
        }
        expected.extend(texts);
    };
    chunk("forward", &|out, events, options| encode::forward(out, "app.a", events, options));
    chunk("packed", &|out, events, options| encode::packed(out, "app.a", events, options));
    for compression in [Compression::Gzip, Compression::Zstd] {
        chunk(&format!("packed {compression}"), &|out, events, options| {
            encode::compressed(out, "app.a", events, compression, options).expect("memory");
        });
    }
    client.write_all(&[0xc0]).expect("a router that takes a heartbeat");
    let record = [("log", Value::Str(b"ERROR: integer time")), ("container_name", Value::Str(b"/app"))];
    let mut message = Vec::new();
    let options = encode::Options { integer_times: true, ..Default::default() };
    encode::message(&mut message, "app", Time::from_ms(BASE_MS()), &record, &options);
    client.write_all(&message).expect("a router that reads");
    expected.push("integer time".to_owned());
    rig.wait_metric(&router, "in_events_total", |events| events == 9);
    assert_eq!(rig.metric(&router, "in_chunks_repeated_total"), 4);
    rig.end(&router);

    expected.sort();
    assert_eq!(messages(&rig), expected);
    let record = &rig.archived()[0].json;
    assert_eq!(
        (&record["attrs"]["n"], &record["attrs"]["fluent_tag"]),
        (&7.into(), &"app.a".into()),
        "{record}"
    );
    let archived = rig.archived();
    let firelens = archived.iter().find(|record| record.text("message") == "integer time").expect("it");
    assert_eq!((firelens.text("level"), firelens.text("container")), ("error", "app"));
    assert_eq!(rig.errors().len(), 9);
}

#[test]
fn a_chunk_that_comes_again_after_a_restart_is_stored_once() {
    let rig = Rig::new("inputs.forward.tcp = '$TCP'", &FaultPlan::none());
    let record = [("message", Value::Str(b"once"))];
    let mut message = Vec::new();
    let options = encode::Options { chunk: Some(b"the id"), ..Default::default() };
    encode::packed(&mut message, "app", &[(Time::from_ms(BASE_MS()), &record)], &options);
    for _ in 0..3 {
        let router = rig.start();
        let mut client = TcpStream::connect(rig.tcp()).expect("a router that listens");
        client.write_all(&message).expect("a router that reads");
        client.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        let mut answer = [0; 64];
        let len = client.read(&mut answer).expect("an acknowledgement");
        assert_eq!(encode::decode_ack(&answer[..len]), Some((&b"the id"[..], len)));
        rig.end(&router);
    }
    assert_eq!(messages(&rig), ["once"]);
}

#[test]
fn only_who_knows_key_and_password_may_send_over_tcp() {
    let settings = "inputs.forward.tcp = '$TCP'\ninputs.forward.shared_key = 'secret'\n\
        [[inputs.forward.users]]\nname = 'ann'\npassword = 'pass'";
    let rig = Rig::new(settings, &FaultPlan::none());
    let router = rig.start();
    for (key, password, allowed) in [("secret", "pass", true), ("secret", "no", false), ("no", "pass", false)]
    {
        let mut client = TcpStream::connect(rig.tcp()).expect("a router that listens");
        client.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        let handshake = ClientHandshake {
            hostname: "client".to_owned(),
            shared_key: key.as_bytes().to_vec(),
            user: ("ann".to_owned(), password.as_bytes().to_vec()),
            salt: [7; 16],
        };
        let mut answer = [0; 1024];
        let len = client.read(&mut answer).expect("a HELO");
        let Ping { ping, nonce } = handshake.ping(&answer[..len]).expect("a HELO").expect("a whole one");
        client.write_all(&ping).expect("a router that reads");
        let len = client.read(&mut answer).expect("a PONG");
        let (_, accepted) = handshake.pong(&answer[..len], &nonce).expect("a PONG").expect("a whole one");
        assert_eq!(accepted, allowed, "{key} {password}");
        let mut message = Vec::new();
        let record = [("message", Value::Str(key.as_bytes()))];
        encode::message(&mut message, "app", Time::from_ms(BASE_MS()), &record, &encode::Options::default());
        // Who is not let in may find the connection closed.
        let _ = client.write_all(&message);
    }
    // The unix socket asks for nothing: whoever can open it is on this machine.
    let mut local = UnixStream::connect(rig.socket()).expect("a router that listens");
    let mut message = Vec::new();
    let record = [("message", Value::Str(b"local"))];
    encode::message(&mut message, "app", Time::from_ms(BASE_MS()), &record, &encode::Options::default());
    local.write_all(&message).expect("a router that reads");
    rig.wait_metric(&router, "in_events_total", |events| events == 2);
    rig.wait_metric(&router, "refused_clients_total", |count| count == 2);
    rig.end(&router);
    assert_eq!(messages(&rig), ["local", "secret"]);
    assert!(!router.lines().iter().any(|line| line.contains("pass\"")), "a secret in the log");
}

#[test]
fn lines_over_sockets_are_joined_by_connection() {
    let rig =
        Rig::new("inputs.lines.tcp = '$TCP'\ninputs.lines.unix = '$ROOT/lines.sock'", &FaultPlan::none());
    let router = rig.start();
    let mut one = TcpStream::connect(rig.tcp()).expect("a router that listens");
    let mut two = UnixStream::connect(rig.root().join("lines.sock")).expect("a router that listens");
    one.write_all(b"ERROR:app:one failed\nTraceback (most recent call last):\n")
        .expect("a router that reads");
    two.write_all(b"{\"level\":\"info\",\"message\":\"two\"}\n").expect("a router that reads");
    one.write_all(b"  File \"a.py\", line 1, in f\nValueError: no").expect("a router that reads");
    drop((one, two));
    rig.wait_metric(&router, "in_events_total", |events| events == 5);
    rig.end(&router);
    assert_eq!(messages(&rig), ["one failed", "two"]);
    assert_eq!(rig.errors()[0]["error_type"], "ValueError");
}

#[test]
fn the_end_of_standard_input_ends_a_router_that_has_no_other_input() {
    let rig = Rig::new("", &FaultPlan::none());
    let config = std::fs::read_to_string(rig.config()).expect("a configuration");
    let config: String = config
        .lines()
        .map(
            |line| if line.starts_with("inputs.forward.unix") { "inputs.stdin.enabled = true" } else { line },
        )
        .flat_map(|line| [line, "\n"])
        .collect();
    std::fs::write(rig.config(), config).expect("a configuration");
    let mut router = Child::start(
        Router::command()
            .args(["run", "--config"])
            .arg(rig.config())
            .env("AWS_ENDPOINT_URL_S3", rig.s3_faults.endpoint())
            .env("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS", rig.logs_faults.endpoint())
            .stdin(std::process::Stdio::piped()),
    );
    rig.wait_ready(&router);
    let mut stdin = router.take_stdin().expect("its standard input");
    stdin.write_all(b"INFO:app:one\nERROR:app:two").expect("a router that reads");
    drop(stdin);
    assert_eq!(router.wait(Duration::from_secs(30)).code(), Some(0), "{:#?}", router.lines());
    assert_eq!(messages(&rig), ["one", "two"]);
    assert_eq!(rig.errors().len(), 1);
}

#[test]
fn health_checks_are_answered_by_port_and_by_command() {
    let rig = Rig::new("", &FaultPlan::none());
    let ask = |ready: bool| {
        let mut command = Router::command();
        command.args(["healthcheck", "--config"]).arg(rig.config());
        if ready {
            command.arg("--ready");
        }
        command.output().expect("a binary").status.code()
    };
    assert_eq!(ask(false), Some(1));
    let router = rig.start();
    assert_eq!((ask(false), ask(true)), (Some(0), Some(0)));
    let mut firelens = TcpStream::connect(rig.health()).expect("the port that FireLens asks");
    firelens.write_all(b"{\"health\": \"check\"}\n").expect("a port that reads");
    let mut answer = String::new();
    firelens.read_to_string(&mut answer).expect("the end");
    assert!(rig.get("/metrics").1.contains("# HELP sluice_in_bytes_total"));
    assert_eq!(rig.get("/nothing").0, 404);
    rig.end(&router);
}

#[test]
fn followed_files_are_read_once_across_rotation_and_a_crash() {
    let settings = "inputs.tail.paths = ['$ROOT/app.log*']\ninputs.tail.scan_every = '50ms'\n\
        spool.segment_bytes = '64KiB'\nspool.max_bytes = '32MiB'";
    let rig = Rig::new(settings, &FaultPlan::none());
    let path = rig.root().join("app.log");
    let mut expected = Vec::new();
    let mut write = |from: u32, to: u32| {
        let mut file = std::fs::OpenOptions::new().create(true).append(true).open(&path).expect("a file");
        for n in from..to {
            expected.push(format!("line {n:05}"));
            writeln!(file, "INFO:app:line {n:05}").expect("a file");
        }
    };
    let router = rig.start();
    write(0, 3000);
    rig.wait_metric(&router, "in_events_total", |lines| lines == 3000);
    router.kill();
    router.wait(Duration::from_secs(10));
    write(3000, 4000);
    std::fs::rename(&path, rig.root().join("app.log.1")).expect("a rotation");
    write(4000, 5000);
    let router = rig.start();
    write(5000, 6000);
    rig.wait_metric(&router, "in_events_total", |lines| lines == 3000);
    rig.end(&router);
    assert_eq!(messages(&rig), expected);
    let record = &rig.archived()[0].json;
    assert!(record["attrs"]["log.file.path"].as_str().expect("a path").contains("app.log"), "{record}");
}
