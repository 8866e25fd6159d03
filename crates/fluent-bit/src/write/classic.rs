//! The classic format: `[SECTION]`, then indented `Key value` lines.
//!
//! A value is the rest of its line, without quotes or escapes. A comment is a line of its own.

use std::fmt::Write;

use super::{Unwritable, check};
use crate::config::{Config, Kind, Section};

/// The configuration in the classic format.
///
/// # Errors
/// When a value has no form in it: control characters, blanks at its ends, a `${` that is no reference.
pub fn classic(config: &Config) -> Result<String, Unwritable> {
    let mut out = String::new();
    comment(&mut out, "", &config.head);
    for section in &config.sections {
        out.push('\n');
        comment(&mut out, "", &section.about);
        write_section(&mut out, section)?;
    }
    Ok(out)
}

fn write_section(out: &mut String, section: &Section) -> Result<(), Unwritable> {
    let _ = writeln!(out, "[{}]", header(section.kind));
    let width = section.properties.iter().map(|property| property.key.len()).max().unwrap_or(0);
    for property in &section.properties {
        check(&property.key, &property.value)?;
        if let Some(why) = &property.why {
            comment(out, "    ", &wrap(why));
        }
        let _ = writeln!(out, "    {:width$}  {}", title(&property.key), property.value);
    }
    Ok(())
}

fn header(kind: Kind) -> &'static str {
    match kind {
        Kind::Service => "SERVICE",
        Kind::Input => "INPUT",
        Kind::Filter => "FILTER",
        Kind::Output => "OUTPUT",
        Kind::Parser => "PARSER",
        Kind::MultilineParser => "MULTILINE_PARSER",
    }
}

/// `retry_limit` as the documentation writes it: `Retry_Limit`. Keys with a dot stay lower case there.
fn title(key: &str) -> String {
    if key.contains('.') {
        return key.to_owned();
    }
    let upper = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
    };
    key.split('_').map(upper).collect::<Vec<_>>().join("_")
}

pub(super) fn comment(out: &mut String, indent: &str, lines: &[String]) {
    for line in lines {
        let _ = writeln!(out, "{}", format!("{indent}# {line}").trim_end());
    }
}

/// A reason in lines of at most 100 characters.
pub(super) fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < 100 => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}
