//! What the commands have in common at the terminal: results go to standard output, everything else to standard error.
//!
//! Invariants: a reader of standard output that has seen enough is no failure; a standard error that is gone is none.

#![forbid(unsafe_code)]

use std::error::Error;
use std::fmt::Display;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};

/// Writes the result of a command to standard output. That its reader has seen enough (`| head`) is no failure.
///
/// # Errors
/// When it cannot be written.
pub fn print(bytes: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

/// Tells people something, on standard error. When that is gone there is nobody to tell.
pub fn tell(what: impl Display) {
    let _ = writeln!(io::stderr(), "{what}");
}

/// Tells why a program failed, each cause on a line of its own.
pub fn tell_error(program: &str, error: &dyn Error) {
    tell(report(program, error));
}

fn report(program: &str, error: &dyn Error) -> String {
    let mut text = format!("{program}: {error}");
    let mut cause = error.source();
    while let Some(source) = cause {
        text += &format!("\n  because: {source}");
        cause = source.source();
    }
    text
}

/// The completion script of a command line for a shell.
#[must_use]
pub fn completions<C: clap::CommandFactory>(program: &str, shell: clap_complete::Shell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut C::command(), program, &mut script);
    script
}

/// Writes the manual pages of a command line and of its commands into a folder, which is made if need be.
///
/// # Errors
/// When they cannot be written.
pub fn man_pages<C: clap::CommandFactory>(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    clap_mangen::generate_to(C::command(), folder)
}

/// Shows a text in a pager, as `git` does: in `pager`, a command with its arguments. When it cannot be started the
/// text is printed.
///
/// # Errors
/// When the text cannot be written.
pub fn page(bytes: &[u8], pager: &str) -> io::Result<()> {
    let mut words = pager.split_ascii_whitespace();
    let child = words.next().map(|program| Command::new(program).args(words).stdin(Stdio::piped()).spawn());
    let Some(Ok(mut child)) = child else { return print(bytes) };
    if let Some(mut input) = child.stdin.take() {
        match input.write_all(bytes) {
            // Whoever has read enough leaves the pager.
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => return Err(error),
            _ => {}
        }
    }
    child.wait().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Outer(io::Error);

    impl Display for Outer {
        fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            out.write_str("cannot read x")
        }
    }

    impl Error for Outer {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            Some(&self.0)
        }
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = Outer(io::Error::other("disk gone"));
        assert_eq!(report("logq", &error), "logq: cannot read x\n  because: disk gone");
    }
}
