//! Lists the files of `queries/` and `alarms/rules/`, so that a new one is built in without being named anywhere.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let queries = here.join("../../queries");
    let packs = entries(&queries).into_iter().filter(|path| path.is_dir());
    let sql: Vec<PathBuf> = packs.flat_map(|pack| entries(&pack)).collect();
    write_list(&out.join("packs.rs"), "PACKS", "sql", &queries, sql);
    let rules = here.join("alarms/rules");
    write_list(&out.join("rules.rs"), "RULES", "toml", &rules, entries(&rules));
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    fs::read_dir(folder).expect("a folder of the project").flatten().map(|entry| entry.path()).collect()
}

fn write_list(out: &Path, name: &str, extension: &str, root: &Path, mut files: Vec<PathBuf>) {
    files.retain(|path| path.extension().is_some_and(|found| found == extension));
    files.sort();
    let mut code = format!("const {name}: &[(&str, &str)] = &[\n");
    for path in files {
        let file = path.strip_prefix(root).expect("below the root").with_extension("");
        let (file, path) = (file.display().to_string(), path.display().to_string());
        let _ = writeln!(code, "({file:?}, include_str!({path:?})),");
    }
    code.push_str("];\n");
    fs::write(out, code).expect("the list");
}
