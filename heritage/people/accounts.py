"""Accounts: made, listed, changed, closed. Each change and its event are one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from heritage.model.errors import BusyError, InputError
from heritage.people import clock, events
from heritage.people.database import Database
from heritage.people.passwords import hashed
from heritage.people.person import ROLES, Person, Role, checked_name, checked_roles, name_key
from heritage.people.tables import over, people, roles, sessions


@dataclass(frozen=True)
class Account:
    """One account as it is listed. Times in seconds since 1970; ``closed`` None while it is open, ``sessions`` counted."""

    person: Person
    has_password: bool
    issuer: str | None
    made: int
    closed: int | None
    sessions: int


def add(db: Database, name: str, given: Iterable[str], password: str, *, by: str) -> Person:
    """A new account. Raises InputError for a name that is strange or taken, a weak password, a strange role."""
    stored = hashed(password, name)
    with db.writing() as connection:
        return insert(connection, name, given, by=by, password=stored)


def insert(
    connection: Connection,
    name: str,
    given: Iterable[str],
    *,
    by: str,
    password: str | None = None,
    identity: tuple[str, str] | None = None,
) -> Person:
    """As `add`, in the caller's transaction; ``password`` is hashed already, ``identity`` is issuer and subject."""
    name, own = checked_name(name), checked_roles(given)
    if connection.scalar(sa.select(people.c.id).where(people.c.key == name_key(name))) is not None:
        raise InputError(
            "the name",
            f"there is an account of {name!r}",
            "one account a name",
            "take another",
            code="name-taken",
        )
    issuer, subject = identity or (None, None)
    values = {"name": name, "key": name_key(name), "password": password, "issuer": issuer, "subject": subject}
    made = connection.execute(people.insert().values(**values, made=clock.now()))
    number = cast(int, made.inserted_primary_key[0])  # type: ignore[index]
    give(connection, number, own)
    events.record(connection, by, "account added", {"name": name, "roles": own})
    return Person(number, name, own)


def everyone(db: Database) -> tuple[Account, ...]:
    """All accounts, by name; closed ones as well."""
    count = sa.select(sessions.c.person, sa.func.count().label("n")).where(sa.not_(over(clock.now())))
    open_sessions = count.group_by(sessions.c.person).subquery()
    query = sa.select(people, open_sessions.c.n).outerjoin(open_sessions).order_by(people.c.key)
    with db.reading() as connection:
        theirs = _all_roles(connection)
        return tuple(
            Account(
                Person(row.id, row.name, theirs.get(row.id, ())),
                row.password is not None,
                row.issuer,
                row.made,
                row.closed,
                row.n or 0,
            )
            for row in connection.execute(query)
        )


def roles_of(connection: Connection, person: int) -> tuple[Role, ...]:
    """The roles of one account, in the order of ROLES."""
    found = set(connection.scalars(sa.select(roles.c.role).where(roles.c.person == person)))
    return tuple(role for role in ROLES if role in found)


def set_roles(db: Database, name: str, given: Iterable[str], *, by: str) -> Person:
    """Give an account these roles and no others. They hold for its next request: sessions go on."""
    own = checked_roles(given)
    with db.writing() as connection:
        row = named(connection, name)
        give(connection, row.id, own)
        _keep_one_administrator(connection)
        events.record(connection, by, "roles set", {"name": row.name, "roles": own})
        return Person(row.id, row.name, own)


def set_password(db: Database, name: str, password: str, *, by: str, keep: str | None = None) -> None:
    """A new password; ends all sessions of that account but the one with the digest ``keep``."""
    stored = hashed(password, name)
    with db.writing() as connection:
        row = named(connection, name)
        connection.execute(people.update().where(people.c.id == row.id).values(password=stored))
        others = sa.true() if keep is None else sessions.c.digest != keep
        connection.execute(sessions.delete().where(sessions.c.person == row.id, others))
        events.record(connection, by, "password set", {"name": row.name})


def close(db: Database, name: str, *, by: str) -> None:
    """Nobody signs in to this account any more, and its sessions end. Its name stays taken: the history names it."""
    with db.writing() as connection:
        row = named(connection, name)
        connection.execute(people.update().where(people.c.id == row.id).values(closed=clock.now()))
        connection.execute(sessions.delete().where(sessions.c.person == row.id))
        _keep_one_administrator(connection)
        events.record(connection, by, "account closed", {"name": row.name})


def reopen(db: Database, name: str, *, by: str) -> None:
    """Undo `close`; password and roles are as they were."""
    with db.writing() as connection:
        row = named(connection, name)
        connection.execute(people.update().where(people.c.id == row.id).values(closed=None))
        events.record(connection, by, "account reopened", {"name": row.name})


def named(connection: Connection, name: str) -> sa.Row[tuple[object, ...]]:
    """The row of ``name``. Raises InputError (``name-unknown``, 404)."""
    row = connection.execute(sa.select(people).where(people.c.key == name_key(name))).one_or_none()
    if row is None:
        raise InputError(
            "the name",
            "there is no account of that name",
            "one that `heritage user list` shows",
            "check its spelling",
            code="name-unknown",
            status=404,
        )
    return row


def give(connection: Connection, person: int, own: tuple[Role, ...]) -> None:
    """Replace the roles of an account, in the caller's transaction."""
    connection.execute(roles.delete().where(roles.c.person == person))
    connection.execute(roles.insert(), [{"person": person, "role": role} for role in own])


def _all_roles(connection: Connection) -> dict[int, tuple[Role, ...]]:
    found: dict[int, set[str]] = {}
    for person, role in connection.execute(sa.select(roles)):
        found.setdefault(person, set()).add(role)
    return {person: tuple(role for role in ROLES if role in own) for person, own in found.items()}


def _keep_one_administrator(connection: Connection) -> None:
    left = (
        sa.select(people.c.id).join(roles).where(people.c.closed.is_(None), roles.c.role == "administrator")
    )
    if connection.execute(left.limit(1)).first() is None:
        raise BusyError(
            "the accounts",
            "this is the last administrator",
            "at least one open account with that role",
            "make somebody else an administrator first",
            code="last-administrator",
        )
