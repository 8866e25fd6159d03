"""What the load balancer and the operator ask.

The load balancer replaces tasks that are not healthy, and new ones do not bring a database back. So a task is healthy
once the database has answered, whatever becomes of that: a deployment that cannot reach it never gets healthy and is
taken back, and an outage leaves the tasks in their place. `/ready` tells how it is now.
"""

import logging

from fastapi import APIRouter, Response

from shop.routes import StoreOf
from shop.store import Failure, Store, Unavailable

log = logging.getLogger("shop.health")
router = APIRouter()


async def _answers(store: Store) -> bool:
    try:
        await store.run("SELECT 1")
    except (Unavailable, *Failure) as error:
        log.warning("the database does not answer: %s", error)
        return False
    return True


@router.get("/health")
async def health(store: StoreOf, response: Response) -> dict[str, str]:
    """Healthy when the database has answered since the start."""
    if not store.is_ready:
        response.status_code = 503
        return {"status": "starting", "database": "not reached yet"}
    return {"status": "ok", "database": "ok" if await _answers(store) else "does not answer"}


@router.get("/ready")
async def ready(store: StoreOf, response: Response) -> dict[str, str]:
    """Ready when the database answers now."""
    if await _answers(store):
        return {"status": "ok"}
    response.status_code = 503
    return {"status": "the database does not answer"}
