//! What is wrong with a spec, or another file that people write, told so that it can be put right: file, line, column,
//! key, fault and remedy.
//!
//! Invariants: a [`Problems`] is never empty, is sorted by file and position, and holds no text of a secret.

use std::fmt;

/// One fault of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named by the caller.
    pub file: String,
    /// Line (from 1) and column (from 1, in characters); none when what is missing has no place.
    pub position: Option<(usize, usize)>,
    /// The dotted key, for example `archive.level` or `env.dev.archive.level`; empty for faults of the file itself.
    pub key: String,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:", self.file)?;
        if let Some((line, column)) = self.position {
            write!(out, "{line}:{column}:")?;
        }
        if !self.key.is_empty() {
            write!(out, " {}:", self.key)?;
        }
        write!(out, " {}; {}", self.what, self.remedy)
    }
}

/// Every problem of the files that were read, in their order, one a line when displayed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.lines())]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// Sorts the problems by place and drops repeats; none when there are none.
    pub fn collect(mut all: Vec<Problem>) -> Option<Self> {
        // Overlays are checked one by one over the same base, so its faults come up once for each of them.
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|p| seen.insert((p.file.clone(), p.position, p.key.clone(), p.what.clone())));
        all.sort_by(|a, b| (&a.file, a.position, &a.key).cmp(&(&b.file, b.position, &b.key)));
        (!all.is_empty()).then_some(Self(all))
    }

    /// The problems.
    pub fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }

    /// The problems, to be collected with others.
    pub fn into_vec(self) -> Vec<Problem> {
        self.0
    }

    fn lines(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(position: Option<(usize, usize)>, key: &str) -> Problem {
        Problem {
            file: "sluice.toml".into(),
            position,
            key: key.into(),
            what: "unknown key".into(),
            remedy: "did you mean \"archive.level\"?".into(),
        }
    }

    #[test]
    fn a_problem_reads_like_a_compiler_message() {
        assert_eq!(
            problem(Some((12, 1)), "archive.lvel").to_string(),
            "sluice.toml:12:1: archive.lvel: unknown key; did you mean \"archive.level\"?"
        );
        assert!(problem(None, "name").to_string().starts_with("sluice.toml: name: unknown key"));
    }

    #[test]
    fn problems_are_sorted_and_told_once() {
        let all = vec![problem(Some((3, 1)), "b"), problem(Some((1, 1)), "a"), problem(Some((3, 1)), "b")];
        let keys: Vec<_> = Problems::collect(all).unwrap().iter().map(|p| p.key.clone()).collect();
        assert_eq!(keys, ["a", "b"]);
        assert_eq!(Problems::collect(Vec::new()), None);
    }
}
