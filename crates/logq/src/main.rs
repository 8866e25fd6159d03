//! The `logq` command.

fn main() {}
