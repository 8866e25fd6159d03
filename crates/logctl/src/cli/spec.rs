//! `logctl init`, `validate` and `schema`: the spec itself.

use std::fs::OpenOptions;
use std::io::{self, IsTerminal, Write};

use serde_json::json;
use sluice_console::tell;
use sluice_pipeline::{Exit, Spec, json_schema, keep_references};

use super::args::{Format, InitArgs, ValidateArgs};
use super::print;
use super::session::{CommandError, finish};

/// The spec's JSON Schema.
pub(super) fn schema() -> String {
    format!("{:#}\n", json_schema())
}

/// Runs `validate`.
pub(super) fn validate(args: &ValidateArgs) -> Exit {
    // Without an environment every overlay is checked.
    match Spec::load_with(&args.config, None, &keep_references) {
        Ok(spec) => {
            let text = std::fs::read_to_string(&args.config).unwrap_or_default();
            let environments = Spec::environments(&text);
            print(
                match args.format {
                    Format::Json => {
                        format!(
                            "{:#}\n",
                            json!({"name": spec.name, "environments": environments, "problems": []})
                        )
                    }
                    Format::Text if environments.is_empty() => format!("{}: good\n", args.config.display()),
                    Format::Text => {
                        format!("{}: good, and so are {}\n", args.config.display(), environments.join(", "))
                    }
                }
                .as_bytes(),
            )
        }
        Err(problems) if args.format == Format::Json => {
            let all: Vec<_> = problems.iter().map(ToString::to_string).collect();
            print(format!("{:#}\n", json!({ "problems": all })).as_bytes());
            Exit::Configuration
        }
        Err(problems) => finish(Format::Text, Err(CommandError::Spec(problems))),
    }
}

/// Runs `init`.
pub(super) fn init(args: &InitArgs) -> Exit {
    finish(Format::Text, run_init(args))
}

fn run_init(args: &InitArgs) -> Result<Exit, CommandError> {
    let name = match &args.name {
        Some(name) => name.clone(),
        None => ask("Name of the pipeline (--name)", None)?,
    };
    let bucket = match &args.bucket {
        Some(bucket) => bucket.clone(),
        None if args.name.is_some() => format!("{name}-logs"),
        None => ask("Bucket of the archive", Some(&format!("{name}-logs")))?,
    };
    let email = match &args.email {
        None if args.name.is_none() => {
            Some(ask("Address that gets alerts, or nothing", Some(""))?).filter(|address| !address.is_empty())
        }
        given => given.clone(),
    };
    let text = written(&name, &args.region, &bucket, email.as_deref());
    Spec::parse_with(&text, "the new spec", None, &keep_references).map_err(CommandError::Spec)?;
    if args.stdout {
        return Ok(print(text.as_bytes()));
    }
    let local = |source| CommandError::Local {
        what: format!("write {}", args.out.display()),
        remedy: "name another file with --out, or remove the one that is there",
        source,
    };
    let mut file = OpenOptions::new().write(true).create_new(true).open(&args.out).map_err(local)?;
    file.write_all(text.as_bytes()).map_err(local)?;
    tell(format!("written: {}; next: logctl validate, then logctl plan --env dev", args.out.display()));
    Ok(Exit::Done)
}

fn ask(question: &str, default: Option<&str>) -> Result<String, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::Usage(format!("{question}: there is nobody to ask; give it as a flag")));
    }
    tell(match default {
        Some(default) if !default.is_empty() => format!("{question} [{default}]:"),
        _ => format!("{question}:"),
    });
    let mut answer = String::new();
    io::stdin().read_line(&mut answer).map_err(|source| CommandError::Local {
        what: "read the answer".to_owned(),
        remedy: "give it as a flag",
        source,
    })?;
    let answer = answer.trim();
    Ok(if answer.is_empty() { default.unwrap_or_default().to_owned() } else { answer.to_owned() })
}

fn written(name: &str, region: &str, bucket: &str, email: Option<&str>) -> String {
    let email = match email {
        Some(address) => format!("email = [{address:?}]"),
        None => "#email = [\"ops@example.com\"]".to_owned(),
    };
    format!(
        r#"# The log pipeline of {name}. Every setting: docs/configuration.md, or `logctl schema` for an editor.
name = {name:?}
region = {region:?}

# Every record goes here: gzip by year/month/day/hour.
[archive]
url = "s3://{bucket}/app"

# Objects move to Glacier, where queries do not see them, and are deleted later.
[archive.lifecycle]
glacier_after = "90d"
expire_after = "365d"

# ERROR and above also go to CloudWatch Logs, to /sluice/ENVIRONMENT/{name}.
[errors]
min_level = "error"

# Who is told when an alarm goes off. Each address has to be confirmed by a click.
[alerts]
{email}

# What the spec's own alarms and dashboards watch; `logctl alarms bootstrap` finds the rest.
[monitor]
#ecs_cluster = "{name}"
#ecs_service = "{name}"
#db_cluster = "{name}"

# The router's own metrics, for its alarms and its dashboard.
[metrics]
emf = true

[env.dev]
archive.url = "s3://{bucket}-dev/app"
errors.retention_days = 7

[env.prod]
errors.retention_days = 30
"#
    )
}
