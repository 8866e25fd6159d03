//! Remedies for a mistyped word.

use sluice_pipeline::nearest;

/// The candidate most like `word`, if it is like enough to be meant.
pub(crate) fn likely<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest(word, candidates).filter(|(_, is_likely)| *is_likely).map(|(candidate, _)| candidate)
}

/// A remedy that names the nearest candidate, or all of them.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(best) = likely(word, candidates.clone()) {
        return format!("did you mean \"{best}\"?");
    }
    let all: Vec<_> = candidates.into_iter().map(|candidate| format!("\"{candidate}\"")).collect();
    if all.is_empty() { "remove it".to_owned() } else { format!("write one of {}", all.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_word() {
        assert_eq!(likely("Sting", ["bigint", "string"]), Some("string"));
        assert_eq!(likely("zzz", ["bigint", "string"]), None);
        assert_eq!(did_you_mean("zzz", ["a", "b"]), "write one of \"a\", \"b\"");
        assert_eq!(did_you_mean("zzz", []), "remove it");
    }
}
