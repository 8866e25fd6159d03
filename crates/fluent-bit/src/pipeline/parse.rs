//! From the text of a line to fields: one filter that tries the parsers in order.
//!
//! A parser's groups are columns of the record; a group `app_…` is a field of the application's own, which goes to
//! `attrs`. `access_status` is a status that decides on the level.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sluice_pipeline::Spec;

use super::Place;
use crate::config::{Kind, Section};

/// A parser of text lines.
struct Layout {
    name: &'static str,
    about: &'static str,
    /// `TAIL` stands for the message and what was joined to it.
    regex: &'static str,
    /// Format of the group `time`.
    time: Option<&'static str>,
}

/// The first line is the message, what was joined to it the stack.
const TAIL: &str = r"(?<message>[^\n]*)(?:\n(?<stack>(?m:.*)))?\z";
const WORD: &str = "(?i:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL)";

const LAYOUTS: [Layout; 22] = [
    Layout {
        name: "uvicorn_access",
        about: "INFO:     10.0.1.7:51234 - \"GET /orders/7?full=1 HTTP/1.1\" 200 OK",
        regex: r#"\A(?<level>INFO): +(?<message>(?<client_ip>[0-9a-fA-F.:]+):\d+ - "(?<http_method>[A-Z]+) (?<http_path>[^ ?"]*)[^"]*" (?<http_status>\d{3}).*)\z"#,
        time: None,
    },
    Layout {
        name: "uvicorn",
        about: "INFO:     Application startup complete.",
        regex: r"\A(?<level>WORD): {2,}TAIL",
        time: None,
    },
    Layout {
        name: "python_brackets",
        about: "2026-11-24 01:02:03,123 ERROR [app.db] query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) +(?<level>WORD) +\[(?<logger>[^\]\n]+)\] (?:[\w.$]+ - )?TAIL",
        time: Some("%Y-%m-%d %H:%M:%S,%L"),
    },
    Layout {
        name: "python_dashes",
        about: "2026-11-24 01:02:03,123 - app.db - ERROR - query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) - (?<logger>\S+) - (?<level>WORD) - TAIL",
        time: Some("%Y-%m-%d %H:%M:%S,%L"),
    },
    Layout {
        name: "log4j",
        about: "2026-11-24 01:02:03,123 [main] ERROR c.e.App - query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+) +\[(?<app_thread>[^\]\n]+)\] +(?<level>WORD) +(?<logger>\S+) +-+ TAIL",
        time: Some("%Y-%m-%d %H:%M:%S,%L"),
    },
    Layout {
        name: "logback",
        about: "2026-11-24 01:02:03.123 [main] ERROR c.e.App - query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) +\[(?<app_thread>[^\]\n]+)\] +(?<level>WORD) +(?<logger>\S+) +-+ TAIL",
        time: Some("%Y-%m-%d %H:%M:%S.%L"),
    },
    Layout {
        name: "spring",
        about: "2026-11-24T01:02:03.123Z ERROR 7 --- [main] c.e.App : query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d)) +(?<level>WORD) +(?<app_pid>\d+) --- (?:\[[^\]\n]*\] )*\[ *(?<app_thread>[^\]\n]+)\] +(?<logger>\S+) +: TAIL",
        time: Some("%Y-%m-%dT%H:%M:%S.%L%z"),
    },
    Layout {
        name: "tracing",
        about: "2026-11-24T01:02:03.123456Z ERROR app::db: query failed",
        regex: r"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d)) +(?<level>WORD) +(?:(?<logger>[\w:.-]+): )?TAIL",
        time: Some("%Y-%m-%dT%H:%M:%S.%L%z"),
    },
    Layout {
        name: "gunicorn",
        about: "[2026-11-24 01:02:03 +0000] [7] [ERROR] Worker failed to boot.",
        regex: r"\A\[(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4})\] \[(?<app_pid>\d+)\] \[(?<level>WORD)\] TAIL",
        time: Some("%Y-%m-%d %H:%M:%S %z"),
    },
    Layout {
        name: "logfmt",
        about: "time=2026-11-24T01:02:03.123Z level=ERROR msg=\"query failed\" table=orders",
        regex: r#"\A(?:(?:time|ts)=\S+ )?level=(?<level>WORD) msg=(?:"(?<message>(?:[^"\\]|\\.)*)"|(?<message>\S+))(?: (?<app_fields>.*))?\z"#,
        time: None,
    },
    Layout {
        name: "klog",
        about: "E1124 01:02:03.123456       7 db.go:10] query failed",
        regex: r"\A(?<level>[IWEF])\d{4} \d\d:\d\d:\d\d\.\d+ +(?<app_pid>\d+) (?<app_file>[^:\n]+):(?<app_line>\d+)\] TAIL",
        time: None,
    },
    Layout {
        name: "access_log",
        about: "10.0.1.7 - ann [24/Nov/2026:01:02:03 +0000] \"GET /orders HTTP/1.1\" 500 12 \"-\" \"curl/8\"",
        regex: r#"\A(?<client_ip>[0-9a-fA-F.:]+) \S+ (?<app_user>\S+) \[(?<time>[^\]\n]+)\] "(?<message>(?<http_method>[A-Z]+) (?<http_path>[^ ?"]*)[^"]*)" (?<access_status>(?<http_status>\d{3})) (?<app_bytes>\S+)(?: "(?<app_referer>[^"]*)" "(?<app_user_agent>[^"]*)")?"#,
        time: Some("%d/%b/%Y:%H:%M:%S %z"),
    },
    Layout {
        name: "nginx_error",
        about: "2026/11/24 01:02:03 [error] 7#7: *1 connect() failed",
        regex: r"\A(?<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?<level>[a-z]+)\] (?<app_pid>\d+)#(?<app_tid>\d+): (?:\*\d+ )?TAIL",
        time: Some("%Y/%m/%d %H:%M:%S"),
    },
    Layout {
        name: "postgresql",
        about: "2026-11-24 01:02:03.123 UTC [7] ERROR:  deadlock detected",
        regex: r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) [A-Z]{3,4} \[(?<app_pid>\d+)\](?: [^:\n]*)? (?<level>DEBUG\d?|LOG|INFO|NOTICE|WARNING|ERROR|FATAL|PANIC): +TAIL",
        time: Some("%Y-%m-%d %H:%M:%S.%L"),
    },
    Layout {
        name: "level_in_brackets",
        about: "[ERROR] query failed",
        regex: r"\A\[(?<level>WORD)\] TAIL",
        time: None,
    },
    Layout {
        name: "python_basic",
        about: "ERROR:app.db:query failed",
        regex: r"\A(?<level>WORD):(?<logger>[\w.]+):TAIL",
        time: None,
    },
    Layout {
        name: "python_traceback",
        about: "A traceback without a line of the logger before it: its last line says what happened.",
        regex: r"\A(?<stack>(?m:(?:Exception in thread [^\n]*:\n)?\s*(?:\+ Exception Group )?Traceback \(most recent call last\):.*\n(?:  \| )?(?<message>(?<error_type>[A-Za-z_][\w.]*)(?::[^\n]*)?)(?:\n[ \t][^\n]*)*\s*))\z",
        time: None,
    },
    Layout {
        name: "java_exception",
        about: "Exception in thread \"main\" java.lang.IllegalStateException: no pool",
        regex: r#"\A(?<stack>(?m:(?:Exception in thread "[^"\n]*" )?(?<message>(?<error_type>(?:[A-Za-z_]\w*\.)*[A-Z][\w$]*(?:Exception|Error|Throwable))(?:: [^\n]*)?)\n\s+at .*))\z"#,
        time: None,
    },
    Layout {
        name: "java_util_logging",
        about: "Nov 24, 2026 1:02:03 AM c.e.App main, and on a line of its own SEVERE: query failed",
        regex: r"\A(?<time>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M) (?<logger>\S+) (?<app_function>[^\n]+)\n(?<level>[A-Z]+): TAIL",
        time: Some("%b %d, %Y %I:%M:%S %p"),
    },
    Layout {
        name: "go_panic",
        about: "panic: runtime error: index out of range [3] with length 3",
        regex: r"\A(?<stack>(?m:(?<message>(?<level>(?<error_type>panic)|fatal)(?: error)?: [^\n]*)\n.*))\z",
        time: None,
    },
    Layout {
        name: "rust_panic",
        about: "thread 'main' panicked at src/main.rs:8:19: and on the next line what happened.",
        regex: r"\A(?<stack>(?m:(?:\d+ )?thread '[^\n]*' (?:\(\d+\) )?(?<error_type>panic)ked at [^\n]*\n(?<message>[^\n]*).*))\z",
        time: None,
    },
    Layout {
        name: "node_error",
        about: "/app/server.js:12, the line of code, and then TypeError: x is not a function",
        regex: r"\A(?<stack>(?m:(?:node:|\/|file:)[^\n]*:\d+\n.*?\n(?<message>(?<error_type>[A-Z]\w*(?:Error|Exception|Rejection))(?: \[[^\]\n]*\])?: [^\n]*).*))\z",
        time: None,
    },
];

/// Numbers that must be texts: no filter of Fluent Bit compares numbers or reads them as times, and the one that
/// converts them writes an error to its log for every text that it meets.
const NUMBERS: [(&str, &str, &str, &str); 2] = [
    (
        "pino_line",
        "{\"level\":50,\"time\":1795482123123,…}: pino and bunyan write level and time as numbers.",
        r#"\A\s*\{(?=.*"level"\s*:\s*(?<level>[1-6]0)\s*[,}])(?:(?=.*"time"\s*:\s*(?<time>\d{10})\d{3}))?"#,
        "%s",
    ),
    (
        "epoch_line",
        "{\"ts\":1795482123.123,…}: zap writes seconds.",
        r#"\A\s*\{(?=.*"(?:ts|time|timestamp|@timestamp)"\s*:\s*(?<time>\d{10}\.\d+)\s*[,}])"#,
        "%s.%L",
    ),
];

/// The parsers of lines: JSON, then every layout.
pub(super) fn parsers(spec: &Spec) -> Vec<Section> {
    let json = Section::new(
        Kind::Parser,
        "A line that is a JSON object. Its fields go below \"app\", apart from those that Docker and ECS add.",
    )
    .set("name", "json_line")
    .set("format", "regex")
    .set("regex", r"\A\s*(?<app>\{.*\})\s*\z")
    .set("decode_field_as", "json app");
    let mut sections: Vec<Section> = NUMBERS
        .iter()
        .map(|(name, about, regex, time)| {
            Section::new(Kind::Parser, about)
                .set("name", name)
                .set("format", "regex")
                .set("regex", regex)
                .set("time_key", "time")
                .set("time_format", time)
        })
        .collect();
    sections.push(json);
    let offset = offset(&spec.parse.zone);
    for layout in &LAYOUTS {
        let regex = layout.regex.replace("TAIL", TAIL).replace("WORD", WORD);
        let mut section = Section::new(Kind::Parser, layout.about)
            .set("name", layout.name)
            .set("format", "regex")
            .set("regex", regex);
        if layout.regex.contains("<http_status>") {
            section = section.set("types", "http_status:integer");
        }
        if let Some(time) = layout.time {
            section = section.set("time_key", "time").set("time_format", time);
            if let Some(offset) = offset.as_ref().filter(|_| !time.contains("%z")) {
                section = section.set_why("The line names no time zone.", "time_offset", offset);
            }
        }
        sections.push(section);
    }
    sections
}

/// The zone's offset as Fluent Bit takes it, `+0900`; None for UTC and for zones that have none that holds.
pub(super) fn offset(zone: &str) -> Option<String> {
    let zone = TimeZone::get(zone).ok()?;
    let now = Timestamp::from_second(1_767_225_600).ok()?; // 2026-01-01
    let seconds = zone.to_offset(now).seconds();
    (seconds != 0).then(|| {
        let (sign, minutes) = (if seconds < 0 { '-' } else { '+' }, seconds.abs() / 60);
        format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
    })
}

/// Whether the zone has one offset for all times to come.
pub(crate) fn is_fixed(zone: &str) -> bool {
    let since = Timestamp::from_second(1_767_225_600).unwrap_or_default();
    TimeZone::get(zone).is_ok_and(|zone| zone.following(since).next().is_none())
}

/// The filters that try them.
pub(super) fn filters(place: Place) -> Vec<Section> {
    let names = std::iter::once("json_line").chain(LAYOUTS.iter().map(|layout| layout.name));
    let section = Section::plugin(
        Kind::Filter,
        "parser",
        "Lines become fields before anything looks at a level: the first parser that matches counts.\n\
         A line that none knows stays as it is and becomes the message.",
    )
    .set("match", place.tags())
    .set("key_name", "log")
    .set_why("Keep what Docker and ECS added.", "reserve_data", "on")
    .set_each("parser", names);
    let numbers = Section::plugin(
        Kind::Filter,
        "parser",
        "Levels and times that are numbers are taken out as texts: no filter below reads numbers.",
    )
    .set("match", place.tags())
    .set("key_name", "log")
    .set("reserve_data", "on")
    .set_why("The line itself is parsed next.", "preserve_key", "on")
    .set_each("parser", NUMBERS.map(|(name, ..)| name));
    vec![numbers, section]
}
