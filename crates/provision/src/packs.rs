//! The query packs as Athena keeps them: a name, a title, and the SQL with its placeholders.
//!
//! Only the title is read of the front matter; what the placeholders mean is the query command's business.

use serde::Deserialize;

include!(concat!(env!("OUT_DIR"), "/packs.rs"));

/// A line before and behind the front matter.
const FENCE: &str = "-- +++";

/// A query of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackQuery {
    /// Its name: `errors/by-service`.
    pub name: String,
    /// What it is called.
    pub title: String,
    /// Its SQL, with comments and placeholders.
    pub sql: String,
}

#[derive(Deserialize)]
struct FrontMatter {
    title: String,
}

/// The queries of `queries/`, by name.
///
/// # Panics
/// Never: a test reads every file.
#[must_use]
pub fn packs() -> Vec<PackQuery> {
    PACKS
        .iter()
        .map(|(name, text)| {
            let title = title(text).unwrap_or_else(|why| panic!("queries/{name}.sql, built in: {why}"));
            let name = (*name).to_owned();
            PackQuery { name, title, sql: (*text).to_owned() }
        })
        .collect()
}

fn title(text: &str) -> Result<String, String> {
    let mut parts = text.split(FENCE);
    let front = parts.nth(1).ok_or("no front matter")?;
    let toml: Vec<&str> = front.lines().map(|line| line.trim_start_matches("--").trim_start()).collect();
    let read: Result<FrontMatter, _> = toml::from_str(&toml.join("\n"));
    read.map(|front| front.title).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_has_a_title_and_fits_athena() {
        let all = packs();
        assert!(all.len() >= 65, "{}", all.len());
        for query in all {
            assert!(!query.title.is_empty());
            // Limits of CreateNamedQuery.
            assert!(query.sql.len() <= 262_144 && query.name.len() <= 128 && query.title.len() <= 1024);
        }
    }
}
