"""Customers: read, register, log in."""

import logging

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from shop.routes import StoreOf
from shop.store import Conflict, one

log = logging.getLogger("shop.users")
router = APIRouter(prefix="/users")


class NewUser(BaseModel):
    """A registration."""

    name: str = Field(min_length=1, max_length=40)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


class Login(BaseModel):
    """A log-in by one-time code, sent by mail."""

    email: str
    code: str


@router.get("/{user_id}")
async def read_user(user_id: int, store: StoreOf) -> dict[str, object]:
    """One customer, 404 when there is none."""
    user = await one(store, "SELECT id, name, tier FROM users WHERE id = ?", (user_id,))
    if user is None:
        log.warning("user %d not found", user_id)
        raise HTTPException(404, "no such user")
    return user


@router.post("", status_code=201)
async def register(new: NewUser, store: StoreOf) -> dict[str, object]:
    """Register a customer; an address can be used once."""
    try:
        rows = await store.run(
            "INSERT INTO users (name, email, tier) VALUES (?, ?, 'basic') RETURNING id", (new.name, new.email)
        )
    except Conflict as error:
        log.warning("registration refused for %s: %s", new.email, error)
        raise HTTPException(409, "address already registered") from error
    log.info("user %d registered as %s", rows[0]["id"], new.email, extra={"email": new.email})
    return {"id": rows[0]["id"]}


@router.post("/login")
async def login(attempt: Login, store: StoreOf) -> dict[str, object]:
    """Log in; the code is right when it is the user's id, padded."""
    user = await one(store, "SELECT id FROM users WHERE email = ?", (attempt.email,))
    if user is None or attempt.code != f"{user['id']:06d}":
        log.warning("failed log-in for %s", attempt.email, extra={"email": attempt.email})
        raise HTTPException(401, "wrong address or code")
    log.info("user %d logged in", user["id"])
    return {"id": user["id"]}
