"""Logging of the application itself: one handler to stdout, as JSON or as text.

uvicorn's loggers are left as uvicorn set them up (text; access lines on stdout, the rest on stderr), so
the output of a task is mixed, as it is in most services.
"""

import logging
import logging.config

from shop import context
from shop.settings import Settings

TEXT_FORMAT = "%(asctime)s %(levelname)s [%(name)s] %(message)s"


class RequestContextFilter(logging.Filter):
    """Puts the current request's identifiers on each record, so that the JSON has them as fields."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        request = context.current.get()
        if request is not None:
            record.request_id = request.request_id
            record.trace_id = request.trace_id
            record.span_id = request.span_id
            if request.user_id is not None:
                record.user_id = request.user_id
        return True


def configure(settings: Settings) -> None:
    """Set up the root and `shop` loggers."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "filters": {"request": {"()": RequestContextFilter}},
            "formatters": {
                # An ISO-8601 UTC timestamp; a traceback goes into the field exc_info.
                "json": {
                    "()": "pythonjsonlogger.json.JsonFormatter",
                    "fmt": ["levelname", "name", "message"],
                    "rename_fields": {"levelname": "level", "name": "logger"},
                    "static_fields": {"service": "shop-api"},
                    "timestamp": True,
                },
                "text": {"format": TEXT_FORMAT},
            },
            "handlers": {
                "stdout": {
                    "class": "logging.StreamHandler",
                    "stream": "ext://sys.stdout",
                    "formatter": settings.log_style,
                    "filters": ["request"],
                }
            },
            "root": {"level": "INFO", "handlers": ["stdout"]},
            "loggers": {"shop": {"level": settings.log_level}},
        }
    )
