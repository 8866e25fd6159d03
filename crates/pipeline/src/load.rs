//! From a text to a [`Spec`]: parse, overlay, read, resolve, check.
//!
//! Every environment of the file is validated, not only the one that is chosen: an overlay must not wait for the
//! day it is deployed to show its mistakes. Only the chosen one's secrets are looked up.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    checks::check,
    define::Setting,
    overlay,
    problem::{Problem, Problems},
    reader::{Reader, Variables, in_environment, keys},
    resolve::resolve,
    source::{Entry, Source, Table, Value},
    spec::Spec,
    values::secret::keep_references,
};

impl Spec {
    /// Reads the spec of a file, with the overlay `[env.<env>]` if one is asked for. `${VARIABLE}` references are
    /// looked up in the process's environment.
    pub fn load(path: impl AsRef<Path>, env: Option<&str>) -> Result<Self, Problems> {
        Self::load_with(path, env, &|name| std::env::var(name).ok())
    }

    /// [`load`](Self::load) with a look-up for `${VARIABLE}` references.
    pub fn load_with(
        path: impl AsRef<Path>,
        env: Option<&str>,
        variables: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problems> {
        let file = path.as_ref().display().to_string();
        let text = fs::read_to_string(&path).map_err(|error| {
            let what = format!("the file cannot be read: {error}");
            let remedy = "check the path, or begin with sluice.example.toml";
            let problem = Problem {
                file: file.clone(),
                position: None,
                key: String::new(),
                what,
                remedy: remedy.into(),
            };
            Problems::collect(vec![problem]).expect("one problem is not none")
        })?;
        Self::parse_with(&text, &file, env, variables)
    }

    /// Reads a spec from a text; `file_name` is for messages only. `${VARIABLE}` references are looked up in the
    /// process's environment.
    pub fn parse(text: &str, file_name: &str, env: Option<&str>) -> Result<Self, Problems> {
        Self::parse_with(text, file_name, env, &|name| std::env::var(name).ok())
    }

    /// [`parse`](Self::parse) with a look-up for `${VARIABLE}` references.
    pub fn parse_with(
        text: &str,
        file_name: &str,
        env: Option<&str>,
        variables: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problems> {
        let source = Source { file: file_name, text };
        let mut base = match source.parse() {
            Ok(base) => base,
            // What the parser could save of a broken file would bring up faults that are none.
            Err(faults) => return Err(Problems::collect(faults).expect("an error has a fault")),
        };
        let (overlays, faults) = overlay::take(&mut base);
        let mut problems: Vec<Problem> = faults.into_iter().map(|fault| env_fault(source, fault)).collect();
        if let Some(env) = env.filter(|env| !overlays.contains_key(*env)) {
            problems.push(unknown_env(source, env, &overlays));
        }
        let overlay = env.and_then(|name| overlays.get_key_value(name));
        let (spec, found) = read(source, &base, overlay, variables, true);
        problems.extend(found);
        problems.extend(others(source, &base, &overlays, env, &problems));
        Problems::collect(problems).map_or(Ok(spec), Err)
    }

    /// The spec with this name and every default, for use without a file.
    pub fn default_for(name: &str) -> Result<Self, Problems> {
        let source = Source { file: "(no file)", text: "" };
        let entry = Entry { value: Value::Text(name.to_owned()), ..Entry::default() };
        let (spec, problems) =
            read(source, &Table::from([("name".to_owned(), entry)]), None, &keep_references, true);
        Problems::collect(problems).map_or(Ok(spec), Err)
    }

    /// The environments that a spec has overlays for, in order; none when the text is not TOML.
    pub fn environments(text: &str) -> Vec<String> {
        let root = Source { file: "", text }.parse();
        root.map(|mut root| overlay::take(&mut root).0.into_keys().collect()).unwrap_or_default()
    }
}

/// The problems of the overlays that are not chosen, and of what the chosen one hides in the base.
fn others(
    source: Source<'_>,
    base: &Table,
    overlays: &BTreeMap<String, Table>,
    chosen: Option<&str>,
    told: &[Problem],
) -> Vec<Problem> {
    if overlays.is_empty() {
        return Vec::new();
    }
    // Alone the base may be incomplete or contradict itself, so only what stands in it is judged.
    let mut problems = read(source, base, None, &keep_references, false).1;
    problems.retain(|problem| problem.position.is_some());
    for (name, overlay) in overlays.iter().filter(|(name, _)| Some(name.as_str()) != chosen) {
        for mut problem in read(source, base, Some((name, overlay)), &keep_references, true).1 {
            // What stands in the base can be right for the chosen environment, so say where it is wrong.
            let everywhere = told.contains(&problem) || problems.contains(&problem);
            if !problem.key.starts_with("env.") && !everywhere {
                problem.what = format!("{} (in env.{name})", problem.what);
            }
            problems.push(problem);
        }
    }
    problems
}

/// Reads the base with an overlay. The spec is usable only if there are no problems.
fn read(
    source: Source<'_>,
    base: &Table,
    overlay: Option<(&String, &Table)>,
    variables: Variables<'_>,
    cross_check: bool,
) -> (Spec, Vec<Problem>) {
    let merged = overlay.map_or_else(|| base.clone(), |(_, table)| overlay::merge(base, table));
    let mut known = Vec::new();
    keys(Spec::definitions(), "", &mut known);
    let mut reader = Reader::new(source, variables, &known);
    let root = Entry { value: Value::Table(merged), ..Entry::default() };
    let mut spec = Spec::read(&(), &root, &mut reader).expect("the root is a table");
    let mut outcome = reader.finish();
    resolve(&mut spec, overlay.map(|(name, _)| name.as_str()), &outcome);
    let mut problems = std::mem::take(&mut outcome.problems);
    if cross_check {
        problems.extend(check(&spec, &outcome, source));
    }
    (spec, problems)
}

fn env_fault(source: Source<'_>, (entry, key, what): overlay::Fault) -> Problem {
    Problem {
        file: source.file.to_owned(),
        position: entry.key_at.map(|at| source.position(at)),
        key: in_environment(&entry, &key),
        what,
        remedy: "write overlays as [env.dev], [env.prod] and so on".to_owned(),
    }
}

fn unknown_env(source: Source<'_>, env: &str, overlays: &BTreeMap<String, Table>) -> Problem {
    let names: Vec<_> = overlays.keys().map(String::as_str).collect();
    let remedy = if names.is_empty() {
        format!("the file has no overlays: add [env.{env}] or ask for no environment")
    } else {
        format!("choose one of {}, or add [env.{env}]", names.join(", "))
    };
    Problem {
        file: source.file.to_owned(),
        position: None,
        key: format!("env.{env}"),
        what: "there is no such environment".to_owned(),
        remedy,
    }
}
