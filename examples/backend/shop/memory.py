"""The shop's data in memory: SQLite, filled with made-up rows from a seed. It goes with the process."""

import logging
import sqlite3
import threading
from collections.abc import Sequence

from shop.store import Row, Stopwatch, rows_of

log = logging.getLogger("shop.store")

_SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, tier TEXT);
CREATE TABLE products (sku TEXT PRIMARY KEY, title TEXT, price INTEGER, stock INTEGER, sold INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, sku TEXT, quantity INTEGER, total INTEGER, state TEXT);
CREATE TABLE categories (id INTEGER PRIMARY KEY, parent INTEGER, title TEXT);
CREATE VIRTUAL TABLE product_index USING fts5 (sku UNINDEXED, title);
"""


class MemoryStore:
    """One connection, shared by the worker threads under a lock."""

    is_ready = True

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)
        for table, rows in rows_of(seed).items():
            marks = ", ".join("?" * len(rows[0]))
            self._db.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
        self._db.execute("INSERT INTO product_index SELECT sku, title FROM products")

    async def open(self) -> None:
        """There is nothing to wait for."""

    async def close(self) -> None:
        """Forget everything."""
        self._db.close()

    async def run(self, sql: str, values: Sequence[object] = ()) -> list[Row]:
        """Execute one statement and return its rows. Raises what sqlite3 raises."""
        with Stopwatch(log, sql) as watch, self._lock:
            watch.rows = [dict(row) for row in self._db.execute(sql, values).fetchall()]
        return watch.rows

    async def search(self, query: str, limit: int) -> list[Row]:
        """Products whose title matches a query of FTS5, as it is."""
        return await self.run("SELECT sku, title FROM product_index WHERE product_index MATCH ? LIMIT ?", (query, limit))
