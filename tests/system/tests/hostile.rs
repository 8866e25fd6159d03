//! Clients that misbehave: each costs its own connection and no more.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use sluice_forward::{Time, Value, encode};
use sluice_system_tests::{BASE_MS, FireLens, Record, Rig, json_line};
use sluice_testkit::faults::FaultPlan;
use sluice_testkit::wait;

/// Memory that the whole of it may take, in KiB: half of what a sidecar has.
const MOST_KIB: u64 = 64 << 10;

fn one_message() -> Vec<u8> {
    let mut message = Vec::new();
    let record = [("container_id", Value::Str(b"c")), ("log", Value::Str(b"INFO:app:half"))];
    encode::message(&mut message, "app", Time::from_ms(BASE_MS()), &record, &encode::Options::default());
    message
}

/// Sends a few lines by another client and sees them arrive.
fn others_are_served(rig: &Rig, router: &sluice_testkit::process::Child) {
    let before = rig.metric(router, "in_events_total");
    let mut client = FireLens::connect(&rig.socket());
    for id in 0..100 {
        client.line(&json_line(&Record { id, ms: BASE_MS(), is_error: false }));
    }
    client.flush();
    rig.wait_metric(router, "in_events_total", |events| events == before + 100);
}

#[test]
fn a_frame_that_claims_a_gigabyte_is_refused_at_once() {
    let rig = Rig::new("", &FaultPlan::none());
    let router = rig.start();
    for header in [
        &[0x92, 0xa3, b'a', b'p', b'p', 0xc6, 0x40, 0, 0, 0][..],
        &[0x92, 0xa3, b'a', b'p', b'p', 0xdd, 0x40, 0, 0, 0],
        &[0x93, 0xa3, b'a', b'p', b'p', 0, 0xdf, 0x40, 0, 0, 0],
        b"GET / HTTP/1.1\r\n\r\n",
        &[0xc1],
    ] {
        let mut client = UnixStream::connect(rig.socket()).expect("a router that listens");
        client.write_all(header).expect("a router that reads");
        client.set_read_timeout(Some(Duration::from_secs(10))).expect("a timeout");
        assert_eq!(client.read(&mut [0; 16]).expect("the end"), 0);
    }
    assert_eq!(rig.metric(&router, "refused_clients_total"), 5);
    others_are_served(&rig, &router);
    assert!(router.peak_rss_kib() < MOST_KIB, "{}", router.peak_rss_kib());
    rig.end(&router);
}

#[test]
fn a_client_that_leaves_in_the_middle_of_a_message_stores_nothing_and_is_counted() {
    let rig = Rig::new("", &FaultPlan::none());
    let router = rig.start();
    let message = one_message();
    let mut client = UnixStream::connect(rig.socket()).expect("a router that listens");
    client.write_all(&message).expect("a router that reads");
    client.write_all(&message[..message.len() / 2]).expect("a router that reads");
    drop(client);
    rig.wait_metric(&router, "cut_off_clients_total", |count| count == 1);
    assert_eq!(rig.metric(&router, "in_events_total"), 1);
    others_are_served(&rig, &router);
    rig.end(&router);
}

#[test]
fn a_slow_client_that_sends_a_byte_at_a_time_is_served_and_keeps_nobody_waiting() {
    let rig = Rig::new("", &FaultPlan::none());
    let router = rig.start();
    let mut slow = UnixStream::connect(rig.socket()).expect("a router that listens");
    let message = one_message();
    for (at, byte) in message.iter().enumerate() {
        slow.write_all(&[*byte]).expect("a router that reads");
        if at == message.len() / 2 {
            others_are_served(&rig, &router);
        }
    }
    rig.wait_metric(&router, "in_events_total", |events| events == 101);
    rig.end(&router);
}

#[test]
fn a_thousand_clients_at_a_time_take_little_memory_and_those_beyond_the_limit_wait() {
    let rig =
        Rig::new("inputs.forward.tcp = '$TCP'\ninputs.forward.max_connections = 900", &FaultPlan::none());
    let router = rig.start();
    let half = one_message();
    let half = &half[..half.len() / 2];
    let mut clients: Vec<TcpStream> = (0..1000)
        .map(|_| {
            let mut client = TcpStream::connect(rig.tcp()).expect("a router that listens");
            client.write_all(half).expect("a buffer");
            client
        })
        .collect();
    rig.wait_metric(&router, "connections", |count| count == 900);
    println!("900 clients with half a message each: {} KiB", router.peak_rss_kib());
    assert!(router.peak_rss_kib() < MOST_KIB, "{}", router.peak_rss_kib());
    clients.drain(..200);
    rig.wait_metric(&router, "connections_total", |count| count == 1000);
    others_are_served_by_tcp(&rig, &router);
    drop(clients);
    rig.wait_metric(&router, "connections", |count| count == 0);
    rig.end(&router);
}

fn others_are_served_by_tcp(rig: &Rig, router: &sluice_testkit::process::Child) {
    let mut client = TcpStream::connect(rig.tcp()).expect("a router that listens");
    let before = rig.metric(router, "in_events_total");
    client.write_all(&one_message()).expect("a router that reads");
    rig.wait_metric(router, "in_events_total", |events| events == before + 1);
}

#[test]
fn unfinished_messages_of_all_clients_are_bounded_together() {
    let settings = "inputs.forward.max_buffered = '8MiB'\ninputs.forward.handshake_timeout = '200ms'";
    let rig = Rig::new(settings, &FaultPlan::none());
    let router = rig.start();
    // Each begins a message of 10 MiB and sends 4 of them.
    let begun = [&[0x92, 0xa3, b'a', b'p', b'p', 0xc6, 0, 0xa0, 0, 0][..], &[0x80; 4 << 20]].concat();
    let mut clients: Vec<UnixStream> = (0..8)
        .map(|_| {
            let client = UnixStream::connect(rig.socket()).expect("a router that listens");
            client.set_write_timeout(Some(Duration::from_secs(5))).expect("a timeout");
            client
        })
        .collect();
    let started = Instant::now();
    std::thread::scope(|scope| {
        for client in &mut clients {
            // One that is let go cannot write to its end.
            scope.spawn(|| drop(client.write_all(&begun)));
        }
    });
    wait::until(Duration::from_secs(30), "clients that want too much are let go", || {
        (rig.metric(&router, "refused_clients_total") >= 6).then_some(())
    });
    println!("{:?}, {} KiB", started.elapsed(), router.peak_rss_kib());
    assert!(router.peak_rss_kib() < MOST_KIB, "{}", router.peak_rss_kib());
    others_are_served(&rig, &router);
    drop(clients);
    rig.end(&router);
}
