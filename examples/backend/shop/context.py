"""Who and what a request is, carried through tasks and worker threads by context variables."""

import re
import secrets
from contextvars import ContextVar
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True)
class RequestContext:
    """The identifiers that every log line of one request shares."""

    request_id: str
    trace_id: str
    span_id: str
    user_id: str | None


current: ContextVar[RequestContext | None] = ContextVar("request_context", default=None)


def trace_id_of(traceparent: str | None) -> str:
    """The trace id of a W3C `traceparent` header, or a fresh one where the header is absent or invalid.

    Invalid as the recommendation says: wrong shape, version ff, an all-zero id, or version 00 with more fields.
    """
    match = _TRACEPARENT.fullmatch(traceparent.strip()) if traceparent else None
    if match:
        version, trace_id, parent_id, _flags, more = match.groups()
        well_formed = version != "ff" and not (version == "00" and more)
        if well_formed and trace_id.strip("0") and parent_id.strip("0"):
            return trace_id
    return secrets.token_hex(16)


def begin(headers: dict[str, str]) -> RequestContext:
    """The context of a request with these (lower-case) headers; its span id is always new."""
    return RequestContext(
        request_id=headers.get("x-request-id") or f"req-{secrets.token_hex(8)}",
        trace_id=trace_id_of(headers.get("traceparent")),
        span_id=secrets.token_hex(8),
        user_id=headers.get("x-user-id"),
    )
