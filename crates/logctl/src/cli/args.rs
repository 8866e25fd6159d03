//! What can be typed, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::render::Target;

/// Operations from one spec: everything that is rendered from sluice.toml.
#[derive(Debug, Parser)]
#[command(name = "logctl", version, arg_required_else_help = true)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the files that are rendered from the spec, or check that they are fresh.
    #[command(after_help = RENDER_EXAMPLES)]
    Render(RenderArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

const RENDER_EXAMPLES: &str = "\
Examples:
  logctl render fluent-bit                              every environment of sluice.toml, into fluent-bit-conf/
  logctl render fluent-bit --env prod --out /tmp/conf   one environment, into /tmp/conf/prod/
  logctl render fluent-bit --check                      in CI: exit code 2 and a diff when a file is stale
  logctl render cloudformation                          the account's resources as a template, into infra/rendered/

Exit codes: 0 done, 1 failed, 2 --check found a difference, 64 usage, 78 the configuration has problems.";

#[derive(Debug, Args)]
pub(super) struct RenderArgs {
    /// What to render.
    #[arg(value_name = "TARGET")]
    pub(super) target: Target,
    /// The spec.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) config: PathBuf,
    /// The environment; without it, each that the spec has.
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<String>,
    /// Where the files go: a folder an environment below it [default: the target's own, such as fluent-bit-conf].
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Write nothing; show what differs from the files that are there.
    #[arg(long)]
    pub(super) check: bool,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}
