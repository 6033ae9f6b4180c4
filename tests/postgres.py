"""Debian's PostgreSQL, started for a test module and ended with it."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pg8000.native import Connection


@dataclass(frozen=True)
class Postgres:
    """A running server on 127.0.0.1; its superuser is ``admin``."""

    port: int
    password: str

    def connect(self, database: str) -> Connection:
        """A connection as ``admin``."""
        return Connection("admin", "127.0.0.1", database, self.port, self.password, ssl_context=False)

    def make_database(self, name: str) -> None:
        """A new, empty database."""
        with contextlib.closing(self.connect("postgres")) as connection:
            connection.run(f"CREATE DATABASE {name}")


@contextlib.contextmanager
def postgres() -> Iterator[Postgres]:
    """Skips, loudly, where Debian's package is not installed; `scripts/test` installs it."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not programs:
        pytest.skip("no PostgreSQL: apt-get install postgresql (scripts/test does)")
    folder = Path(tempfile.mkdtemp(prefix="heritage-postgres-"))
    # PostgreSQL does not run as root.
    other = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.getuid() == 0 else {}
    if other:
        shutil.chown(folder, "postgres", "postgres")
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data = folder / "data"
    made = [programs[-1], "-D", data, "-U", "admin", "-A", "scram-sha-256", "--pwfile", folder / "password"]
    subprocess.run(
        [*made, "--no-sync", "--no-instructions", "-E", "UTF8", "--locale", "C"],
        check=True, capture_output=True, cwd=folder, **other,
    )  # fmt: skip
    settings = {
        "fsync": "off",
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
    }
    given = " ".join(f"-c {name}={value}" for name, value in settings.items())
    control = [programs[-1].with_name("pg_ctl"), "-D", data, "-s", "-w", "-t", "30", "-l", folder / "log"]

    def order(*words: str) -> None:
        subprocess.run(
            [*control, *words], check=True, capture_output=True, cwd=folder, **other
        )  # fmt: skip

    # A daemon, so no child of the tests' process: some tests say that no child is left, one kills all.
    order("-o", given, "start")
    try:
        yield Postgres(port, password)
    finally:
        order("-m", "immediate", "stop")
        shutil.rmtree(folder)
