//! The nearest valid word or key to one that was mistyped.

/// The candidate most like `word` and whether it is like enough to be meant (0.5 of all edits, by Damerau–Levenshtein).
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<(&'a str, bool)> {
    let likeness = |candidate: &&str| likeness(word, candidate);
    let best = candidates.into_iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)))?;
    Some((best, likeness(&best) >= 0.5))
}

fn likeness(word: &str, candidate: &str) -> f64 {
    // A key put under the wrong table, or without one, is as near as its last part.
    let leaf = |key: &str| key.rsplit('.').next().unwrap_or_default().to_lowercase();
    let whole = strsim::normalized_damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    let last = strsim::normalized_damerau_levenshtein(&leaf(word), &leaf(candidate));
    let same_table = word.rsplit_once('.').map(|k| k.0) == candidate.rsplit_once('.').map(|k| k.0);
    if same_table { last.max(whole * 0.9) } else { (whole * 0.9).max(last * 0.8) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_finger_find_their_key() {
        let keys = ["archive.level", "archive.url", "errors.min_level", "spool.dir"];
        assert_eq!(nearest("archive.lvel", keys), Some(("archive.level", true)));
        assert_eq!(nearest("errors.level_min", keys).unwrap().0, "errors.min_level");
        assert_eq!(nearest("spool.url", keys), Some(("archive.url", true)));
        assert_eq!(nearest("zzzzz", keys).map(|(_, likely)| likely), Some(false));
    }
}
