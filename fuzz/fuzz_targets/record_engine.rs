//! Any lines become valid records, the same ones every time, and no line is lost.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sluice_record::{Engine, NAMED, Origin, Redactor, Settings};

/// Compiled once.
static REDACTOR: LazyLock<Redactor> = LazyLock::new(|| {
    let names: Vec<&str> = NAMED.iter().map(|pattern| pattern.name).collect();
    Redactor::new(&names, &[]).expect("the named patterns compile")
});

fn run(options: u8, text: &[u8]) -> (Vec<Vec<u8>>, usize) {
    let mut settings = Settings {
        strip_ansi: options & 1 == 0,
        inherit_time: options & 2 != 0,
        max_depth: usize::from(options >> 5),
        ..Settings::default()
    };
    settings.join.enabled = options & 4 == 0;
    settings.join.max_lines = if options & 8 == 0 { 1000 } else { 3 };
    let mut engine = Engine::new(settings);
    if options & 16 != 0 {
        engine = engine.with_redactor(REDACTOR.clone());
    }
    let stream = engine.stream(Origin::new("fuzz"));
    let (mut all, mut lines) = (Vec::new(), 0);
    let mut emit = |record: sluice_record::Record<'_>| {
        lines += record.lines;
        all.push(record.json.to_vec());
    };
    for line in text.split(|byte| *byte == b'\n') {
        engine.push(stream, line, 1_795_521_600_000, &mut emit);
    }
    engine.flush(&mut emit);
    (all, lines)
}

fuzz_target!(|data: &[u8]| {
    let Some((&options, text)) = data.split_first() else { return };
    let (records, lines) = run(options, text);
    for json in &records {
        assert!(!json.contains(&b'\n'));
        std::str::from_utf8(json).expect("records are UTF-8");
        // Numbers beyond a double's range stay as written, and serde_json refuses them: so values are skipped.
        if let Err(error) = serde_json::from_slice::<serde::de::IgnoredAny>(json) {
            panic!("{error}: {}", String::from_utf8_lossy(json));
        }
    }
    // Lines of container runtimes may be parts of one line.
    let wrapped = text.split(|byte| *byte == b'\n').any(|line| matches!(line.first(), Some(b'{' | b'0'..=b'9')));
    if !wrapped {
        assert_eq!(lines, text.split(|byte| *byte == b'\n').count());
    }
    assert_eq!(run(options, text).0, records);
});
