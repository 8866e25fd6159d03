"""Simulated customers for a shop-api on this machine: `python load.py --help`.

Each customer is a coroutine with a random generator of its own, so a seed gives the same requests each time
(how they interleave is up to the clock). Rounds of customers alternate with an operator who starts batch jobs
one at a time while nobody else calls: a dying thread prints its traceback in pieces, and other lines would
land between them. Everything is bounded: customers, steps, rounds and seconds; the target is always 127.0.0.1.
"""

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import Callable, Iterator

import httpx

Request = tuple[str, str, dict[str, object] | None]

_WORDS = ("walnut", "brass", "linen", "café", "paper", "lamp", "desk", "kettle", "chair", "北欧", "sofa", "vase")
_THREAD_JOB_SECONDS = 0.6  # the job begins 0.2 s after the answer
_JOBS = ("settlement", "thumbnails", "cleanup")


def _sku(rng: random.Random) -> str:
    return f"SKU-{rng.randrange(40):04d}"


def _place(rng: random.Random) -> Request:
    # One customer in forty was deleted meanwhile: the confirmation task fails for those.
    user = 999 if rng.random() < 0.025 else rng.randint(1, 30)
    quantity = rng.choice((1, 1, 1, 2, 3, 6))
    return "POST", "/orders", {"user_id": user, "sku": _sku(rng), "quantity": quantity}


def _login(rng: random.Random) -> Request:
    user = rng.randint(1, 30)
    return "POST", "/users/login", {"email": f"hana.{user}@example.com", "code": f"{user:06d}"}


def _register(rng: random.Random) -> Request:
    email = rng.choice((f"new.{rng.randrange(10_000)}@example.com", "new.1@example.com", "not an address"))
    return "POST", "/users", {"name": "Ren Example", "email": email}


# (weight, request): the everyday traffic.
_ORDINARY: list[tuple[int, Callable[[random.Random], Request]]] = [
    (24, lambda rng: ("GET", f"/search?q={rng.choice(_WORDS)}&limit={rng.choice((5, 10, 20))}", None)),
    (18, _place),
    (16, lambda rng: ("GET", f"/orders/{rng.randint(1, 90)}", None)),
    (14, lambda rng: ("GET", f"/users/{rng.randint(1, 33)}", None)),
    (8, lambda rng: ("GET", f"/reports/margin/SKU-{rng.choice((0, 1, 2, 3, 6, 7)):04d}", None)),
    (6, _login),
    (5, _register),
    (4, lambda rng: ("GET", f"/categories/{rng.choice((1, 2))}", None)),
    (2, lambda rng: ("GET", f"/reports/daily?days={rng.randint(1, 7)}", None)),
    (2, lambda rng: ("GET", f"/{rng.choice(('favicon.ico', 'robots.txt', '.env', 'wp-login.php'))}", None)),
    (2, lambda rng: ("GET", "/reports/discount/spring?price=2000", None)),
]

# What meets the bugs, drawn with the probability --faults.
_FAULTY: list[Callable[[random.Random], Request]] = [
    lambda rng: ("GET", f"/orders/{rng.randint(1, 12)}/invoice", None),
    lambda rng: ("POST", f"/orders/{rng.randint(1, 12)}/refund", None),
    lambda rng: ("GET", "/reports/margin/SKU-0005", None),
    lambda rng: ("GET", "/search?q=%22walnut", None),
    lambda rng: ("GET", f"/reports/discount/{rng.choice(('clearance', 'bundle'))}", None),
    lambda rng: ("POST", f"/suppliers/{rng.choice(('north', 'south', 'east'))}/sync", None),
    lambda rng: ("POST", "/suppliers/sync", None),
    lambda rng: ("GET", "/categories/4", None),
]


def requests_of(rng: random.Random, steps: int, faults: float) -> Iterator[Request]:
    """The requests of one customer in one round."""
    makers = [maker for _, maker in _ORDINARY]
    weights = [weight for weight, _ in _ORDINARY]
    for _ in range(steps):
        maker = rng.choice(_FAULTY) if rng.random() < faults else rng.choices(makers, weights)[0]
        yield maker(rng)


class Load:
    """One run against one server; `statuses` counts the answers."""

    def __init__(self, client: httpx.AsyncClient, options: argparse.Namespace) -> None:
        self.client = client
        self.options = options
        self.statuses: Counter[int] = Counter()

    async def _send(self, request: Request, headers: dict[str, str]) -> None:
        method, path, body = request
        answer = await self.client.request(method, path, json=body, headers=headers)
        self.statuses[answer.status_code] += 1

    async def customer(self, number: int, round_: int) -> None:
        """One customer's round: requests with pauses, half of them with a trace begun by the caller."""
        rng = random.Random(f"{self.options.seed}-{number}-{round_}")
        for request in requests_of(rng, self.options.steps, self.options.faults):
            headers = {"x-forwarded-for": f"203.0.113.{number + 1}", "x-user-id": f"u-{number + 1}"}
            if rng.random() < 0.5:
                headers["traceparent"] = f"00-{rng.getrandbits(128):032x}-{rng.getrandbits(64):016x}-01"
            await self._send(request, headers)
            await asyncio.sleep(rng.uniform(0.02, 0.35))

    async def health_checks(self) -> None:
        """The load balancer, until cancelled."""
        while True:
            await self._send(("GET", "/health", None), {})
            await asyncio.sleep(1)

    async def operator(self) -> None:
        """Start each batch job, alone."""
        for job in _JOBS:
            await self._send(("POST", f"/jobs/{job}", None), {"x-user-id": "ops"})
            await asyncio.sleep(_THREAD_JOB_SECONDS)

    async def support(self) -> None:
        """Meet every bug at least once, in turn, whatever the customers met."""
        rng = random.Random(f"{self.options.seed}-support")
        # Several cheap orders of a deleted customer, as some find no stock; the second refund is one too many;
        # the invoices are looked at until one of a gold customer is among them.
        orders = [("POST", "/orders", {"user_id": 999, "sku": _sku(rng), "quantity": 1}) for _ in range(4)]
        refunds = [("POST", "/orders/1/refund", None)] * 2
        invoices = [("GET", f"/orders/{number}/invoice", None) for number in range(1, 7)]
        for request in [*orders, *refunds, *invoices, *(maker(rng) for maker in _FAULTY)]:
            await self._send(request, {"x-user-id": "support"})
            await asyncio.sleep(0.1)

    async def run(self) -> None:
        """All rounds, then the bugs."""
        for round_ in range(self.options.rounds):
            checks = asyncio.create_task(self.health_checks())
            async with asyncio.TaskGroup() as group:
                for number in range(self.options.customers):
                    group.create_task(self.customer(number, round_))
            checks.cancel()
            await asyncio.gather(checks, return_exceptions=True)
            await asyncio.sleep(0.2)
            await self.operator()
        await self.support()


async def _until_ready(client: httpx.AsyncClient) -> None:
    for _ in range(100):
        try:
            await client.get("/health")
            return
        except httpx.TransportError:
            await asyncio.sleep(0.1)
    raise SystemExit("the server did not answer /health within 10 s")


async def _main(options: argparse.Namespace) -> None:
    # A new connection for each request: uvicorn closes one whose route raised, which a reuse would trip over.
    limits = httpx.Limits(max_keepalive_connections=0)
    base_url = f"http://127.0.0.1:{options.port}"
    async with httpx.AsyncClient(base_url=base_url, timeout=10, limits=limits) as client:
        await _until_ready(client)
        load = Load(client, options)
        async with asyncio.timeout(options.max_seconds):
            await load.run()
        print(f"{load.statuses.total()} requests:", dict(sorted(load.statuses.items())))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Simulated customers for a shop-api on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=18080)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--customers", type=int, default=12)
    parser.add_argument("--steps", type=int, default=12, help="requests of one customer in one round")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--faults", type=float, default=0.03, help="probability that a request meets a bug")
    parser.add_argument("--max-seconds", type=float, default=120)
    asyncio.run(_main(parser.parse_args()))
