use std::io::Write;
use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::Place;

/// More than a pipe holds, so that when all is written most of it has been read.
const LINES: usize = 100_000;
/// What a pipe may still hold (64 KiB), in lines of 34 bytes; and some.
const UNREAD: usize = 4_000;

#[test]
fn a_signal_ends_the_input_and_what_was_read_is_delivered() {
    for signal in [Signal::TERM, Signal::INT] {
        let place = Place::new();
        let mut child = place
            .pipe(&[])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let input: String = (0..LINES).map(|n| format!("2026-11-24T01:02:03Z INFO a: {n:05}\n")).collect();
        stdin.write_all(input.as_bytes()).unwrap();
        kill_process(Pid::from_child(&child), signal).unwrap();
        let output = child.wait_with_output().unwrap();
        // It did not end because the input did.
        drop(stdin);

        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(130), "{text}");
        assert!(text.contains("interrupted; what was read is delivered"), "{text}");
        let summary = place.summary();
        assert_eq!(summary["interrupted"], true);
        let read = &input[..summary["bytes"].as_u64().unwrap() as usize];
        let messages = place.messages();
        assert_eq!((&summary["lines"], messages.len()), (&messages.len().into(), read.lines().count()));
        assert!(messages.len() > LINES - UNREAD, "{}", messages.len());
        // The last block may have ended within a line.
        let whole = read.matches('\n').count();
        assert!(messages[..whole].iter().enumerate().all(|(n, message)| *message == format!("{n:05}")));
        assert_eq!(std::fs::read_dir(place.path("spool")).unwrap().count(), 0);
    }
}
