//! The file that remembers how far each file was read: `offsets.json`, one line a file, replaced whole.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::TailError;

/// Of the layout of the file.
pub(super) const VERSION: u64 = 1;
const FILE: &str = "offsets.json";

/// What is remembered of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Row {
    /// Where it lay last.
    pub(super) path: PathBuf,
    /// How many of its bytes are stored.
    pub(super) offset: u64,
    /// That is within a line which is stored in pieces.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) in_line: bool,
    /// It had another name before: nothing more is expected of it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(super) rotated: bool,
    /// Scans since it was last found.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub(super) gone: u32,
    pub(super) device: u32,
    pub(super) inode: u64,
    /// None while nothing was read of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) name: Option<NameRow>,
}

/// What its chunk ids say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct NameRow {
    pub(super) number: u32,
    pub(super) device: u32,
    pub(super) head_bytes: u16,
    pub(super) head: u32,
    /// Where it lay when it was named, if that was elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) path: Option<PathBuf>,
}

/// The whole file.
#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(super) struct Offsets {
    /// Number of the next file.
    pub(super) next: u32,
    pub(super) files: Vec<Row>,
}

#[derive(Deserialize)]
struct Versioned {
    version: u64,
}

fn is_false(value: &bool) -> bool {
    !value
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// Where the offsets lie.
#[derive(Debug)]
pub(super) struct OffsetsFile {
    path: PathBuf,
}

impl OffsetsFile {
    /// In this folder, which is made if it is missing.
    pub(super) fn in_folder(folder: &Path) -> Result<OffsetsFile, TailError> {
        fs::create_dir_all(folder).map_err(|source| TailError::Offsets {
            doing: "make the folder",
            path: folder.to_path_buf(),
            source,
        })?;
        Ok(OffsetsFile { path: folder.join(FILE) })
    }

    /// What was written last; nothing at the first start.
    pub(super) fn load(&self) -> Result<Offsets, TailError> {
        let path = || self.path.clone();
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(Offsets { next: 1, files: Vec::new() });
            }
            Err(source) => return Err(TailError::Offsets { doing: "read", path: path(), source }),
        };
        let damaged = |source| TailError::Damaged { path: path(), source };
        // The version first: of a later one nothing else is known.
        let Versioned { version } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if version != VERSION {
            return Err(TailError::Version { path: path(), found: version });
        }
        serde_json::from_slice(&bytes).map_err(damaged)
    }

    /// Replaces the file; a crash leaves the old one or the new one.
    pub(super) fn save(&self, offsets: &Offsets) -> Result<(), TailError> {
        let temporary = self.path.with_added_extension("tmp");
        let written = File::create(&temporary).and_then(|mut file| {
            file.write_all(&to_json(offsets)?)?;
            file.sync_data()
        });
        written.and_then(|()| fs::rename(&temporary, &self.path)).map_err(|source| {
            // Half a file would only take room where there may be none left.
            let _ = fs::remove_file(&temporary);
            TailError::Offsets { doing: "write", path: self.path.clone(), source }
        })
    }
}

fn to_json(offsets: &Offsets) -> io::Result<Vec<u8>> {
    let mut out = format!("{{\"version\":{VERSION},\"next\":{},\"files\":[", offsets.next).into_bytes();
    for (at, row) in offsets.files.iter().enumerate() {
        out.extend_from_slice(if at == 0 { b"\n" } else { b",\n" });
        serde_json::to_writer(&mut out, row)?;
    }
    out.extend_from_slice(b"\n]}\n");
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(path: &str) -> Row {
        let name = Some(NameRow { number: 3, device: 8, head_bytes: 9, head: 4, path: None });
        let (in_line, rotated, gone) = (false, true, 0);
        Row { path: path.into(), offset: 17, in_line, rotated, gone, device: 8, inode: 12, name }
    }

    #[test]
    fn what_is_saved_is_a_line_for_each_file_and_loads_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = OffsetsFile::in_folder(&folder.path().join("made/tail")).unwrap();
        assert_eq!(file.load().unwrap(), Offsets { next: 1, files: vec![] });
        let offsets = Offsets { next: 9, files: vec![row("/a"), Row { name: None, ..row("/b") }] };
        file.save(&offsets).unwrap();
        assert_eq!(file.load().unwrap(), offsets);
        let text = fs::read_to_string(&file.path).unwrap();
        assert_eq!(text.lines().count(), 4);
        assert_eq!(
            text.lines().nth(2).unwrap(),
            r#"{"path":"/b","offset":17,"rotated":true,"device":8,"inode":12}"#
        );
        assert_eq!(fs::read_dir(file.path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn damage_and_later_versions_are_refused_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = OffsetsFile::in_folder(folder.path()).unwrap();
        for (text, expected) in [
            ("", "cannot be understood"),
            ("{\"version\":1}", "cannot be understood"),
            ("{\"version\":2,\"new\":{}}", "version 2"),
        ] {
            fs::write(&file.path, text).unwrap();
            assert!(file.load().unwrap_err().to_string().contains(expected));
            assert_eq!(fs::read_to_string(&file.path).unwrap(), text);
        }
    }
}
