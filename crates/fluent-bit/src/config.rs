//! A configuration as both formats have it: a head, and sections of properties in order.
//!
//! A key may come more than once; the order of equal keys is kept. Values are texts: Fluent Bit types them itself.

/// A configuration file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// Comment at the head of the file, one line an item.
    pub head: Vec<String>,
    /// The sections, in order.
    pub sections: Vec<Section>,
}

/// What a section is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Settings of the process.
    Service,
    /// Where records come from.
    Input,
    /// What is done to records.
    Filter,
    /// Where records go.
    Output,
    /// How a text becomes fields.
    Parser,
    /// Which lines belong together.
    MultilineParser,
}

/// A section: an input, a filter, a parser and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What it is.
    pub kind: Kind,
    /// Comment before the section, one line an item.
    pub about: Vec<String>,
    /// Its properties.
    pub properties: Vec<Property>,
}

/// A property of a section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Property {
    /// Its key, in the spelling of Fluent Bit's documentation, lower case.
    pub key: String,
    /// Its value. `${NAME}` is a reference to the environment.
    pub value: String,
    /// Comment before the property: why it is there.
    pub why: Option<String>,
}

impl Section {
    /// A section without properties. Each line of the comment becomes a line.
    pub fn new(kind: Kind, about: &str) -> Section {
        Section { kind, about: lines(about), properties: Vec::new() }
    }

    /// A plugin's section: its name first.
    pub fn plugin(kind: Kind, name: &str, about: &str) -> Section {
        Section::new(kind, about).set("name", name)
    }

    /// With a property more.
    #[must_use]
    pub fn set(mut self, key: &str, value: impl ToString) -> Section {
        self.properties.push(Property { key: key.to_owned(), value: value.to_string(), why: None });
        self
    }

    /// With a property and the reason for it.
    #[must_use]
    pub fn set_why(self, why: &str, key: &str, value: impl ToString) -> Section {
        let mut section = self.set(key, value);
        if let Some(last) = section.properties.last_mut() {
            last.why = Some(why.to_owned());
        }
        section
    }

    /// With a property a value, all of one key.
    #[must_use]
    pub fn set_each<V: ToString>(self, key: &str, values: impl IntoIterator<Item = V>) -> Section {
        values.into_iter().fold(self, |section, value| section.set(key, value))
    }
}

/// The lines of a comment.
pub(crate) fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).collect()
}
