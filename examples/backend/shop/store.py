"""The shop's data: an in-memory SQLite database, filled with made-up rows from a seed."""

import logging
import random
import sqlite3
import threading
import time
from collections.abc import Sequence

log = logging.getLogger("shop.store")

_SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT UNIQUE, tier TEXT);
CREATE TABLE products (sku TEXT PRIMARY KEY, title TEXT, price INTEGER, stock INTEGER, sold INTEGER);
CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INTEGER, sku TEXT, quantity INTEGER, total INTEGER, state TEXT);
CREATE TABLE categories (id INTEGER PRIMARY KEY, parent INTEGER, title TEXT);
CREATE VIRTUAL TABLE product_index USING fts5 (sku UNINDEXED, title);
"""
_NAMES = ("hana", "ravi", "lena", "omar", "yuki", "tomas", "aisha", "piotr", "mei", "joao")
_ADJECTIVES = ("walnut", "brass", "linen", "café", "paper", "enamel", "wool", "北欧")
_NOUNS = ("lamp", "desk", "kettle", "notebook", "chair")


class Store:
    """Queries by SQL text; one connection, shared by the worker threads under a lock."""

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._db = sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SCHEMA)
        self._fill(random.Random(seed))

    def _fill(self, rng: random.Random) -> None:
        for number in range(1, 31):
            name = rng.choice(_NAMES)
            tier = rng.choice(("basic", "basic", "gold"))
            self.run(
                "INSERT INTO users VALUES (?, ?, ?, ?)", (number, name, f"{name}.{number}@example.com", tier)
            )
        for number, (adjective, noun) in enumerate((a, n) for a in _ADJECTIVES for n in _NOUNS):
            sku, title = f"SKU-{number:04d}", f"{adjective} {noun}"
            # A few products never sold: the margin report divides by that.
            sold = 0 if number % 13 == 5 else rng.randint(1, 400)
            row = (sku, title, rng.randrange(500, 20_000, 50), rng.randint(0, 60), sold)
            self.run("INSERT INTO products VALUES (?, ?, ?, ?, ?)", row)
            self.run("INSERT INTO product_index VALUES (?, ?)", (sku, title))
        # Category 3 is its own grandparent: the breadcrumb route never reaches the root from there.
        for row in ((1, None, "home"), (2, 1, "office"), (3, 4, "lighting"), (4, 3, "lamps")):
            self.run("INSERT INTO categories VALUES (?, ?, ?)", row)

    def run(self, sql: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Execute one statement and return its rows. Raises what sqlite3 raises."""
        started = time.perf_counter()
        with self._lock:
            rows = self._db.execute(sql, values).fetchall()
        elapsed = (time.perf_counter() - started) * 1000
        verb = sql.split(maxsplit=1)[0]
        if verb == "SELECT":
            log.debug("query took %.3f ms, %d rows: %s", elapsed, len(rows), sql)
        return rows

    def one(self, sql: str, values: Sequence[object] = ()) -> sqlite3.Row | None:
        """The first row, or None."""
        rows = self.run(sql, values)
        return rows[0] if rows else None
