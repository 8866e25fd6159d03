"""A real PostgreSQL of this machine, with TLS, in a temporary folder. It runs as another user when we are root."""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "app", "pass word'with\\signs"


def programs() -> Path:
    """The folder of PostgreSQL's programs: Debian keeps one for each version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    initdb = str(found[-1]) if found else shutil.which("initdb")
    if initdb is None:
        raise RuntimeError("PostgreSQL is not installed; `make test-backend` installs it")
    return Path(initdb).parent


def certificate(folder: Path) -> None:
    """Writes server.key and server.crt, which is its own root, for localhost."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    encoded = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    (folder / "server.key").write_bytes(encoded)
    (folder / "server.crt").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (folder / "server.key").chmod(0o600)


@dataclass
class Postgres:
    """A server that can be stopped and started again."""

    folder: Path
    port: int

    @classmethod
    def create(cls) -> "Postgres":
        """An empty server, not started, that takes TLS and passwords only, as Aurora does with rds.force_ssl."""
        folder = Path(tempfile.mkdtemp(prefix="shop-postgres-"))
        certificate(folder)
        (folder / "password").write_text(PASSWORD)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = cls(folder, port)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", server.user(), folder], check=True)
        server.run("initdb", "--username", USER, "--pwfile", folder / "password", "--auth", "scram-sha-256", "--encoding", "UTF8")
        (folder / "data/pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
        return server

    def user(self) -> str:
        """Whom it runs as: never root."""
        return "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name

    def command(self, program: str, *arguments: object) -> dict:
        """How to run one of its programs."""
        line = [str(programs() / program), "-D", str(self.folder / "data"), *map(str, arguments)]
        other = {"user": self.user(), "group": self.user(), "extra_groups": []} if os.geteuid() == 0 else {}
        return {"args": line, "cwd": self.folder, **other}

    def run(self, program: str, *arguments: object) -> None:
        """Runs one of its programs to its end."""
        done = subprocess.run(**self.command(program, *arguments), capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")

    def start(self) -> None:
        """Starts it; returns when it takes connections."""
        options = {
            "listen_addresses": "127.0.0.1",
            "port": self.port,
            "unix_socket_directories": self.folder,
            "ssl": "on",
            "ssl_cert_file": self.folder / "server.crt",
            "ssl_key_file": self.folder / "server.key",
            "fsync": "off",
        }
        self.run("pg_ctl", "start", "--wait", "--silent", "--log", self.folder / "log", "-o", " ".join(f"-c {k}={v}" for k, v in options.items()))

    def stop(self) -> None:
        """Stops it at once, as a failover does: open connections break."""
        self.run("pg_ctl", "stop", "--wait", "--silent", "--mode", "immediate")

    def remove(self) -> None:
        """Stops it if it runs, and deletes everything."""
        if (self.folder / "data/postmaster.pid").exists():
            self.stop()
        shutil.rmtree(self.folder)

    def secret(self) -> dict[str, object]:
        """The secret of it as RDS writes it for a rotation of one's own."""
        return {"engine": "postgres", "host": "localhost", "port": self.port, "dbname": "postgres", "username": USER, "password": PASSWORD}

    def connect(self, name: str = "postgres") -> psycopg.Connection:
        """A connection past the application."""
        return psycopg.connect(
            host="localhost", port=self.port, user=USER, password=PASSWORD, dbname=name, sslmode="require", autocommit=True
        )
