//! Files rendered from a spec: one folder an environment, written or held against what is there.

mod account;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use similar::TextDiff;
use sluice_pipeline::{Problem, Problems, Spec, keep_references};
use sluice_provision::rules::RuleError;

/// What can be rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// Fluent Bit's configuration, its image and its container definition.
    FluentBit,
    /// Everything in an account, as a CloudFormation template.
    Cloudformation,
    /// The policy of the task's role.
    Iam,
    /// The tables, as the input of Glue's CreateTable.
    Glue,
    /// The dashboards' bodies.
    Dashboards,
}

/// A file of a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name within the environment's folder.
    pub name: String,
    /// What it holds.
    pub text: String,
}

/// Why a target cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// Fluent Bit cannot do what the spec asks for.
    #[error(transparent)]
    FluentBit(#[from] sluice_fluent_bit::Error),
    /// An alarm rule cannot be applied.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl Target {
    /// The folder that the files are kept in, from the place where the command runs.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Target::FluentBit => "fluent-bit-conf",
            _ => "infra/rendered",
        }
    }

    fn files(self, spec: &Spec, env: Option<&str>) -> Result<Vec<File>, TargetError> {
        if self != Target::FluentBit {
            return Ok(account::files(self, spec, env)?);
        }
        let files = sluice_fluent_bit::render(spec)?.into_iter();
        Ok(files.map(|file| File { name: file.name.to_owned(), text: file.text }).collect())
    }

    /// The names of all files that it ever writes.
    fn names(self) -> Vec<String> {
        match self {
            Target::FluentBit => sluice_fluent_bit::NAMES.iter().map(|name| (*name).to_owned()).collect(),
            _ => account::names(self),
        }
    }
}

/// A rendered file and the state of the one on disk.
#[derive(Debug)]
pub struct Rendered {
    /// Where it belongs.
    pub path: PathBuf,
    /// What it should hold.
    pub text: String,
    /// What is on disk now.
    pub state: State,
}

/// How a file on disk compares with what is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// It is the same.
    Same,
    /// It is not there.
    Missing,
    /// It differs; a unified diff from the file to what is rendered.
    Stale(String),
    /// It is there, and nothing is rendered for it.
    Foreign,
}

impl State {
    /// A word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            State::Same => "unchanged",
            State::Missing => "missing",
            State::Stale(_) => "stale",
            State::Foreign => "left over",
        }
    }
}

/// Why nothing was rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The spec has problems.
    #[error("the configuration has problems\n{0}")]
    Spec(Problems),
    /// The spec cannot be rendered to this target.
    #[error("{file}{}", env.as_ref().map(|env| format!(" (env.{env})")).unwrap_or_default())]
    Target {
        /// The spec's file.
        file: String,
        /// The environment.
        env: Option<String>,
        /// Why not.
        #[source]
        source: Box<TargetError>,
    },
    /// A file cannot be read or written.
    #[error("cannot {what} {}; check the path and its rights", path.display())]
    File {
        /// `read` or `write`.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system answered.
        #[source]
        source: io::Error,
    },
}

/// Renders a spec for one environment, or for each that it has, and looks at what is on disk.
///
/// The files of an environment lie in a folder of its name below `out`, those of a spec without environments in `out`.
///
/// # Errors
/// When the spec has problems, when the target cannot do what it asks for, when a file cannot be read.
pub fn render(
    target: Target,
    config: &Path,
    env: Option<&str>,
    out: &Path,
) -> Result<Vec<Rendered>, RenderError> {
    let environments = match env {
        Some(env) => vec![Some(env.to_owned())],
        None => {
            let text = fs::read_to_string(config).unwrap_or_default();
            let all = Spec::environments(&text);
            if all.is_empty() { vec![None] } else { all.into_iter().map(Some).collect() }
        }
    };
    let mut rendered = Vec::new();
    for env in environments {
        let spec = Spec::load_with(config, env.as_deref(), &keep_references).map_err(RenderError::Spec)?;
        let folder = env.as_ref().map_or_else(|| out.to_owned(), |env| out.join(env));
        let files = target.files(&spec, env.as_deref()).map_err(|source| RenderError::Target {
            file: config.display().to_string(),
            env: env.clone(),
            source: Box::new(source),
        })?;
        let left = left_over(target, &folder, &files);
        for file in &files {
            let path = folder.join(&file.name);
            let state = compare(&path, &file.text)?;
            rendered.push(Rendered { path, text: file.text.clone(), state });
        }
        rendered.extend(left);
    }
    Ok(rendered)
}

/// Files of an earlier rendering: of the names that a target writes at all, those that it does not write now.
fn left_over(target: Target, folder: &Path, files: &[File]) -> Vec<Rendered> {
    let unwanted = |name: &String| files.iter().all(|file| file.name != *name);
    let left = target.names().into_iter().filter(unwanted).map(|name| folder.join(name));
    left.filter(|path| path.exists())
        .map(|path| Rendered { path, text: String::new(), state: State::Foreign })
        .collect()
}

fn compare(path: &Path, text: &str) -> Result<State, RenderError> {
    match fs::read_to_string(path) {
        Ok(there) if there == text => Ok(State::Same),
        Ok(there) => {
            let name = path.display().to_string();
            let diff = TextDiff::from_lines(there.as_str(), text);
            let diff = diff.unified_diff().header(&name, "rendered").to_string();
            Ok(State::Stale(diff))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(State::Missing),
        Err(source) => Err(RenderError::File { what: "read", path: path.to_owned(), source }),
    }
}

/// Writes what differs, each file whole or not at all; files that are left over are removed.
///
/// # Errors
/// When a file cannot be written.
pub fn write(rendered: &[Rendered]) -> Result<(), RenderError> {
    for file in rendered {
        let fail = |source| RenderError::File { what: "write", path: file.path.clone(), source };
        match file.state {
            State::Same => {}
            State::Foreign => fs::remove_file(&file.path).map_err(fail)?,
            State::Missing | State::Stale(_) => {
                let folder = file.path.parent().unwrap_or(Path::new("."));
                fs::create_dir_all(folder).map_err(fail)?;
                let mut temporary = tempfile::NamedTempFile::new_in(folder).map_err(fail)?;
                temporary.write_all(file.text.as_bytes()).map_err(fail)?;
                set_mode(temporary.path()).map_err(fail)?;
                temporary.persist(&file.path).map_err(|error| fail(error.error))?;
            }
        }
    }
    Ok(())
}

/// Temporary files are private; these are for everybody to read.
fn set_mode(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o644))
}

/// The problems, for a report in JSON.
#[must_use]
pub fn problems(error: &RenderError) -> Vec<&Problem> {
    match error {
        RenderError::Spec(problems) => problems.iter().collect(),
        _ => Vec::new(),
    }
}
