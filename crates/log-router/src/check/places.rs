//! Whether a folder can be made and written in, found out without leaving anything.

use std::fs;
use std::io;
use std::path::Path;

/// What can be said of a folder, good or bad.
pub(super) fn can_write(folder: &Path) -> Result<String, String> {
    let shown = folder.display();
    let existing = folder.ancestors().map(|folder| match folder.as_os_str().is_empty() {
        true => Path::new("."),
        false => folder,
    });
    for place in existing {
        match fs::metadata(place) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                return Err(format!("{shown} cannot be used: {e}; check the path and this user's rights"));
            }
            Ok(found) if !found.is_dir() => {
                let place = place.display();
                return Err(format!("{shown} cannot be made: {place} is no folder; choose another place"));
            }
            Ok(_) => {}
        }
        let tried = tempfile::Builder::new().prefix(".log-router-check-").tempdir_in(place);
        let place_shown = place.display();
        return match tried.and_then(tempfile::TempDir::close) {
            Ok(()) if place == folder => Ok(format!("{shown} can be written in")),
            Ok(()) => Ok(format!("{shown} can be made")),
            Err(e) => Err(format!(
                "{place_shown} cannot be written in: {e}; give this user the right to, or choose another place"
            )),
        };
    }
    Err(format!("{shown} cannot be made: there is no folder above it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_there_or_can_be_made_is_good_and_nothing_is_left_in_it() {
        let folder = tempfile::tempdir().unwrap();
        assert!(can_write(folder.path()).unwrap().ends_with("can be written in"));
        assert!(can_write(&folder.path().join("a/b")).unwrap().ends_with("can be made"));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        for place in [file.clone(), file.join("below")] {
            assert!(
                can_write(&place).unwrap_err().contains(&format!("{} is", place.display())) || place != file
            );
        }
        assert!(can_write(&file).unwrap_err().contains("is no folder"));
        assert!(can_write(&file.join("below")).is_err());
    }
}
