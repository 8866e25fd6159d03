//! Environments, secrets, and what is told about a spec as a whole.

use sluice_pipeline::Spec;

fn problems(text: &str, env: Option<&str>) -> Vec<String> {
    let Err(problems) = Spec::parse_with(text, "f", env, &|_| None) else {
        panic!("a spec without problems: {text}")
    };
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn an_overlay_merges_tables_and_replaces_the_rest() {
    let text = "name = 'api'
        [archive]
        url = 's3://example-logs/app'
        level = 6
        tags = { a = '1', b = '2' }
        [inputs.tail]
        paths = ['/a', '/b']
        [env.dev.archive]
        url = 'file:///tmp/a'
        tags = { b = '3' }
        lifecycle.glacier_after = 'off'
        [env.dev.inputs.tail]
        paths = ['/c']";
    let spec = Spec::parse(text, "f", Some("dev")).unwrap();
    assert_eq!((spec.archive.url.to_string().as_str(), spec.archive.level), ("file:///tmp/a", 6));
    assert_eq!(spec.archive.tags.into_values().collect::<String>(), "13");
    assert_eq!(spec.inputs.tail.paths, ["/c"]);
    assert_eq!(spec.archive.lifecycle.glacier_after, None);
    let base = Spec::parse(text, "f", None).unwrap();
    assert_eq!(base.archive.url.to_string(), "s3://example-logs/app");
    assert_eq!(Spec::environments(text), ["dev"]);
}

#[test]
fn an_unknown_environment_names_those_that_exist() {
    let text = "name = 'api'\n[env.dev]\n[env.prod]";
    assert!(problems(text, Some("stage"))[0].contains("choose one of dev, prod"));
    assert!(problems("name = 'api'", Some("prod"))[0].contains("the file has no overlays"));
}

#[test]
fn overlays_that_are_not_chosen_are_validated_too() {
    let text = "name = 'api'\n[env.dev.archive]\nlvel = 3\n[env.prod.archive]\nlevel = 13";
    assert_eq!(
        problems(text, Some("prod")),
        [
            "f:3:1: env.dev.archive.lvel: unknown key; did you mean \"env.dev.archive.level\"?",
            "f:5:9: env.prod.archive.level: expected a whole number from 1 to 12, found 13; \
             write for example level = 6",
        ]
    );
    assert_eq!(problems(text, None).len(), 2);
}

#[test]
fn a_contradiction_in_one_environment_names_it() {
    let text = "name = 'api'\n[archive]\nkms_key = 'k'\nsse = 'kms'\n[env.dev]\narchive.sse = 'aes256'";
    assert!(problems(text, None)[0].starts_with("f:3:11: archive.kms_key: a KMS key is given, but"));
    assert!(problems(text, None)[0].contains("(in env.dev)"));
    assert!(!problems(text, Some("dev"))[0].contains("(in env.dev)"));
}

#[test]
fn the_base_may_be_completed_by_its_overlays() {
    let text = "archive.kms_key = 'k'\n[env.prod]\nname = 'api'\narchive.sse = 'kms'";
    assert!(Spec::parse(text, "f", Some("prod")).is_ok());
    assert_eq!(problems(text, None).len(), 2);
}

#[test]
fn a_mistake_in_the_base_is_told_once_and_even_when_an_overlay_hides_it() {
    let text = "name = 'api'\narchive.level = 'x'\n[env.dev]\narchive.level = 1\n[env.prod]";
    for env in [None, Some("dev"), Some("prod")] {
        assert_eq!(problems(text, env).len(), 1, "{env:?}");
    }
}

#[test]
fn what_is_no_table_of_environments_is_told() {
    assert!(problems("name = 'a'\nenv = 1", None)[0].contains("expected a table of environments"));
    assert!(problems("name = 'a'\nenv.dev = 1", None)[0].contains("env.dev: expected a table, found 1"));
    assert!(problems("name = 'a'\nenv.'a b' = {}", None)[0].contains("not a name"));
}

#[test]
fn secrets_come_from_variables_and_only_for_the_chosen_environment() {
    let text = "name = 'api'\n[inputs.forward]\ntcp = '127.0.0.1:1'\nshared_key = '${BASE}'
        [env.dev.inputs.forward]\nshared_key = '${DEV}'";
    let resolve = |name: &str| (name == "BASE").then(|| "hunter2".to_owned());
    let spec = Spec::parse_with(text, "f", None, &resolve).unwrap();
    assert_eq!(spec.inputs.forward.shared_key.as_ref().unwrap().expose(), "hunter2");
    assert!(!format!("{spec:?}").contains("hunter2"));
    let told = Spec::parse_with(text, "f", Some("dev"), &resolve).unwrap_err().to_string();
    assert!(told.contains("the environment variable DEV is not set"), "{told}");
}

#[test]
fn a_secret_of_the_wrong_type_is_not_shown() {
    let told = problems("name = 'a'\ninputs.forward.shared_key = 55378008", None).join("");
    assert!(told.contains("found a whole number") && !told.contains("55378008"), "{told}");
}

#[test]
fn a_file_that_cannot_be_read_is_a_problem() {
    let told = Spec::load("/nonexistent/sluice.toml", None).unwrap_err().to_string();
    assert!(told.starts_with("/nonexistent/sluice.toml: the file cannot be read"), "{told}");
}

#[test]
fn a_name_that_is_none_is_a_problem_without_a_file() {
    assert!(Spec::default_for("api").is_ok());
    assert!(Spec::default_for("a b").unwrap_err().to_string().contains("name: expected a name"));
}
