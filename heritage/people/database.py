"""The database of accounts: opened, brought up to date, read and written.

SQLite in `.heritage/people.sqlite` (write-ahead log: readers do not wait for a writer), or PostgreSQL by URL. Each
write is one transaction, and there is one at a time, so that what it read still holds when it writes: SQLite's own
lock, taken when it begins; on PostgreSQL an advisory lock. Accounts change seldom.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import URL, Connection, make_url

from heritage.model.errors import HeritageError, InputError, StoreError
from heritage.people.place import sqlite_path

_ALLOWED: Final = "postgresql+pg8000://user:password@host:port/database, or a folder's own SQLite file"
_BUSY_MS: Final = 10_000
_WRITER: Final = 0x4E67_4D6F  # PostgreSQL's advisory lock; any number that nobody else has


class Database:
    """One open database of accounts, for all threads of a process."""

    def __init__(self, site: Path, url: str | None = None) -> None:
        """Open, and bring the tables up to date. ``url`` None: the site's own SQLite file, made if missing.

        Raises InputError for a URL of another kind, StoreError where the database cannot be reached or written,
        or was made by a newer version.
        """
        self.shown, self._engine = _engine(site, url)
        try:
            self._upgrade()
        except BaseException:
            self.close()
            raise

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that only reads."""
        with self._told(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that writes: all of it, durably, on a clean exit; nothing of it on an exception."""
        with self._told(), self._engine.connect() as connection:
            connection = connection.execution_options(heritage_begin="BEGIN IMMEDIATE")
            with connection.begin():
                if self.dialect == "postgresql":
                    connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _WRITER})
                yield connection

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self._engine.dialect.name

    def close(self) -> None:
        """Let go of the connections; so does leaving it as a context manager."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _upgrade(self) -> None:
        with self.writing() as connection:
            config = migrations(connection)
            script = ScriptDirectory.from_config(config)
            present = MigrationContext.configure(connection).get_current_revision()
            known = {revision.revision for revision in script.walk_revisions()}
            if present is not None and present not in known:
                raise StoreError(
                    self.shown,
                    f"its tables are of revision {present}, which this version does not know",
                    f"up to {script.get_current_head()}",
                    "use the version of Heritage that made them, or a newer one",
                    code="accounts-newer",
                )
            if present != script.get_current_head():
                command.upgrade(config, "head")

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except HeritageError:
            raise
        except (sa.exc.DBAPIError, sa.exc.TimeoutError, OSError) as error:
            # The driver's own words may name the user or the statement: they stay in the chain, for a log.
            raise StoreError(
                self.shown,
                "the database of accounts does not answer as it should",
                "a database that can be reached and written",
                "see that it runs, that its disk has room and that its address is right",
                code="accounts-unavailable",
            ) from error


def migrations(connection: Connection) -> Config:
    """Alembic's configuration for ``connection``, which is in a transaction."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config


def _engine(site: Path, url: str | None) -> tuple[str, sa.Engine]:
    if url is None:
        path = sqlite_path(site)
        if not site.is_dir():
            raise InputError(
                str(site), "there is no such folder", "a site's folder", "check the path", code="site-missing"
            )
        _private(path)
        engine = sa.create_engine(URL.create("sqlite", database=str(path)))
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
        return str(path), engine
    try:
        parsed = make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = URL.create("unknown")
    if parsed.drivername not in ("postgresql", "postgresql+pg8000") or not parsed.database:
        # The URL itself may hold a password, so no part of it is repeated.
        raise InputError(
            "the address of the accounts' database",
            "it is of another kind",
            _ALLOWED,
            "correct --accounts",
            code="accounts-url",
        )
    host = f"[{parsed.host}]" if ":" in (parsed.host or "") else parsed.host
    shown = f"postgresql://{host}:{parsed.port or 5432}/{parsed.database}"
    try:
        return shown, sa.create_engine(parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise InputError(
            shown,
            "a database, and the driver for it is not installed",
            "SQLite needs none",
            'install it: pip install "heritage[postgresql]"',
            code="accounts-driver",
        ) from error


def _private(path: Path) -> None:
    """Make the file where it is missing, for its owner's eyes only: it holds hashes of passwords."""
    try:
        path.parent.mkdir(exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise StoreError(
            str(path),
            f"it cannot be written ({error.strerror})",
            "a folder this user may write",
            "change its owner or permissions, or run as another user",
            code="store-not-writable",
        ) from error


def _prepare_sqlite(connection: object, _: object) -> None:
    # The driver would begin transactions itself, later than is safe; `_begin_sqlite` does it.
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in (f"busy_timeout={_BUSY_MS}", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("heritage_begin", "BEGIN"))
