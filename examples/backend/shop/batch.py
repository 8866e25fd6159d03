"""Batch programs over the shop's database: `python -m shop.batch nightly|validate|index|notify [--day YYYY-MM-DD]`.

A workflow runs them as tasks of the backend's image. Each can be run again for the same day: it ends with the same rows.
Step Functions sees the exit code only:

| code | means |
|---|---|
| 0 | done |
| 1 | failed; the traceback is in the log |
| 64 | the command line makes no sense |
| 65 | the data is not as it must be: trying again does not help |
| 69 | the database cannot be reached: trying again may help |
| 78 | no database is configured |
"""

import argparse
import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import psycopg
from psycopg.rows import dict_row

from shop import logs, settings
from shop.credentials import parameters
from shop.postgres import prepare

log = logging.getLogger("shop.batch")

DONE, FAILED, USAGE, DATA, UNAVAILABLE, CONFIGURATION = 0, 1, 64, 65, 69, 78
# The shop's days end in Tokyo; the database's clock is UTC.
ZONE = ZoneInfo("Asia/Tokyo")
# An order that is not paid by then will not be: its payment failed or the customer went away.
ABANDONED_AFTER = timedelta(hours=24)

Connection = psycopg.AsyncConnection[dict[str, object]]


class BadData(Exception):
    """Rows that a job refuses to go on with."""


async def nightly(db: Connection, day: date) -> dict[str, object]:
    """Sum up the day's sales, and close the orders that nobody paid."""
    begin = datetime.combine(day, datetime.min.time(), ZONE)
    end = datetime.combine(day + timedelta(days=1), datetime.min.time(), ZONE)
    async with db.transaction():
        sums = await db.execute(
            """
            INSERT INTO daily_sales (day, orders, units, cents, refunded)
            SELECT %(day)s, count(*), coalesce(sum(quantity), 0), coalesce(sum(total), 0),
                   coalesce(sum(total) FILTER (WHERE state = 'refunded'), 0)
            FROM orders
            WHERE state IN ('paid', 'shipped', 'refunded') AND placed_at >= %(begin)s AND placed_at < %(end)s
            ON CONFLICT (day) DO UPDATE SET (orders, units, cents, refunded) =
                (excluded.orders, excluded.units, excluded.cents, excluded.refunded)
            RETURNING orders, units, cents, refunded
            """,
            {"day": day, "begin": begin, "end": end},
        )
        row = await sums.fetchone() or {}
        closed = await db.execute(
            "UPDATE orders SET state = 'abandoned' WHERE state = 'new' AND placed_at < now() - %s RETURNING id", (ABANDONED_AFTER,)
        )
    return {**row, "abandoned": closed.rowcount}


async def validate(db: Connection, _day: date) -> dict[str, object]:
    """Look at the products that an import brought; end with 65 when one cannot be sold as it is."""
    cursor = await db.execute(
        "SELECT sku FROM products WHERE price <= 0 OR stock < 0 OR btrim(title) = '' OR sku !~ '^SKU-[0-9]{4}$' ORDER BY sku"
    )
    bad = [row["sku"] for row in await cursor.fetchall()]
    if bad:
        raise BadData(f"{len(bad)} products cannot be sold, the first {bad[:10]}: mend price, stock, title or number, and import again")
    cursor = await db.execute("SELECT count(*) AS products FROM products")
    return await cursor.fetchone() or {}


async def index(db: Connection, _day: date) -> dict[str, object]:
    """Make the index of the search anew, while the shop goes on, and refresh what the planner knows."""
    await db.execute("REINDEX INDEX CONCURRENTLY products_words")
    await db.execute("ANALYZE products")
    cursor = await db.execute("SELECT pg_relation_size('products_words') AS bytes")
    return await cursor.fetchone() or {}


async def notify(db: Connection, day: date) -> dict[str, object]:
    """Queue a message to each gold customer, once a day however often it runs."""
    cursor = await db.execute(
        """
        INSERT INTO notifications (user_id, kind, day) SELECT id, 'new-products', %s FROM users WHERE tier = 'gold'
        ON CONFLICT DO NOTHING
        """,
        (day,),
    )
    return {"queued": cursor.rowcount}


JOBS: dict[str, Callable[[Connection, date], Awaitable[dict[str, object]]]] = {
    "nightly": nightly,
    "validate": validate,
    "index": index,
    "notify": notify,
}


async def run(job: str, day: date, config: settings.Settings) -> int:
    """Run one job and say in the log how it went; the exit code."""
    if config.database is None:
        log.error("no database is configured: set DB_HOST, and DB_SECRET_ARN or DB_SECRET", extra={"job": job})
        return CONFIGURATION
    started = time.perf_counter()
    fields: dict[str, object] = {"job": job, "day": day.isoformat()}
    try:
        given = await parameters(config.database)
        async with await psycopg.AsyncConnection.connect(**given, row_factory=dict_row, autocommit=True) as db:
            await prepare(db, config.seed)
            result = await JOBS[job](db, day)
    except BadData as error:
        log.error("job %s refuses the data: %s", job, error, extra=fields)
        return DATA
    except psycopg.OperationalError as error:
        log.error("job %s cannot reach the database: %s", job, error, extra=fields)
        return UNAVAILABLE
    except Exception:
        log.exception("job %s failed", job, extra=fields)
        return FAILED
    elapsed = round((time.perf_counter() - started) * 1000, 2)
    log.info("job %s done", job, extra={**fields, **result, "duration_ms": elapsed})
    return DONE


def main(arguments: list[str] | None = None) -> int:
    """The program: reads the command line and the environment, logs like the service."""
    yesterday = datetime.now(UTC).astimezone(ZONE).date() - timedelta(days=1)
    parser = argparse.ArgumentParser(prog="python -m shop.batch", description="Batch programs over the shop's database.")
    parser.add_argument("job", choices=JOBS)
    parser.add_argument("--day", type=date.fromisoformat, default=yesterday, help="the day it is about, in Tokyo; yesterday")
    try:
        options = parser.parse_args(arguments)
    except SystemExit as end:
        return USAGE if end.code else DONE
    try:
        config = settings.from_environment()
    except ValueError as error:
        logging.basicConfig(format=logs.TEXT_FORMAT, stream=sys.stdout)
        log.error("the configuration has a problem: %s", error)
        return CONFIGURATION
    logs.configure(config)
    return asyncio.run(run(options.job, options.day, config))


if __name__ == "__main__":
    sys.exit(main())
