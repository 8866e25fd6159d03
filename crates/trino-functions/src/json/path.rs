//! The JSON paths that Trino's `json_extract` family takes: `$`, `.key`, `["key"]` and `[0]`.

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    /// The key in an object.
    pub key: String,
    /// The place in an array, when the key is a number.
    pub index: Option<usize>,
}

/// The steps of a path.
///
/// Keys after a dot are letters, digits, `_` and `:`; other keys go into brackets and quotes, double or
/// single. A number is a key of an object and a place in an array, whichever it meets.
///
/// # Errors
/// When the path is none.
pub(super) fn compile(path: &str) -> Result<Vec<Step>, String> {
    parse(path).ok_or_else(|| format!("Invalid JSON path: '{path}'"))
}

fn parse(path: &str) -> Option<Vec<Step>> {
    let mut rest = path.strip_prefix('$')?;
    let mut steps = Vec::new();
    while !rest.is_empty() {
        let key;
        if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(|c: char| !is_plain(c) && c != ':').unwrap_or(after.len());
            key = after[..end].to_owned();
            rest = &after[end..];
            if key.is_empty() {
                return None;
            }
        } else {
            let after = rest.strip_prefix('[')?;
            if let Some(quote @ ('"' | '\'')) = after.chars().next() {
                (key, rest) = quoted(&after[1..], quote)?;
            } else {
                let end = after.find(|c: char| !is_plain(c)).unwrap_or(after.len());
                key = after[..end].to_owned();
                rest = &after[end..];
                if key.is_empty() {
                    return None;
                }
            }
            rest = rest.strip_prefix(']')?;
        }
        let index = if key.bytes().all(|b| b.is_ascii_digit()) { key.parse().ok() } else { None };
        steps.push(Step { key, index });
    }
    Some(steps)
}

fn is_plain(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// The text up to the closing quote and what follows; a backslash takes the next character as it is.
fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut key = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                c @ ('"' | '\'' | '\\') => key.push(c),
                _ => return None,
            },
            c if c == quote => return Some((key, &text[at + c.len_utf8()..])),
            c => key.push(c),
        }
    }
    None
}
