//! Secrets: written in the spec as `${VARIABLE}` or in plain, never shown.

use std::fmt;

use crate::{
    define::{Setting, Shape},
    reader::Reader,
    source::{Entry, Value},
};

/// A text that [`Debug`](fmt::Debug) does not show; it has no `Display`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Takes the text as a secret.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(…)")
    }
}

/// A resolver for tools that only render or check a spec: secrets stay `${VARIABLE}`.
///
/// ```
/// use sluice_pipeline::{Spec, keep_references};
/// let text = "name = 'api'\n[inputs.forward]\ntcp = '127.0.0.1:24224'\nshared_key = '${KEY}'";
/// let spec = Spec::parse_with(text, "sluice.toml", None, &keep_references).unwrap();
/// assert_eq!(spec.inputs.forward.shared_key.unwrap().expose(), "${KEY}");
/// ```
pub fn keep_references(variable: &str) -> Option<String> {
    Some(format!("${{{variable}}}"))
}

/// The variable's name when the whole text is a reference to it.
fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let valid = |c: char| c == '_' || c.is_ascii_alphanumeric();
    (!name.is_empty() && name.chars().all(valid)).then_some(name)
}

impl Setting for Secret {
    type Rule = ();

    fn shape(_rule: &()) -> Shape {
        Shape::Secret
    }

    fn read(_rule: &(), entry: &Entry, reader: &mut Reader<'_>) -> Option<Self> {
        let Value::Text(text) = &entry.value else {
            // Not the common message: that would show the value.
            reader.fail(entry, format!("expected a text or \"${{VARIABLE}}\", found {}", entry.value.kind()));
            return None;
        };
        if text.is_empty() || (text.starts_with("${") && reference(text).is_none()) {
            let what = "an empty text or a malformed reference is no secret";
            reader.fail(entry, what);
            return None;
        }
        let Some(name) = reference(text) else { return Some(Self::new(text)) };
        match reader.variable(name) {
            Some(value) if !value.is_empty() => Some(Self(value)),
            state => {
                let what = if state.is_some() { "empty" } else { "not set" };
                let what = format!("the environment variable {name} is {what}");
                reader.fail_with(entry, what, format!("set {name} (in the task definition, under secrets)"));
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_a_secret() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn only_a_whole_reference_is_one() {
        assert_eq!(reference("${KEY_1}"), Some("KEY_1"));
        for text in ["${}", "${A B}", "x${KEY}", "$KEY"] {
            assert_eq!(reference(text), None, "{text}");
        }
    }
}
