"""The application: `uvicorn shop.main:app`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from shop import counting, logs, settings
from shop.access import AccessLog
from shop.memory import MemoryStore
from shop.payments import Payments
from shop.postgres import PostgresStore
from shop.routes import catalog, health, jobs, orders, reports, users
from shop.store import Store, Unavailable

log = logging.getLogger("shop")


def create_store(config: settings.Settings) -> Store:
    """PostgreSQL where one is configured, else memory."""
    return MemoryStore(config.seed) if config.database is None else PostgresStore(config.database, config.seed)


async def _unavailable(_request: Request, error: Exception) -> JSONResponse:
    log.error("request not served: %s", error)
    return JSONResponse({"detail": "database unavailable"}, status_code=503, headers={"Retry-After": "5"})


def create_app(config: settings.Settings) -> FastAPI:
    """Build the application; its store and clients live as long as it does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.store = store = create_store(config)
        await store.open()
        app.state.payments = Payments(config.payment_port, config.seed)
        log.info("shop-api ready, log style %s", config.log_style, extra={"version": "1.4.2"})
        yield
        log.info("shop-api stopping")
        await store.close()

    app = FastAPI(title="shop-api", version="1.4.2", lifespan=lifespan)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_middleware(AccessLog, style=config.log_style)
    for module in (health, users, orders, catalog, reports, jobs):
        app.include_router(module.router)
    return app


_config = settings.from_environment()
logs.configure(_config)
if _config.log_counts:
    counting.install(_config.log_counts)
app = create_app(_config)
