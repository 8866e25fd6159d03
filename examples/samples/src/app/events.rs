//! What happened on the way to the answer.

use super::Logs;
use super::access::version;
use super::line::{Entry, Json, Level};
use crate::clock::{MINUTE, Micros};
use crate::plan::Window;
use crate::traffic::{Failure, Request, Route, millis};

/// The lines of a request besides its access record, all of them before it.
pub(super) fn log(request: &Request, window: Window, logs: &mut Logs) {
    let (Some(answer), Some(logged)) = (request.answer(), request.logged()) else { return };
    let service = answer.task.service.name();
    let received = request.at + millis(request.upload);
    if let Some(failure) = answer.failure {
        logs.push(service, failed(failure, request, logged - 120));
        return;
    }
    if window.in_incident(request.at) && answer.took > 400.0 {
        let waited = answer.took * 0.8;
        let message = format!("waited {waited:.0} ms for a database connection, pool has 30 of 30 in use");
        let mut line = Json::new(logged - 300, Level::Warning, "shop.store", message, service);
        line.string("version", version(request)).context(request);
        logs.push(service, line.finish());
    }
    let chance = request.number(3) % 100;
    let said = match request.route {
        Route::Search if chance < 60 => Some((Level::Debug, "shop.catalog", search(request))),
        Route::CartAdd if answer.status < 300 => {
            let quantity = 1 + request.number(4) % 3;
            Some((
                Level::Info,
                "shop.cart",
                format!("added {quantity} of product {} to the cart", product(request)),
            ))
        }
        Route::Order if answer.status < 300 => {
            let items = 1 + request.number(4) % 4;
            Some((Level::Info, "shop.orders", format!("order {} placed, {items} items", order(request))))
        }
        Route::Pay if answer.status < 300 => {
            let cents = amount(request);
            Some((
                Level::Info,
                "payments.charge",
                format!("charged {cents} JPY for order {}", order(request)),
            ))
        }
        _ if chance < 4 => Some((Level::Debug, "shop.store", query(request))),
        _ => None,
    };
    if let Some((level, logger, message)) = said {
        let at = received + (logged - received) / 2;
        let mut line = Json::new(at, level, logger, message, service);
        line.string("version", version(request));
        if request.route == Route::Pay {
            line.raw("amount", amount(request)).string("currency", "JPY").string("order_id", &order(request));
        }
        line.context(request);
        logs.push(service, line.finish());
    }
}

fn search(request: &Request) -> String {
    let words = request.query.split('&').next().unwrap_or_default().trim_start_matches("q=");
    format!("search for '{}', limit 20", words.replace("%20", " ").replace("%C3%A9", "é"))
}

fn query(request: &Request) -> String {
    let took = 0.05 + (request.number(5) % 4000) as f64 / 1000.0;
    format!("query took {took:.3} ms, 1 rows: SELECT id, name, tier FROM users WHERE id = ?")
}

/// The product that is put into the cart, or looked at.
pub(super) fn product(request: &Request) -> u64 {
    request.path.rsplit('/').next().and_then(|id| id.parse().ok()).unwrap_or(1_000 + request.number(6) % 400)
}

pub(super) fn order(request: &Request) -> String {
    format!("ord-{}", 100_000 + request.number(7) % 900_000)
}

fn amount(request: &Request) -> u64 {
    980 + request.number(8) % 400 * 120
}

/// What is logged about a failure.
fn failed(failure: Failure, request: &Request, at: Micros) -> Entry {
    let service = request.answer().map_or("shop-api", |answer| answer.task.service.name());
    let (level, logger, message, trace) = match failure {
        Failure::CardDeclined => {
            let message = format!("card declined for order {}: insufficient_funds", order(request));
            (Level::Warning, "payments.charge", message, None)
        }
        Failure::PoolTimeout => (
            Level::Error,
            "shop.store",
            "no database connection within 30 s".to_owned(),
            Some((
                "/app/shop/store.py",
                88,
                "acquire",
                "sqlalchemy.exc.TimeoutError: QueuePool limit of size 20 overflow 10 reached, connection timed out, timeout 30.00",
            )),
        ),
        Failure::ConnectionLost => (
            Level::Error,
            "shop.store",
            format!("database error in {}", request.route.usual().template),
            Some((
                "/app/shop/store.py",
                131,
                "fetch",
                "asyncpg.exceptions.ConnectionDoesNotExistError: connection was closed in the middle of operation",
            )),
        ),
        Failure::Deadlock => (
            Level::Error,
            "shop.orders",
            format!("order {} not stored, transaction rolled back", order(request)),
            Some((
                "/app/shop/orders.py",
                64,
                "place",
                "asyncpg.exceptions.DeadlockDetectedError: deadlock detected",
            )),
        ),
        Failure::GatewayTimeout => (
            Level::Error,
            "payments.gateway",
            format!("no answer from the card network for order {} after 10 s", order(request)),
            Some((
                "/app/payments/gateway.py",
                47,
                "charge",
                "httpx.ReadTimeout: The read operation timed out",
            )),
        ),
        Failure::MissingDiscount => {
            // Logged as text, by a library that knows nothing of JSON.
            let head = format_args!(
                "price rule failed for product {} trace_id={:032x}",
                product(request),
                request.trace
            );
            let mut entry = Entry::text(at, Level::Error, "shop.pricing", head);
            entry.text.push(b'\n');
            let stack = stack("/app/shop/pricing.py", 52, "apply", "KeyError: 'discount'");
            entry.text.extend_from_slice(stack.as_bytes());
            return entry;
        }
    };
    let mut line = Json::new(at, level, logger, message, service);
    line.string("version", version(request));
    if let Some((file, number, function, error)) = trace {
        line.string("exc_info", &stack(file, number, function, error));
    }
    line.context(request);
    line.finish()
}

/// A traceback of Python, without a line feed at its end.
fn stack(file: &str, line: u32, function: &str, error: &str) -> String {
    format!(
        "Traceback (most recent call last):\n  File \"/app/shop/middleware.py\", line 41, in dispatch\n    \
         response = await call_next(request)\n               ^^^^^^^^^^^^^^^^^^^^^^^^\n  \
         File \"{file}\", line {line}, in {function}\n    result = await self.{function}_inner(*args)\n{error}"
    )
}

/// When a job that a request leaves behind is done.
pub(super) fn job_done(request: &Request, logged: Micros) -> Micros {
    logged + 400_000 + Micros::try_from(request.number(9) % 20_000_000).unwrap_or(0).min(MINUTE)
}
