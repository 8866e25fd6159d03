//! Functions of regular expressions.
//!
//! The expressions are Trino's (Java's, as Joni reads them) and are put into the syntax of the `regex`
//! crate: `\d`, `\w`, `\s` and `\b` are of ASCII. Look-around and back references are refused.

use crate::function::{Call, Definition, Kind, Returns, Texts, texts};
use datafusion::arrow::array::{ArrayRef, BooleanArray, Int64Array, ListBuilder, StringBuilder};
use datafusion::arrow::datatypes::DataType;
use datafusion::error::{DataFusionError, Result};
use regex::Regex;
use std::borrow::Cow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// The functions of regular expressions.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["regexp_like"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Boolean),
        body: like,
    },
    Definition {
        names: &["regexp_extract"],
        forms: &[&[Kind::Text, Kind::Text], &[Kind::Text, Kind::Text, Kind::Long]],
        returns: Returns::Is(|| DataType::Utf8),
        body: extract,
    },
    Definition {
        names: &["regexp_extract_all"],
        forms: &[&[Kind::Text, Kind::Text], &[Kind::Text, Kind::Text, Kind::Long]],
        returns: Returns::Is(texts),
        body: extract_all,
    },
    Definition {
        names: &["regexp_replace"],
        forms: &[&[Kind::Text, Kind::Text], &[Kind::Text, Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: replace,
    },
    Definition {
        names: &["regexp_split"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(texts),
        body: split,
    },
    Definition {
        names: &["regexp_count"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: count,
    },
    Definition {
        names: &["regexp_position"],
        forms: &[
            &[Kind::Text, Kind::Text],
            &[Kind::Text, Kind::Text, Kind::Long],
            &[Kind::Text, Kind::Text, Kind::Long, Kind::Long],
        ],
        returns: Returns::Is(|| DataType::Int64),
        body: position,
    },
];

/// How many compiled expressions a thread keeps.
const KEPT: usize = 256;

thread_local! {
    /// A thread's own, so that threads do not wait for one another's scratch memory.
    static COMPILED: RefCell<HashMap<String, Regex>> = RefCell::new(HashMap::new());
}

/// An expression, compiled or from among those kept.
fn compile(call: &Call<'_>, pattern: &str) -> Result<Regex> {
    COMPILED.with_borrow_mut(|kept| {
        if let Some(regex) = kept.get(pattern) {
            return Ok(regex.clone());
        }
        let translated = translate(pattern).map_err(|error| call.error(error))?;
        let regex = Regex::new(&translated).map_err(|error| {
            let error = error.to_string();
            call.error(format!("{pattern}: {}", error.lines().last().unwrap_or_default().trim()))
        })?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(pattern.to_owned(), regex.clone());
        Ok(regex)
    })
}

/// A Java expression in the syntax of the `regex` crate.
fn translate(pattern: &str) -> std::result::Result<String, String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut chars = pattern.char_indices().peekable();
    let mut class = 0usize;
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => {
                let Some((at, kind)) = chars.next() else {
                    return Err("end pattern at escape".to_owned());
                };
                match kind {
                    'd' if class > 0 => out.push_str("0-9"),
                    'w' if class > 0 => out.push_str("0-9A-Za-z_"),
                    's' if class > 0 => out.push_str(r"\t\n\x0B\f\r "),
                    'd' => out.push_str("[0-9]"),
                    'w' => out.push_str("[0-9A-Za-z_]"),
                    's' => out.push_str(r"[\t\n\x0B\f\r ]"),
                    'D' => out.push_str("[^0-9]"),
                    'W' => out.push_str("[^0-9A-Za-z_]"),
                    'S' => out.push_str(r"[^\t\n\x0B\f\r ]"),
                    'b' if class == 0 => out.push_str(r"(?-u:\b)"),
                    'Z' if class == 0 => out.push_str(r"\z"),
                    '<' | '>' => out.push(kind),
                    'p' | 'P' => {
                        out.push('\\');
                        out.push(kind);
                        out.extend(chars.next_if(|(_, c)| *c == '{').map(|(_, c)| c));
                    }
                    'e' => out.push_str(r"\x1B"),
                    'Q' => {
                        let rest = &pattern[at + 1..];
                        let end = rest.find("\\E").unwrap_or(rest.len());
                        out.push_str(&regex::escape(&rest[..end]));
                        while chars.next_if(|(next, _)| *next < at + 1 + end + 2).is_some() {}
                    }
                    _ => {
                        out.push('\\');
                        out.push(kind);
                    }
                }
            }
            '[' => {
                class += 1;
                out.push('[');
            }
            ']' if class > 0 => {
                class -= 1;
                out.push(']');
            }
            '{' if class == 0 && !is_repetition(&pattern[at + 1..]) => out.push_str("\\{"),
            '(' if class == 0 && pattern[at..].starts_with("(?P<") => {
                return Err(format!("{pattern}: undefined group option"));
            }
            c => out.push(c),
        }
    }
    Ok(out)
}

/// Whether what follows a brace makes it a repetition, such as `2}` or `2,5}`.
fn is_repetition(rest: &str) -> bool {
    let Some((inside, _)) = rest.split_once('}') else { return false };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    !least.is_empty() && [least, most].iter().all(|part| part.bytes().all(|b| b.is_ascii_digit()))
}

/// The expressions of a call's second argument, the last one kept.
struct Patterns<'a> {
    texts: Texts<'a>,
    last: Option<(&'a str, Regex)>,
}

impl<'a> Patterns<'a> {
    fn new(call: &'a Call<'_>) -> Result<Self> {
        Ok(Self { texts: call.text(1)?, last: None })
    }

    fn get(&mut self, call: &Call<'_>, row: usize) -> Result<Option<&Regex>> {
        let Some(wanted) = self.texts.get(row) else { return Ok(None) };
        let known =
            self.last.as_ref().is_some_and(|(text, _)| std::ptr::eq(*text, wanted) || *text == wanted);
        if !known {
            self.last = Some((wanted, compile(call, wanted)?));
        }
        Ok(self.last.as_ref().map(|(_, regex)| regex))
    }
}

/// Calls a function for every row of text and expression without NULL.
fn each(call: &Call<'_>, mut take: impl FnMut(usize, Option<(&str, &Regex)>) -> Result<()>) -> Result<()> {
    let texts = call.text(0)?;
    let mut patterns = Patterns::new(call)?;
    for row in 0..call.rows {
        let pattern = patterns.get(call, row)?;
        take(row, texts.get(row).zip(pattern))?;
    }
    Ok(())
}

fn like(call: &Call<'_>) -> Result<ArrayRef> {
    let mut out = BooleanArray::builder(call.rows);
    each(call, |_, given| {
        out.append_option(given.map(|(text, regex)| {
            // The end of a text is before its last line feed as well.
            regex.is_match(text)
                || text.strip_suffix('\n').is_some_and(|text| ends(regex) && regex.is_match(text))
        }));
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

/// Whether an expression asks for the end of the text.
fn ends(regex: &Regex) -> bool {
    regex.as_str().contains('$')
}

/// The group asked for, checked against the expression.
fn group(call: &Call<'_>, regex: &Regex, group: i64) -> Result<usize> {
    let groups = regex.captures_len() - 1;
    match usize::try_from(group) {
        Err(_) => Err(call.error("Group cannot be negative")),
        Ok(group) if group <= groups => Ok(group),
        Ok(group) => Err(call.error(format!("Pattern has {groups} groups. Cannot access group {group}"))),
    }
}

fn extract(call: &Call<'_>) -> Result<ArrayRef> {
    let groups = if call.len() > 2 { Some(call.long(2)?) } else { None };
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 16);
    each(call, |row, given| {
        let wanted = groups.as_ref().map_or(Some(0), |groups| groups.get(row));
        let (Some((text, regex)), Some(wanted)) = (given, wanted) else {
            out.append_null();
            return Ok(());
        };
        let found = match group(call, regex, wanted)? {
            0 => regex.find(text),
            wanted => regex.captures(text).and_then(|captures| captures.get(wanted)),
        };
        out.append_option(found.map(|found| found.as_str()));
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

fn extract_all(call: &Call<'_>) -> Result<ArrayRef> {
    let groups = if call.len() > 2 { Some(call.long(2)?) } else { None };
    let mut out = ListBuilder::new(StringBuilder::new());
    each(call, |row, given| {
        let wanted = groups.as_ref().map_or(Some(0), |groups| groups.get(row));
        let (Some((text, regex)), Some(wanted)) = (given, wanted) else {
            out.append_null();
            return Ok(());
        };
        match group(call, regex, wanted)? {
            0 => regex.find_iter(text).for_each(|found| out.values().append_value(found.as_str())),
            wanted => regex.captures_iter(text).for_each(|captures| {
                out.values().append_option(captures.get(wanted).map(|found| found.as_str()));
            }),
        }
        out.append(true);
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

/// A part of a replacement.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part<'a> {
    Text(Cow<'a, str>),
    Group(usize),
}

/// The parts of a replacement: `$1`, `${name}`, and `\` before a character that is meant as it is.
fn parts<'a>(call: &Call<'_>, regex: &Regex, replacement: &'a str) -> Result<Vec<Part<'a>>> {
    let illegal =
        |what: &str| -> DataFusionError { call.error(format!("Illegal replacement sequence: {what}")) };
    let mut parts = Vec::new();
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '\\']) {
        if at > 0 {
            parts.push(Part::Text(Cow::Borrowed(&rest[..at])));
        }
        let after = &rest[at + 1..];
        if rest.as_bytes()[at] == b'\\' {
            let Some(c) = after.chars().next() else { return Err(illegal(replacement)) };
            parts.push(Part::Text(Cow::Borrowed(&after[..c.len_utf8()])));
            rest = &after[c.len_utf8()..];
        } else if let Some(named) = after.strip_prefix('{') {
            let Some((name, after)) = named.split_once('}') else { return Err(illegal(replacement)) };
            match regex.capture_names().position(|known| known == Some(name)) {
                Some(group) => parts.push(Part::Group(group)),
                None => return Err(illegal(&format!("unknown group {{ {name} }}"))),
            }
            rest = after;
        } else {
            let mut digits = 0;
            let mut group = 0usize;
            // As many digits as make a group that there is.
            for digit in after.bytes().take_while(u8::is_ascii_digit) {
                let next = group * 10 + usize::from(digit - b'0');
                if digits > 0 && next >= regex.captures_len() {
                    break;
                }
                group = next;
                digits += 1;
            }
            if digits == 0 {
                return Err(illegal(replacement));
            }
            if group >= regex.captures_len() {
                return Err(illegal(&format!("unknown group {group}")));
            }
            parts.push(Part::Group(group));
            rest = &after[digits..];
        }
    }
    if !rest.is_empty() {
        parts.push(Part::Text(Cow::Borrowed(rest)));
    }
    Ok(parts)
}

fn replace(call: &Call<'_>) -> Result<ArrayRef> {
    let replacements = if call.len() > 2 { call.text(2)? } else { Texts::Constant(Some("")) };
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 32);
    let mut result = String::new();
    each(call, |row, given| {
        let (Some((text, regex)), Some(replacement)) = (given, replacements.get(row)) else {
            out.append_null();
            return Ok(());
        };
        let mut last = 0;
        result.clear();
        if replacement.contains(['$', '\\']) {
            let parts = parts(call, regex, replacement)?;
            for captures in regex.captures_iter(text) {
                let Some(whole) = captures.get(0) else { continue };
                result.push_str(&text[last..whole.start()]);
                for part in &parts {
                    match part {
                        Part::Text(text) => result.push_str(text),
                        Part::Group(group) => {
                            result.push_str(captures.get(*group).map_or("", |m| m.as_str()));
                        }
                    }
                }
                last = whole.end();
            }
        } else {
            for found in regex.find_iter(text) {
                result.push_str(&text[last..found.start()]);
                result.push_str(replacement);
                last = found.end();
            }
        }
        result.push_str(&text[last..]);
        out.append_value(&result);
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

fn split(call: &Call<'_>) -> Result<ArrayRef> {
    let mut out = ListBuilder::new(StringBuilder::new());
    each(call, |_, given| {
        if let Some((text, regex)) = given {
            let mut last = 0;
            for found in regex.find_iter(text) {
                out.values().append_value(&text[last..found.start()]);
                last = found.end();
            }
            out.values().append_value(&text[last..]);
        }
        out.append(given.is_some());
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

fn count(call: &Call<'_>) -> Result<ArrayRef> {
    let mut out = Int64Array::builder(call.rows);
    each(call, |_, given| {
        out.append_option(given.map(|(text, regex)| regex.find_iter(text).count() as i64));
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

fn position(call: &Call<'_>) -> Result<ArrayRef> {
    let starts = if call.len() > 2 { Some(call.long(2)?) } else { None };
    let occurrences = if call.len() > 3 { Some(call.long(3)?) } else { None };
    let mut out = Int64Array::builder(call.rows);
    each(call, |row, given| {
        let start = starts.as_ref().map_or(Some(1), |starts| starts.get(row));
        let occurrence = occurrences.as_ref().map_or(Some(1), |occurrences| occurrences.get(row));
        let (Some((text, regex)), Some(start), Some(occurrence)) = (given, start, occurrence) else {
            out.append_null();
            return Ok(());
        };
        if start < 1 {
            return Err(call.error("start position cannot be smaller than 1"));
        }
        if occurrence < 1 {
            return Err(call.error("occurrence cannot be smaller than 1"));
        }
        // Positions count characters.
        let from = text.char_indices().map(|(at, _)| at).nth((start - 1) as usize);
        let found = from.and_then(|from| {
            let mut at = from;
            let mut found = None;
            for _ in 0..occurrence {
                let next = (at <= text.len()).then(|| regex.find_at(text, at)).flatten()?;
                at = next.end() + usize::from(next.is_empty());
                while at < text.len() && !text.is_char_boundary(at) {
                    at += 1;
                }
                found = Some(next.start());
            }
            found
        });
        out.append_value(found.map_or(-1, |at| text[..at].chars().count() as i64 + 1));
        Ok(())
    })?;
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::translate;

    #[test]
    fn java_syntax_is_translated() {
        for (java, ours) in [
            (r"\d+[\w-]", "[0-9]+[0-9A-Za-z_-]"),
            (r"a{2,3}b{c", r"a{2,3}b\{c"),
            (r"\Qa.b\Ec", r"a\.bc"),
            (r"\Qa.b", r"a\.b"),
            (r"\bx\Z", r"(?-u:\b)x\z"),
            (r"[a-z&&[^b]]", "[a-z&&[^b]]"),
        ] {
            assert_eq!(translate(java).as_deref(), Ok(ours), "{java}");
        }
        assert!(translate("(?P<a>b)").is_err());
        assert!(translate("a\\").is_err());
    }
}
