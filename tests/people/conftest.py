"""Every test of this room runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import argon2
import pytest
from pg8000.native import Connection
from postgres import postgres
from standing_clock import Clock

from heritage.people import clock, passwords
from heritage.people.database import Database


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[tuple[Connection, str]]:
    """A connection to the one database for all these tests, and its URL; making one takes a second."""
    with postgres() as running:
        running.make_database("people")
        with contextlib.closing(running.connect("people")) as admin:
            yield admin, f"postgresql+pg8000://admin:{running.password}@127.0.0.1:{running.port}/people"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str | None:
    """None for a site's own file, else the URL of an empty database."""
    if request.param == "sqlite":
        return None
    admin, url = request.getfixturevalue("postgres_url")
    admin.run("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    return str(url)


@pytest.fixture
def opened(tmp_path: Path, url: str | None) -> Iterator[Callable[[], Database]]:
    """Opens the same database, each time as another process would."""
    databases: list[Database] = []

    def open_one() -> Database:
        databases.append(Database(tmp_path, url))
        return databases[-1]

    yield open_one
    for database in databases:
        database.close()


@pytest.fixture
def db(opened: Callable[[], Database]) -> Database:
    return opened()


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr(clock, "now", standing)
    return standing


@pytest.fixture(autouse=True)
def _cheap_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real parameters take 50 ms each; a test of theirs asks for them by the mark of its name."""
    if "real_parameters" not in request.node.name:
        monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(1, 8, 1))
        passwords._nobody.cache_clear()
