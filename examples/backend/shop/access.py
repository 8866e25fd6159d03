"""One access record per request.

Plain ASGI rather than `BaseHTTPMiddleware`, so that exceptions pass through unwrapped and context
variables reach the routes.
"""

import logging
import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shop import context

log = logging.getLogger("shop.access")

_QUIET_PATHS = frozenset({"/health"})


def _level(status: int, path: str) -> int:
    if status >= 500:
        return logging.ERROR
    if status >= 400:
        return logging.WARNING
    return logging.DEBUG if path in _QUIET_PATHS else logging.INFO


def _structured(level: int, fields: dict[str, object]) -> None:
    log.log(level, "%s %s %s", fields["method"], fields["path"], fields["status"], extra=fields)


def _pairs(level: int, fields: dict[str, object]) -> None:
    log.log(level, "request %s", " ".join(f"{key}={value}" for key, value in fields.items()))


class AccessLog:
    """Gives each request its context and logs its outcome, also when the route raised."""

    def __init__(self, app: ASGIApp, style: str) -> None:
        self.app = app
        self.emit: Callable[[int, dict[str, object]], None] = _structured if style == "json" else _pairs

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP passes untouched."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        request = context.begin(headers)
        token = context.current.set(request)
        status = 500  # what the server answers when the route raises before a response begins
        started = time.perf_counter()

        async def send_with_ids(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [
                    *message.get("headers", []),
                    (b"x-request-id", request.request_id.encode("latin-1")),
                    (b"traceparent", f"00-{request.trace_id}-{request.span_id}-01".encode()),
                ]
            await send(message)

        try:
            await self.app(scope, receive, send_with_ids)
        finally:
            client = scope.get("client")
            self.emit(
                _level(status, scope["path"]),
                {
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "duration_ms": round((time.perf_counter() - started) * 1000, 2),
                    "client_ip": client[0] if client else None,
                    "user_id": request.user_id,
                    "request_id": request.request_id,
                    "trace_id": request.trace_id,
                },
            )
            context.current.reset(token)
