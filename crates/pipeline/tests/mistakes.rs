//! A spec with every kind of mistake: all of them are told, in order, with place and remedy.

use sluice_pipeline::Spec;

#[test]
fn every_mistake_is_told_at_once() {
    let told = Spec::parse_with(include_str!("mistakes.toml"), "sluice.toml", None, &|_| None)
        .unwrap_err()
        .to_string();
    for (line, expected) in told.lines().zip(include_str!("mistakes.expected.txt").lines()) {
        assert_eq!(line, expected);
    }
    assert_eq!(told.lines().count(), include_str!("mistakes.expected.txt").lines().count(), "{told}");
}

#[test]
fn every_syntax_fault_has_its_line() {
    let told = Spec::parse("name = \"api\"\nregion == 3\n[archive\n", "sluice.toml", None).unwrap_err();
    assert!(
        told.iter().all(|problem| problem.position.is_some() && problem.what.starts_with("invalid TOML"))
    );
    let lines: Vec<_> = told.iter().filter_map(|problem| Some(problem.position?.0)).collect();
    assert!(lines.contains(&2) && lines.contains(&3), "{told}");
}

#[test]
fn a_key_given_twice_is_told() {
    let told = Spec::parse("name = 'a'\nname = 'b'", "sluice.toml", None).unwrap_err().to_string();
    assert!(told.starts_with("sluice.toml:2:1: invalid TOML: duplicate key"), "{told}");
}
