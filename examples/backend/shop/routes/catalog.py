"""Products: search, breadcrumbs, supplier synchronisation."""

import asyncio
import logging

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ValidationError

from shop.routes import StoreOf
from shop.store import Failure, Store, one

log = logging.getLogger("shop.catalog")
router = APIRouter()


class SupplierError(Exception):
    """A supplier's feed could not be used."""


class FeedItem(BaseModel):
    """One line of a supplier's feed."""

    sku: str
    price: int


_FEEDS: dict[str, list[dict[str, object]]] = {
    "north": [{"sku": "SKU-0001", "price": 1250}],
    "south": [{"sku": "SKU-0002", "price": "12,50"}],
    "east": [],
}


@router.get("/search")
async def search(q: str, store: StoreOf, limit: int = 10) -> dict[str, object]:
    """Full-text search. The query goes to the database as it is: a quote too many is an unhandled error of it."""
    log.debug("search for %r, limit %d", q, limit)
    rows = await store.search(q, limit)
    if not rows:
        log.info("search without result: %r", q, extra={"query": q})
    return {"hits": rows}


async def _breadcrumb(store: Store, category: int) -> list[str]:
    row = await one(store, "SELECT parent, title FROM categories WHERE id = ?", (category,))
    if row is None:
        raise HTTPException(404, "no such category")
    if row["parent"] is None:
        return [row["title"]]
    return [*await _breadcrumb(store, row["parent"]), row["title"]]


def _depth(parents: dict[int, int | None], category: int) -> int:
    parent = parents[category]
    return 1 if parent is None else 1 + _depth(parents, parent)


@router.get("/categories/{category}")
async def breadcrumb(category: int, store: StoreOf) -> dict[str, object]:
    """The way from the root to a category. A cycle in the data ends in a RecursionError."""
    rows = await store.run("SELECT id, parent FROM categories")
    depth = _depth({row["id"]: row["parent"] for row in rows}, category)
    return {"depth": depth, "path": await _breadcrumb(store, category)}


async def _pull(supplier: str) -> list[FeedItem]:
    await asyncio.sleep(0.01)
    feed = _FEEDS[supplier]
    if not feed:
        raise TimeoutError(f"supplier {supplier} did not answer within 10 ms")
    try:
        return [FeedItem.model_validate(item) for item in feed]
    except ValidationError as error:
        raise SupplierError(f"feed of supplier {supplier} refused") from error


@router.post("/suppliers/sync")
async def sync_all() -> dict[str, int]:
    """Pull every supplier at once; the failures leave as one unhandled ExceptionGroup."""
    log.info("synchronising %d suppliers", len(_FEEDS))
    results = await asyncio.gather(*(_pull(supplier) for supplier in _FEEDS), return_exceptions=True)
    failures = [result for result in results if isinstance(result, Exception)]
    if failures:
        raise ExceptionGroup("supplier synchronisation", failures)
    return {"items": sum(len(result) for result in results)}


@router.post("/suppliers/{supplier}/sync")
async def sync_one(supplier: str, store: StoreOf) -> dict[str, int]:
    """Pull one supplier in a task group; failures are logged with their group and answered with 502."""
    if supplier not in _FEEDS:
        raise HTTPException(404, "no such supplier")
    try:
        async with asyncio.TaskGroup() as group:
            pull = group.create_task(_pull(supplier))
    except ExceptionGroup as errors:  # not except*: that would wrap the HTTPException in a group, too
        log.error("supplier %s not synchronised", supplier, exc_info=errors, extra={"supplier": supplier})
        raise HTTPException(502, "supplier failed") from errors
    for item in pull.result():
        try:
            await store.run("UPDATE products SET price = ? WHERE sku = ?", (item.price, item.sku))
        except Failure:
            log.exception("price of %s not stored", item.sku)
    return {"items": len(pull.result())}
