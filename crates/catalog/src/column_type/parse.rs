//! Reads a type: recursive descent over the text, with the place of a fault.

use std::str::FromStr;

use super::{ColumnType, PLAIN};
use crate::nearest::likely;

/// Types nested deeper than this are refused: nobody writes them, and reading recurses.
const MAX_DEPTH: usize = 32;

/// Names of other dialects, and what they are called here.
const ALIASES: [(&str, &str); 9] = [
    ("varchar", "string"),
    ("char", "string"),
    ("text", "string"),
    ("integer", "int"),
    ("smallint", "int"),
    ("tinyint", "int"),
    ("long", "bigint"),
    ("real", "float"),
    ("bool", "boolean"),
];

/// A text that is no type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} at character {at} of {text:?}")]
pub struct TypeError {
    /// The text.
    pub text: String,
    /// Where the fault is, in characters from 1.
    pub at: usize,
    /// What is wrong there.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl FromStr for ColumnType {
    type Err = TypeError;

    /// Reads a type; blanks between its parts are allowed, letters may be large.
    fn from_str(text: &str) -> Result<Self, TypeError> {
        let mut parser = Parser { text, at: 0 };
        let parsed = parser.column_type(0)?;
        parser.blanks();
        if parser.at < text.len() {
            return Err(parser.fault("nothing more was expected", "remove the rest"));
        }
        Ok(parsed)
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parser<'a> {
    fn column_type(&mut self, depth: usize) -> Result<ColumnType, TypeError> {
        if depth > MAX_DEPTH {
            return Err(self.fault("the type is nested too deep", "declare the column as string"));
        }
        self.blanks();
        let start = self.at;
        let name = self.word().to_lowercase();
        if let Some((_, plain)) = PLAIN.iter().find(|(plain, _)| *plain == name) {
            return Ok(plain.clone());
        }
        match name.as_str() {
            "decimal" => self.decimal(),
            "array" => {
                self.expect('<')?;
                let item = self.column_type(depth + 1)?;
                self.expect('>')?;
                Ok(ColumnType::Array(Box::new(item)))
            }
            "map" => {
                self.expect('<')?;
                let key = self.column_type(depth + 1)?;
                self.expect(',')?;
                let value = self.column_type(depth + 1)?;
                self.expect('>')?;
                Ok(ColumnType::Map(Box::new(key), Box::new(value)))
            }
            "struct" => self.fields(depth),
            _ => {
                self.at = start;
                Err(self.unknown(&name))
            }
        }
    }

    fn decimal(&mut self) -> Result<ColumnType, TypeError> {
        self.expect('(')?;
        let precision = self.number(1, 38, "the precision")?;
        self.expect(',')?;
        let scale = self.number(0, precision, "the scale")?;
        self.expect(')')?;
        Ok(ColumnType::Decimal { precision, scale })
    }

    fn fields(&mut self, depth: usize) -> Result<ColumnType, TypeError> {
        self.expect('<')?;
        let mut fields: Vec<(String, ColumnType)> = Vec::new();
        loop {
            self.blanks();
            let start = self.at;
            let name = self.word();
            if name.is_empty() || fields.iter().any(|(other, _)| other.eq_ignore_ascii_case(name)) {
                self.at = start;
                return Err(if name.is_empty() {
                    self.fault("the name of a field is missing", "write struct<name:type,…>")
                } else {
                    self.fault(&format!("the field {name:?} comes twice"), "rename or remove one of them")
                });
            }
            self.expect(':')?;
            fields.push((name.to_owned(), self.column_type(depth + 1)?));
            self.blanks();
            if !self.text[self.at..].starts_with(',') {
                self.expect('>')?;
                return Ok(ColumnType::Struct(fields));
            }
            self.at += 1;
        }
    }

    fn number(&mut self, low: u8, high: u8, what: &str) -> Result<u8, TypeError> {
        self.blanks();
        let start = self.at;
        match self.word().parse() {
            Ok(number) if (low..=high).contains(&number) => Ok(number),
            _ => {
                self.at = start;
                let remedy = format!("write {low} to {high}");
                Err(self.fault(&format!("{what} is no number from {low} to {high}"), &remedy))
            }
        }
    }

    fn word(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn expect(&mut self, wanted: char) -> Result<(), TypeError> {
        self.blanks();
        if self.text[self.at..].starts_with(wanted) {
            self.at += wanted.len_utf8();
            return Ok(());
        }
        Err(self.fault(&format!("\"{wanted}\" is missing"), &format!("write \"{wanted}\" there")))
    }

    fn blanks(&mut self) {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
    }

    fn unknown(&self, name: &str) -> TypeError {
        let alias = ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, meant)| *meant);
        let names = PLAIN.iter().map(|(name, _)| *name).chain(["decimal", "array", "map", "struct"]);
        let remedy = match alias.or_else(|| likely(name, names.clone())) {
            Some(meant) => format!("did you mean \"{meant}\"?"),
            None => format!("write one of {}", names.collect::<Vec<_>>().join(", ")),
        };
        let what =
            if name.is_empty() { "a type is missing".into() } else { format!("unknown type {name:?}") };
        self.fault(&what, &remedy)
    }

    fn fault(&self, what: &str, remedy: &str) -> TypeError {
        let at = self.text[..self.at].chars().count() + 1;
        TypeError { text: self.text.to_owned(), at, what: what.to_owned(), remedy: remedy.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_type() -> impl Strategy<Value = ColumnType> {
        let plain = proptest::sample::select(PLAIN.map(|(_, plain)| plain).to_vec());
        let decimal = (1u8..=38)
            .prop_flat_map(|p| (Just(p), 0..=p))
            .prop_map(|(precision, scale)| ColumnType::Decimal { precision, scale });
        prop_oneof![plain, decimal].prop_recursive(4, 24, 5, |inner| {
            let fields = proptest::collection::btree_map("[a-z_][a-z0-9_]{0,8}", inner.clone(), 1..5);
            prop_oneof![
                inner.clone().prop_map(|item| ColumnType::Array(Box::new(item))),
                (inner.clone(), inner).prop_map(|(k, v)| ColumnType::Map(Box::new(k), Box::new(v))),
                fields.prop_map(|fields| ColumnType::Struct(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_text_of_a_type_reads_as_the_type(kind in any_type()) {
            prop_assert_eq!(kind.to_string().parse::<ColumnType>(), Ok(kind));
        }

        #[test]
        fn any_text_gives_a_type_or_an_error(text in "[a-z<>(),: é0-9]{0,40}") {
            let _ = text.parse::<ColumnType>();
        }
    }

    #[test]
    fn blanks_and_large_letters_are_read_over() {
        let text = " ARRAY < struct < a : decimal( 10 , 2 ) , b:map<string , int> > > ";
        let kind: ColumnType = text.parse().unwrap();
        assert_eq!(kind.to_string(), "array<struct<a:decimal(10,2),b:map<string,int>>>");
    }

    #[test]
    fn a_fault_is_told_with_its_place_and_remedy() {
        for (text, message, remedy) in [
            ("sting", "unknown type \"sting\" at character 1", "did you mean \"string\"?"),
            ("array<struct<a:sting>>", "unknown type \"sting\" at character 16", "did you mean \"string\"?"),
            ("varchar", "unknown type \"varchar\" at character 1", "did you mean \"string\"?"),
            ("array<int", "\">\" is missing at character 10", "write \">\" there"),
            ("map<int>", "\",\" is missing at character 8", "write \",\" there"),
            ("struct<>", "the name of a field is missing at character 8", "write struct<name:type,…>"),
            (
                "struct<a:int,A:int>",
                "the field \"A\" comes twice at character 14",
                "rename or remove one of them",
            ),
            ("decimal(39,0)", "the precision is no number from 1 to 38 at character 9", "write 1 to 38"),
            ("decimal(3,4)", "the scale is no number from 0 to 3 at character 11", "write 0 to 3"),
            ("int int", "nothing more was expected at character 5", "remove the rest"),
            ("", "a type is missing at character 1", "write one of"),
        ] {
            let error = text.parse::<ColumnType>().unwrap_err();
            assert!(error.to_string().starts_with(message), "{text}: {error}");
            assert!(error.remedy.starts_with(remedy), "{text}: {}", error.remedy);
        }
        let deep = "array<".repeat(1000);
        assert!(deep.parse::<ColumnType>().unwrap_err().what.contains("too deep"));
    }
}
