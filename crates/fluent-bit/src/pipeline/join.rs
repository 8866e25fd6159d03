//! Joins: the parts of a long line, and the lines of a traceback.

use sluice_pipeline::Spec;

use super::Place;
use crate::config::{Kind, Section};

/// What an emitter may hold in memory, as a share of the container's memory.
const SHARE: u64 = 16;

/// A limit for an emitter.
pub(super) fn emitter_limit(spec: &Spec) -> String {
    format!("{}M", ((spec.fluent_bit.memory.0 / SHARE) >> 20).max(2))
}

/// Both filters. They stand before everything else, and before the split above all: a record that `rewrite_tag` copies
/// never comes back to a join.
pub(super) fn filters(spec: &Spec, place: Place) -> Vec<Section> {
    let wait = spec.parse.join_max_wait.as_millis();
    let emitter = |section: Section, name: &str| {
        section.set("emitter_name", name).set("emitter_storage.type", "filesystem").set_why(
            "Joined records enter the pipeline again through an emitter, which has its own memory.",
            "emitter_mem_buf_limit",
            emitter_limit(spec),
        )
    };
    let parts = Section::plugin(
        Kind::Filter,
        "multiline",
        "Docker cuts lines at 16 KiB and marks the parts; put them together before anything reads them.",
    )
    .set("match", place.tags())
    .set("mode", "partial_message")
    .set("multiline.key_content", "log")
    .set("flush_ms", wait);
    let lines = Section::plugin(
        Kind::Filter,
        "multiline",
        "The lines of a traceback become one record. Parts and lines need a filter each.",
    )
    .set("match", place.tags())
    .set("multiline.key_content", "log")
    .set("multiline.parser", "traceback")
    .set("flush_ms", wait);
    vec![emitter(parts, "joined_parts"), emitter(lines, "joined_lines")]
}

/// Onigmo has `\h` for hex digits, `\A` for the begin of the text.
const RULES: [(&str, &str, &str, &str); 21] = [
    ("Go: a panic, then goroutines.", "start_state", r"/^(?:panic|fatal error): /", "go"),
    (
        "",
        "go",
        r"/^(?:\s|$|panic: |\[signal |goroutine \d+|created by |[\w.\/*()\[\]{}-]+\(.*\)$|exit status )/",
        "go",
    ),
    (
        "Rust: where, what, then the backtrace.",
        "start_state",
        r"/^(?:\d+ )?thread '.*' (?:\(\d+\) )?panicked at /",
        "rust_what",
    ),
    ("", "rust_what", r"/^/", "rust"),
    ("", "rust", r"/^(?:\s|note: |stack backtrace:)/", "rust"),
    (
        "Node: the place, then the error.",
        "start_state",
        r"/^(?:node:[\w\/]+|\/[^: ]+|file:\/\/[^ ]+):\d+$/",
        "node",
    ),
    ("", "node", r"/^(?:\s|$|[A-Z]\w*(?:Error|Exception|Rejection)\b|\[|\}|Node\.js v)/", "node"),
    (
        "Python: caret lines of 3.11, groups and notes are indented, too.",
        "start_state",
        r"/^(?:\s*\+ Exception Group )?Traceback \(most recent call last\):/",
        "python",
    ),
    (
        "java.util.logging takes two lines.",
        "start_state",
        r"/^[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M /",
        "jul",
    ),
    ("", "jul", r"/^(?:SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): /", "head"),
    (
        "Any line that begins at the margin may be the head of a traceback.",
        "start_state",
        r"/^[^\s}\])]/",
        "head",
    ),
    ("", "head, end", r"/^(?:\s*\+ Exception Group )?Traceback \(most recent call last\):/", "python"),
    ("asyncio names the task behind the message.", "head", r"/^future: <Task /", "head"),
    ("", "python", r"/^\s/", "python"),
    ("The last line of a traceback names the exception.", "python", r"/^[A-Za-z_][\w.]*(?::|$)/", "end"),
    (
        "One exception behind another.",
        "end, python",
        r"/^(?:$|During handling of the above exception|The above exception was the direct cause)/",
        "end",
    ),
    ("", "end", r"/^\s/", "end"),
    (
        "Java, .NET: the exception, its frames, its causes.",
        "head, java",
        r"/^(?:Caused by: |(?:[A-Za-z_]\w*\.)*[A-Z][\w$]*(?:Exception|Error|Throwable)(?::|$))/",
        "java",
    ),
    ("", "head, java", r"/^\s+(?:at |\.\.\. \d+ |Suppressed: |--- End of )/", "java"),
    ("Everything else that is indented belongs to the line before.", "head", r"/^[ \t]+\S/", "head"),
    ("", "java", r"/^[ \t]+\S/", "java"),
];

/// The parser of the second filter.
pub(super) fn parser(spec: &Spec) -> Section {
    let section = Section::new(
        Kind::MultilineParser,
        "The lines of a traceback: a rule names a state, what the next line must look like, and the state it leads to.",
    )
    .set("name", "traceback")
    .set("type", "regex")
    .set("flush_timeout", spec.parse.join_max_wait.as_millis());
    RULES.iter().fold(section, |section, (why, state, regex, next)| {
        let rule = format!("\"{state}\" \"{regex}\" \"{next}\"");
        if why.is_empty() { section.set("rule", rule) } else { section.set_why(why, "rule", rule) }
    })
}
