//! What can be typed, and its help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use sluice_provision::discover::TagFilter;

use crate::render::Target;

/// Operations from one spec: what is rendered from sluice.toml, and what is made of it in an AWS account.
#[derive(Debug, Parser)]
#[command(name = "logctl", version, arg_required_else_help = true, after_help = EXAMPLES)]
pub(super) struct CommandLine {
    #[command(subcommand)]
    pub(super) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  logctl init                                            a sluice.toml to begin with
  logctl validate                                        every environment of it
  logctl plan --env prod                                 what the account lacks or has otherwise
  logctl apply --env prod                                shows it, asks, and does it
  logctl alarms bootstrap --env prod                     alarms for what runs there
  logctl render fluent-bit                               for those who stay with Fluent Bit
  logctl cost --gb-per-day 50 --error-percent 2          what a month costs

Exit codes: 0 nothing to do or done, 1 failed, 2 something differs, 64 usage, 78 configuration,
130 interrupted.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Write the files that are rendered from the spec, or check that they are fresh.
    #[command(after_help = RENDER_EXAMPLES)]
    Render(RenderArgs),
    /// Write a spec to begin with.
    #[command(after_help = INIT_EXAMPLES)]
    Init(InitArgs),
    /// Check a spec, every environment of it.
    Validate(ValidateArgs),
    /// Print the spec's JSON Schema, for editors.
    Schema,
    /// Show what `apply` would do to the account: exit code 2 when it would do something.
    #[command(after_help = PLAN_EXAMPLES)]
    Plan(PlanArgs),
    /// Make the account what the spec says. Nothing that is not ours is changed, nothing that holds data deleted.
    #[command(after_help = PLAN_EXAMPLES)]
    Apply(ApplyArgs),
    /// Alarms for what runs.
    Alarms {
        #[command(subcommand)]
        command: AlarmsCommand,
    },
    /// Estimate what a month costs: the split against everything in CloudWatch Logs.
    #[command(after_help = COST_EXAMPLES)]
    Cost(CostArgs),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
}

const RENDER_EXAMPLES: &str = "\
Examples:
  logctl render fluent-bit                              every environment, to fluent-bit-conf/
  logctl render fluent-bit --env prod --out /tmp/conf   one environment, into /tmp/conf/prod/
  logctl render fluent-bit --check                      exit code 2 and a diff for a stale file
  logctl render cloudformation                          a template, into infra/rendered/

Exit codes: 0 done, 1 failed, 2 --check found a difference, 64 usage, 78 the configuration has
problems.";

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

/// The spec, and which environment of it.
#[derive(Debug, Args)]
pub(super) struct SpecArgs {
    /// The spec.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) config: PathBuf,
    /// The environment; a spec that has environments wants one.
    #[arg(long, value_name = "ENV")]
    pub(super) env: Option<String>,
}

const INIT_EXAMPLES: &str = "\
Examples:
  logctl init                                                        asks
  logctl init --name api --bucket example-logs --email ops@example.com
  logctl init --name api --stdout                                    prints it";

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// Name of the pipeline.
    #[arg(long)]
    pub(super) name: Option<String>,
    /// AWS region.
    #[arg(long, default_value = "ap-northeast-1")]
    pub(super) region: String,
    /// Bucket of the archive; its environments get -dev behind it.
    #[arg(long)]
    pub(super) bucket: Option<String>,
    /// Address that gets alerts.
    #[arg(long)]
    pub(super) email: Option<String>,
    /// Where it is written; a file that is there is not replaced.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) out: PathBuf,
    /// Print it instead.
    #[arg(long)]
    pub(super) stdout: bool,
}

#[derive(Debug, Args)]
pub(super) struct ValidateArgs {
    /// The spec.
    #[arg(long, short, value_name = "FILE", default_value = "sluice.toml")]
    pub(super) config: PathBuf,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

const PLAN_EXAMPLES: &str = "\
Examples:
  logctl plan --env prod                       what would change
  logctl plan --env prod --format json         the same for programs
  logctl apply --env prod                      shows it, asks, and does it
  logctl apply --env prod --yes --target LogBucket --target ErrorLogGroup

Exit codes: 0 nothing to do or done, 1 failed, 2 plan found a difference, 64 usage, 78 the
configuration has problems, 130 interrupted.";

#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    /// Only this resource and what it needs: its id in the template, its name, or a type such as AWS::SNS::Topic.
    #[arg(long, value_name = "RESOURCE")]
    pub(super) target: Vec<String>,
    /// List what is unchanged too.
    #[arg(long)]
    pub(super) all: bool,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct ApplyArgs {
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    /// Do not ask.
    #[arg(long, short)]
    pub(super) yes: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum AlarmsCommand {
    /// Propose alarms for what is found in the account; with --apply, make them.
    #[command(after_help = BOOTSTRAP_EXAMPLES)]
    Bootstrap(BootstrapArgs),
    /// List the alarms that are there, and whose they are.
    List(LookArgs),
    /// List what has no alarm: exit code 2 when something has none.
    Coverage(LookArgs),
    /// Set an alarm off for a moment, and see whether its topic was told.
    #[command(after_help = TEST_HELP)]
    Test(TestArgs),
    /// Print the rules as a table in Markdown.
    Rules(RulesArgs),
}

const TEST_HELP: &str = "\
The alarm is set to ALARM and, whatever comes of it, back to the state it had. Alarms that do more
than tell a topic (scale, stop, terminate) are not set off.

Exit codes: 0 the topic was told, 1 it was not, 64 usage, 78 the configuration has problems, 130
interrupted.";

const BOOTSTRAP_EXAMPLES: &str = "\
Examples:
  logctl alarms bootstrap --env prod                       the plan
  logctl alarms bootstrap --env prod --apply               shows it, asks, and makes the alarms
  logctl alarms bootstrap --env prod --tag team=shop       only for what has this tag
  logctl alarms bootstrap --env prod --apply --prune       removes the alarms of what is gone, too
  logctl alarms bootstrap --env prod --export markdown     for a review

A resource with the tag alarm:skip=true gets no alarms, with alarm:skip=ecs-cpu not this one; the
tag alarm:threshold:ecs-cpu=70 sets a threshold.

Exit codes: 0 nothing to do or done, 1 failed or not everything could be looked at, 2 alarms would
change, 64 usage, 78 the configuration has problems, 130 interrupted.";

#[derive(Debug, Args)]
pub(super) struct BootstrapArgs {
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    /// Only resources with this tag.
    #[arg(long = "tag", value_name = "KEY[=VALUE]")]
    pub(super) tags: Vec<TagFilter>,
    /// Make them.
    #[arg(long)]
    pub(super) apply: bool,
    /// Remove our alarms whose resource is gone.
    #[arg(long)]
    pub(super) prune: bool,
    /// Do not ask.
    #[arg(long, short)]
    pub(super) yes: bool,
    /// List what is unchanged, and the rules that made no alarm, too.
    #[arg(long)]
    pub(super) all: bool,
    /// Write the proposed alarms in this form to standard output, in place of the plan.
    #[arg(long, value_name = "FORM", conflicts_with = "apply")]
    pub(super) export: Option<Export>,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

/// Form of exported alarms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Export {
    /// A CloudFormation template.
    Cloudformation,
    /// The alarms' properties.
    Json,
    /// A table.
    Markdown,
}

#[derive(Debug, Args)]
pub(super) struct LookArgs {
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// The alarm's name.
    #[arg(value_name = "ALARM")]
    pub(super) alarm: String,
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    /// Seconds to wait for the topic.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    pub(super) wait: u64,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

const COST_EXAMPLES: &str = "\
Examples:
  logctl cost --gb-per-day 50 --error-percent 2
  logq run volume-and-cost/by-service-and-level --since 24h --format json > volume.json
  logctl cost --volume volume.json --over 24h";

#[derive(Debug, Args)]
pub(super) struct CostArgs {
    #[command(flatten)]
    pub(super) spec: SpecArgs,
    /// Measured volume: rows with level and megabytes, as volume-and-cost/by-service-and-level answers them.
    #[arg(long, value_name = "FILE", conflicts_with = "gb_per_day")]
    pub(super) volume: Option<PathBuf>,
    /// The time that was measured.
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    pub(super) over: String,
    /// Log lines a day, in GB.
    #[arg(long, value_name = "GB", required_unless_present = "volume", value_parser = amount)]
    pub(super) gb_per_day: Option<f64>,
    /// How much of them is ERROR and above.
    #[arg(long, value_name = "PERCENT", default_value = "2", value_parser = percent)]
    pub(super) error_percent: f64,
    /// How many times smaller objects are.
    #[arg(long, value_name = "TIMES", default_value = "8", value_parser = times)]
    pub(super) compression: f64,
    /// Objects written a day.
    #[arg(long, value_name = "NUMBER", default_value = "2880", value_parser = amount)]
    pub(super) objects_per_day: f64,
    /// GB that queries scan in a month.
    #[arg(long, value_name = "GB", default_value = "100", value_parser = amount)]
    pub(super) scanned_gb: f64,
    /// Interface endpoints.
    #[arg(long, value_name = "NUMBER", default_value = "4", value_parser = amount)]
    pub(super) endpoints: f64,
    /// Availability Zones that the endpoints stand in.
    #[arg(long, value_name = "NUMBER", default_value = "2", value_parser = amount)]
    pub(super) zones: f64,
    /// Form of the report.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    pub(super) format: Format,
}

fn number(text: &str, least: f64, most: f64) -> Result<f64, String> {
    let number = text.parse().map_err(|_| "write a number such as 50".to_owned())?;
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(format!("write a number from {least} to {most}"))
    }
}

fn amount(text: &str) -> Result<f64, String> {
    number(text, 0.0, 1e9)
}

fn percent(text: &str) -> Result<f64, String> {
    number(text, 0.0, 100.0)
}

fn times(text: &str) -> Result<f64, String> {
    number(text, 1.0, 1000.0)
}

/// Form of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}
