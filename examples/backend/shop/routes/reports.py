"""Reports: one that is slow, and two with a bug."""

import asyncio
import logging
import time

from fastapi import APIRouter, HTTPException

from shop.routes import StoreOf
from shop.store import one

log = logging.getLogger("shop.reports")
router = APIRouter(prefix="/reports")

_BUDGET_MS = 400
_RULES = {"spring": "price * 0.9", "clearance": "price * (1 - 0.5", "bundle": "price - discount"}


@router.get("/daily")
async def daily(store: StoreOf, days: int = 1) -> dict[str, object]:
    """The slow route: 100 ms a day asked for; a warning above the budget."""
    started = time.perf_counter()
    for day in range(min(days, 9)):
        await asyncio.sleep(0.1)
        log.debug("day %d aggregated", day)
    totals = await one(store, "SELECT count(*) AS orders, coalesce(sum(total), 0) AS cents FROM orders")
    elapsed = (time.perf_counter() - started) * 1000
    if elapsed > _BUDGET_MS:
        log.warning("daily report took %.0f ms, budget %d ms", elapsed, _BUDGET_MS, extra={"days": days})
    return totals


@router.get("/margin/{sku}")
async def margin(sku: str, store: StoreOf) -> dict[str, object]:
    """Stock value per sold unit. A product that never sold is a ZeroDivisionError, unhandled."""
    product = await one(store, "SELECT price, stock, sold FROM products WHERE sku = ?", (sku,))
    if product is None:
        raise HTTPException(404, "no such product")
    value = (product["price"] * product["stock"]) / product["sold"]
    return {"sku": sku, "value": value}


@router.get("/discount/{rule}")
def discount(rule: str, price: int = 1000) -> dict[str, object]:
    """Evaluate a pricing rule; one has a syntax error, one an unknown name: logged, answered with 422."""
    if rule not in _RULES:
        raise HTTPException(404, "no such rule")
    try:
        code = compile(_RULES[rule], f"<rule {rule}>", "eval")
        return {"price": eval(code, {"__builtins__": {}}, {"price": price})}  # rules are constants above
    except (SyntaxError, NameError) as error:
        error.add_note(f"rule: {_RULES[rule]}")
        log.exception("pricing rule %s cannot be evaluated", rule)
        raise HTTPException(422, "bad rule") from error
