//! A TOML text in which every key and value knows where it stands, and the problems found in it.

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use sluice_pipeline::Problem;

use crate::nearest::did_you_mean;

/// A byte offset into the text.
pub(super) type Place = usize;

/// A definition file while it is read.
pub(super) struct Document<'a> {
    file: &'a str,
    text: &'a str,
    problems: Vec<Problem>,
}

/// A table of the file, and its path there, such as `columns[3]`.
#[derive(Clone)]
pub(super) struct Fields<'a> {
    table: DeTable<'a>,
    path: String,
    at: Place,
}

impl<'a> Fields<'a> {
    /// The dotted path of a key.
    pub(super) fn path(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    pub(super) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The tables in a list, for checks behind the reading: what is none is left out.
    pub(super) fn tables_of(&self, key: &str) -> Vec<Fields<'a>> {
        let Some(DeValue::Array(items)) = self.table.get(key).map(Spanned::get_ref) else {
            return Vec::new();
        };
        let table = |(position, item): (usize, &Spanned<DeValue<'a>>)| match item.get_ref() {
            DeValue::Table(table) => {
                let path = format!("{}[{position}]", self.path(key));
                Some(Fields { table: table.clone(), path, at: item.span().start })
            }
            _ => None,
        };
        items.iter().enumerate().filter_map(table).collect()
    }

    /// A text, for checks behind the reading.
    pub(super) fn text_of(&self, key: &str) -> Option<&str> {
        self.table.get(key).and_then(|value| value.get_ref().as_str())
    }

    /// Where the value of a key stands, or else the table.
    pub(super) fn place(&self, key: &str) -> Place {
        self.table.get(key).map_or(self.at, |value| value.span().start)
    }
}

impl<'a> Document<'a> {
    pub(super) fn new(file: &'a str, text: &'a str) -> Self {
        Self { file, text, problems: Vec::new() }
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }

    /// The whole file; none when it is not TOML.
    pub(super) fn root(&mut self) -> Option<Fields<'a>> {
        let (root, errors) = DeTable::parse_recoverable(self.text);
        for error in &errors {
            let what = format!("invalid TOML: {}", error.message());
            let place = error.span().map(|span| span.start);
            self.push(place, String::new(), what, "correct the syntax (https://toml.io)");
        }
        errors.is_empty().then(|| Fields { table: root.into_inner(), path: String::new(), at: 0 })
    }

    /// Line and column of a byte offset, both from 1, the column in characters.
    pub(super) fn position(&self, at: Place) -> (usize, usize) {
        let before = &self.text[..self.text.floor_char_boundary(at)];
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        (before.matches('\n').count() + 1, column)
    }

    fn push(
        &mut self,
        place: Option<Place>,
        key: String,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let position = place.map(|place| self.position(place));
        let (what, remedy) = (what.into(), remedy.into());
        self.problems.push(Problem { file: self.file.to_owned(), position, key, what, remedy });
    }

    /// Tells a fault of a key's value.
    pub(super) fn fail(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        what: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(Some(fields.place(key)), fields.path(key), what, remedy);
    }

    /// Tells the keys of a table that mean nothing.
    pub(super) fn known_keys(&mut self, fields: &Fields<'_>, known: &[&str]) {
        for key in fields.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let remedy = did_you_mean(name, known.iter().copied());
                self.push(Some(key.span().start), fields.path(name), "unknown key", remedy);
            }
        }
    }

    fn value<'f, 't>(&mut self, fields: &'f Fields<'t>, key: &str) -> Option<&'f Spanned<DeValue<'t>>> {
        let value = fields.table.get(key);
        if value.is_none() {
            let place = (!fields.path.is_empty()).then_some(fields.at);
            self.push(place, fields.path(key), "the key is missing", format!("add {key} = …"));
        }
        value
    }

    fn wrong_type(&mut self, fields: &Fields<'_>, key: &str, wanted: &str) {
        let found = fields.table.get(key).map_or("", |value| kind(value.get_ref()));
        self.fail(fields, key, format!("expected {wanted}, found {found}"), format!("write {wanted}"));
    }

    /// A text that must be there.
    pub(super) fn text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        self.value(fields, key)?;
        self.optional_text(fields, key)
    }

    /// A text, if the key is there.
    pub(super) fn optional_text(&mut self, fields: &Fields<'_>, key: &str) -> Option<String> {
        match fields.table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.clone().into_owned()),
            _ => {
                self.wrong_type(fields, key, "a text");
                None
            }
        }
    }

    /// A whole number within bounds, if the key is there.
    pub(super) fn optional_whole(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        low: i64,
        high: i64,
    ) -> Option<i64> {
        let DeValue::Integer(number) = fields.table.get(key)?.get_ref() else {
            self.wrong_type(fields, key, "a whole number");
            return None;
        };
        let parsed = i64::from_str_radix(number.as_str(), number.radix()).ok();
        let parsed = parsed.filter(|number| (low..=high).contains(number));
        if parsed.is_none() {
            let what = format!("{} is not from {low} to {high}", number.as_str());
            self.fail(fields, key, what, format!("write {low} to {high}"));
        }
        parsed
    }

    /// One of several words, if the key is there.
    pub(super) fn optional_choice<T: Clone>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let word = self.optional_text(fields, key)?;
        let choice = choices.iter().find(|(name, _)| *name == word).map(|(_, choice)| choice.clone());
        if choice.is_none() {
            let remedy = did_you_mean(&word, choices.iter().map(|(name, _)| *name));
            self.fail(fields, key, format!("{word:?} is none of the choices"), remedy);
        }
        choice
    }

    /// One of several words that must be there.
    pub(super) fn choice<T: Clone>(
        &mut self,
        fields: &Fields<'_>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        self.value(fields, key)?;
        self.optional_choice(fields, key, choices)
    }

    /// A table, if the key is there.
    pub(super) fn optional_table<'t>(&mut self, fields: &Fields<'t>, key: &str) -> Option<Fields<'t>> {
        let value = fields.table.get(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(fields, key, "a table");
            return None;
        };
        Some(Fields { table: table.clone(), path: fields.path(key), at: value.span().start })
    }

    /// A table that must be there.
    pub(super) fn table<'t>(&mut self, fields: &Fields<'t>, key: &str) -> Option<Fields<'t>> {
        self.value(fields, key)?;
        self.optional_table(fields, key)
    }

    /// A list of tables that must be there, each read by `read`; none when one of them could not be read.
    pub(super) fn each<T>(
        &mut self,
        fields: &Fields<'a>,
        key: &str,
        mut read: impl FnMut(&mut Self, &Fields<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let DeValue::Array(items) = self.value(fields, key)?.get_ref() else {
            self.wrong_type(fields, key, "a list of tables");
            return None;
        };
        let mut all = Vec::new();
        for (position, item) in items.iter().enumerate() {
            let path = format!("{}[{position}]", fields.path(key));
            let at = item.span().start;
            all.push(match item.get_ref() {
                DeValue::Table(table) => read(self, &Fields { table: table.clone(), path, at }),
                other => {
                    let what = format!("expected a table, found {}", kind(other));
                    self.push(Some(at), path, what, "write { name = \"…\", … }");
                    None
                }
            });
        }
        all.into_iter().collect()
    }

    /// A list of texts and whole numbers, as texts, that must be there.
    pub(super) fn words(&mut self, fields: &Fields<'_>, key: &str) -> Option<Vec<String>> {
        let word = |item: &Spanned<DeValue<'_>>| match item.get_ref() {
            DeValue::String(text) => Some(text.clone().into_owned()),
            DeValue::Integer(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        let words = match self.value(fields, key)?.get_ref() {
            DeValue::Array(items) => items.iter().map(word).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        if words.is_none() {
            self.wrong_type(fields, key, "a list of texts or whole numbers");
        }
        words
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a fraction",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
