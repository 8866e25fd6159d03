"""Batch jobs in threads of their own. One that fails dies with a traceback on stderr, past all logging."""

import logging
import threading
import time

from fastapi import APIRouter, HTTPException

log = logging.getLogger("shop.jobs")
router = APIRouter(prefix="/jobs")

_START_DELAY = 0.2


class SettlementError(Exception):
    """The day's payments do not add up."""


def _settle() -> None:
    lines = ["1001;1250", "1002;990", "1003;n/a"]
    try:
        total = sum(int(line.split(";")[1]) for line in lines)
    except ValueError as error:
        raise SettlementError(f"settlement file has a bad amount in one of {len(lines)} lines") from error
    log.info("settled %d cents", total)


def _thumbnails() -> None:
    image = {"width": 640, "height": 480, "palette": None}
    log.info("scaling one image to %d colours", len(image["palette"]))


def _cleanup() -> None:
    log.info("removed 0 expired baskets")


_JOBS = {"settlement": _settle, "thumbnails": _thumbnails, "cleanup": _cleanup}


def _run(name: str) -> None:
    time.sleep(_START_DELAY)
    log.debug("job %s begins", name)
    _JOBS[name]()


@router.post("/{name}", status_code=202)
def start(name: str) -> dict[str, str]:
    """Start a job and answer at once."""
    if name not in _JOBS:
        raise HTTPException(404, "no such job")
    threading.Thread(target=_run, args=(name,), name=f"job-{name}").start()
    log.info("job %s started", name, extra={"job": name})
    return {"job": name}
