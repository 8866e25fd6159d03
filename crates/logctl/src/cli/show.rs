//! A plan for people: a line a resource, a line a field that differs.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use serde_json::Value;
use sluice_provision::apply::{Outcome, Worked};
use sluice_provision::plan::{Action, Plan, Step};

/// Characters of a value that are shown.
const LONGEST: usize = 100;

/// A plan as a text with colours.
pub(super) fn plan(plan: &Plan, all: bool) -> String {
    let mut text = String::new();
    for step in &plan.steps {
        if all || step.action != Action::Unchanged {
            line(&mut text, step);
        }
    }
    let counts = plan.counts();
    let words = [
        ("create", "to create"),
        ("update", "to update"),
        ("delete", "to delete"),
        ("unchanged", "unchanged"),
        ("drift", "drifted from the stack"),
        ("foreign", "not ours"),
        ("manual", "by the template only"),
    ];
    let counted: Vec<String> =
        words.iter().filter_map(|(key, word)| Some(format!("{} {word}", counts.get(key)?))).collect();
    let counted = if counted.is_empty() { "nothing".to_owned() } else { counted.join(", ") };
    let _ = writeln!(text, "{counted}");
    for note in &plan.notes {
        let _ = writeln!(text, "note: {note}");
    }
    text
}

fn line(text: &mut String, step: &Step) {
    let (sign, colour) = match step.action {
        Action::Create => ("+", Some(AnsiColor::Green)),
        Action::Update(_) => ("~", Some(AnsiColor::Yellow)),
        Action::Delete => ("-", Some(AnsiColor::Red)),
        Action::Foreign(_) => ("!", Some(AnsiColor::Magenta)),
        Action::Drift(_) => ("≠", Some(AnsiColor::Yellow)),
        Action::Manual => ("?", None),
        Action::Unchanged => ("=", None),
    };
    let style = Style::new().fg_color(colour.map(Into::into));
    let subject = sluice_provision::api::subject(&step.resource);
    let why = match &step.action {
        Action::Foreign(why) => format!(": {why}"),
        Action::Drift(_) => {
            ": a stack made it; put it back by hand, or change the spec and deploy the template".to_owned()
        }
        Action::Manual => ": `logctl render cloudformation` describes it, no call makes it".to_owned(),
        _ => String::new(),
    };
    let _ = writeln!(
        text,
        "{style}{sign} {:<9} {subject}{style:#} ({}){why}",
        step.action.word(),
        step.resource.id
    );
    if let Action::Update(changes) | Action::Drift(changes) = &step.action {
        for change in changes {
            let (before, after) = (short(&change.before), short(&change.after));
            let path = if change.path.is_empty() { "all of it" } else { &change.path };
            let _ = writeln!(text, "    {path}: {before} → {after}");
        }
    }
}

fn short(value: &Value) -> String {
    let text = match value {
        Value::Null => "(none)".to_owned(),
        Value::String(text) => format!("{text:?}"),
        other => other.to_string(),
    };
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// What became of a step, for the progress on standard error.
pub(super) fn progress(worked: &Worked, done: usize, of: usize) -> String {
    let outcome = match &worked.outcome {
        Outcome::Done => "done".to_owned(),
        Outcome::Failed(error) => format!("FAILED: {error}"),
        Outcome::Stopped => "not begun".to_owned(),
        Outcome::Skipped(cause) => format!("left out, since {cause} is not there"),
    };
    format!("[{done}/{of}] {} {}: {outcome}", worked.action, worked.subject)
}

/// A text with its colours, or without when nobody sees them.
pub(super) fn for_stdout(text: &str) -> Vec<u8> {
    let choice = anstream::AutoStream::choice(&std::io::stdout());
    if choice == anstream::ColorChoice::Never {
        anstream::adapter::strip_str(text).to_string().into_bytes()
    } else {
        text.as_bytes().to_vec()
    }
}
