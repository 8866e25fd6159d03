//! Lists the files of `queries/`, so that a new query is built in without being named anywhere.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    // Of now, not of when this program was built: clones may share one folder of builds.
    let root = Path::new(&env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("../../queries");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files: Vec<PathBuf> = Vec::new();
    for pack in fs::read_dir(&root).expect("the folder queries").flatten() {
        if pack.path().is_dir() {
            println!("cargo::rerun-if-changed={}", pack.path().display());
            files.extend(fs::read_dir(pack.path()).expect("a pack").flatten().map(|file| file.path()));
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    files.sort();
    let mut code = String::from("const BUILTIN: &[(&str, &str)] = &[\n");
    for path in files {
        let name = path.strip_prefix(&root).expect("below the root").with_extension("");
        let _ = writeln!(
            code,
            "({:?}, include_str!({:?})),",
            name.display().to_string(),
            path.display().to_string()
        );
    }
    code.push_str("];\n");
    let out = Path::new(&env::var_os("OUT_DIR").expect("cargo sets it")).join("packs.rs");
    fs::write(out, code).expect("the list");
}
