//! The tables that are known: those built in, and those of a folder of definitions.

use std::{collections::BTreeMap, fs, path::Path};

use sluice_pipeline::{Problem, Problems};

use crate::{nearest::likely, table::Table};

/// The built-in definition files: name and text.
pub const BUILTIN: [(&str, &str); 7] = [
    ("app_logs.toml", include_str!("../../../glue-schemas/app_logs.toml")),
    ("app_logs_parquet.toml", include_str!("../../../glue-schemas/app_logs_parquet.toml")),
    ("alb_access_logs.toml", include_str!("../../../glue-schemas/alb_access_logs.toml")),
    ("alb_connection_logs.toml", include_str!("../../../glue-schemas/alb_connection_logs.toml")),
    ("vpc_flow_logs.toml", include_str!("../../../glue-schemas/vpc_flow_logs.toml")),
    ("vpc_flow_logs_text.toml", include_str!("../../../glue-schemas/vpc_flow_logs_text.toml")),
    ("waf_logs.toml", include_str!("../../../glue-schemas/waf_logs.toml")),
];

/// A set of tables; no two have the same name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Catalog {
    /// The tables by name.
    pub tables: BTreeMap<String, Table>,
}

impl Catalog {
    /// The tables that come with the program.
    ///
    /// # Panics
    /// Never: a test reads every built-in definition.
    #[must_use]
    pub fn builtin() -> Self {
        let table = |(file, text): (&str, &str)| {
            let table = Table::parse(text, file).unwrap_or_else(|problems| panic!("built in: {problems}"));
            (table.name.clone(), table)
        };
        Self { tables: BUILTIN.into_iter().map(table).collect() }
    }

    /// Adds the tables of every `*.toml` in a folder; one with the name of a built-in table replaces it.
    ///
    /// # Errors
    /// With the problems of all the files, and when two of them define the same table or one cannot be read.
    pub fn load(mut self, folder: impl AsRef<Path>) -> Result<Self, Problems> {
        let folder = folder.as_ref();
        let mut problems = Vec::new();
        let mut files: Vec<_> = match fs::read_dir(folder) {
            Ok(entries) => entries.filter_map(Result::ok).map(|entry| entry.path()).collect(),
            Err(error) => {
                problems.push(unreadable(folder, "folder", &error));
                Vec::new()
            }
        };
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        let mut origin: BTreeMap<String, String> = BTreeMap::new();
        for path in files {
            let file = path.display().to_string();
            let parsed = match fs::read_to_string(&path) {
                Ok(text) => Table::parse(&text, &file).map_err(Problems::into_vec),
                Err(error) => Err(vec![unreadable(&path, "file", &error)]),
            };
            match parsed {
                Ok(table) => match origin.insert(table.name.clone(), file.clone()) {
                    Some(other) => problems.push(Problem {
                        file,
                        position: None,
                        key: "name".into(),
                        what: format!("{other} defines a table {:?} too", table.name),
                        remedy: "rename or remove one of them".into(),
                    }),
                    None => {
                        self.tables.insert(table.name.clone(), table);
                    }
                },
                Err(found) => problems.extend(found),
            }
        }
        Problems::collect(problems).map_or(Ok(self), Err)
    }

    /// A table by its name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Table> {
        self.tables.get(name)
    }

    /// The name of a table most like a mistyped one, if any is like enough to be meant.
    #[must_use]
    pub fn nearest(&self, name: &str) -> Option<&str> {
        likely(name, self.tables.keys().map(String::as_str))
    }
}

fn unreadable(path: &Path, what: &str, error: &std::io::Error) -> Problem {
    Problem {
        file: path.display().to_string(),
        position: None,
        key: String::new(),
        what: format!("the {what} cannot be read: {error}"),
        remedy: "check the path and its permissions".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_tables_are_found_by_name_or_nearly() {
        let catalog = Catalog::builtin();
        assert_eq!(catalog.tables.len(), BUILTIN.len());
        for (file, _) in BUILTIN {
            assert!(catalog.get(file.trim_end_matches(".toml")).is_some(), "{file} defines another table");
        }
        assert_eq!(catalog.nearest("app_log"), Some("app_logs"));
        assert_eq!(catalog.nearest("vpcflowlogs"), Some("vpc_flow_logs"));
        assert_eq!(catalog.nearest("zzz"), None);
    }

    #[test]
    fn a_folder_adds_and_replaces_tables() {
        let folder = tempfile::tempdir().unwrap();
        let (_, text) = BUILTIN[0];
        fs::write(folder.path().join("a.toml"), text.replace("title = \"", "title = \"Our ")).unwrap();
        fs::write(folder.path().join("b.toml"), text.replace("\"app_logs\"", "\"ours\"")).unwrap();
        fs::write(folder.path().join("read.me"), "no definition").unwrap();
        let catalog = Catalog::builtin().load(folder.path()).unwrap();
        assert_eq!(catalog.tables.len(), BUILTIN.len() + 1);
        assert!(catalog.get("app_logs").unwrap().title.starts_with("Our "));
        assert!(catalog.get("ours").is_some());
    }

    #[test]
    fn the_problems_of_all_files_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let (_, text) = BUILTIN[0];
        for name in ["a.toml", "b.toml"] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        fs::write(folder.path().join("c.toml"), "nme = 'x'").unwrap();
        let problems = Catalog::builtin().load(folder.path()).unwrap_err().to_string();
        assert!(problems.contains("a.toml defines a table \"app_logs\" too; rename"), "{problems}");
        assert!(problems.contains("c.toml:1:1: nme: unknown key; did you mean \"name\"?"), "{problems}");
        let missing = Catalog::builtin().load(folder.path().join("nowhere")).unwrap_err().to_string();
        assert!(missing.contains("the folder cannot be read"), "{missing}");
    }
}
