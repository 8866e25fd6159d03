"""Counts the log records that the process emits, to tell tests the truth about a captured log.

A handler beside the real ones sees each record once: on the root logger for the application and the
libraries, on `uvicorn` and `uvicorn.access` for uvicorn, whose loggers do not propagate to the root. A
record with a traceback is one record. A traceback that a dying thread prints itself is no log record; the
thread hook counts it as one ERROR. Interpreter exit writes the counts as JSON.
"""

import atexit
import json
import logging
import threading
from collections import Counter
from pathlib import Path

_LEVELS = ("debug", "info", "warning", "error", "critical")
_THREAD_HOOK = "threading.excepthook"


class RecordCounter(logging.Handler):
    """Counts records by level, by logger and by the type of their exception."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: Counter[str] = Counter()
        self.loggers: Counter[str] = Counter()
        self.exceptions: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        """Count one record; `logging` holds the handler's lock meanwhile."""
        self._count(record.levelname.lower(), record.name)
        if record.exc_info and record.exc_info[0] is not None:
            self.exceptions[record.exc_info[0].__name__] += 1

    def thread_died(self, exc_type: type[BaseException]) -> None:
        """Count the traceback that the interpreter prints for a thread."""
        with self.lock:
            self._count("error", _THREAD_HOOK)
            self.exceptions[exc_type.__name__] += 1

    def _count(self, level: str, logger: str) -> None:
        self.levels[level] += 1
        self.loggers[logger] += 1

    def as_dict(self) -> dict[str, object]:
        """The counts, in a stable order."""
        return {
            "records": self.levels.total(),
            "records_by_level": {level: self.levels[level] for level in _LEVELS},
            "records_by_logger": dict(sorted(self.loggers.items())),
            "tracebacks": self.exceptions.total(),
            "tracebacks_by_type": dict(sorted(self.exceptions.items())),
            "thread_tracebacks": self.loggers[_THREAD_HOOK],
        }


def install(path: str) -> RecordCounter:
    """Count from now on and write the counts to `path` at exit. Call after logging is configured."""
    counter = RecordCounter()
    for name in ("", "uvicorn", "uvicorn.access"):
        logging.getLogger(name).addHandler(counter)

    print_traceback = threading.excepthook

    def count_and_print(args: threading.ExceptHookArgs) -> None:
        counter.thread_died(args.exc_type)
        print_traceback(args)

    threading.excepthook = count_and_print
    atexit.register(lambda: Path(path).write_text(json.dumps(counter.as_dict(), indent=2) + "\n"))
    return counter
