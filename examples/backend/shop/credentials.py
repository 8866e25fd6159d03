"""How to connect to PostgreSQL: the place from the environment, user and password from the secret."""

import asyncio
from collections.abc import Mapping
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

from shop.settings import Database, parse_secret


async def parameters(database: Database) -> dict[str, Any]:
    """The parameters of one connection, in libpq's words.

    Asked for each connection anew: RDS changes the password every seven days, and a pool lives longer. Connections that
    are open already stay so.
    """
    secret: Mapping[str, object]
    if database.secret_arn is not None:
        secret = await asyncio.to_thread(_read, database.secret_arn)
    else:
        secret = database.secret or {}
    host = database.host or secret.get("host")
    if not host:
        raise ValueError("neither DB_HOST nor the secret says where the database is")
    given = {
        "host": host,
        "port": database.port or secret.get("port") or 5432,
        "dbname": database.name or secret.get("dbname") or "app",
        "user": secret["username"],
        "password": secret["password"],
        "sslmode": database.tls,
        "sslrootcert": database.tls_roots,
        "connect_timeout": 5,
        "application_name": "shop-api",
        # A database that went away without a word is noticed within half a minute.
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
    }
    return {key: value for key, value in given.items() if value is not None}


def _read(arn: str) -> Mapping[str, object]:
    answer = _client(arn.split(":")[3] if arn.startswith("arn:") else None).get_secret_value(SecretId=arn)
    return parse_secret(answer["SecretString"], f"the secret {arn}")


@cache
def _client(region: str | None) -> Any:
    return boto3.client("secretsmanager", region_name=region, config=Config(connect_timeout=3, read_timeout=3, retries={"max_attempts": 2}))
