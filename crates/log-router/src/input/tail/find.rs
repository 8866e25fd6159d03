//! Which files the patterns mean at the moment.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::error::TailError;
use super::name::Inode;

/// As in a shell: `*` stays within a folder and passes over hidden files.
const OPTIONS: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: true };
/// What is left out, is so even when it is hidden.
const EXCLUDE: MatchOptions = MatchOptions { require_literal_leading_dot: false, ..OPTIONS };

/// A file, and all names under which it was found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) size: u64,
    pub(super) paths: BTreeSet<PathBuf>,
}

/// What was found, and what could not be looked at.
#[derive(Debug, Default)]
pub(super) struct Findings {
    pub(super) files: BTreeMap<Inode, Found>,
    pub(super) failed: Vec<(PathBuf, io::Error)>,
}

/// The patterns.
#[derive(Debug)]
pub(super) struct Finder {
    paths: Vec<String>,
    exclude: Vec<Pattern>,
}

impl Finder {
    pub(super) fn new(paths: Vec<String>, exclude: &[String]) -> Result<Finder, TailError> {
        let pattern = |text: &String| {
            Pattern::new(text).map_err(|source| TailError::Pattern { pattern: text.clone(), source })
        };
        paths.iter().try_for_each(|text| pattern(text).map(drop))?;
        let exclude = exclude.iter().map(pattern).collect::<Result<_, _>>()?;
        Ok(Finder { paths, exclude })
    }

    /// Looks at the file system.
    pub(super) fn find(&self) -> Findings {
        let mut findings = Findings::default();
        // The patterns were tried before.
        for found in self.paths.iter().filter_map(|text| glob::glob_with(text, OPTIONS).ok()).flatten() {
            match found {
                Ok(path) if self.is_excluded(&path) => {}
                Ok(path) => findings.look_at(path),
                Err(failed) => findings.failed.push((failed.path().to_path_buf(), failed.into())),
            }
        }
        findings
    }

    /// A pattern without a slash means the name of a file wherever it lies, one with a slash its whole path.
    fn is_excluded(&self, path: &Path) -> bool {
        self.exclude.iter().any(|pattern| {
            if pattern.as_str().contains('/') {
                return pattern.matches_path_with(path, EXCLUDE);
            }
            path.file_name().is_some_and(|name| pattern.matches_path_with(Path::new(name), EXCLUDE))
        })
    }
}

impl Findings {
    fn look_at(&mut self, path: PathBuf) {
        match fs::metadata(&path) {
            Ok(found) if found.is_file() => {
                let size = found.len();
                let entry = self.files.entry(Inode::of(&found));
                entry.or_insert_with(|| Found { size, paths: BTreeSet::new() }).paths.insert(path);
            }
            // A folder, or a named pipe whose writer must not be taken away.
            Ok(_) => {}
            // It was moved just now, or a link leads nowhere.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.failed.push((path, error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(patterns: &[&str], exclude: &[&str], files: &[&str]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().to_str().unwrap();
        for file in files {
            let path = folder.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let within =
            |text: &&str| if text.contains('/') { format!("{root}{text}") } else { (*text).to_owned() };
        let exclude: Vec<String> = exclude.iter().map(within).collect();
        let finder = Finder::new(patterns.iter().map(within).collect(), &exclude).unwrap();
        let found = finder.find();
        assert!(found.failed.is_empty());
        let paths = found.files.into_values().flat_map(|found| found.paths);
        let mut names: Vec<String> =
            paths.map(|path| path.strip_prefix(root).unwrap().to_str().unwrap().to_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn patterns_mean_what_they_mean_in_a_shell() {
        let files = ["a.log", "b.log", ".c.log", "d.txt", "in/a.log", "in/deep/a.log"];
        assert_eq!(found(&["/*.log"], &[], &files), ["a.log", "b.log"]);
        assert_eq!(found(&["/[bx].log", "/?.txt"], &[], &files), ["b.log", "d.txt"]);
        assert_eq!(found(&["/**/a.log"], &[], &files), ["a.log", "in/a.log", "in/deep/a.log"]);
        assert_eq!(found(&["/*.log", "/a.*"], &[], &files), ["a.log", "b.log"]);
    }

    #[test]
    fn what_is_left_out_is_named_by_its_file_or_by_its_path() {
        let files = ["a.log", "a.log.gz", "in/a.log", "in/b.gz"];
        assert_eq!(found(&["/**/*"], &["*.gz"], &files), ["a.log", "in/a.log"]);
        assert_eq!(found(&["/**/*"], &["/in/*"], &files), ["a.log", "a.log.gz"]);
    }

    #[test]
    fn a_pattern_that_makes_no_sense_is_refused() {
        assert!(Finder::new(vec!["/a[".to_owned()], &[]).is_err());
        assert!(Finder::new(vec![], &["/a**".to_owned()]).is_err());
    }

    #[test]
    fn a_file_of_several_names_is_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        fs::write(path("a.log"), "").unwrap();
        std::os::unix::fs::symlink(path("a.log"), path("b.log")).unwrap();
        std::os::unix::fs::symlink(path("nowhere"), path("c.log")).unwrap();
        let finder = Finder::new(vec![path("*.log").to_str().unwrap().to_owned()], &[]).unwrap();
        let found = finder.find();
        assert_eq!((found.files.len(), found.failed.len()), (1, 0));
        assert_eq!(found.files.into_values().next().unwrap().paths.len(), 2);
    }
}
