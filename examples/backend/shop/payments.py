"""The payment provider's client, with a circuit breaker. The provider is usually down: that is its job here."""

import asyncio
import logging
import random

log = logging.getLogger("shop.payments")

_FAILURES_TO_OPEN = 2


class PaymentUnavailable(Exception):
    """The provider could not be reached; the order may be tried again."""


class PaymentDeclined(Exception):
    """The provider refused the card."""


class Payments:
    """Charges orders. Small amounts are settled offline, large ones need the provider on loopback."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._rng = random.Random(seed)
        self._failures = 0

    async def charge(self, order_id: int, total: int) -> None:
        """Charge `total` cents, or raise one of this module's exceptions."""
        await asyncio.sleep(self._rng.uniform(0.002, 0.03))
        if self._rng.random() < 0.08:
            raise PaymentDeclined(f"card declined for order {order_id}: insufficient funds")
        if total > 35_000:
            await self._ask_provider(order_id)
        log.debug("charged %d cents for order %d", total, order_id)

    async def _ask_provider(self, order_id: int) -> None:
        try:
            _reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            self._failures += 1
            if self._failures % _FAILURES_TO_OPEN == 0:
                log.critical(
                    "payment provider failed %d times in a row, circuit breaker open",
                    self._failures,
                    extra={"provider": "acme-pay", "failures": self._failures},
                )
            raise PaymentUnavailable(f"cannot reach the payment provider for order {order_id}") from error
        writer.close()
        self._failures = 0
