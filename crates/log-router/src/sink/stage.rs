//! Objects on the local disk on their way to S3: routing writes them there, uploads read them.
//!
//! Invariants:
//! * memory does not grow with an object's size: members are appended as they are finished;
//! * what lies in the folder can be made again from the spool, so it is emptied at the start and nothing in it is
//!   forced to disk;
//! * the CRC-32 of an object is that of what was written, so S3 refuses one that the disk changed.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use sluice_archive::{ObjectKey, Summary};

use super::{ArchiveSink, SinkError};

/// An object that is complete on the local disk. Its file goes with the value.
#[derive(Debug)]
pub struct StagedObject {
    /// Its key, under the archive's prefix.
    pub key: String,
    /// Its file.
    pub path: PathBuf,
    /// Its size.
    pub bytes: u64,
    /// CRC-32 (IEEE) of its bytes, as S3 has it in `x-amz-checksum-crc32`.
    pub crc32: u32,
}

impl Drop for StagedObject {
    fn drop(&mut self) {
        // What stays is removed at the next start.
        let _ = fs::remove_file(&self.path);
    }
}

/// Collects the objects of one segment.
#[derive(Debug)]
pub struct Stage {
    folder: PathBuf,
    prefix: String,
    segment: String,
    begun: u32,
    finished: Vec<StagedObject>,
}

/// An object that is being written.
#[derive(Debug)]
pub struct Unfinished {
    staged: StagedObject,
    crc32: crc32fast::Hasher,
}

impl Stage {
    /// Makes the folder, or empties it: what is there belongs to a run that has ended.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn prepare(folder: &Path) -> Result<(), SinkError> {
        match fs::remove_dir_all(folder) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(SinkError::new("empty", folder, e)),
            _ => {}
        }
        fs::create_dir_all(folder).map_err(|e| SinkError::new("make the folder", folder, e))
    }

    /// A stage in `folder` for one segment; `segment` is a name that no other one has.
    #[must_use]
    pub fn new(folder: &Path, prefix: &str, segment: String) -> Stage {
        Stage {
            folder: folder.to_path_buf(),
            prefix: prefix.to_owned(),
            segment,
            begun: 0,
            finished: Vec::new(),
        }
    }

    /// The objects that are complete.
    #[must_use]
    pub fn into_objects(self) -> Vec<StagedObject> {
        self.finished
    }
}

impl ArchiveSink for Stage {
    type Object = Unfinished;

    fn begin(&mut self, key: &ObjectKey) -> Result<Unfinished, SinkError> {
        let path = self.folder.join(format!("{}.{}.gz", self.segment, self.begun));
        self.begun += 1;
        let made = File::create(&path).or_else(|e| match e.kind() {
            // The folder went with the spool, which was made anew.
            ErrorKind::NotFound => fs::create_dir_all(&self.folder).and_then(|()| File::create(&path)),
            _ => Err(e),
        });
        made.map_err(|e| SinkError::new("create", &path, e))?;
        let key = key.to_string();
        let key = if self.prefix.is_empty() { key } else { format!("{}/{key}", self.prefix) };
        let staged = StagedObject { key, path, bytes: 0, crc32: 0 };
        Ok(Unfinished { staged, crc32: crc32fast::Hasher::new() })
    }

    fn append(&mut self, object: &mut Unfinished, bytes: &[u8]) -> Result<(), SinkError> {
        let path = &object.staged.path;
        // No file stays open: input of thousands of hours has as many objects.
        let written = OpenOptions::new().append(true).open(path).and_then(|mut file| file.write_all(bytes));
        written.map_err(|e| SinkError::new("write to", path, e))?;
        object.crc32.update(bytes);
        object.staged.bytes += bytes.len() as u64;
        Ok(())
    }

    fn finish(&mut self, object: Unfinished, _summary: &Summary) -> Result<(), SinkError> {
        let Unfinished { mut staged, crc32 } = object;
        staged.crc32 = crc32.finalize();
        self.finished.push(staged);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use sluice_archive::Partition;

    use super::*;

    #[test]
    fn a_finished_object_has_key_size_and_checksum_and_its_file_goes_with_it() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("objects");
        fs::create_dir_all(folder.join("left-over")).unwrap();
        Stage::prepare(&folder).unwrap();
        let mut stage = Stage::new(&folder, "logs/app", "0001".to_owned());
        let key = ObjectKey::new("", Partition::at(0, 0), "api", "t", "00", 1);
        let mut object = stage.begin(&key).unwrap();
        let dropped = stage.begin(&key).unwrap();
        stage.append(&mut object, b"1234").unwrap();
        stage.append(&mut object, b"56789").unwrap();
        stage.finish(object, &Summary::default()).unwrap();
        drop(dropped);
        let objects = stage.into_objects();
        assert_eq!(
            (objects.len(), objects[0].bytes, objects[0].crc32, objects[0].key.as_str()),
            (1, 9, 0xcbf4_3926, "logs/app/year=1970/month=01/day=01/hour=00/api-t-00-0000000001.json.gz")
        );
        assert_eq!(fs::read(&objects[0].path).unwrap(), b"123456789");
        drop(objects);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    }
}
