"""What the environment decides. Read once, at import of `shop.main`."""

import os
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Settings:
    """The application's settings; every one has a default that works."""

    log_style: Literal["json", "text"]
    """`LOG_STYLE`: one JSON object a line, or Python's classic text format."""
    log_level: str
    """`LOG_LEVEL`: threshold of the `shop` loggers; libraries stay at INFO."""
    log_counts: str | None
    """`LOG_COUNTS`: a file that gets the record counts at exit; unset: not counted."""
    payment_port: int
    """`PAYMENT_PORT`: loopback port of the payment provider. Nothing listens on the default."""
    seed: int
    """`SHOP_SEED`: seed of the made-up customers, stock and provider behaviour."""


def from_environment() -> Settings:
    """Read the settings; an unknown log style is an error, not a fallback."""
    style = os.environ.get("LOG_STYLE", "json")
    if style not in ("json", "text"):
        raise ValueError(f"LOG_STYLE must be json or text, not {style!r}")
    return Settings(
        log_style=style,
        log_level=os.environ.get("LOG_LEVEL", "INFO").upper(),
        log_counts=os.environ.get("LOG_COUNTS") or None,
        payment_port=int(os.environ.get("PAYMENT_PORT", "9")),
        seed=int(os.environ.get("SHOP_SEED", "7")),
    )
