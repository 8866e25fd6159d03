//! A file system that refuses. After each refusal what was stored is readable, and appends go on when they can.

mod support;

use std::env;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::Command;

use sluice_spool::{Error, Options, Spool};
use support::*;

const FOLDER: &str = "SLUICE_SPOOL_TEST_FOLDER";

#[test]
fn a_missing_folder_is_created_with_its_parents() {
    let folder = tempfile::tempdir().unwrap();
    let deep = folder.path().join("a/b/c");
    let (mut spool, _) = open(&deep);
    spool.append(line(b"x")).unwrap();
    assert_eq!(payloads(&spool), [b"x"]);
}

/// In `/sys` not even root may make a folder.
#[test]
#[cfg(target_os = "linux")]
fn a_folder_that_cannot_be_written_is_told_as_such() {
    let error =
        Spool::open(Path::new("/sys/sluice-spool"), Options::default(), boot("0123abcd")).unwrap_err();
    assert!(matches!(error, Error::NotWritable { doing: "create folder", .. }), "{error:?}");
}

#[test]
fn a_file_where_the_folder_should_be_is_an_error_with_its_path() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let error = Spool::open(&file, Options::default(), boot("0123abcd")).unwrap_err();
    assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");
}

#[test]
fn a_removed_folder_is_noticed_within_64_kib_and_takes_no_more_until_reopened() {
    let folder = tempfile::tempdir().unwrap();
    let inner = folder.path().join("spool");
    let (mut spool, _) = open(&inner);
    spool.append(chunk(b"id", &[0; 64 << 10])).unwrap();
    let lost = spool.total_bytes();
    fs::remove_dir_all(&inner).unwrap();
    let error = spool.append(line(b"y")).unwrap_err();
    assert!(matches!(error, Error::Vanished { lost_bytes, .. } if lost_bytes == lost), "{error:?}");
    assert!(!spool.seen_chunk(b"id"), "its entry is gone, so a resent chunk must be taken");
    assert_eq!(spool.total_bytes(), 0);
    for _ in 0..2 {
        fs::create_dir_all(&inner).unwrap();
        // Without the lock file another process could be there by now.
        assert!(matches!(spool.append(line(b"y")), Err(Error::Vanished { .. })));
    }
    drop(spool);
    let (mut spool, _) = open(&inner);
    spool.append(line(b"z")).unwrap();
}

#[test]
fn a_removed_open_segment_is_told_at_the_latest_by_sealing_and_the_next_append_starts_another() {
    let folder = tempfile::tempdir().unwrap();
    let (mut spool, _) = open(folder.path());
    spool.append(line(b"x")).unwrap();
    fs::remove_file(only(folder.path(), ".open")).unwrap();
    let lost = spool.total_bytes();
    let error = spool.seal().unwrap_err();
    assert!(
        matches!(error, Error::Vanished { doing: "seal", lost_bytes, .. } if lost_bytes == lost),
        "{error:?}"
    );
    assert_eq!((spool.total_bytes(), segment_bytes(folder.path())), (0, 0));
    spool.append(line(b"y")).unwrap();
    assert_eq!(payloads(&spool), [b"y"]);
}

/// A file size limit makes the kernel take part of a write and refuse the rest, as a full disk does, and needs
/// no privileges. It holds for a whole process, so a child of this test binary works under it.
#[test]
fn a_write_refused_half_way_is_rolled_back_and_the_spool_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let test = env::current_exe().unwrap();
    // `ulimit -f` counts blocks of 512 or 1024 bytes. Without the trap the signal XFSZ would kill the child.
    let script = "trap '' XFSZ; ulimit -f 16; exec \"$0\" --exact under_a_file_size_limit --ignored";
    let output =
        Command::new("sh").args(["-c", script]).arg(test).env(FOLDER, folder.path()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}, signal {:?}", output.status.signal());
    assert!(said.contains("1 passed"), "{said}");
    let (spool, recovery) = open(folder.path());
    assert!(!recovery.found_damage(), "{recovery:?}");
    assert_eq!(payloads(&spool).last().unwrap(), b"last");
}

#[test]
#[ignore = "runs as a child of a_write_refused_half_way_is_rolled_back_and_the_spool_goes_on"]
fn under_a_file_size_limit() {
    let folder = env::var_os(FOLDER).expect("the parent test sets the folder");
    let (mut spool, _) = open(Path::new(&folder));
    fill_until_refused(&mut spool);
    let (sealed, kept) = (spool.seal().unwrap().unwrap(), payloads(&spool));
    spool.append(line(b"last")).unwrap();
    assert_eq!(payloads(&spool).len(), kept.len() + 1);
    assert_eq!(spool.reader(sealed.id).unwrap().header().segment, sealed.id);
}

/// Appends until the disk is full and holds that the refused entry left no trace.
fn fill_until_refused(spool: &mut Spool) {
    let payload = [b'x'; 3000];
    let mut stored = 0;
    let error = loop {
        match spool.append(line(&payload)) {
            Ok(_) => stored += 1,
            Err(e) => break e,
        }
    };
    assert!(matches!(error, Error::DiskFull { .. }) && error.is_out_of_room(), "{error:?}");
    assert!(stored > 0);
    assert_eq!(spool.total_bytes(), segment_bytes(spool.folder()));
    let read = payloads(spool);
    assert!(read.ends_with(&vec![payload.to_vec(); stored]) && read.len() <= stored + 1);
    assert!(spool.append(chunk(b"id", &payload)).is_err());
    assert!(!spool.seen_chunk(b"id"));
}

#[test]
#[ignore = "mounts a tmpfs, which needs root"]
fn on_a_full_disk_segments_can_still_be_sealed_delivered_and_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let mount = Mount::new(folder.path(), "size=64k");
    let (mut spool, _) = open(folder.path());
    spool.append(chunk(b"delivered", b"x")).unwrap();
    fill_until_refused(&mut spool);
    // The last free page goes too, so that not even `state` can be written.
    fs::write(folder.path().join("filler"), vec![0; 64 << 10]).unwrap_err();
    let sealed = spool.seal().unwrap().unwrap();
    drop(spool);
    let (mut spool, recovery) = open(folder.path());
    assert!(!recovery.found_damage());
    assert!(matches!(spool.append(line(b"no")), Err(Error::DiskFull { .. })));
    assert!(matches!(spool.save_progress(sealed.id, &[0; 5000]), Err(Error::DiskFull { .. })));
    spool.delete(sealed.id).unwrap();
    spool.append(line(b"yes")).unwrap();
    assert_eq!(payloads(&spool), [b"yes"]);
    drop(spool);
    assert!(open(folder.path()).0.seen_chunk(b"delivered"));
    mount.remount("ro");
    let error = Spool::open(folder.path(), Options::default(), boot("0123abcd")).unwrap_err();
    assert!(matches!(error, Error::NotWritable { .. }), "{error:?}");
}

/// A tmpfs, gone with the value.
struct Mount<'a>(&'a Path);

impl<'a> Mount<'a> {
    fn new(at: &'a Path, options: &str) -> Self {
        mount(&["-t", "tmpfs", "-o", options, "none"], at);
        Self(at)
    }

    fn remount(&self, options: &str) {
        mount(&["-o", &format!("remount,{options}")], self.0);
    }
}

fn mount(arguments: &[&str], at: &Path) {
    assert!(Command::new("mount").args(arguments).arg(at).status().expect("mount runs").success());
}

impl Drop for Mount<'_> {
    fn drop(&mut self) {
        // In a panic already; the temporary folder then stays behind, empty.
        let _ = Command::new("umount").arg(self.0).status();
    }
}
