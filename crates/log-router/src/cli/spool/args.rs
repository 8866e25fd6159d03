//! What can be typed after `log-router spool`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueHint};

use crate::cli::args::Format;

pub(crate) const LONG_ABOUT: &str = "\
Looks into the spool, the folder between the inputs and the sinks: what waits there, what it is, whether it is whole. \
Nothing is written and no lock is taken, so it works while a router runs. Segments that are delivered disappear \
meanwhile; that is no failure.";

pub(crate) const EXAMPLES: &str = "\
Examples:
  log-router spool ls --config /etc/sluice/sluice.toml
  log-router spool cat --dir /var/lib/log-router 000000000000002a-0123abcd 2> /dev/null
  log-router spool verify --format json";

const LS_EXAMPLES: &str = "\
Examples:
  log-router spool ls
  log-router spool ls --format json | jq '.segments[] | select(.state == \"sealed\") | .bytes'

BYTES is the size of the file, ENTRIES how many whole ones are in it, DELIVERED what the router noted about the
delivery.";

const CAT_LONG_ABOUT: &str = "\
Writes what is stored in the spool, or in one segment of it. Lines come as they came in, entry by entry; a line about \
each entry goes to standard error. Entries of the Forward protocol are MessagePack: --records makes records of them, \
and --format json writes what is no text as base64.";

const CAT_EXAMPLES: &str = "\
Examples:
  The lines that wait, without the remarks:
    log-router spool cat 2> /dev/null

  The records that a segment becomes:
    log-router spool cat --config sluice.toml --records 2a | jq -r .message

  How many bytes came from where:
    log-router spool cat --format json | jq -r '[.source, .bytes] | @tsv'";

const VERIFY_LONG_ABOUT: &str = "\
Reads every segment from end to end and checks every checksum. Exits 1 when something is damaged, and says where it is \
and what it costs. That the open segment ends within an entry is no damage: nobody was told that it is stored.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  log-router spool verify --dir /var/lib/log-router
  log-router spool verify --format json | jq '.segments[] | select(.damage != [])'";

/// `log-router spool`.
#[derive(Debug, Args)]
pub struct SpoolArgs {
    /// What to look at.
    #[command(subcommand)]
    pub command: SpoolCommand,
}

/// What to look at.
#[derive(Debug, Subcommand)]
pub enum SpoolCommand {
    /// List the segments
    #[command(after_help = LS_EXAMPLES)]
    Ls(PlaceArgs),
    /// Write what is stored
    #[command(long_about = CAT_LONG_ABOUT, after_help = CAT_EXAMPLES)]
    Cat(CatArgs),
    /// Check that every segment is whole
    #[command(long_about = VERIFY_LONG_ABOUT, after_help = VERIFY_EXAMPLES)]
    Verify(PlaceArgs),
}

/// Which spool, and how it is told.
#[derive(Debug, Args)]
pub struct PlaceArgs {
    /// The spool's folder [default: spool.dir of the configuration]
    #[arg(long, value_name = "DIR", value_hint = ValueHint::DirPath)]
    pub dir: Option<PathBuf>,
    /// The configuration [default: sluice.toml, if there is one]
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub config: Option<PathBuf>,
    /// Environment of the configuration: its [env.NAME] overlay
    #[arg(long, value_name = "NAME")]
    pub env: Option<String>,
    /// How it is told
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// `log-router spool cat`.
#[derive(Debug, Args)]
pub struct CatArgs {
    /// Which spool.
    #[command(flatten)]
    pub place: PlaceArgs,
    /// Write the records that the entries become, by the configuration, as lines of JSON
    #[arg(long)]
    pub records: bool,
    /// The segment: its id as `ls` shows it, or the number before the dash, without its zeros [default: all]
    #[arg(value_name = "SEGMENT")]
    pub segment: Option<String>,
}
