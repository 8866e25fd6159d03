"""The batch programs, as a workflow starts them: a process, its exit code, its log."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from conftest import Environment
from postgres import Postgres

BACKEND = Path(__file__).resolve().parent.parent
DAY = "2026-11-24"


def batch(environment: Environment, *arguments: str) -> tuple[int, list[dict]]:
    """Runs `python -m shop.batch`; its exit code and what it logged."""
    done = subprocess.run(
        [sys.executable, "-m", "shop.batch", *arguments],
        cwd=BACKEND,
        env={"PATH": os.environ["PATH"], "LOG_STYLE": "json", **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    records = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return done.returncode, records


@pytest.fixture
def connection(database: Environment, server: Postgres) -> Iterator[psycopg.Connection]:
    """The database past the programs, with schema and made-up rows."""
    code, _ = batch(database, "validate")
    assert code == 0
    with server.connect(database["DB_NAME"]) as connection:
        yield connection


def place(connection: psycopg.Connection, state: str, at: str, total: int = 1000, quantity: int = 2) -> None:
    """An order of another time."""
    values = (quantity, total, state, at)
    connection.execute("INSERT INTO orders (user_id, sku, quantity, total, state, placed_at) VALUES (1, 'SKU-0000', %s, %s, %s, %s)", values)


def test_nightly_sums_up_the_day_of_tokyo_and_closes_what_nobody_paid(database: Environment, connection: psycopg.Connection):
    place(connection, "paid", "2026-11-23T15:00:00Z")  # midnight in Tokyo: the first of the day
    place(connection, "refunded", "2026-11-24T14:59:59Z", total=300)  # the last
    place(connection, "paid", "2026-11-24T15:00:00Z")  # the next day's
    place(connection, "paid", "2026-11-23T14:59:59Z")  # the day before's
    place(connection, "new", "2026-11-24T03:00:00Z")  # never paid: abandoned, and no sale
    connection.execute("UPDATE orders SET placed_at = now() - interval '25 hours' WHERE state = 'new'")
    connection.execute("INSERT INTO orders (user_id, sku, quantity, total, state) VALUES (1, 'SKU-0000', 1, 500, 'new')")
    code, records = batch(database, "nightly", "--day", DAY)
    assert code == 0
    sales = connection.execute("SELECT day::text, orders, units, cents, refunded FROM daily_sales").fetchall()
    assert sales == [(DAY, 2, 4, 1300, 300)]
    states = connection.execute("SELECT state, count(*) FROM orders GROUP BY state ORDER BY state").fetchall()
    assert states == [("abandoned", 1), ("new", 1), ("paid", 3), ("refunded", 1)]
    done = records[-1]
    assert (done["level"], done["logger"], done["service"], done["job"], done["day"]) == ("INFO", "shop.batch", "shop-api", "nightly", DAY)
    assert (done["orders"], done["cents"], done["abandoned"]) == (2, 1300, 1)
    assert done["duration_ms"] > 0


def test_nightly_twice_gives_the_same(database: Environment, connection: psycopg.Connection):
    place(connection, "paid", "2026-11-24T00:00:00Z")
    assert [batch(database, "nightly", "--day", DAY)[0] for _ in range(2)] == [0, 0]
    assert connection.execute("SELECT orders, cents FROM daily_sales").fetchall() == [(1, 1000)]
    place(connection, "paid", "2026-11-24T01:00:00Z")
    assert batch(database, "nightly", "--day", DAY)[0] == 0
    assert connection.execute("SELECT orders, cents FROM daily_sales").fetchall() == [(2, 2000)]


def test_a_day_without_orders_is_a_row_of_zeros(database: Environment, connection: psycopg.Connection):
    assert batch(database, "nightly", "--day", DAY)[0] == 0
    assert connection.execute("SELECT orders, units, cents, refunded FROM daily_sales").fetchall() == [(0, 0, 0, 0)]


def test_validate_stops_the_workflow_at_bad_products(database: Environment, connection: psycopg.Connection):
    connection.execute("UPDATE products SET price = 0 WHERE sku = 'SKU-0007'")
    code, records = batch(database, "validate")
    assert code == 65
    assert records[-1]["level"] == "ERROR" and "SKU-0007" in records[-1]["message"]


def test_index_is_made_anew_and_search_goes_on(database: Environment, connection: psycopg.Connection):
    before = connection.execute("SELECT pg_relation_filenode('products_words')").fetchone()
    code, records = batch(database, "index")
    assert (code, records[-1]["job"]) == (0, "index")
    assert connection.execute("SELECT pg_relation_filenode('products_words')").fetchone() != before
    assert connection.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = 'products_words'::regclass").fetchone() == (True,)


def test_notify_queues_once_a_day_for_gold_customers(database: Environment, connection: psycopg.Connection):
    gold = connection.execute("SELECT count(*) FROM users WHERE tier = 'gold'").fetchone()[0]
    assert gold > 0
    queued = [batch(database, "notify", "--day", DAY)[1][-1]["queued"] for _ in range(2)]
    assert queued == [gold, 0]
    assert batch(database, "notify", "--day", "2026-11-25")[1][-1]["queued"] == gold


def test_exit_codes_say_what_a_workflow_can_do(database: Environment, server: Postgres):
    assert batch(database, "weekly")[0] == 64
    assert batch(database, "nightly", "--day", "yesterday")[0] == 64
    code, records = batch({}, "nightly")
    assert code == 78 and "DB_HOST" in records[-1]["message"]
    assert batch({"DB_HOST": "db"}, "nightly")[0] == 78
    code, records = batch(database | {"DB_PORT": "1"}, "nightly")
    assert code == 69 and records[-1]["level"] == "ERROR" and "cannot reach the database" in records[-1]["message"]


def test_what_fails_is_logged_with_its_traceback(database: Environment, connection: psycopg.Connection):
    connection.execute("ALTER TABLE daily_sales RENAME COLUMN cents TO pence")
    code, records = batch(database, "nightly", "--day", DAY)
    assert code == 1
    assert records[-1]["level"] == "ERROR" and "UndefinedColumn" in records[-1]["exc_info"]


def test_the_commands_are_those_of_the_stacks():
    from shop.batch import JOBS

    stack = (BACKEND.parents[1] / "infra/lib/stacks/orchestration.ts").read_text()
    assert "['python', '-m', 'shop.batch', 'nightly']" in stack
    assert "['python', '-m', 'shop.batch', command]" in stack
    assert all(f"'{job}'" in stack for job in JOBS)
