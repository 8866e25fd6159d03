"""What holds the shop's data, behind one interface: memory for the demo, PostgreSQL in the stacks.

Statements are SQL that both know, with `?` for values.
"""

import logging
import random
import sqlite3
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Protocol, Self

import psycopg

Row = dict[str, Any]

Conflict = (sqlite3.IntegrityError, psycopg.IntegrityError)
"""A row that is there already."""
Failure = (sqlite3.Error, psycopg.Error)
"""Anything that a database says no to."""

_NAMES = ("hana", "ravi", "lena", "omar", "yuki", "tomas", "aisha", "piotr", "mei", "joao")
_ADJECTIVES = ("walnut", "brass", "linen", "café", "paper", "enamel", "wool", "北欧")
_NOUNS = ("lamp", "desk", "kettle", "notebook", "chair")


class Unavailable(Exception):
    """The database cannot be reached now; the request may be tried again."""


class Store(Protocol):
    """Rows by SQL."""

    @property
    def is_ready(self) -> bool:
        """Whether the database has answered since the start."""

    async def open(self) -> None:
        """Begin; does not wait for a database that is not there."""

    async def close(self) -> None:
        """Give back what `open` took."""

    async def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Execute one statement in a transaction of its own and return its rows."""

    async def search(self, query: str, limit: int) -> list[Row]:
        """Products by the words of their titles."""


async def one(store: Store, sql: str, values: Sequence[object] = ()) -> Row | None:
    """The first row, or None."""
    rows = await store.run(sql, values)
    return rows[0] if rows else None


class Stopwatch:
    """Logs how long a query took, and how many rows it gave."""

    def __init__(self, log: logging.Logger, sql: str) -> None:
        self.rows: list[Row] = []
        self._log, self._sql = log, sql

    def __enter__(self) -> Self:
        self._started = time.perf_counter()
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        elapsed = (time.perf_counter() - self._started) * 1000
        if kind is None and self._sql.startswith("SELECT"):
            self._log.debug("query took %.3f ms, %d rows: %s", elapsed, len(self.rows), self._sql)


def rows_of(seed: int) -> dict[str, list[tuple[object, ...]]]:
    """The made-up rows that an empty shop begins with, by table."""
    rng = random.Random(seed)
    users = []
    for number in range(1, 31):
        name = rng.choice(_NAMES)
        tier = rng.choice(("basic", "basic", "gold"))
        users.append((number, name, f"{name}.{number}@example.com", tier))
    products = []
    for number, (adjective, noun) in enumerate((a, n) for a in _ADJECTIVES for n in _NOUNS):
        # A few products never sold: the margin report divides by that.
        sold = 0 if number % 13 == 5 else rng.randint(1, 400)
        price, stock = rng.randrange(500, 20_000, 50), rng.randint(0, 60)
        products.append((f"SKU-{number:04d}", f"{adjective} {noun}", price, stock, sold))
    # Category 3 is its own grandparent: the breadcrumb route never reaches the root from there.
    categories = [(1, None, "home"), (2, 1, "office"), (3, 4, "lighting"), (4, 3, "lamps")]
    return {"users": users, "products": products, "categories": categories}
