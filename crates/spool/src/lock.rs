//! Keeps a second process out of the folder.
//!
//! The lock is the kernel's (`flock`), so it ends with the process however that ends. The text in the file only
//! tells an operator who holds it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::{Error, Result};
use crate::name::{BootId, LOCK};

#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    pub(crate) fn acquire(folder: &Path, boot: BootId) -> Result<Self> {
        let path = folder.join(LOCK);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::io("open", &path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let holder = fs::read_to_string(&path).unwrap_or_default();
                let holder = holder.trim().chars().take(64).collect();
                return Err(Error::Locked { path: folder.to_path_buf(), holder });
            }
            Err(TryLockError::Error(e)) => return Err(Error::io("lock", &path, e)),
        }
        // Courtesy only, and a full disk must not keep a spool from being emptied: failure is no matter.
        let _ = file
            .set_len(0)
            .and_then(|()| file.write_all(format!("pid {} boot {boot}\n", std::process::id()).as_bytes()));
        Ok(Self(file))
    }

    /// False once the file was removed: another process could then take a new one.
    pub(crate) fn still_holds(&self) -> bool {
        self.0.metadata().is_ok_and(|meta| meta.nlink() > 0)
    }
}
