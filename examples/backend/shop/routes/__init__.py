"""HTTP routes, one module per subject."""

from typing import Annotated

from fastapi import Depends, Request

from shop.payments import Payments
from shop.store import Store


def _store(request: Request) -> Store:
    return request.app.state.store


def _payments(request: Request) -> Payments:
    return request.app.state.payments


StoreOf = Annotated[Store, Depends(_store)]
PaymentsOf = Annotated[Payments, Depends(_payments)]
