//! YAML: one file with service, parsers and pipeline.
//!
//! Values that YAML would read as something else than their text are quoted. Equal keys become a list.

use std::fmt::Write;

use super::classic::{comment, wrap};
use super::{Unwritable, check};
use crate::config::{Config, Kind, Property, Section};

/// The configuration as YAML.
///
/// # Errors
/// When Fluent Bit would not read a value as it is: control characters, blanks at its ends, a `${` that is no reference.
pub fn yaml(config: &Config) -> Result<String, Unwritable> {
    let mut out = String::new();
    comment(&mut out, "", &config.head);
    let of = |kind| config.sections.iter().filter(move |section| section.kind == kind);
    for section in of(Kind::Service) {
        out.push('\n');
        comment(&mut out, "", &section.about);
        out.push_str("service:\n");
        properties(&mut out, "  ", "  ", &section.properties)?;
    }
    for (kind, name) in [(Kind::Parser, "parsers"), (Kind::MultilineParser, "multiline_parsers")] {
        list(&mut out, "", name, of(kind))?;
    }
    let mut pipeline = String::new();
    for (kind, name) in [(Kind::Input, "inputs"), (Kind::Filter, "filters"), (Kind::Output, "outputs")] {
        list(&mut pipeline, "  ", name, of(kind))?;
    }
    if !pipeline.is_empty() {
        out.push_str("\npipeline:");
        out.push_str(&pipeline);
    }
    Ok(out)
}

fn list<'c>(
    out: &mut String,
    indent: &str,
    name: &str,
    sections: impl Iterator<Item = &'c Section>,
) -> Result<(), Unwritable> {
    let mut sections = sections.peekable();
    if sections.peek().is_none() {
        return Ok(());
    }
    let _ = writeln!(out, "\n{indent}{name}:");
    let mut first = true;
    for section in sections {
        if !std::mem::take(&mut first) {
            out.push('\n');
        }
        comment(out, &format!("{indent}  "), &section.about);
        let rest = format!("{indent}    ");
        let (rules, others): (Vec<Property>, Vec<Property>) = section
            .properties
            .iter()
            .cloned()
            .partition(|property| section.kind == Kind::MultilineParser && property.key == "rule");
        properties(out, &format!("{indent}  - "), &rest, &others)?;
        if !rules.is_empty() {
            let _ = writeln!(out, "{rest}rules:");
        }
        for rule in &rules {
            write_rule(out, &rest, rule)?;
        }
    }
    Ok(())
}

/// Writes properties; the first line has an indent of its own.
fn properties(out: &mut String, first: &str, rest: &str, properties: &[Property]) -> Result<(), Unwritable> {
    let mut indent = first;
    for (at, property) in properties.iter().enumerate() {
        if properties[..at].iter().any(|earlier| earlier.key == property.key) {
            continue;
        }
        let same: Vec<&Property> = properties.iter().filter(|other| other.key == property.key).collect();
        if let Some(why) = &property.why {
            comment(out, rest, &wrap(why));
        }
        if let [only] = same[..] {
            check(&only.key, &only.value)?;
            let _ = writeln!(out, "{indent}{}: {}", only.key, scalar(&only.value));
        } else {
            let _ = writeln!(out, "{indent}{}:", property.key);
            for (number, one) in same.iter().enumerate() {
                check(&one.key, &one.value)?;
                if let Some(why) = one.why.as_ref().filter(|_| number > 0) {
                    comment(out, &format!("{rest}  "), &wrap(why));
                }
                let _ = writeln!(out, "{rest}  - {}", scalar(&one.value));
            }
        }
        indent = rest;
    }
    Ok(())
}

/// A rule of a multi-line parser, `"state" "/regex/" "next"` in the classic format, is a map in YAML.
fn write_rule(out: &mut String, indent: &str, rule: &Property) -> Result<(), Unwritable> {
    check(&rule.key, &rule.value)?;
    if let Some(why) = &rule.why {
        comment(out, &format!("{indent}  "), &wrap(why));
    }
    let parts = rule_parts(&rule.value).ok_or_else(|| Unwritable {
        key: rule.key.clone(),
        value: rule.value.clone(),
        why: "a rule is three quoted texts: state, regular expression, next state",
    })?;
    for (at, (key, part)) in ["state", "regex", "next_state"].iter().zip(parts).enumerate() {
        let dash = if at == 0 { "- " } else { "  " };
        let _ = writeln!(out, "{indent}  {dash}{key}: {}", scalar(&part));
    }
    Ok(())
}

/// The three texts of a rule, their escaped quotes resolved.
fn rule_parts(value: &str) -> Option<[String; 3]> {
    let mut parts = Vec::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        match letter {
            ' ' => {}
            '"' => {
                let mut part = String::new();
                loop {
                    match letters.next()? {
                        '"' => break,
                        '\\' => match letters.next()? {
                            '"' => part.push('"'),
                            other => part.extend(['\\', other]),
                        },
                        other => part.push(other),
                    }
                }
                parts.push(part);
            }
            _ => return None,
        }
    }
    parts.try_into().ok()
}

/// A text as a YAML scalar: plain where that is safe, else in single quotes.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { format!("'{}'", text.replace('\'', "''")) }
}

/// Whether YAML 1.1 (libyaml, which Fluent Bit uses) reads the plain text as itself, and people see it so too.
fn is_plain(text: &str) -> bool {
    let first = text.chars().next().unwrap_or(' ');
    let begins = first.is_ascii_alphanumeric() || matches!(first, '/' | '_' | '$' | '.');
    let inside = |c: char| c.is_ascii_alphanumeric() || " /_$.-+=(){}:@^~".contains(c);
    begins && text.chars().all(inside) && !text.contains(": ") && !text.ends_with(':') && !text.contains(" #")
}
