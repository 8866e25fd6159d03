//! A configuration in Fluent Bit's two formats.

mod classic;
mod yaml;

pub use classic::classic;
pub use yaml::yaml;

/// A value that a format cannot hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{key} = {value:?} cannot be written to a Fluent Bit configuration: {why}")]
pub struct Unwritable {
    /// The property.
    pub key: String,
    /// Its value.
    pub value: String,
    /// Why not.
    pub why: &'static str,
}

/// What neither format can hold: Fluent Bit has no escape for a dollar before a brace, nor for control characters in
/// what its plugins read.
fn check(key: &str, value: &str) -> Result<(), Unwritable> {
    let fault = |why| Err(Unwritable { key: key.to_owned(), value: value.to_owned(), why });
    if value.is_empty() {
        return fault("it is empty, and Fluent Bit takes that for an error");
    }
    if value.chars().any(char::is_control) {
        return fault("it has a line break or another control character");
    }
    if value.trim() != value {
        return fault("it begins or ends with a blank, which Fluent Bit takes off");
    }
    let is_reference = |at: usize| {
        let end = value[at..].find('}').map(|end| at + end + 1);
        end.is_some_and(|end| reference(&value[at..end]).is_some())
    };
    if !value.match_indices("${").all(|(at, _)| is_reference(at)) {
        return fault(
            "\"${\" begins a reference to the environment, and this is none; there is no escape for it",
        );
    }
    Ok(())
}

/// The variable's name when the whole text is a reference to the environment.
pub(crate) fn reference(text: &str) -> Option<&str> {
    let name = text.strip_prefix("${")?.strip_suffix('}')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric());
    is_name.then_some(name)
}
