//! Looks into the objects that are known to carry columns. What is found fills only columns that the top of the
//! line left empty; the object itself stays in `attrs`.

use bumpalo::collections::Vec as BumpVec;

use super::names::{Inside, Known, Name, Names};
use super::scan::{Kind, Scanner, Token};

/// Objects within objects are followed so far.
const DEEPEST: usize = 3;

/// Adds the fields inside `object`, whose own key means `inside`, to `found`.
pub(super) fn look_into<'a>(
    names: &Names,
    key: &[u8],
    inside: Inside,
    object: &Token<'a>,
    found: &mut BumpVec<'a, (Known, Token<'a>)>,
) {
    let prefix = match inside {
        Inside::Nothing => return,
        Inside::Transparent => Some(Name::EMPTY),
        Inside::Named => Name::EMPTY.join(key),
    };
    match (prefix, object.kind) {
        (Some(prefix), Kind::Object) => fields(names, prefix, object, DEEPEST, found),
        (Some(_), Kind::Array) if inside == Inside::Transparent => key_values(names, object, found),
        _ => {}
    }
}

fn fields<'a>(
    names: &Names,
    prefix: Name,
    object: &Token<'a>,
    depth: usize,
    found: &mut BumpVec<'a, (Known, Token<'a>)>,
) {
    let mut scanner = Scanner::new(object.raw);
    if scanner.open().is_err() {
        return;
    }
    let mut first = true;
    while let Ok(Some((key, value))) = scanner.field(first) {
        first = false;
        let known = names.of_path(prefix, key.inside());
        if known.column.is_some() {
            found.push((known, value));
        }
        if value.kind == Kind::Object && depth > 1 {
            let next = match names.of_path(Name::EMPTY, key.inside()).inside {
                Inside::Transparent => Some(prefix),
                Inside::Named => prefix.join(key.inside()),
                Inside::Nothing => None,
            };
            if let Some(next) = next {
                fields(names, next, &value, depth - 1, found);
            }
        }
    }
}

/// OpenTelemetry's lists of attributes: `[{"key":"http.method","value":{"stringValue":"GET"}}]`.
fn key_values<'a>(names: &Names, list: &Token<'a>, found: &mut BumpVec<'a, (Known, Token<'a>)>) {
    for element in Scanner::elements(list.raw) {
        let Some((key, value)) = key_value(&element) else { continue };
        let known = names.of_path(Name::EMPTY, key.inside());
        if known.column.is_some() {
            found.push((known, value));
        }
    }
}

fn key_value<'a>(element: &Token<'a>) -> Option<(Token<'a>, Token<'a>)> {
    let key = field(element, b"key").filter(|key| key.kind == Kind::String)?;
    let value = field(element, b"value")?;
    let mut scanner = Scanner::new(value.raw);
    scanner.open().ok()?;
    let (_, inner) = scanner.field(true).ok()??;
    Some((key, inner))
}

/// The value of a key of an object.
pub(super) fn field<'a>(object: &Token<'a>, name: &[u8]) -> Option<Token<'a>> {
    let mut scanner = Scanner::new(object.raw);
    scanner.open().ok()?;
    let mut first = true;
    while let Some((key, value)) = scanner.field(first).ok()? {
        first = false;
        if key.inside() == name {
            return Some(value);
        }
    }
    None
}
