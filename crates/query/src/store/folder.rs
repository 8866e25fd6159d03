//! Folders of this machine.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use sluice_archive::ReadAt;

use super::{Object, StoreError};

/// The files below a folder, at any depth; none when it is not there.
pub(super) fn list(path: &str) -> Result<Vec<Object>, StoreError> {
    let mut objects = Vec::new();
    let mut folders = vec![path.trim_end_matches('/').to_owned()];
    while let Some(folder) = folders.pop() {
        let fail = |source| StoreError::Folder { path: folder.clone(), source };
        let entries = match fs::read_dir(if folder.is_empty() { "/" } else { &folder }) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(fail(error)),
        };
        for entry in entries {
            let entry = entry.map_err(fail)?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let meta = fs::metadata(entry.path()).map_err(fail)?;
            if meta.is_dir() {
                folders.push(path);
            } else {
                objects.push(Object { url: format!("file://{path}"), size: meta.len() });
            }
        }
    }
    Ok(objects)
}

/// Names of the folders in a folder; none when it is not there.
pub(super) fn folders(path: &str) -> Result<Vec<String>, StoreError> {
    let fail = |source| StoreError::Folder { path: path.to_owned(), source };
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(fail(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(fail)?;
        if entry.path().is_dir() {
            names.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}

pub(super) fn open(path: &str) -> Result<Arc<dyn ReadAt + Send + Sync>, StoreError> {
    let file = fs::File::open(path).map_err(|source| StoreError::Folder { path: path.to_owned(), source })?;
    Ok(Arc::new(file))
}

/// Moves a file to its name, and makes sure that the name lasts.
pub(super) fn publish(file: &Path, path: &str) -> Result<(), StoreError> {
    let fail = |source| StoreError::Folder { path: path.to_owned(), source };
    fs::rename(file, path).map_err(fail)?;
    let folder = Path::new(path).parent().unwrap_or(Path::new("/"));
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(fail)
}

#[cfg(test)]
mod tests {
    use super::super::Store;

    #[test]
    fn the_newest_hour_is_the_last_folder_of_partitions_whatever_lies_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("file://{}/", folder.path().display());
        assert_eq!(Store::default().newest(&url).unwrap(), None);
        for hour in ["year=2025/month=12/day=31/hour=23", "year=2026/month=01/day=02/hour=03", "zzz/hour=04"]
        {
            std::fs::create_dir_all(folder.path().join(hour)).unwrap();
        }
        std::fs::write(folder.path().join("year=2027"), "no folder").unwrap();
        let newest = format!("{url}year=2026/month=01/day=02/hour=03/");
        assert_eq!(Store::default().newest(&url).unwrap(), Some(newest));
        assert_eq!(Store::default().newest(&format!("{url}nothing/")).unwrap(), None);
    }
}
