"""The application under test, in-process: no server, no counting."""

import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi.testclient import TestClient

from postgres import Postgres
from shop.main import app

Environment = dict[str, str]


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of a freshly filled shop; errors of routes are answers, as behind a server."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A running PostgreSQL."""
    server = Postgres.create()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def database(server: Postgres) -> Iterator[Environment]:
    """What the environment of a task says about an empty database of that server."""
    with empty_database(server) as environment:
        yield environment


@contextmanager
def empty_database(server: Postgres) -> Iterator[Environment]:
    """A database that goes again, and what says where it is."""
    name = f"shop_{secrets.token_hex(4)}"
    # A connection each: tests stop the server in between.
    with server.connect() as administration:
        administration.execute(f"CREATE DATABASE {name}")
    yield {"DB_NAME": name, "DB_SECRET": json.dumps(server.secret())}
    with server.connect() as administration:
        administration.execute(f"DROP DATABASE {name} WITH (FORCE)")
