//! Whatever the text, reading it ends in a spec or in problems, never in a panic.

use proptest::prelude::*;
use sluice_pipeline::{Spec, render_example};

/// The setting lines and table headers of the example, in their order.
fn lines() -> Vec<String> {
    let example = render_example();
    let settings =
        example.lines().filter(|line| !line.is_empty() && !line.starts_with("# ") && !line.starts_with("#:"));
    settings.map(|line| line.trim_start_matches('#').to_owned()).collect()
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<i64>().prop_map(|number| number.to_string()),
        any::<f32>().prop_map(|number| format!("{number:?}").to_lowercase()),
        Just("true".to_owned()),
        Just("1979-05-27T07:32:00Z".to_owned()),
        Just("{}".to_owned()),
        Just("{ name = 'x', a.b = [1] }".to_owned()),
        Just("['x', 1, {}]".to_owned()),
        "'[^'\r\n\t\\x00-\\x1f\\x7f]{0,12}'",
        "\"[0-9]{1,20}(ms|s|d|MiB|GB)\"",
        Just("'off'".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_text_is_read_without_a_panic(text in "(?s).{0,200}", env in proptest::option::of("[a-z]{1,3}")) {
        let _ = Spec::parse_with(&text, "f", env.as_deref(), &|_| None);
    }

    #[test]
    fn any_values_of_the_settings_are_read_without_a_panic(
        changes in proptest::collection::vec((any::<prop::sample::Index>(), value()), 1..12),
        shown in any::<bool>(),
    ) {
        let mut lines = lines();
        for (at, value) in changes {
            let at = at.index(lines.len());
            if let Some((key, _)) = lines[at].clone().split_once('=') {
                lines[at] = format!("{key}= {value}");
            }
        }
        let env = shown.then_some("dev");
        if let Err(problems) = Spec::parse_with(&lines.join("\n"), "f", env, &|_| None) {
            prop_assert!(problems.iter().all(|p| !p.what.is_empty() && !p.remedy.is_empty()));
        }
    }
}

#[test]
fn deep_nesting_is_a_problem_not_a_crash() {
    let deep = 100_000;
    for text in [
        format!("name = {}1{}", "[".repeat(deep), "]".repeat(deep)),
        format!("{}b = 1", "a.".repeat(deep)),
        format!("[{}b]", "a.".repeat(deep)),
        format!("name = {}", "{ a = ".repeat(deep)),
    ] {
        assert!(Spec::parse(&text, "f", None).is_err());
    }
}
