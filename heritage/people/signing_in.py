"""Signing in by name and password, throttled by name and by address.

An attempt counts from before the password is looked at until it has proved right, so that guesses made at the same
time are all counted. Names that do not exist are counted and take as long as those that do.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from heritage.model.errors import InputError, ThrottledError
from heritage.model.limits import SIGN_IN_ATTEMPTS_OF_ADDRESS, SIGN_IN_ATTEMPTS_OF_NAME, SIGN_IN_WINDOW_S
from heritage.people import clock, events
from heritage.people.accounts import named, roles_of
from heritage.people.database import Database
from heritage.people.network import network_of
from heritage.people.passwords import hashed, is_outdated, is_right
from heritage.people.person import Person, name_key
from heritage.people.secret import digest
from heritage.people.tables import attempts, people


def sign_in(db: Database, name: str, password: str, address: str) -> Person:
    """Who it is. Raises InputError (401, ``sign-in-failed``) for a wrong name or password alike, ThrottledError."""
    key, address = digest(name_key(name)), network_of(address)
    with db.writing() as connection:
        _allow(connection, key, address)
        connection.execute(attempts.insert().values(key=key, address=address, at=clock.now()))
    with db.reading() as connection:
        row = connection.execute(sa.select(people).where(people.c.key == name_key(name))).one_or_none()
        own = roles_of(connection, row.id) if row is not None else ()
    right = is_right(row.password if row is not None else None, password)
    if row is None or not right or row.closed is not None:
        raise _failed()
    newer = hashed(password, row.name) if is_outdated(row.password) else None
    with db.writing() as connection:
        connection.execute(attempts.delete().where(attempts.c.key == key))
        if newer is not None:
            connection.execute(people.update().where(people.c.id == row.id).values(password=newer))
            events.record(connection, row.name, "password hashed anew", {"name": row.name})
    return Person(row.id, row.name, own)


def forget(db: Database, name: str, *, by: str) -> None:
    """Let somebody who was locked out try again at once. Raises InputError (404) for a name without an account."""
    with db.writing() as connection:
        row = named(connection, name)
        connection.execute(attempts.delete().where(attempts.c.key == digest(row.key)))
        events.record(connection, by, "attempts forgotten", {"name": row.name})


def _allow(connection: Connection, key: str, address: str) -> None:
    since = clock.now() - SIGN_IN_WINDOW_S
    connection.execute(attempts.delete().where(attempts.c.at <= since))
    limits = (
        (attempts.c.key == key, SIGN_IN_ATTEMPTS_OF_NAME),
        (attempts.c.address == address, SIGN_IN_ATTEMPTS_OF_ADDRESS),
    )
    for same, limit in limits:
        made = list(connection.scalars(sa.select(attempts.c.at).where(same).order_by(attempts.c.at)))
        if len(made) >= limit:
            raise _throttled(made[-limit] - since)


def _throttled(retry_after_s: int) -> ThrottledError:
    error = ThrottledError(
        "the sign-in",
        "too many attempts failed",
        f"{SIGN_IN_ATTEMPTS_OF_NAME} for one name in {SIGN_IN_WINDOW_S // 60} minutes",
        f"wait {-(-retry_after_s // 60)} minutes, or ask an administrator",
        code="sign-in-throttled",
    )
    error.retry_after_s = retry_after_s
    return error


def _failed() -> InputError:
    return InputError(
        "the sign-in",
        "name or password is wrong",
        "those of an open account",
        "type them anew, or ask an administrator for a new password",
        code="sign-in-failed",
        status=401,
    )
