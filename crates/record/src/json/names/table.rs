//! The table of names, and what their being there tells. docs/record-format.md shows the same.

use super::Reading::{
    BesideHttp, LevelOrStatus, Micros, Mongo, Monolog, Named, Nanos, Otel, Plain, Python, Seconds, Syslog,
    Tracing, WithUnit, Wrapper,
};
use super::{Column, Mark, Reading};

/// A column and its names, each with how it is read.
pub(super) type Row = (Column, &'static [(&'static str, Reading)]);

/// The names, best first within each column. docs/record-format.md shows the same.
#[rustfmt::skip]
pub(super) const COLUMN_NAMES: &[Row] = &[
    (Column::Time, &[
        ("@timestamp", Plain), ("timestamp", Plain), ("ts", Plain), ("time", Plain), ("@t", Plain),
        ("time_unix_nano", Plain), ("created", Python), ("asctime", Plain), ("datetime", Plain), ("event_time", Plain),
        ("time_millis", Plain), ("instant", Plain), ("date", Plain), ("time_iso8601", Plain),
        ("time_local", Plain), ("t", Plain), ("time.timestamp", Plain), ("time.repr", Plain),
        ("observed_time_unix_nano", Plain), ("observed_timestamp", Plain),
        ("__realtime_timestamp", Plain), ("start_time", Plain),
    ]),
    (Column::Level, &[
        ("level", Plain), ("lvl", Plain), ("log.level", Plain), ("severity", Plain), ("severity_text", Plain),
        ("levelname", Plain), ("@l", Plain), ("@level", Plain), ("syslog.severity", Syslog), ("priority", Syslog),
        ("sev", Plain), ("error_severity", Plain), ("s", Mongo), ("severity_number", Otel), ("levelno", Python),
        ("status", LevelOrStatus),
    ]),
    (Column::Message, &[
        ("message", Plain), ("msg", Plain), ("@m", Plain), ("@message", Plain), ("text", Plain), ("short_message", Plain), ("body", Plain),
        ("string_value", Plain), ("event", Plain), ("text_payload", Plain), ("rendered_message", Plain),
        ("@mt", Plain), ("message_template", Plain), ("full_message", Plain), ("log", Wrapper),
    ]),
    (Column::Logger, &[
        ("logger", Plain), ("logger_name", Plain), ("log.logger", Plain), ("source_context", Plain),
        ("category", Plain), ("@module", Plain), ("scope.name", Plain), ("name", Named), ("channel", Monolog),
        ("target", Tracing), ("c", Mongo),
    ]),
    (Column::ErrorType, &[
        ("error.type", Plain), ("exception.type", Plain), ("err.type", Plain), ("exc_type", Plain),
        ("error.kind", Plain), ("error.name", Plain), ("err.name", Plain), ("exception_class", Plain),
        ("thrown.name", Plain),
    ]),
    (Column::Stack, &[
        ("stack", Plain), ("stack_trace", Plain), ("exc_info", Plain), ("exception", Plain), ("traceback", Plain),
        ("backtrace", Plain), ("@x", Plain), ("error.stack", Plain), ("error.stack_trace", Plain),
        ("err.stack", Plain), ("exception.stacktrace", Plain), ("thrown.extended_stack_trace", Plain),
    ]),
    (Column::TraceId, &[
        ("trace_id", Plain), ("dd.trace_id", Plain), ("otel_trace_id", Plain), ("x_trace_id", Plain),
        ("@tr", Plain), ("logging.googleapis.com/trace", Plain),
    ]),
    (Column::SpanId, &[
        ("span_id", Plain), ("dd.span_id", Plain), ("otel_span_id", Plain), ("@sp", Plain),
        ("logging.googleapis.com/spanId", Plain),
    ]),
    (Column::TraceParent, &[("traceparent", Plain)]),
    (Column::RequestId, &[
        ("request_id", Plain), ("req_id", Plain), ("x_request_id", Plain), ("http.request.id", Plain),
        ("aws_request_id", Plain), ("correlation_id", Plain),
    ]),
    (Column::UserId, &[("user_id", Plain), ("usr.id", Plain), ("enduser.id", Plain), ("uid", Plain)]),
    (Column::ClientIp, &[
        ("client_ip", Plain), ("client.address", Plain), ("remote_addr", Plain), ("remote_ip", Plain),
        ("remote_address", Plain), ("network.client.ip", Plain), ("source.ip", Plain), ("http.client_ip", Plain),
        ("http_request.remote_ip", Plain), ("req.remote_address", Plain),
    ]),
    (Column::HttpMethod, &[
        ("http.method", Plain), ("http.request.method", Plain), ("request_method", Plain), ("req.method", Plain),
        ("method", Plain), ("http_request.request_method", Plain),
    ]),
    (Column::HttpPath, &[
        ("http.path", Plain), ("url.path", Plain), ("http.target", Plain), ("request_path", Plain),
        ("http.request.path", Plain), ("request_uri", Plain), ("req.url", Plain), ("http.url", Plain),
        ("url.full", Plain), ("http_request.request_url", Plain), ("path", BesideHttp), ("uri", BesideHttp),
        ("url", BesideHttp), ("request_url", BesideHttp),
    ]),
    (Column::HttpStatus, &[
        ("http.status", Plain), ("http.status_code", Plain), ("http.response.status_code", Plain),
        ("status_code", Plain), ("res.status_code", Plain), ("response.status", Plain),
        ("response.status_code", Plain), ("http_request.status", Plain), ("response_code", Plain),
    ]),
    (Column::DurationMs, &[
        ("duration_ms", Plain), ("elapsed_ms", Plain), ("latency_ms", Plain), ("response_time_ms", Plain),
        ("took_ms", Plain), ("response_time", Plain), ("elapsed_milliseconds", Plain),
        ("processing_time_ms", Plain), ("request_time", Seconds), ("duration_s", Seconds),
        ("duration_seconds", Seconds), ("elapsed_seconds", Seconds), ("duration_us", Micros),
        ("event.duration", Nanos), ("duration_ns", Nanos), ("duration", WithUnit), ("elapsed", WithUnit),
        ("latency", WithUnit), ("http_request.latency", WithUnit),
    ]),
];

/// Names that hint at the logger.
pub(super) const MARKS: &[(&str, Mark)] = &[
    ("pid", Mark::PID),
    ("hostname", Mark::HOSTNAME),
    ("v", Mark::VERSION),
    ("levelname", Mark::PYTHON),
    ("levelno", Mark::PYTHON),
    ("func_name", Mark::PYTHON),
    ("short_message", Mark::SYSLOG),
    ("facility", Mark::SYSLOG),
    ("host", Mark::SYSLOG),
    ("fields", Mark::FIELDS),
    ("s", Mark::MONGO_LEVEL),
    ("c", Mark::MONGO_COMPONENT),
    ("record", Mark::RECORD),
    ("@t", Mark::CLEF),
    ("level", Mark::LEVEL),
];

/// Objects whose fields count behind their name.
pub(super) const NAMED: &[&str] = &[
    "log",
    "http",
    "error",
    "err",
    "exception",
    "thrown",
    "trace",
    "span",
    "user",
    "usr",
    "enduser",
    "client",
    "url",
    "req",
    "res",
    "request",
    "response",
    "dd",
    "network",
    "source",
    "scope",
    "http_request",
    "level",
    "time",
    "event",
];

/// Objects whose fields count as if they stood beside them.
pub(super) const TRANSPARENT: &[&str] = &[
    "fields",
    "attributes",
    "properties",
    "context",
    "context_map",
    "mdc",
    "extra",
    "ctx",
    "record",
    "json_payload",
    "message",
    "body",
];
