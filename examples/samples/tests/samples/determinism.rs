use std::path::Path;

use sluice_samples::{Kind, Plan, write};

use crate::files::{plan, tree};

fn same(change: impl Fn(Plan) -> Plan) {
    let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let run = |folder: &Path| write(&change(plan(folder))).unwrap();
    assert_eq!(run(one.path()), run(two.path()));
    assert!(tree(one.path()) == tree(two.path()), "the files of two runs differ");
}

#[test]
fn the_same_plan_gives_the_same_bytes() {
    same(|plan| plan);
    same(|plan| Plan { seed: 12, hours: 1, ..plan });
    same(|plan| Plan { big_app: Some(3), only: [Kind::App].into(), ..plan });
}

#[test]
fn another_seed_gives_other_requests() {
    let [one, two] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    write(&plan(one.path())).unwrap();
    write(&Plan { seed: 8, ..plan(two.path()) }).unwrap();
    assert!(tree(&one.path().join("app")) != tree(&two.path().join("app")));
}

#[test]
fn a_family_left_out_changes_no_byte_of_the_others() {
    let whole = tempfile::tempdir().unwrap();
    write(&plan(whole.path())).unwrap();
    for (kind, folders) in [
        (Kind::App, &["app"][..]),
        (Kind::Alb, &["alb", "alb-connection"]),
        (Kind::Vpc, &["vpc", "vpc-text"]),
        (Kind::Waf, &["waf"]),
    ] {
        let part = tempfile::tempdir().unwrap();
        write(&Plan { only: [kind].into(), ..plan(part.path()) }).unwrap();
        assert_eq!(std::fs::read_dir(part.path()).unwrap().count(), folders.len());
        for folder in folders {
            assert!(tree(&whole.path().join(folder)) == tree(&part.path().join(folder)), "{folder} differs");
        }
    }
}
