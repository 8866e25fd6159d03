//! Which sections a configuration has, in the order in which records pass them.
//!
//! ```text
//! split:    inputs → join parts → join tracebacks → parse → columns → time → level → attrs → split → CloudWatch, S3
//! forward:  inputs → log-router
//! ```

mod columns;
mod inputs;
mod join;
mod level;
mod outputs;
mod parse;
mod service;

use sluice_pipeline::{Spec, Topology};

use crate::config::{Config, Section, lines};

pub(crate) use outputs::stream as stream_of;
pub(crate) use parse::is_fixed as is_fixed_zone;

/// The tag that copies of errors get.
const ERRORS: &str = "errors";

/// Where a configuration runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In a FireLens container: ECS writes the inputs and includes the file behind them.
    FireLens,
    /// On a host or in Kubernetes: the file is all there is.
    Host,
}

impl Place {
    /// The tags of application logs.
    fn tags(self) -> &'static str {
        match self {
            // ECS tags `<container>-firelens-<task id>`. Its health check's tag, firelens-healthcheck, does not match.
            Place::FireLens => "*-firelens-*",
            Place::Host => "app.*",
        }
    }
}

/// The file for FireLens, in the classic format.
pub(crate) fn firelens(spec: &Spec) -> Config {
    let parsers = format!("{}/parsers.conf", spec.fluent_bit.dir.display());
    let head = format!(
        "Fluent Bit for the service {}, as FireLens includes it (config-file-type: file).\n\
         Rendered from sluice.toml by `logctl render fluent-bit`: change the spec, not this file.\n\
         \n\
         ECS writes the file that includes this one: inputs (Docker's socket, port 24224, the health check on 8877),\n\
         the filters of include-pattern and exclude-pattern, and the fields ecs_cluster, ecs_task_arn and\n\
         ecs_task_definition.\n\
         {}",
        spec.service,
        summary(spec)
    );
    let with_parsers = spec.fluent_bit.topology == Topology::Split;
    let mut sections = vec![service::section(spec, Place::FireLens, with_parsers.then_some(parsers))];
    sections.extend(work(spec, Place::FireLens));
    Config { head: lines(&head), sections }
}

/// The file for hosts and Kubernetes, in YAML: complete in itself.
pub(crate) fn host(spec: &Spec) -> Config {
    let head = format!(
        "Fluent Bit for the service {}, on a host or in Kubernetes.\n\
         Rendered from sluice.toml by `logctl render fluent-bit`: change the spec, not this file.\n\
         \n\
         {}",
        spec.service,
        summary(spec)
    );
    let mut sections = vec![service::section(spec, Place::Host, None)];
    if spec.fluent_bit.topology == Topology::Split {
        sections.extend(parser_sections(spec));
    }
    sections.extend(inputs::sections(spec));
    sections.extend(work(spec, Place::Host));
    Config { head: lines(&head), sections }
}

/// The file of parsers that the FireLens file names; without sections when nothing is parsed.
pub(crate) fn parsers(spec: &Spec) -> Config {
    if spec.fluent_bit.topology == Topology::Forward {
        return Config::default();
    }
    let head = "Parsers of the formats that the service's lines come in, and of the lines of a traceback.\n\
                Rendered from sluice.toml by `logctl render fluent-bit`: change the spec, not this file.\n\
                \n\
                Expressions are Onigmo's in Ruby syntax: ^ and $ stand at every line, \\A and \\z at the ends of the\n\
                text, and . takes line breaks only with (?m).";
    Config { head: lines(head), sections: parser_sections(spec) }
}

fn parser_sections(spec: &Spec) -> Vec<Section> {
    let mut sections = parse::parsers(spec);
    sections.extend(columns::parsers());
    if spec.parse.join {
        sections.push(join::parser(spec));
    }
    sections
}

fn work(spec: &Spec, place: Place) -> Vec<Section> {
    let mut sections = Vec::new();
    if spec.fluent_bit.topology == Topology::Forward {
        sections.push(outputs::log_router(spec, place));
        return sections;
    }
    if spec.parse.join {
        sections.extend(join::filters(spec, place));
    }
    sections.extend(parse::filters(place));
    sections.extend(columns::filters(spec, place));
    sections.extend(level::filters(spec, place));
    sections.push(columns::attrs(place));
    sections.push(outputs::split(spec, place));
    sections.push(outputs::cloudwatch(spec));
    sections.push(outputs::s3(spec, place));
    sections
}

fn summary(spec: &Spec) -> &'static str {
    match spec.fluent_bit.topology {
        Topology::Split => {
            "What follows parses every line, joins the lines of a traceback, and splits by level: errors to CloudWatch\n\
             Logs, everything to S3."
        }
        Topology::Forward => {
            "What follows passes every record to log-router, which parses, joins, splits and delivers."
        }
    }
}
