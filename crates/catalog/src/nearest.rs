//! The nearest valid word to one that was mistyped.

/// The candidate most like `word`, if it is like enough to be meant.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let likeness = |candidate: &str| strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase());
    let best = candidates.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    (likeness(best) >= 0.5).then_some(best)
}

/// A remedy that names the nearest candidate, or all of them.
pub(crate) fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(best) = nearest(word, candidates.clone()) {
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
        assert_eq!(nearest("Sting", ["bigint", "string"]), Some("string"));
        assert_eq!(nearest("zzz", ["bigint", "string"]), None);
        assert_eq!(did_you_mean("zzz", ["a", "b"]), "write one of \"a\", \"b\"");
        assert_eq!(did_you_mean("zzz", []), "remove it");
    }
}
