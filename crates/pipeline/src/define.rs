//! How settings are defined: once, as a struct inside [`section!`], whose doc comments, types, defaults, examples
//! and rules are also the commented example, the JSON Schema, the documentation's table and the validation.
//!
//! ```text
//! section! {
//!     /// Where every record goes.
//!     pub struct Archive {
//!         /// Compression level.                                ← one line: the table, the schema, the example
//!         ///
//!         /// 1 is fastest, 12 smallest.                        ← the rest: the schema and the example
//!         level: u8 { default: 4, example: 6, rule: Whole::Range(1, 12), },
//!     }
//! }
//! ```
//!
//! `default` and `example` are TOML values. `derived` in place of `default` says in words where the default comes
//! from; `resolve.rs` computes it. Without either, an `Option` is unset and a plain value is required. The example
//! differs from the default: it serves the remedies of messages, and the test that every setting arrives.

use crate::{reader::Reader, source::Entry};

/// A type that a setting can have.
pub(crate) trait Setting: Sized {
    /// What narrows the type: a range, a form of text.
    type Rule: Copy + Default;

    /// What values look like, for the documentation and the schema.
    fn shape(rule: &Self::Rule) -> Shape;

    /// The value of an entry; on faults none, after telling the reader.
    fn read(rule: &Self::Rule, entry: &Entry, reader: &mut Reader<'_>) -> Option<Self>;

    /// The value when neither the spec nor the definition gives one; none when it is required.
    fn absent(_reader: &mut Reader<'_>) -> Option<Self> {
        None
    }
}

/// One setting, or one table of settings when its shape is a table.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) name: &'static str,
    /// The doc comment as written: a first paragraph, an empty line, the rest.
    pub(crate) doc: &'static str,
    pub(crate) fallback: Fallback,
    /// A TOML value that is valid and not the default; tables have none.
    pub(crate) example: Option<&'static str>,
    pub(crate) shape: Shape,
}

/// What a setting is when the spec does not say.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Fallback {
    /// This TOML value.
    Literal(&'static str),
    /// Computed from other settings; the text says how.
    Derived(&'static str),
    /// What [`Setting::absent`] answers.
    Unset,
}

impl Definition {
    /// The first paragraph of the documentation on one line.
    pub(crate) fn summary(&self) -> String {
        self.lines().take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// All of the documentation on one line.
    pub(crate) fn text(&self) -> String {
        self.lines().filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The documentation line by line.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'static str> {
        self.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).trim_end())
    }

    /// The settings below, when this is a table.
    pub(crate) fn children(&self) -> &[Definition] {
        match &self.shape {
            Shape::Table(children) => children(),
            _ => &[],
        }
    }
}

/// What values of a setting look like.
#[derive(Debug)]
pub(crate) enum Shape {
    Text(crate::values::text::Text),
    Secret,
    Path,
    Address,
    ArchiveUrl,
    Bool,
    Whole(crate::values::whole::Whole),
    Size(crate::values::size::Sizes),
    Duration(crate::values::duration::Span),
    /// One of these words, each with its meaning.
    Choice(&'static [(&'static str, &'static str)]),
    /// The first or the second.
    Either(Box<Shape>, Box<Shape>),
    /// As inside, or `"off"`.
    Optional(Box<Shape>),
    List(Box<Shape>),
    /// A table with free keys.
    Map(Box<Shape>),
    Table(fn() -> &'static [Definition]),
}

impl Shape {
    /// What is expected, in a few words: "a whole number from 1 to 12".
    pub(crate) fn expected(&self) -> String {
        match self {
            Self::Text(text) => text.expected().to_owned(),
            Self::Secret => "a text or \"${VARIABLE}\"".to_owned(),
            Self::Path => "a path".to_owned(),
            Self::Address => "an IP address and port such as \"127.0.0.1:2020\"".to_owned(),
            Self::ArchiveUrl => "\"s3://bucket/prefix\" or \"file:///folder\"".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::Whole(whole) => whole.expected(),
            Self::Size(sizes) => sizes.expected(),
            Self::Duration(span) => span.expected(),
            Self::Choice(choices) => {
                let words: Vec<_> = choices.iter().map(|(word, _)| format!("\"{word}\"")).collect();
                format!("one of {}", words.join(", "))
            }
            Self::Either(first, second) => format!("{} or {}", first.expected(), second.expected()),
            Self::Optional(inside) => format!("{} or \"off\"", inside.expected()),
            Self::List(item) => match item.as_ref() {
                Self::Table(_) => "a list of tables".to_owned(),
                _ => format!("a list, each item {}", item.expected()),
            },
            Self::Map(value) => format!("a table, each value {}", value.expected()),
            Self::Table(_) => "a table".to_owned(),
        }
    }
}

/// Defines a struct whose fields are settings; the module's header shows how.
macro_rules! section {
    (
        $(#[doc = $about:literal])*
        pub struct $Section:ident {
            $(
                $(#[doc = $doc:literal])*
                $field:ident: $ty:ty {
                    $(default: $default:tt,)?
                    $(derived: $derived:literal,)?
                    $(example: $example:tt,)?
                    $(rule: $rule:expr,)?
                },
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $Section {
            $(
                $(#[doc = $doc])*
                pub $field: $ty,
            )*
        }

        impl $Section {
            /// The settings of this table, in the order of the fields.
            pub(crate) fn definitions() -> &'static [$crate::define::Definition] {
                use $crate::define::{Definition, Fallback, Setting};
                static ALL: std::sync::LazyLock<Vec<Definition>> = std::sync::LazyLock::new(|| {
                    vec![$({
                        let rule: <$ty as Setting>::Rule = [$($rule,)? Default::default()][0];
                        Definition {
                            name: stringify!($field),
                            doc: concat!($($doc, "\n",)*),
                            fallback: [
                                $(Fallback::Literal(stringify!($default)),)?
                                $(Fallback::Derived($derived),)?
                                Fallback::Unset
                            ][0],
                            example: [$(Some(stringify!($example)),)? None][0],
                            shape: <$ty as Setting>::shape(&rule),
                        }
                    },)*]
                });
                &ALL
            }
        }

        impl $crate::define::Setting for $Section {
            type Rule = ();

            fn shape(_rule: &()) -> $crate::define::Shape {
                $crate::define::Shape::Table(Self::definitions)
            }

            fn read(
                _rule: &(),
                entry: &$crate::source::Entry,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                let mut definitions = Self::definitions().iter();
                let table = reader.table(entry, Self::definitions())?;
                Some(Self {
                    $($field: {
                        let rule: <$ty as $crate::define::Setting>::Rule = [$($rule,)? Default::default()][0];
                        reader.field(entry, table, definitions.next()?, &rule)
                    },)*
                })
            }

            fn absent(reader: &mut $crate::reader::Reader<'_>) -> Option<Self> {
                Self::read(&(), &$crate::source::Entry::default(), reader)
            }
        }
    };
}

/// Defines an enum whose variants are the words a setting may be, each with its meaning.
macro_rules! choices {
    (
        $(#[doc = $about:literal])*
        pub enum $Choice:ident {
            $(
                $(#[doc = $doc:literal])*
                $Variant:ident = $word:literal,
            )*
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Choice {
            $(
                $(#[doc = $doc])*
                $Variant,
            )*
        }

        impl $Choice {
            /// Every choice, in the order of its definition.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The word that stands for it in the spec.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Variant => $word,)*
                }
            }
        }

        impl std::fmt::Display for $Choice {
            fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                out.write_str(self.as_str())
            }
        }

        impl $crate::define::Setting for $Choice {
            type Rule = ();

            fn shape(_rule: &()) -> $crate::define::Shape {
                $crate::define::Shape::Choice(&[$(($word, concat!($($doc, "\n",)*))),*])
            }

            fn read(
                _rule: &(),
                entry: &$crate::source::Entry,
                reader: &mut $crate::reader::Reader<'_>,
            ) -> Option<Self> {
                let word = reader.text::<Self>(&(), entry)?;
                let found = Self::ALL.iter().copied().find(|choice| choice.as_str() == word);
                if found.is_none() {
                    reader.not_a_choice(entry, word, Self::ALL.iter().map(|choice| choice.as_str()));
                }
                found
            }
        }
    };
}

pub(crate) use {choices, section};

#[cfg(test)]
mod tests;
