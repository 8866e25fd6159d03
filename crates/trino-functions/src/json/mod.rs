//! Functions of JSON, which is text here: what Trino has a type of its own for.

mod number;
mod path;
mod scan;

use crate::function::{Call, Definition, Kind, Returns, Texts};
use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Int64Array, StringArray, StringBuilder, new_null_array,
};
use datafusion::arrow::datatypes::{DataType, Float64Type};
use datafusion::error::Result;
use path::Step;
use scan::{Scanner, Token};
use std::sync::Arc;

/// The functions of JSON.
pub(crate) const FUNCTIONS: &[Definition] = &[
    Definition {
        names: &["json_extract_scalar"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| extract(call, scalar),
    },
    Definition {
        names: &["json_extract"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| extract(call, |mut found, out| found.copy(out)),
    },
    Definition {
        names: &["json_size"],
        forms: &[&[Kind::Text, Kind::Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: size,
    },
    Definition {
        names: &["json_parse"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: parse,
    },
    Definition {
        names: &["json_format"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Utf8),
        body: |call| {
            let text = call.text(0)?;
            Ok(Arc::new((0..call.rows).map(|row| text.get(row)).collect::<StringArray>()))
        },
    },
    Definition {
        names: &["json_array_length"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Int64),
        body: |call| {
            let text = call.text(0)?;
            let lengths: Int64Array = (0..call.rows).map(|row| array_length(text.get(row)?)).collect();
            Ok(Arc::new(lengths))
        },
    },
    Definition {
        names: &["json_array_get"],
        forms: &[&[Kind::Text, Kind::Long]],
        returns: Returns::Is(|| DataType::Utf8),
        body: array_get,
    },
    Definition {
        names: &["json_array_contains"],
        forms: &[
            &[Kind::Text, Kind::Boolean],
            &[Kind::Text, Kind::Long],
            &[Kind::Text, Kind::Double],
            &[Kind::Text, Kind::Text],
        ],
        returns: Returns::Is(|| DataType::Boolean),
        body: array_contains,
    },
    Definition {
        names: &["is_json_scalar"],
        forms: &[&[Kind::Text]],
        returns: Returns::Is(|| DataType::Boolean),
        body: is_scalar,
    },
];

/// The paths of a call; the last one compiled is kept.
struct Paths<'a> {
    texts: Texts<'a>,
    last: Option<(&'a str, Vec<Step>)>,
}

impl<'a> Paths<'a> {
    fn new(call: &'a Call<'_>, index: usize) -> Result<Self> {
        Ok(Self { texts: call.text(index)?, last: None })
    }

    fn get(&mut self, call: &Call<'_>, row: usize) -> Result<Option<&[Step]>> {
        let Some(wanted) = self.texts.get(row) else { return Ok(None) };
        let known =
            self.last.as_ref().is_some_and(|(text, _)| std::ptr::eq(*text, wanted) || *text == wanted);
        if !known {
            self.last = Some((wanted, path::compile(wanted).map_err(|error| call.error(error))?));
        }
        Ok(self.last.as_ref().map(|(_, steps)| steps.as_slice()))
    }
}

/// Writes something about the value at the path; nothing written and nothing returned is NULL.
fn extract(call: &Call<'_>, write: impl Fn(Scanner<'_>, &mut String) -> Option<()>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let mut paths = Paths::new(call, 1)?;
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 16);
    let mut value = String::new();
    for row in 0..call.rows {
        let path = paths.get(call, row)?;
        value.clear();
        let found = match (texts.get(row), path) {
            (Some(text), Some(path)) => {
                Scanner::new(text).find(path).and_then(|found| write(found, &mut value))
            }
            _ => None,
        };
        match found {
            Some(()) => out.append_value(&value),
            None => out.append_null(),
        }
    }
    Ok(Arc::new(out.finish()))
}

/// Text decoded, numbers as written; NULL for null, arrays and objects.
fn scalar(mut found: Scanner<'_>, out: &mut String) -> Option<()> {
    match found.token()? {
        Token::Text(text) => text.decode_into(out),
        Token::Number(number) => out.push_str(number),
        Token::True => out.push_str("true"),
        Token::False => out.push_str("false"),
        Token::Null | Token::Array | Token::Object => return None,
    }
    Some(())
}

fn size(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let mut paths = Paths::new(call, 1)?;
    let mut out = Int64Array::builder(call.rows);
    for row in 0..call.rows {
        let size = match (texts.get(row), paths.get(call, row)?) {
            (Some(text), Some(path)) => Scanner::new(text).find(path).and_then(|mut found| {
                let token = found.token()?;
                found.count(token)
            }),
            _ => None,
        };
        out.append_option(size);
    }
    Ok(Arc::new(out.finish()))
}

fn parse(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let mut out = StringBuilder::with_capacity(call.rows, call.rows * 16);
    let mut value = String::new();
    for row in 0..call.rows {
        let Some(text) = texts.get(row) else {
            out.append_null();
            continue;
        };
        value.clear();
        let mut scanner = Scanner::new(text);
        match scanner.copy_sorted(&mut value, 0) {
            Some(()) if scanner.at_end() => out.append_value(&value),
            _ => return Err(call.error(format!("Cannot convert value to JSON: '{text}'"))),
        }
    }
    Ok(Arc::new(out.finish()))
}

fn array_length(text: &str) -> Option<i64> {
    let mut scanner = Scanner::new(text);
    let token = scanner.token()?;
    if !matches!(token, Token::Array) {
        return None;
    }
    scanner.count(token)
}

fn array_get(call: &Call<'_>) -> Result<ArrayRef> {
    let (texts, indexes) = (call.text(0)?, call.long(1)?);
    let elements: StringArray = (0..call.rows)
        .map(|row| {
            let (text, index) = (texts.get(row)?, indexes.get(row)?);
            let index = if index < 0 { index.checked_add(array_length(text)?)? } else { index };
            let mut scanner = Scanner::new(text);
            if !matches!(scanner.token()?, Token::Array) {
                return None;
            }
            let step = Step { key: String::new(), index: Some(usize::try_from(index).ok()?) };
            let found = Scanner::new(text).find(&[step])?;
            let mut value = String::new();
            // As Trino has it, text comes without its quotes and null as NULL.
            match found.clone().token()? {
                Token::Null => None,
                Token::Array | Token::Object => found.clone().copy(&mut value).map(|()| value),
                _ => scalar(found, &mut value).map(|()| value),
            }
        })
        .collect();
    Ok(Arc::new(elements))
}

fn array_contains(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let wanted = call.array(1)?;
    let contains: BooleanArray = match wanted.data_type() {
        DataType::Boolean => {
            let wanted = wanted.as_boolean();
            any(call, &texts, wanted, |token, row| match token {
                Token::True => wanted.value(row),
                Token::False => !wanted.value(row),
                _ => false,
            })
        }
        DataType::Int64 => {
            let wanted = call.long(1)?;
            let nulls = call.array(1)?;
            any(call, &texts, &nulls, |token, row| match token {
                Token::Number(number) => {
                    number.parse().is_ok_and(|number: i64| Some(number) == wanted.get(row))
                }
                _ => false,
            })
        }
        DataType::Float64 => {
            let wanted = wanted.as_primitive::<Float64Type>();
            any(call, &texts, wanted, |token, row| match token {
                Token::Number(number) if number.contains(['.', 'e', 'E']) => {
                    number.parse().is_ok_and(|number: f64| number == wanted.value(row))
                }
                _ => false,
            })
        }
        given if crate::function::is_text(given) => {
            let wanted_text = call.text(1)?;
            any(call, &texts, &wanted, |token, row| match token {
                Token::Text(text) => wanted_text.get(row).is_some_and(|wanted| text.decoded() == wanted),
                _ => false,
            })
        }
        _ => return Ok(new_null_array(&DataType::Boolean, call.rows)),
    };
    Ok(Arc::new(contains))
}

/// Whether any element is the one wanted; what follows the first that is is not looked at.
fn any(
    call: &Call<'_>,
    texts: &Texts<'_>,
    wanted: &dyn Array,
    is: impl Fn(Token<'_>, usize) -> bool,
) -> BooleanArray {
    (0..call.rows)
        .map(|row| {
            let text = texts.get(row).filter(|_| wanted.is_valid(row))?;
            let mut scanner = Scanner::new(text);
            if !matches!(scanner.token()?, Token::Array) {
                return None;
            }
            let mut first = true;
            while scanner.element(first)? {
                let token = scanner.token()?;
                if is(token, row) {
                    return Some(true);
                }
                scanner.skip_rest(token, 0)?;
                first = false;
            }
            Some(false)
        })
        .collect()
}

fn is_scalar(call: &Call<'_>) -> Result<ArrayRef> {
    let texts = call.text(0)?;
    let mut out = BooleanArray::builder(call.rows);
    for row in 0..call.rows {
        let Some(text) = texts.get(row) else {
            out.append_null();
            continue;
        };
        let mut scanner = Scanner::new(text);
        let token = scanner.token();
        match token.and_then(|token| scanner.skip_rest(token, 0).map(|()| token)) {
            Some(token) if scanner.at_end() => {
                out.append_value(!matches!(token, Token::Array | Token::Object));
            }
            _ => return Err(call.error(format!("Invalid JSON value: {text}"))),
        }
    }
    Ok(Arc::new(out.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn text(random: &mut fastrand::Rng) -> String {
        let letters =
            ['a', 'b', '"', '\\', '/', '\n', '\t', '\u{1}', '\u{7f}', 'é', 'あ', '😀', ' ', '[', '{', ','];
        (0..random.usize(0..20)).map(|_| *random.choice(&letters).unwrap()).collect()
    }

    fn json(random: &mut fastrand::Rng, depth: usize) -> Value {
        match random.u8(0..if depth < 4 { 9 } else { 5 }) {
            0 => Value::Null,
            1 => random.bool().into(),
            2 => random.i64(..).into(),
            // Sixty-fourths: serde reads other fractions to the last digit but one.
            3 => (f64::from(random.i32(..)) / 64.0).into(),
            4 => text(random).into(),
            5 | 6 => (0..random.usize(0..6)).map(|_| json(random, depth + 1)).collect(),
            _ => Value::Object(
                (0..random.usize(0..6)).map(|_| (text(random), json(random, depth + 1))).collect(),
            ),
        }
    }

    /// All paths of a value, with the value at each.
    fn paths<'a>(value: &'a Value, path: &[Step], out: &mut Vec<(Vec<Step>, &'a Value)>) {
        out.push((path.to_vec(), value));
        let mut down = |key: String, index: Option<usize>, value: &'a Value| {
            let mut path = path.to_vec();
            path.push(Step { key, index });
            paths(value, &path, out);
        };
        match value {
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    down(index.to_string(), Some(index), item);
                }
            }
            Value::Object(entries) => {
                for (key, item) in entries {
                    down(key.clone(), None, item);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn scalars_agree_with_serde() {
        let mut random = fastrand::Rng::with_seed(1);
        for round in 0..2_000 {
            let value = json(&mut random, 0);
            let text = if round % 2 == 0 { value.to_string() } else { format!("{value:#}") };
            let mut all = Vec::new();
            paths(&value, &[], &mut all);
            for (path, expected) in all {
                let found = Scanner::new(&text).find(&path).expect("a path of the value");
                let mut out = String::new();
                let scalar = scalar(found.clone(), &mut out).map(|()| out);
                let expected_text = match expected {
                    Value::String(text) => Some(text.clone()),
                    Value::Bool(_) | Value::Number(_) => Some(expected.to_string()),
                    _ => None,
                };
                assert_eq!(scalar, expected_text, "{path:?} of {text}");
                let mut copy = String::new();
                found.clone().copy(&mut copy).expect("a whole value");
                assert_eq!(&serde_json::from_str::<Value>(&copy).unwrap(), expected);
            }
        }
    }

    #[test]
    fn validity_agrees_with_serde() {
        let mut random = fastrand::Rng::with_seed(2);
        let parts = [
            "[", "]", "{", "}", ",", ":", "\"", " ", "\"a\"", "1", "-0", ".5", "e1", "true", "null",
            "\\u00e9", "\\x",
        ];
        for _ in 0..100_000 {
            let text: String = (0..random.usize(0..9)).map(|_| *random.choice(&parts).unwrap()).collect();
            let mut scanner = Scanner::new(&text);
            let whole = scanner.skip().is_some() && scanner.at_end();
            assert_eq!(whole, serde_json::from_str::<Value>(&text).is_ok(), "{text}");
            let mut copied = Scanner::new(&text);
            assert_eq!(
                copied.copy_sorted(&mut String::new(), 0).is_some() && copied.at_end(),
                whole,
                "{text}"
            );
        }
    }

    #[test]
    fn no_path_makes_it_panic() {
        let mut random = fastrand::Rng::with_seed(3);
        let letters: Vec<char> = "$.[]\"'\\a0é ".chars().collect();
        for _ in 0..50_000 {
            let path: String = (0..random.usize(0..9)).map(|_| *random.choice(&letters).unwrap()).collect();
            if let Ok(path) = path::compile(&format!("${path}")) {
                let _ = Scanner::new(r#"{"a":[{"a":0}],"0":[1]}"#).find(&path);
            }
        }
    }

    #[test]
    fn deep_text_is_refused_and_does_not_overflow() {
        let text = "[".repeat(1_000_000);
        assert!(Scanner::new(&text).skip().is_none());
        assert!(Scanner::new(&text).copy(&mut String::new()).is_none());
    }
}
