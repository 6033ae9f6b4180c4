"""Accounts as text, for a backup: one JSON line a row. It can be loaded into either kind of database.

Sessions, attempts and journeys are left out: nobody stays signed in through a restore.
"""

from __future__ import annotations

import json
from typing import Final

import sqlalchemy as sa
from alembic import command
from alembic.migration import MigrationContext
from alembic.util import CommandError

from heritage.model.errors import InputError
from heritage.people.database import Database, migrations
from heritage.people.tables import attempts, journeys, metadata, people, senders, sessions

_FORMAT: Final = "heritage-accounts"
_PASSING: Final = (sessions, attempts, journeys, senders)
_LASTING: Final = tuple(table for table in metadata.sorted_tables if table not in _PASSING)


def dump(db: Database) -> bytes:
    """All that lasts, as it was at one moment; the first line names the tables' revision."""
    with db.writing() as connection:  # so that nobody else writes between two of the tables
        revision = MigrationContext.configure(connection).get_current_revision()
        lines: list[dict[str, object]] = [{"format": _FORMAT, "revision": revision}]
        for table in _LASTING:
            rows = connection.execute(sa.select(table)).mappings()
            lines += [{"table": table.name, "row": dict(row)} for row in rows]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def load(db: Database, content: bytes) -> int:
    """Fill an empty database with a dump of this version or an older one; how many accounts there are then.

    Raises InputError where it is not empty, or ``content`` is no dump; the database is then as it was.
    """
    try:
        first, *rows = (json.loads(line) for line in content.splitlines())  # bytes: a text may hold U+2028
        revision = first["revision"] if first["format"] == _FORMAT else None
    except (ValueError, KeyError, TypeError):
        revision = None
    if not isinstance(revision, str):
        raise _strange("it is none")
    with db.writing() as connection:
        demand_empty(connection, db.shown)
        config = migrations(connection)
        try:
            command.downgrade(config, revision)  # nothing is lost: it is empty
            tables = sa.MetaData()
            tables.reflect(connection)
            for one in rows:
                connection.execute(tables.tables[one["table"]].insert().values(one["row"]))
        except (KeyError, TypeError, sa.exc.SQLAlchemyError, CommandError) as error:
            raise _strange("it does not fit the tables of its revision") from error
        command.upgrade(config, "head")
        if db.dialect == "postgresql":
            _continue_numbers(connection)
        return connection.scalar(sa.select(sa.func.count()).select_from(people)) or 0


def demand_empty(connection: sa.Connection, shown: str) -> None:
    """Raise InputError (``accounts-exist``) where the database, called ``shown``, has accounts or reports."""
    if any(connection.execute(sa.select(table).limit(1)).first() for table in _LASTING):
        raise InputError(
            shown,
            "there are accounts or reports already",
            "an empty database",
            "name another with --accounts, or leave them in the backup with --without-accounts",
            code="accounts-exist",
        )


def _continue_numbers(connection: sa.Connection) -> None:
    """New rows are numbered after those that were loaded."""
    for table in metadata.sorted_tables:
        column = table.autoincrement_column
        if column is not None:
            highest = connection.scalar(sa.select(sa.func.max(column)))
            if highest is not None:
                sequence = sa.func.pg_get_serial_sequence(table.name, column.name)
                connection.execute(sa.select(sa.func.setval(sequence, highest)))


def _strange(found: str) -> InputError:
    return InputError(
        "the backup's accounts",
        found,
        "what `heritage backup` wrote",
        "take another backup",
        code="accounts-strange",
    )
