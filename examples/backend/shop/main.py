"""The application: `uvicorn shop.main:app`."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shop import counting, logs, settings
from shop.access import AccessLog
from shop.payments import Payments
from shop.routes import catalog, health, jobs, orders, reports, users
from shop.store import Store

log = logging.getLogger("shop")


def create_app(config: settings.Settings) -> FastAPI:
    """Build the application; its store and clients live as long as it does."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.store = Store(config.seed)
        app.state.payments = Payments(config.payment_port, config.seed)
        log.info("shop-api ready, log style %s", config.log_style, extra={"version": "1.4.2"})
        yield
        log.info("shop-api stopping")

    app = FastAPI(title="shop-api", version="1.4.2", lifespan=lifespan)
    app.add_middleware(AccessLog, style=config.log_style)
    for module in (health, users, orders, catalog, reports, jobs):
        app.include_router(module.router)
    return app


_config = settings.from_environment()
logs.configure(_config)
if _config.log_counts:
    counting.install(_config.log_counts)
app = create_app(_config)
