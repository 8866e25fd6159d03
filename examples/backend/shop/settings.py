"""What the environment decides. Read once, at import of `shop.main`."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

TlsMode = Literal["disable", "require", "verify-ca", "verify-full"]


@dataclass(frozen=True)
class Database:
    """Where PostgreSQL is. What is None here comes from the secret."""

    host: str | None
    """`DB_HOST`."""
    port: int | None
    """`DB_PORT`; 5432 when the secret has none either."""
    name: str | None
    """`DB_NAME`; `app` when the secret has none either."""
    secret: Mapping[str, object] | None
    """`DB_SECRET`: the secret's JSON itself, as `secrets` of a task definition hands it over."""
    secret_arn: str | None
    """`DB_SECRET_ARN`: the secret, read again for each connection, since RDS changes the password."""
    tls: TlsMode
    """`DB_TLS`, in libpq's words; `require` encrypts and checks no certificate."""
    tls_roots: str | None
    """`DB_TLS_ROOTS`: file with the certificates that the server's must come from."""
    connections: int
    """`DB_CONNECTIONS`: most connections of a task."""
    wait: float
    """`DB_WAIT`: seconds that a request waits for a connection before it is answered with 503."""


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
    database: Database | None
    """PostgreSQL; None: the data lies in memory and goes with the process."""


def from_environment(environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; an unknown value is an error, not a fallback."""
    style = environ.get("LOG_STYLE", "json")
    if style not in ("json", "text"):
        raise ValueError(f"LOG_STYLE must be json or text, not {style!r}")
    return Settings(
        log_style=style,
        log_level=environ.get("LOG_LEVEL", "INFO").upper(),
        log_counts=environ.get("LOG_COUNTS") or None,
        payment_port=int(environ.get("PAYMENT_PORT", "9")),
        seed=int(environ.get("SHOP_SEED", "7")),
        database=_database(environ),
    )


def _database(environ: Mapping[str, str]) -> Database | None:
    given = {name: environ.get(name) or None for name in ("DB_HOST", "DB_SECRET", "DB_SECRET_ARN")}
    if not any(given.values()):
        return None
    if not (given["DB_SECRET"] or given["DB_SECRET_ARN"]):
        raise ValueError("DB_HOST is set and no user is known: set DB_SECRET_ARN, or DB_SECRET with username and password as JSON")
    secret = parse_secret(given["DB_SECRET"], "DB_SECRET") if given["DB_SECRET"] else None
    tls = environ.get("DB_TLS", "require")
    if tls not in get_args(TlsMode):
        raise ValueError(f"DB_TLS must be one of {', '.join(get_args(TlsMode))}, not {tls!r}")
    roots = environ.get("DB_TLS_ROOTS") or None
    if tls.startswith("verify") and roots is None:
        raise ValueError(f"DB_TLS is {tls}: set DB_TLS_ROOTS to the file with the certificates to check against")
    port = environ.get("DB_PORT")
    return Database(
        host=given["DB_HOST"],
        port=int(port) if port else None,
        name=environ.get("DB_NAME") or None,
        secret=secret,
        secret_arn=given["DB_SECRET_ARN"],
        tls=tls,
        tls_roots=roots,
        connections=int(environ.get("DB_CONNECTIONS", "5")),
        wait=float(environ.get("DB_WAIT", "3")),
    )


def parse_secret(text: str, source: str) -> Mapping[str, object]:
    """The secret as RDS writes it: username and password, and with a proxy or rotation of one's own host, port, dbname.

    What is wrong is told without the text, which is the password.
    """
    try:
        secret = json.loads(text)
    except ValueError:
        raise ValueError(f"{source} is no JSON; it must be an object with username and password") from None
    missing = [key for key in ("username", "password") if not isinstance(secret, dict) or not secret.get(key)]
    if missing:
        raise ValueError(f"{source} has no {' and no '.join(missing)}")
    return secret
