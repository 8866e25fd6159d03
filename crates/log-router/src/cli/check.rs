//! `log-router check`: the configuration, or samples of lines.

use std::fmt::Write;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::json;
use sluice_pipeline::{Exit, Problems, Spec};

use super::args::{CheckArgs, Format};
use super::{Failure, print, received_ms};
use crate::check::{Resolved, Samples, columns, find};
use crate::route::{Rules, engine};

/// What is checked when no configuration is named.
const CONFIG: &str = "sluice.toml";
/// The service of samples without a configuration.
const SERVICE: &str = "pipe";

/// Runs the command.
pub(super) fn run(args: &CheckArgs) -> Result<Exit, Failure> {
    let wants_samples = !args.line.is_empty() || args.sample.is_some();
    let path = args.config.clone().unwrap_or_else(|| PathBuf::from(CONFIG));
    let without = wants_samples && args.config.is_none() && args.env.is_none() && !path.exists();
    let loaded = if without { Spec::default_for(SERVICE) } else { Spec::load(&path, args.env.as_deref()) };
    let spec = match loaded {
        Ok(spec) => spec,
        Err(problems) if args.format == Format::Json => {
            print(problems_json(&path, &problems).as_bytes())?;
            return Ok(Exit::Configuration);
        }
        Err(problems) => return Err(Failure::Problems(problems)),
    };
    let rules = Rules::of(&spec)?;
    if wants_samples { samples(args, rules) } else { configuration(args, &path, &spec, &rules) }
}

fn configuration(args: &CheckArgs, path: &Path, spec: &Spec, rules: &Rules) -> Result<Exit, Failure> {
    engine(rules).map_err(Failure::Redact)?;
    let (resolved, findings) = (Resolved::of(spec), find(spec));
    let good = findings.iter().all(|finding| finding.ok != Some(false));
    let text = match args.format {
        Format::Json => {
            json!({ "config": path, "env": args.env, "ok": good, "problems": [], "resolved": resolved,
                "findings": findings })
            .to_string()
                + "\n"
        }
        Format::Text => {
            let env = args.env.as_ref().map_or_else(String::new, |env| format!(", environment {env}"));
            let mut text = format!("{}{env}: no problems\n\n{resolved}\n", path.display());
            for finding in &findings {
                let mark = finding.ok.map_or("-", |ok| if ok { "ok" } else { "!!" });
                let _ = writeln!(text, "  {mark:<3} {:<12} {}", finding.setting, finding.what);
            }
            text
        }
    };
    print(text.as_bytes())?;
    Ok(if good { Exit::Done } else { Exit::Failed })
}

fn samples(args: &CheckArgs, rules: Rules) -> Result<Exit, Failure> {
    let text = match &args.sample {
        Some(path) => read(path).map_err(|source| Failure::Sample { path: path.clone(), source })?,
        None => (args.line.join("\n") + "\n").into_bytes(),
    };
    let received_ms = received_ms(args.received_at);
    let rules = rules.for_stored_input(received_ms);
    let mut out = Vec::new();
    let mut first = 1;
    Samples::new(&rules, received_ms).map_err(Failure::Redact)?.records(&text, |record, lines| {
        match args.format {
            Format::Json => {
                out.extend_from_slice(record);
                out.push(b'\n');
            }
            Format::Text => show(&mut out, record, first, lines),
        }
        first += lines;
    });
    print(&out)
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    fs::read(path)
}

/// One record, a column a line; the lines of a value stand below each other.
fn show(out: &mut Vec<u8>, record: &[u8], first: usize, lines: usize) {
    let mut text = if first > 1 { "\n".to_owned() } else { String::new() };
    text += &match lines {
        1 => format!("line {first}\n"),
        _ => format!("lines {first} to {}\n", first + lines - 1),
    };
    for (name, value) in columns(record) {
        let value = value.replace('\n', "\n               ");
        let _ = writeln!(text, "  {name:<12} {value}");
    }
    out.extend_from_slice(text.as_bytes());
}

fn problems_json(path: &Path, problems: &Problems) -> String {
    let problems: Vec<_> = problems
        .iter()
        .map(|problem| {
            let (line, column) = problem.position.unzip();
            json!({ "file": problem.file, "line": line, "column": column, "key": problem.key,
                "what": problem.what, "remedy": problem.remedy })
        })
        .collect();
    json!({ "config": path, "ok": false, "problems": problems }).to_string() + "\n"
}
