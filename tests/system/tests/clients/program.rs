//! The programs in `tests/clients`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::orders::{Order, line};

/// A file of `tests/clients`.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients").join(name)
}

/// Starts a client and gives it the records.
pub(crate) fn start(command: &mut Command, orders: &[Order]) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child =
        command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}; `make clients` installs the clients"));
    let mut stdin = child.stdin.take().expect("it is piped");
    let lines: Vec<String> = orders.iter().map(line).collect();
    thread::spawn(move || {
        // A client that ends early says so by its status.
        let _ = lines.iter().try_for_each(|line| writeln!(stdin, "{line}"));
    });
    child
}

/// Waits for its end, which must be a good one. Returns what it printed.
pub(crate) fn end(child: Child) -> String {
    let output = child.wait_with_output().expect("a client");
    assert!(output.status.success(), "{}; `make clients` installs what clients need", output.status);
    String::from_utf8(output.stdout).expect("text")
}
