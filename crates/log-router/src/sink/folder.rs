//! An archive in a folder.
//!
//! Invariants:
//! * a file under an object's own name is whole: it is written as `.<name>.<n>.tmp` beside its place and renamed
//!   there. Trino, Athena and Spark skip names that begin with a dot;
//! * two processes that write the same object at a time write to files of their own;
//! * no file stays open between two writes, however many objects are.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sluice_archive::{ObjectKey, Summary};

use super::{ArchiveSink, SinkError};

/// Objects under a folder.
#[derive(Debug)]
pub struct FolderArchive {
    root: PathBuf,
}

/// An object on its way.
#[derive(Debug)]
pub struct FileObject {
    place: PathBuf,
    /// Number in the temporary name; `None` when the file has been put in its place.
    temporary: Option<u32>,
}

impl FileObject {
    fn temporary(&self, number: u32) -> PathBuf {
        let name = self.place.file_name().unwrap_or_default().to_string_lossy();
        self.place.with_file_name(format!(".{name}.{number}.tmp"))
    }
}

impl Drop for FileObject {
    fn drop(&mut self) {
        if let Some(number) = self.temporary {
            // Given up; what is left would only take room.
            let _ = fs::remove_file(self.temporary(number));
        }
    }
}

impl FolderArchive {
    /// The archive in `root`, which is made when it is missing.
    ///
    /// # Errors
    /// When it cannot be made, or nothing can be written in it: better told before the input is read.
    pub fn open(root: &Path) -> Result<FolderArchive, SinkError> {
        fs::create_dir_all(root).map_err(|e| SinkError::new("make the archive's folder", root, e))?;
        tempfile::Builder::new()
            .prefix(".log-router-")
            .suffix(".tmp")
            .tempfile_in(root)
            .map_err(|e| SinkError::new("write in the archive's folder", root, e))?;
        Ok(FolderArchive { root: root.to_path_buf() })
    }
}

impl ArchiveSink for FolderArchive {
    type Object = FileObject;

    fn begin(&mut self, key: &ObjectKey) -> Result<FileObject, SinkError> {
        let place = self.root.join(key.to_string());
        let folder = place.parent().unwrap_or(&self.root);
        fs::create_dir_all(folder).map_err(|e| SinkError::new("make the folder", folder, e))?;
        let mut object = FileObject { place, temporary: None };
        // A number is taken when another process writes the same object, or was killed while it did.
        for number in 0..u32::MAX {
            let path = object.temporary(number);
            match File::create_new(&path) {
                Ok(_) => {
                    object.temporary = Some(number);
                    break;
                }
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(SinkError::new("create", &path, e)),
            }
        }
        Ok(object)
    }

    fn append(&mut self, object: &mut FileObject, bytes: &[u8]) -> Result<(), SinkError> {
        let Some(number) = object.temporary else { return Ok(()) };
        let path = object.temporary(number);
        let written = OpenOptions::new().append(true).open(&path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|e| SinkError::new("write to", &path, e))
    }

    fn finish(&mut self, mut object: FileObject, _summary: &Summary) -> Result<(), SinkError> {
        if let Some(number) = object.temporary {
            let renamed = fs::rename(object.temporary(number), &object.place);
            renamed.map_err(|e| SinkError::new("put in place", &object.place, e))?;
            object.temporary = None;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sluice_archive::Partition;

    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            names.push(entry.unwrap().file_name().into_string().unwrap());
        }
        names.sort();
        names
    }

    #[test]
    fn an_object_is_seen_when_it_is_finished_and_one_given_up_leaves_nothing() {
        let root = tempfile::tempdir().unwrap();
        let mut archive = FolderArchive::open(root.path()).unwrap();
        assert!(names(root.path()).is_empty());
        let key = ObjectKey::new("", Partition::at(0, 0), "api", "pipe", "00", 1);
        let place = root.path().join(key.to_string());
        let folder = place.parent().unwrap();

        let mut first = archive.begin(&key).unwrap();
        let second = archive.begin(&key).unwrap();
        archive.append(&mut first, b"first").unwrap();
        assert_eq!(
            names(folder),
            [".api-pipe-00-0000000001.json.gz.0.tmp", ".api-pipe-00-0000000001.json.gz.1.tmp"]
        );
        archive.finish(first, &Summary::default()).unwrap();
        drop(second);
        assert_eq!(names(folder), ["api-pipe-00-0000000001.json.gz"]);
        assert_eq!(fs::read(&place).unwrap(), b"first");
    }
}
