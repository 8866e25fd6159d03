//! What is told when something is wrong: what, where, and the remedy.

use crate::samples::{logq, text};

#[test]
fn mistakes_are_told_with_the_remedy_and_their_exit_codes() {
    let told = |arguments: &[&str], code: i32| {
        let output = logq(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stderr)
    };
    assert!(told(&["run", "by-servic", "--source", "."], 64).contains("did you mean errors/by-service"));
    assert!(told(&["run", "by-service"], 64).contains("Give --source app_logs="));
    assert!(
        told(&["run", "by-service", "--source", ".", "--param", "limit=many"], 64).contains("a whole number")
    );
    assert!(
        told(&["run", "by-service", "--source", ".", "--from", "soon"], 64).contains("\"soon\" is no time")
    );
    assert!(told(&["sql", "SELECT 1", "--source", "app_log=."], 64).contains("did you mean app_logs?"));
    assert!(told(&["sql", "SELECT nothing FROM app_logs", "--source", "."], 1).contains("nothing"));
    let sampled = told(&["sql", "SELECT ts FROM app_logs TABLESAMPLE BERNOULLI (1)", "--source", "."], 1);
    assert!(sampled.contains("does not have TABLESAMPLE") && sampled.contains("; use a shorter window"));
    assert!(told(&["describe", "app_log"], 64).contains("did you mean app_logs?"));
}
