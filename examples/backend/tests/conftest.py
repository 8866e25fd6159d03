"""The application under test, in-process: no server, no counting."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shop.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of a freshly filled shop; errors of routes are answers, as behind a server."""
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
