"""The service over a real PostgreSQL."""

import json
import logging
import threading
import time
from collections.abc import Callable, Iterator

import boto3
import pytest
from fastapi.testclient import TestClient
from moto.server import ThreadedMotoServer

from conftest import Environment, empty_database
from postgres import Postgres
from shop.main import create_app
from shop.settings import from_environment
from shop import credentials


def client_of(environment: Environment) -> TestClient:
    """A client of the shop with this environment; errors of routes are answers."""
    return TestClient(create_app(from_environment(environment)), raise_server_exceptions=False)


def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Waits for a condition."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


@pytest.fixture(scope="module")
def open_shop(server: Postgres) -> Iterator[TestClient]:
    """A shop that several tests look at."""
    with empty_database(server) as database, client_of(database) as client:
        until(lambda: client.get("/health").status_code == 200)
        yield client


@pytest.fixture
def shop(database: Environment) -> Iterator[TestClient]:
    """A shop whose database is there."""
    with client_of(database) as client:
        until(lambda: client.get("/health").status_code == 200)
        yield client


def rows(database: Environment, sql: str, server: Postgres) -> list[tuple]:
    """What lies in the database, past the application."""
    with server.connect(database["DB_NAME"]) as connection:
        return connection.execute(sql).fetchall()


def test_an_order_lies_in_the_database_and_takes_stock(shop: TestClient, database: Environment, server: Postgres):
    before = rows(database, "SELECT stock FROM products WHERE sku = 'SKU-0000'", server)[0][0]
    answer = shop.post("/orders", json={"user_id": 1, "sku": "SKU-0000", "quantity": 1})
    assert answer.status_code == 201
    (order,) = rows(database, "SELECT id, user_id, sku, quantity, state FROM orders", server)
    assert order == (answer.json()["id"], 1, "SKU-0000", 1, "paid")
    assert rows(database, "SELECT stock FROM products WHERE sku = 'SKU-0000'", server) == [(before - 1,)]


def test_what_was_written_is_there_after_a_new_start(shop: TestClient, database: Environment):
    new = {"name": "Ren", "email": "ren@example.com"}
    number = shop.post("/users", json=new).json()["id"]
    assert number == 31, "the made-up customers have the numbers before"
    with client_of(database) as second:
        until(lambda: second.get("/health").status_code == 200)
        assert second.get(f"/users/{number}").json() == {"id": number, "name": "Ren", "tier": "basic"}
        assert second.post("/users", json=new).status_code == 409


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/ready", 200),
        ("GET", "/search?q=walnut", 200),
        # A quote too many is an unhandled error of the database, here as in memory.
        ("GET", "/search?q=%27walnut", 500),
        ("GET", "/users/3", 200),
        ("GET", "/users/99", 404),
        ("GET", "/orders/1", 404),
        ("GET", "/categories/2", 200),
        ("GET", "/categories/4", 500),
        ("GET", "/reports/daily", 200),
        ("GET", "/reports/margin/SKU-0005", 500),
        ("POST", "/suppliers/north/sync", 200),
    ],
)
def test_routes_answer_as_they_do_in_memory(method: str, path: str, status: int, open_shop: TestClient):
    assert open_shop.request(method, path).status_code == status


def test_search_finds_words_of_titles(open_shop: TestClient, client: TestClient):
    found = [sorted(hit["sku"] for hit in each.get("/search?q=walnut").json()["hits"]) for each in (open_shop, client)]
    assert found[0] == found[1] and len(found[0]) == 5


def test_tasks_that_start_together_make_one_schema(database: Environment, server: Postgres):
    shops = [client_of(database) for _ in range(3)]

    def use(client: TestClient) -> None:
        with client:
            until(lambda: client.get("/health").status_code == 200)

    threads = [threading.Thread(target=use, args=(client,)) for client in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert rows(database, "SELECT count(*) FROM users", server) == [(30,)]


def test_it_starts_without_the_database_and_serves_when_that_comes(database: Environment, server: Postgres, caplog: pytest.LogCaptureFixture):
    server.stop()
    try:
        with client_of(database | {"DB_WAIT": "0.5"}) as client:
            assert client.get("/health").status_code == 503
            assert client.get("/ready").status_code == 503
            answer = client.get("/users/3")
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            server.start()
            until(lambda: client.get("/health").status_code == 200)
            assert client.get("/users/3").status_code == 200
    finally:
        if not (server.folder / "data/postmaster.pid").exists():
            server.start()
    assert any(record.levelno == logging.ERROR and record.name == "shop" for record in caplog.records)


def test_an_outage_is_answered_with_503_keeps_the_task_healthy_and_heals(shop: TestClient, server: Postgres):
    server.stop()
    try:
        answer = shop.get("/health")
        assert (answer.status_code, answer.json()["database"]) == (200, "does not answer")
        assert shop.get("/ready").status_code == 503
        assert shop.get("/users/3").status_code == 503
    finally:
        server.start()
    until(lambda: shop.get("/ready").status_code == 200)
    assert shop.get("/users/3").status_code == 200


def test_requests_at_once_share_the_connections(database: Environment):
    with client_of(database | {"DB_CONNECTIONS": "2", "DB_WAIT": "10"}) as client:
        until(lambda: client.get("/health").status_code == 200)
        statuses = []
        threads = [threading.Thread(target=lambda: statuses.append(client.get("/users/3").status_code)) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert statuses == [200] * 20


def test_tls_checks_the_server_when_it_is_asked_to(database: Environment, server: Postgres, caplog: pytest.LogCaptureFixture):
    roots = str(server.folder / "server.crt")
    with client_of(database | {"DB_TLS": "verify-full", "DB_TLS_ROOTS": roots}) as client:
        until(lambda: client.get("/health").status_code == 200)
    # The same server by a name that its certificate has not.
    with client_of(database | {"DB_TLS": "verify-full", "DB_TLS_ROOTS": roots, "DB_HOST": "127.0.0.1"}) as client:
        until(lambda: "certificate" in caplog.text)
        assert client.get("/health").status_code == 503


def test_without_tls_the_database_does_not_let_it_in(database: Environment, caplog: pytest.LogCaptureFixture):
    with client_of(database | {"DB_TLS": "disable"}) as client:
        until(lambda: "pg_hba.conf" in caplog.text)
        assert client.get("/health").status_code == 503


def test_the_managed_secret_is_read_for_each_connection(database: Environment, server: Postgres, monkeypatch: pytest.MonkeyPatch):
    """RDS changes the password: what is connected stays, what connects anew has the new one."""
    emulator = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    emulator.start()
    try:
        host, port = emulator.get_host_and_port()
        for name, value in {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_DEFAULT_REGION": "ap-northeast-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
        }.items():
            monkeypatch.setenv(name, value)
        credentials._client.cache_clear()
        secrets = boto3.client("secretsmanager")
        # As RDS makes it for Aurora: who and the password, nothing of where.
        whole = server.secret()
        managed = {key: whole[key] for key in ("username", "password")}
        arn = secrets.create_secret(Name="rds!cluster-1", SecretString=json.dumps(managed | {"password": "wrong"}))["ARN"]
        place = {"DB_HOST": "localhost", "DB_PORT": str(server.port), "DB_NAME": database["DB_NAME"], "DB_SECRET_ARN": arn}
        with client_of(place) as client:
            assert client.get("/ready").status_code == 503
            secrets.put_secret_value(SecretId=arn, SecretString=json.dumps(managed))
            until(lambda: client.get("/ready").status_code == 200)
    finally:
        emulator.stop()
        credentials._client.cache_clear()


@pytest.mark.parametrize(
    ("environment", "problem"),
    [
        ({"DB_HOST": "db"}, "no user is known"),
        ({"DB_SECRET": "hunter2"}, "DB_SECRET is no JSON"),
        ({"DB_SECRET": '{"username": "app"}'}, "DB_SECRET has no password"),
        ({"DB_SECRET": '{"username": "app", "password": "hunter2"}', "DB_TLS": "prefer"}, "DB_TLS must be one of"),
        ({"DB_SECRET": '{"username": "app", "password": "hunter2"}', "DB_TLS": "verify-full"}, "set DB_TLS_ROOTS"),
    ],
)
def test_a_wrong_setting_is_named_and_no_password_told(environment: Environment, problem: str):
    with pytest.raises(ValueError, match=problem) as caught:
        from_environment(environment)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None
