//! One record for each request that a service answered.

use super::Logs;
use super::line::{Json, Level};
use crate::traffic::Request;
use crate::world::Service;

pub(super) fn log(request: &Request, logs: &mut Logs) {
    let (Some(answer), Some(at)) = (request.answer(), request.logged()) else { return };
    let usual = request.route.usual();
    let service = answer.task.service;
    let level = match answer.status {
        500.. => Level::Error,
        400..500 => Level::Warning,
        _ => Level::Info,
    };
    let logger = if service == Service::Payments { "payments.access" } else { "shop.access" };
    let path = request.app_path();
    let message = format_args!("{} {path} {}", usual.method, answer.status);
    let mut line = Json::new(at, level, logger, message, service.name());
    line.string("version", version(request))
        .string("method", usual.method)
        .string("path", &path)
        .raw("status", answer.status)
        .raw("duration_ms", Hundredths(answer.took))
        .string("client_ip", &request.client.address.to_string())
        .string("route", usual.template)
        .raw("bytes", request.sent)
        .string("task", &answer.task.id());
    line.context(request);
    let mut entry = line.finish();
    entry.status = Some(answer.status);
    logs.push(service.name(), entry);
}

/// The release that answered.
pub(super) fn version(request: &Request) -> &'static str {
    match request.answer().map(|answer| answer.task) {
        Some(task) if task.service == Service::Payments => "2.0.3",
        Some(task) if task.revision > 41 => "1.5.0",
        _ => "1.4.2",
    }
}

/// Milliseconds with two digits behind the point.
pub(super) struct Hundredths(pub(super) f64);

impl std::fmt::Display for Hundredths {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.2}", self.0)
    }
}
