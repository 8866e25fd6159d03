//! The columns of a record, as the tables have them, and `attrs` for every other field.
//!
//! Fields of the application's JSON have the prefix `app_` from [`filters`] on until [`attrs`] collects those that
//! became no column.

use sluice_pipeline::Spec;

use super::Place;
use crate::config::{Kind, Section};

/// Names of fields that fill a column, the best first. Of several the first wins, the others stay in `attrs`.
const ALIASES: [(&str, &[&str]); 16] = [
    ("time_text", &["@timestamp", "timestamp", "ts", "time", "asctime", "datetime", "eventTime"]),
    (
        "level",
        &[
            "level",
            "lvl",
            "log.level",
            "loglevel",
            "severity",
            "severityText",
            "levelname",
            "level_name",
            "@l",
        ],
    ),
    ("message", &["message", "msg", "@m", "short_message", "body", "event", "@mt"]),
    ("logger", &["logger", "logger_name", "log.logger", "SourceContext", "category", "channel", "target"]),
    ("error_type", &["error.type", "exc_type", "error.kind", "exception_class"]),
    (
        "stack",
        &[
            "stack",
            "stack_trace",
            "stacktrace",
            "exc_info",
            "exception",
            "traceback",
            "error.stack_trace",
            "@x",
        ],
    ),
    ("trace_id", &["trace_id", "traceId", "trace.id", "dd.trace_id", "otelTraceID", "@tr"]),
    ("span_id", &["span_id", "spanId", "span.id", "dd.span_id", "otelSpanID", "@sp"]),
    (
        "request_id",
        &["request_id", "requestId", "req_id", "reqId", "x_request_id", "http.request.id", "correlation_id"],
    ),
    ("user_id", &["user_id", "userId", "user.id", "usr.id", "enduser.id"]),
    ("client_ip", &["client_ip", "clientIp", "client.ip", "client.address", "remote_addr", "remoteAddress"]),
    ("http_method", &["http_method", "http.method", "http.request.method", "request_method", "method"]),
    ("http_path", &["http_path", "url.path", "http.target", "request_path", "path"]),
    (
        "http_status",
        &["http_status", "http.status_code", "http.response.status_code", "status_code", "status"],
    ),
    ("duration_ms", &["duration_ms", "elapsed_ms", "latency_ms", "response_time_ms", "responseTime"]),
    ("fingerprint", &["fingerprint"]),
];

/// Layouts of times in JSON: name, expression, format.
const TIMES: [(&str, &str, &str); 4] = [
    (
        "time_rfc3339_fraction",
        r"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+(?:Z|[+-]\d\d:?\d\d))\z",
        "%Y-%m-%dT%H:%M:%S.%L%z",
    ),
    (
        "time_rfc3339",
        r"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d))\z",
        "%Y-%m-%dT%H:%M:%S%z",
    ),
    ("time_iso_fraction", r"\A(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+)\z", "%Y-%m-%dT%H:%M:%S.%L"),
    ("time_comma", r"\A(?<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+)\z", "%Y-%m-%d %H:%M:%S,%L"),
];

const CONTAINER: &str = "container_name";
const TASK: &str = "ecs_task_arn";
const PYTHON_ERROR: &str = "python_error";
const GROUP_ERROR: &str = "exception_group";
const OTHER_ERROR: &str = "other_error";

/// The parsers that the filters below name.
pub(super) fn parsers() -> Vec<Section> {
    let parser = |name: &str, about: &str, regex: &str| {
        Section::new(Kind::Parser, about).set("name", name).set("format", "regex").set("regex", regex)
    };
    let mut sections = vec![
        parser(
            CONTAINER,
            "/ecs-api-7-app-aa0193c2d5ef on EC2, the plain name on Fargate.",
            r"\A/?(?:ecs-.+-\d+-)?(?<container>[\w-]+?)(?:-[0-9a-f]{12,})?\z",
        ),
        parser(
            TASK,
            "arn:aws:ecs:ap-northeast-1:123456789012:task/production/0123456789abcdef",
            r"\Aarn:[^:]*:ecs:[^:]*:[^:]*:task/(?:(?<cluster>[^/]+)/)?(?<task>[^/]+)\z",
        ),
        parser(
            GROUP_ERROR,
            "The frame of a group of exceptions names the group.",
            r"\A(?m:\s*\+ Exception Group Traceback .*?\n\s*\| (?<error_type>[\w.]+): )",
        ),
        parser(
            PYTHON_ERROR,
            "The exception is named by the last line that begins at the margin.",
            r"(?m:\A.*Traceback \(most recent call last\):.*\n(?<error_type>[A-Za-z_][\w.]*)(?::[^\n]*)?(?:\n[ \t][^\n]*)*\s*\z)",
        ),
        parser(
            OTHER_ERROR,
            "The exception stands before the first frame.",
            r"\A(?<error_type>(?:[A-Za-z_]\w*\.)*[A-Z][\w$]*(?:Error|Exception|Throwable))\b",
        ),
    ];
    for (name, regex, format) in TIMES {
        sections.push(parser(name, "", regex).set("time_key", "time").set("time_format", format));
    }
    sections
}

/// The filters that fill the columns, but for the level.
pub(super) fn filters(spec: &Spec, place: Place) -> Vec<Section> {
    let filter =
        |name: &str, about: &str| Section::plugin(Kind::Filter, name, about).set("match", place.tags());
    let from = |column: &str, about: &str, parsers: &[&str]| {
        filter("parser", about).set("key_name", column).set("reserve_data", "on").set_each("parser", parsers)
    };
    let mut names = filter(
        "modify",
        "Fields that loggers call by many names become columns. A column that is taken stays.",
    );
    for (column, aliases) in ALIASES {
        names = names.set_each("rename", aliases.iter().map(|alias| format!("app_{alias} {column}")));
    }
    let mut sections = vec![
        filter("nest", "The fields of a JSON line, each under app_<name>: no name can clash with a column.")
            .set("operation", "lift")
            .set("nested_under", "app")
            .set("add_prefix", "app_"),
        // A decoded line is a map and gone by now; what is left in "app" is the text of one that is no JSON.
        names.set("rename", "app message").set("rename", "log message"),
        from(
            "time_text",
            "The record's time is the application's own, not the time at which Docker read the line.",
            &TIMES.map(|(name, ..)| name),
        ),
        from("container_name", "Who wrote it: container, cluster and task.", &[CONTAINER]),
    ];
    if place == Place::FireLens {
        sections.push(from("ecs_task_arn", "", &[TASK]));
    }
    sections.push(
        from("stack", "What failed, from the stack.", &[GROUP_ERROR, PYTHON_ERROR, OTHER_ERROR])
            .set("preserve_key", "on"),
    );
    let mut identity = filter("record_modifier", "The service, and nothing that has no column.")
        .set("record", format!("service {}", spec.service));
    let gone =
        ["container_id", "container_name", "ecs_cluster", "ecs_task_arn", "ecs_task_definition", "time_text"];
    identity = identity.set_each("remove_key", gone);
    sections.push(identity);
    sections
}

/// The last filter before the split: what became no column.
pub(super) fn attrs(place: Place) -> Section {
    Section::plugin(Kind::Filter, "nest", "Every other field of the application's own goes to attrs.")
        .set("match", place.tags())
        .set("operation", "nest")
        .set("wildcard", "app_*")
        .set("nest_under", "attrs")
        .set("remove_prefix", "app_")
}
