//! Turns entries into typed settings and collects every problem on the way.
//!
//! Invariant: a fault never stops the reading. The setting takes its default (or its example when it is required)
//! and its key is marked bad, so that the checks across settings can leave it out instead of blaming it twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    define::{Definition, Fallback, Setting, Shape},
    nearest::nearest,
    problem::Problem,
    source::{self, Entry, Source, Table, Value},
};

/// Looks up an environment variable for a `${VARIABLE}` reference.
pub(crate) type Variables<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The state of one reading of a spec.
pub(crate) struct Reader<'a> {
    source: Source<'a>,
    variables: Variables<'a>,
    problems: Vec<Problem>,
    /// The dotted key being read, and the examples of the settings on the way.
    path: String,
    examples: Vec<Option<&'static str>>,
    /// While a stand-in for a faulty setting is read, nothing is told or noted.
    muted: bool,
    given: BTreeMap<String, Entry>,
    bad: BTreeSet<String>,
    derived: Vec<String>,
    known: &'a [String],
}

/// What a reading leaves behind besides the settings.
pub(crate) struct Outcome {
    pub(crate) problems: Vec<Problem>,
    /// The entries of the keys that the spec gives.
    pub(crate) given: BTreeMap<String, Entry>,
    pub(crate) bad: BTreeSet<String>,
    /// The keys whose default is still to be computed.
    pub(crate) derived: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(source: Source<'a>, variables: Variables<'a>, known: &'a [String]) -> Self {
        Self {
            source,
            variables,
            problems: Vec::new(),
            path: String::new(),
            examples: Vec::new(),
            muted: false,
            given: BTreeMap::new(),
            bad: BTreeSet::new(),
            derived: Vec::new(),
            known,
        }
    }

    pub(crate) fn finish(self) -> Outcome {
        let Self { problems, given, bad, derived, .. } = self;
        Outcome { problems, given, bad, derived }
    }

    /// The table of an entry, its unknown keys told.
    pub(crate) fn table<'e>(&mut self, entry: &'e Entry, known: &[Definition]) -> Option<&'e Table> {
        let Value::Table(table) = &entry.value else {
            self.fail(entry, format!("expected a table, found {}", entry.value.kind()));
            return None;
        };
        for (key, unknown) in table.iter().filter(|(key, _)| known.iter().all(|k| k.name != key.as_str())) {
            self.within(key, |reader| reader.unknown(unknown, known));
        }
        Some(table)
    }

    /// The value of one setting of a table.
    pub(crate) fn field<T: Setting>(
        &mut self,
        holder: &Entry,
        table: &Table,
        definition: &Definition,
        rule: &T::Rule,
    ) -> T {
        self.examples.push(definition.example);
        let value = self.within(definition.name, |reader| match table.get(definition.name) {
            Some(entry) => {
                reader.note_given(entry);
                T::read(rule, entry, reader).unwrap_or_else(|| {
                    reader.bad.insert(reader.path.clone());
                    reader.quietly(|reader| reader.fallback(holder, definition, rule))
                })
            }
            None => reader.fallback(holder, definition, rule),
        });
        self.examples.pop();
        value
    }

    fn fallback<T: Setting>(&mut self, holder: &Entry, definition: &Definition, rule: &T::Rule) -> T {
        let stand_in = match definition.fallback {
            Fallback::Literal(text) => Some(text),
            Fallback::Derived(_) => {
                if !self.muted {
                    self.derived.push(self.path.clone());
                }
                definition.example
            }
            Fallback::Unset => {
                if let Some(value) = T::absent(self) {
                    return value;
                }
                let example = definition.example.unwrap_or_default();
                self.bad.insert(self.path.clone());
                self.fail_with(
                    &Entry { key_at: None, ..holder.clone() },
                    "missing, and it has no default",
                    format!("add {} = {example}", definition.name),
                );
                definition.example
            }
        };
        let entry = stand_in.and_then(source::literal);
        self.quietly(|reader| entry.and_then(|entry| T::read(rule, &entry, reader)))
            .expect("defaults and examples are valid TOML values of their setting: a test tries each")
    }

    /// Runs with `step` added to the path: a key, or an index such as `[2]`.
    pub(crate) fn within<R>(&mut self, step: &str, run: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.path.len();
        if !self.path.is_empty() && !step.starts_with('[') {
            self.path.push('.');
        }
        self.path.push_str(step);
        let result = run(self);
        self.path.truncate(length);
        result
    }

    fn quietly<R>(&mut self, run: impl FnOnce(&mut Self) -> R) -> R {
        let before = std::mem::replace(&mut self.muted, true);
        let result = run(self);
        self.muted = before;
        result
    }

    fn note_given(&mut self, entry: &Entry) {
        if !self.muted {
            self.given.insert(self.path.clone(), entry.clone());
        }
    }

    /// The text of an entry that must be one.
    pub(crate) fn text<'e, T: Setting>(&mut self, rule: &T::Rule, entry: &'e Entry) -> Option<&'e str> {
        match &entry.value {
            Value::Text(text) => Some(text),
            _ => self.mismatch::<T, _>(rule, entry),
        }
    }

    /// Tells that an entry is no value of the type; answers none.
    pub(crate) fn mismatch<T: Setting, R>(&mut self, rule: &T::Rule, entry: &Entry) -> Option<R> {
        let shape = T::shape(rule);
        let found = match shape {
            // Not what it is: it may hold a secret that belongs further down.
            Shape::List(_) | Shape::Map(_) | Shape::Table(_) => entry.value.kind().to_owned(),
            _ => entry.value.describe(),
        };
        self.fail(entry, format!("expected {}, found {found}", shape.expected()));
        None
    }

    /// Tells a fault; the remedy is the setting's example.
    pub(crate) fn fail(&mut self, entry: &Entry, what: impl Into<String>) {
        let remedy = match (self.examples.last(), self.leaf()) {
            (Some(Some(example)), leaf) => format!("write for example {leaf} = {example}"),
            _ => format!("write [{}] and the settings below it", self.path),
        };
        self.fail_with(entry, what, remedy);
    }

    /// Tells a fault and its remedy.
    pub(crate) fn fail_with(&mut self, entry: &Entry, what: impl Into<String>, remedy: impl Into<String>) {
        if self.muted {
            return;
        }
        self.problems.push(Problem {
            file: self.source.file.to_owned(),
            position: entry.at.map(|at| self.source.position(at)),
            key: in_environment(entry, &self.path),
            what: what.into(),
            remedy: remedy.into(),
        });
    }

    fn leaf(&self) -> &str {
        let last = self.path.rsplit('.').next().unwrap_or_default();
        last.split('[').next().unwrap_or_default()
    }

    /// Tells that a word is none of the choices.
    pub(crate) fn not_a_choice<'c>(
        &mut self,
        entry: &Entry,
        word: &str,
        choices: impl Iterator<Item = &'c str> + Clone,
    ) {
        let all = choices.clone().map(|choice| format!("\"{choice}\"")).collect::<Vec<_>>().join(", ");
        let remedy = match nearest(word, choices) {
            Some((choice, true)) => format!("did you mean \"{choice}\"?"),
            _ => format!("write one of {all}"),
        };
        self.fail_with(entry, format!("expected one of {all}, found {}", entry.value.describe()), remedy);
    }

    fn unknown(&mut self, entry: &Entry, siblings: &[Definition]) {
        let plain: String = without_indexes(&self.path);
        let table = plain.rsplit_once('.').map(|(table, _)| table);
        let siblings: Vec<String> =
            siblings.iter().map(|s| table.map_or(s.name.to_owned(), |t| format!("{t}.{}", s.name))).collect();
        let candidates = self.known.iter().chain(&siblings).map(String::as_str);
        let remedy = match nearest(&plain, candidates) {
            Some((key, true)) => format!("did you mean \"{}\"?", in_environment(entry, key)),
            Some((key, false)) => format!("the nearest valid key is \"{}\"", in_environment(entry, key)),
            None => "remove it".to_owned(),
        };
        self.fail_with(&Entry { at: entry.key_at, ..entry.clone() }, "unknown key", remedy);
    }

    /// The value of an environment variable; while muted, the reference itself.
    pub(crate) fn variable(&self, name: &str) -> Option<String> {
        if self.muted { Some(name.to_owned()) } else { (self.variables)(name) }
    }
}

/// `archive.level`, or `env.dev.archive.level` when the entry stands in an overlay.
pub(crate) fn in_environment(entry: &Entry, key: &str) -> String {
    match &entry.env {
        Some(env) if key.is_empty() => format!("env.{env}"),
        Some(env) => format!("env.{env}.{key}"),
        None => key.to_owned(),
    }
}

fn without_indexes(path: &str) -> String {
    path.split('.').map(|step| step.split('[').next().unwrap_or_default()).collect::<Vec<_>>().join(".")
}

/// Every dotted key below these definitions, tables included; items of lists count as the list's key.
pub(crate) fn keys(definitions: &[Definition], prefix: &str, found: &mut Vec<String>) {
    for definition in definitions {
        let key = if prefix.is_empty() {
            definition.name.to_owned()
        } else {
            format!("{prefix}.{}", definition.name)
        };
        let below = match &definition.shape {
            Shape::Table(children) => children(),
            Shape::List(item) => match item.as_ref() {
                Shape::Table(children) => children(),
                _ => &[],
            },
            _ => &[],
        };
        keys(below, &key, found);
        found.push(key);
    }
}
