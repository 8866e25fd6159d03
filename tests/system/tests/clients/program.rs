//! The programs in `tests/clients`.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sluice_testkit::moto::python;

use super::orders::{Order, line};

/// A file of `tests/clients`.
pub(crate) fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../clients").join(name)
}

/// A file that `make clients` put beside the virtual environment of Python.
pub(crate) fn installed(name: &str) -> PathBuf {
    let python = python();
    let path = python.ancestors().nth(2).expect("a virtual environment").join("clients").join(name);
    assert!(path.exists(), "there is no {}; `make clients` installs it", path.display());
    path
}

/// Starts a client.
pub(crate) fn start(command: &mut Command) -> Child {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap_or_else(|e| panic!("{command:?}: {e}; `make clients` installs the clients"))
}

/// Gives it records.
pub(crate) fn feed(child: &Child, orders: &[Order]) {
    let mut stdin = BufWriter::new(child.stdin.as_ref().expect("it is piped"));
    // A client that ends early says so by its status.
    let _ = orders.iter().try_for_each(|order| writeln!(stdin, "{}", line(order)));
    let _ = stdin.flush();
}

/// Starts a client, gives it all its records and waits for its end.
pub(crate) fn run(command: &mut Command, orders: &[Order]) -> String {
    let child = start(command);
    feed(&child, orders);
    end(child)
}

/// Ends its input and waits for its end, which must be a good one. Returns what it printed.
pub(crate) fn end(child: Child) -> String {
    let output = child.wait_with_output().expect("a client");
    assert!(output.status.success(), "{}; `make clients` installs what clients need", output.status);
    String::from_utf8(output.stdout).expect("text")
}
