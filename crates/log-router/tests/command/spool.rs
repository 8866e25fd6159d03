use std::fs;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use sluice_spool::{EntryRef, Options, Spool};

use crate::support::{Place, feed, files, router};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn open(folder: &Path) -> Spool {
    Spool::open(folder, Options::default(), "0123abcd".parse().unwrap()).unwrap().0
}

fn entry<'a>(kind: u8, chunk_id: Option<&'a [u8]>, payload: &'a [u8]) -> EntryRef<'a> {
    EntryRef { kind, received_ms: 1_795_482_123_000, source: b"lines:1", chunk_id, payload }
}

/// A spool with a sealed segment of three entries, its progress, and an open one; held as by a router.
fn spool(place: &Place) -> (Spool, PathBuf) {
    let folder = place.path("spool");
    let mut spool = open(&folder);
    spool.append(entry(1, None, b"ERROR:app.db:refused\nINFO:app:next")).unwrap();
    spool.append(entry(2, None, b"a long ")).unwrap();
    spool.append(entry(3, Some(b"\xf5id"), b"line")).unwrap();
    let sealed = spool.seal().unwrap().unwrap();
    spool.save_progress(sealed.id, br#"{"archived":true,"errors":0}"#).unwrap();
    spool.append(entry(1, Some(b"text"), b"\xff\xfe")).unwrap();
    (spool, folder)
}

fn run(args: &[&str], folder: &Path) -> Output {
    let mut command = router(&["spool"]);
    command.args(args).arg("--dir").arg(folder);
    feed(command, b"")
}

fn json(args: &[&str], folder: &Path) -> Value {
    let output = run(&[args, &["--format", "json"]].concat(), folder);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
}

fn only(folder: &Path, ending: &str) -> PathBuf {
    let found: Vec<PathBuf> =
        files(folder).into_iter().filter(|path| path.to_str().unwrap().ends_with(ending)).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found[0].clone()
}

#[test]
fn segments_are_listed_beside_a_router_and_nothing_is_touched() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let before: Vec<Vec<u8>> = files(&folder).iter().map(|path| fs::read(path).unwrap()).collect();
    let output = run(&["ls"], &folder);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    for part in [
        "0000000000000001-0123abcd",
        "sealed",
        "open",
        "2026-11-24T",
        r#"{"archived":true,"errors":0}"#,
        "2 segments in",
        "4 entries; 1 open, 1 sealed, 0 quarantined",
    ] {
        assert!(shown.contains(part), "{part:?} is not in {shown}");
    }
    let told = json(&["ls"], &folder);
    assert_eq!((&told["segments"][0]["entries"], &told["totals"]["entries"]), (&3.into(), &4.into()));
    assert_eq!(told["segments"][1]["state"], "open");
    let bytes: u64 = ["0000000000000001-0123abcd.sealed", "0000000000000002-0123abcd.open"]
        .map(|ending| fs::metadata(only(&folder, ending)).unwrap().len())
        .iter()
        .sum();
    assert_eq!(told["totals"]["bytes"], bytes);
    run(&["verify"], &folder);
    run(&["cat"], &folder);
    let after: Vec<Vec<u8>> = files(&folder).iter().map(|path| fs::read(path).unwrap()).collect();
    assert!(before == after);
}

#[test]
fn lines_come_out_as_they_came_in_with_remarks_on_standard_error() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let output = run(&["cat", "1"], &folder);
    assert_eq!(text(&output.stdout), "ERROR:app.db:refused\nINFO:app:next\na long line\n");
    let remarks = text(&output.stderr);
    assert_eq!(remarks.lines().count(), 3);
    assert!(
        remarks.contains("== 0000000000000001-0123abcd byte 48: lines, 34 bytes, 2026-11-24T"),
        "{remarks}"
    );
    assert!(remarks.contains(r"from lines:1 id \xf5id"), "{remarks}");
    assert_eq!(run(&["cat"], &folder).stdout, [&output.stdout[..], b"\xff\xfe\n"].concat());
}

#[test]
fn entries_are_told_as_json_text_as_it_is_and_bytes_as_base64() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let output = run(&["cat", "--format", "json"], &folder);
    let told: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 4);
    assert_eq!((&told[0]["kind"], &told[2]["kind"]), (&"lines".into(), &"last piece".into()));
    assert_eq!(told[0]["payload"], "ERROR:app.db:refused\nINFO:app:next");
    assert_eq!((&told[2]["chunk_id_base64"], &told[3]["chunk_id"]), (&"9Wlk".into(), &"text".into()));
    assert_eq!((&told[3]["payload_base64"], &told[3]["bytes"]), (&"//4=".into(), &2.into()));
    assert!(told[0]["received"].as_str().unwrap().starts_with("2026-11-24T"));
    assert!(output.stderr.is_empty());
}

#[test]
fn entries_are_shown_as_the_records_they_become() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let config = place.file("sluice.toml", "name = 'api'");
    let output = run(&["cat", "--records", "--config", config.to_str().unwrap()], &folder);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let told: Vec<Value> =
        text(&output.stdout).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(told.len(), 4);
    assert_eq!((&told[0]["level"], &told[0]["service"]), (&"error".into(), &"api".into()));
    assert_eq!(told[2]["message"], "a long line");
}

#[test]
fn a_whole_spool_is_well_and_an_entry_under_way_is_no_damage() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let output = run(&["verify"], &folder);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("2 segments in"), "{}", text(&output.stdout));
    let open = only(&folder, ".open");
    let bytes = fs::metadata(&open).unwrap().len();
    fs::File::options().write(true).open(&open).unwrap().set_len(bytes - 1).unwrap();
    let output = run(&["verify"], &folder);
    assert_eq!(output.status.code(), Some(0));
    assert!(text(&output.stdout).contains("nobody was told that it is stored"));
}

#[test]
fn damage_is_found_with_its_place_and_its_cost_and_what_is_whole_is_still_read() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let sealed = only(&folder, ".sealed");
    fs::File::options().write(true).open(&sealed).unwrap().write_at(b"?", 48 + 40).unwrap();
    let output = run(&["verify"], &folder);
    assert_eq!(output.status.code(), Some(1));
    let shown = text(&output.stdout);
    assert!(
        shown.contains("DAMAGED, 2 whole entries") && shown.contains("65 bytes from byte 48: the entries"),
        "{shown}"
    );
    let told = json(&["verify"], &folder);
    assert_eq!((&told["ok"], &told["segments"][0]["damage"][0]["offset"]), (&false.into(), &48.into()));
    assert_eq!(told["segments"][1]["damage"], Value::Array(vec![]));
    let output = run(&["cat", "1"], &folder);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(1), "a long line\n".to_owned()));
    assert!(text(&output.stderr).contains("damaged from byte 48 to 113"), "{}", text(&output.stderr));
    assert!(text(&run(&["ls"], &folder).stdout).contains("(65 bytes damaged)"));
}

#[test]
fn segments_that_were_set_aside_and_broken_progress_are_damage() {
    let place = Place::new();
    let (held, folder) = spool(&place);
    drop(held);
    fs::write(only(&folder, ".progress"), "?").unwrap();
    let output = run(&["verify"], &folder);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("its errors are sent again"), "{}", text(&output.stdout));
    fs::write(only(&folder, ".sealed"), "no segment").unwrap();
    drop(open(&folder));
    let told = json(&["ls"], &folder);
    assert_eq!(
        (&told["segments"][0]["state"], &told["segments"][0]["entries"]),
        (&"quarantined".into(), &Value::Null)
    );
    let output = run(&["verify"], &folder);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("nothing of it is delivered"), "{}", text(&output.stdout));
}

#[test]
fn the_folder_is_that_of_the_configuration_named_or_lying_there() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let config =
        format!("name = 'api'\nspool.dir = '/nowhere'\n[env.prod]\nspool.dir = '{}'", folder.display());
    let config = place.file("sluice.toml", config);
    let output = feed(router(&["spool", "ls", "--config", config.to_str().unwrap(), "--env", "prod"]), b"");
    assert!(text(&output.stdout).contains("2 segments in"), "{}", text(&output.stderr));
    let mut command = router(&["spool", "ls", "--env", "prod"]);
    command.current_dir(place.path("."));
    assert_eq!(feed(command, b"").status.code(), Some(0));
    let mut command = router(&["spool", "verify"]);
    command.current_dir(place.path("."));
    let output = feed(command, b"");
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no spool at /nowhere"), "{}", text(&output.stderr));
}

#[test]
fn what_is_not_there_is_told_with_a_remedy() {
    let place = Place::new();
    let (_held, folder) = spool(&place);
    let output = run(&["cat", "77"], &folder);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("no segment 77") && text(&output.stderr).contains("spool ls"));
    let empty = place.path("empty");
    fs::create_dir(&empty).unwrap();
    let output = run(&["ls"], &empty);
    assert!(text(&output.stdout).starts_with("0 segments in"), "{}", text(&output.stdout));
    assert_eq!(run(&["cat"], &empty).status.code(), Some(0));
    assert_eq!(feed(router(&["spool", "verify", "--dri", "x"]), b"").status.code(), Some(64));
    for args in [&["spool", "--help"][..], &["spool", "cat", "--help"], &["help", "spool", "ls"]] {
        let output = feed(router(args), b"");
        assert!(output.status.success() && text(&output.stdout).contains("Examples:"), "{args:?}");
    }
}
