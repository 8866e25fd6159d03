"""What the routes answer and what the access record says."""

import logging

import pytest
from fastapi.testclient import TestClient

from shop import context

TRACE = "0af7651916cd43dd8448eb211c80319c"


def access_record(caplog: pytest.LogCaptureFixture) -> logging.LogRecord:
    (record,) = [record for record in caplog.records if record.name == "shop.access"]
    return record


def test_access_record_has_the_request_and_the_callers_trace(client: TestClient, caplog: pytest.LogCaptureFixture):
    headers = {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01", "x-user-id": "u-3", "x-request-id": "r-1"}
    with caplog.at_level(logging.INFO):
        answer = client.get("/users/3", headers=headers)
    record = access_record(caplog)
    assert answer.status_code == 200
    assert answer.headers["traceparent"].split("-")[1] == TRACE
    assert (record.method, record.path, record.status) == ("GET", "/users/3", 200)
    assert (record.user_id, record.request_id, record.trace_id) == ("u-3", "r-1", TRACE)
    assert record.duration_ms >= 0


@pytest.mark.parametrize(
    "header",
    [
        None,
        "nonsense",
        f"ff-{TRACE}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"00-{TRACE}-b7ad6b7169203331-01-more",
    ],
)
def test_absent_or_invalid_traceparent_gives_a_fresh_trace(header: str | None):
    trace_id = context.trace_id_of(header)
    assert len(trace_id) == 32 and trace_id != TRACE and trace_id.strip("0")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/reports/margin/SKU-0005"),
        ("GET", "/search?q=%22walnut"),
        ("GET", "/categories/4"),
        ("POST", "/suppliers/sync"),
    ],
)
def test_unhandled_exception_is_logged_as_an_error_access_record(
    method: str, path: str, client: TestClient, caplog: pytest.LogCaptureFixture
):
    with caplog.at_level(logging.INFO):
        assert client.request(method, path).status_code == 500
    assert access_record(caplog).levelno == logging.ERROR


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/health", 200),
        ("GET", "/search?q=walnut", 200),
        ("GET", "/orders/1", 404),
        ("GET", "/reports/discount/clearance", 422),
        ("GET", "/reports/daily", 200),
        ("POST", "/suppliers/north/sync", 200),
        ("POST", "/suppliers/south/sync", 502),
        ("POST", "/jobs/nothing", 404),
    ],
)
def test_routes_answer(method: str, path: str, status: int, client: TestClient):
    assert client.request(method, path).status_code == status


def test_second_refund_of_an_order_is_unhandled(client: TestClient):
    order = client.post("/orders", json={"user_id": 1, "sku": "SKU-0000", "quantity": 1}).json()
    assert [client.post(f"/orders/{order['id']}/refund").status_code for _ in range(2)] == [200, 500]
