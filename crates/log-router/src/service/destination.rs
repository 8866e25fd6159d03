//! Where the archive of a segment goes while it is routed.

use std::path::{Path, PathBuf};

use sluice_archive::{ObjectKey, Summary};

use crate::sink::{ArchiveSink, FileObject, FolderArchive, SinkError, Stage, StagedObject, Unfinished};

/// The archive, as the spec has it.
#[derive(Debug, Clone)]
pub(super) enum Archive {
    /// Objects are staged in this folder, then sent.
    S3 { stage: PathBuf, prefix: String },
    /// Objects are files under this folder.
    Folder(PathBuf),
}

impl Archive {
    /// Begins the objects of a segment.
    pub(super) fn begin(&self, segment: String) -> Result<Destination, SinkError> {
        Ok(match self {
            Archive::S3 { stage, prefix } => Destination::Stage(Stage::new(stage, prefix, segment)),
            Archive::Folder(root) => Destination::Folder(FolderArchive::open(root)?),
        })
    }

    /// URL of an object with this key.
    pub(super) fn url(&self, bucket: Option<&str>, key: &ObjectKey) -> String {
        match self {
            Archive::S3 { prefix, .. } => {
                let bucket = bucket.unwrap_or_default();
                let slash = if prefix.is_empty() { "" } else { "/" };
                format!("s3://{bucket}/{prefix}{slash}{key}")
            }
            Archive::Folder(root) => format!("file://{}", Path::new(root).join(key.to_string()).display()),
        }
    }
}

/// The objects of one segment.
#[derive(Debug)]
pub(super) enum Destination {
    Stage(Stage),
    Folder(FolderArchive),
    /// They were delivered by an earlier run.
    Nowhere,
}

impl Destination {
    /// Objects that are still to be sent.
    pub(super) fn into_objects(self) -> Vec<StagedObject> {
        match self {
            Destination::Stage(stage) => stage.into_objects(),
            Destination::Folder(_) | Destination::Nowhere => Vec::new(),
        }
    }
}

/// An object on its way.
#[derive(Debug)]
pub(super) enum Object {
    Staged(Unfinished),
    File(FileObject),
    None,
}

impl ArchiveSink for Destination {
    type Object = Object;

    fn begin(&mut self, key: &ObjectKey) -> Result<Object, SinkError> {
        Ok(match self {
            Destination::Stage(stage) => Object::Staged(stage.begin(key)?),
            Destination::Folder(folder) => Object::File(folder.begin(key)?),
            Destination::Nowhere => Object::None,
        })
    }

    fn append(&mut self, object: &mut Object, bytes: &[u8]) -> Result<(), SinkError> {
        match (self, object) {
            (Destination::Stage(stage), Object::Staged(object)) => stage.append(object, bytes),
            (Destination::Folder(folder), Object::File(object)) => folder.append(object, bytes),
            _ => Ok(()),
        }
    }

    fn finish(&mut self, object: Object, summary: &Summary) -> Result<(), SinkError> {
        match (self, object) {
            (Destination::Stage(stage), Object::Staged(object)) => stage.finish(object, summary),
            (Destination::Folder(folder), Object::File(object)) => folder.finish(object, summary),
            _ => Ok(()),
        }
    }
}
