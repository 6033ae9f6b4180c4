"""Sessions, kept here and not in the cookie: they can be listed and ended, and they expire, idle or not."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.model.limits import SESSION_S, SESSION_SEEN_S
from heritage.people import clock, events
from heritage.people.accounts import named, roles_of
from heritage.people.database import Database
from heritage.people.person import Person
from heritage.people.secret import SHOWN, digest, new_secret
from heritage.people.tables import over, people, sessions


@dataclass(frozen=True)
class Session:
    """One session as it is listed; ``id`` names it and opens nothing. Times in seconds since 1970."""

    id: str
    name: str
    made: int
    seen: int
    ends: int
    address: str
    browser: str


def start(db: Database, person: Person, address: str, browser: str, *, instead_of: str | None = None) -> str:
    """The secret of a new session; ``instead_of`` is the secret of one that ends with it (rotation)."""
    secret, now = new_secret(), clock.now()
    with db.writing() as connection:
        if instead_of is not None:
            connection.execute(sessions.delete().where(sessions.c.digest == digest(instead_of)))
        connection.execute(sessions.delete().where(over(now)))
        connection.execute(
            sessions.insert().values(
                digest=digest(secret),
                person=person.id,
                made=now,
                seen=now,
                ends=now + SESSION_S,
                address=address[:45],
                browser=browser[:200],
            )
        )
        events.record(connection, person.name, "signed in", {"address": address[:45]})
    return secret


def find(db: Database, secret: str, *, seen: bool = True) -> Person | None:
    """Whose session it is, with the roles of this moment; None for one that has ended, expired or never was.

    ``seen`` False: nothing is written, so nobody is waited for; the session's idle time goes on.
    """
    now = clock.now()
    query = (
        sa.select(people.c.id, people.c.name, sessions.c.seen)
        .join(people, sessions.c.person == people.c.id)
        .where(sessions.c.digest == digest(secret), people.c.closed.is_(None), sa.not_(over(now)))
    )
    with db.reading() as connection:
        row = connection.execute(query).one_or_none()
        person = None if row is None else Person(row.id, row.name, roles_of(connection, row.id))
    if seen and row is not None and now - row.seen >= SESSION_SEEN_S:
        with db.writing() as connection:
            connection.execute(sessions.update().where(sessions.c.digest == digest(secret)).values(seen=now))
    return person


def end(db: Database, secret: str) -> None:
    """End one session; one that is over stays over."""
    with db.writing() as connection:
        connection.execute(sessions.delete().where(sessions.c.digest == digest(secret)))


def end_by_id(db: Database, id: str, *, by: str) -> None:
    """End the session that a list names so. Raises InputError (404) where there is none."""
    with db.writing() as connection:
        found = sa.func.substr(sessions.c.digest, 1, SHOWN) == id
        if connection.execute(sessions.delete().where(found)).rowcount == 0:
            raise InputError(
                "the session",
                "there is none of that name",
                "one that the list shows",
                "load it anew",
                code="session-unknown",
                status=404,
            )
        events.record(connection, by, "session ended", {"session": id})


def end_all(db: Database, name: str, *, by: str) -> int:
    """End every session of one account; how many there were."""
    with db.writing() as connection:
        row = named(connection, name)
        count = connection.execute(sessions.delete().where(sessions.c.person == row.id)).rowcount
        events.record(connection, by, "sessions ended", {"name": row.name, "count": count})
    return count


def running(db: Database, person: int | None = None) -> tuple[Session, ...]:
    """The sessions that have not ended, of one account or of all; the last seen first."""
    query = sa.select(sessions, people.c.name).join(people).where(sa.not_(over(clock.now())))
    if person is not None:
        query = query.where(people.c.id == person)
    with db.reading() as connection:
        return tuple(
            Session(row.digest[:SHOWN], row.name, row.made, row.seen, row.ends, row.address, row.browser)
            for row in connection.execute(query.order_by(sessions.c.seen.desc()))
        )
