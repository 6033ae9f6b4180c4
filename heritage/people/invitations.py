"""Invitations by link: they carry roles, work once and expire. Who follows one chooses name and password."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.model.limits import INVITATION_S
from heritage.people import accounts, clock, events
from heritage.people.database import Database
from heritage.people.passwords import hashed
from heritage.people.person import Person, Role, checked_roles
from heritage.people.secret import SHOWN, digest, new_secret
from heritage.people.tables import invitations


@dataclass(frozen=True)
class Invitation:
    """One open invitation as it is listed; ``id`` names it and opens nothing. Times in seconds since 1970."""

    id: str
    roles: tuple[Role, ...]
    made_by: str
    made: int
    ends: int


def invite(db: Database, given: Iterable[str], *, by: str) -> str:
    """The secret of a new invitation, which goes into the link's fragment."""
    own, secret, now = checked_roles(given), new_secret(), clock.now()
    with db.writing() as connection:
        connection.execute(invitations.delete().where(invitations.c.ends <= now))
        connection.execute(
            invitations.insert().values(
                digest=digest(secret), roles=" ".join(own), made_by=by, made=now, ends=now + INVITATION_S
            )
        )
        events.record(connection, by, "invited", {"invitation": digest(secret)[:SHOWN], "roles": own})
    return secret


def accept(db: Database, secret: str, name: str, password: str) -> Person:
    """Make the account of an invitation, and use it up. Raises InputError: see `accounts.add`; 404 for a used one.

    A refused name or password leaves the invitation as it was.
    """
    theirs = sa.select(invitations).where(
        invitations.c.digest == digest(secret), invitations.c.ends > clock.now()
    )
    with db.reading() as connection:  # no stranger makes us hash
        if connection.execute(theirs).one_or_none() is None:
            raise _unknown()
    stored = hashed(password, name)
    with db.writing() as connection:
        row = connection.execute(theirs).one_or_none()
        if row is None:
            raise _unknown()
        connection.execute(invitations.delete().where(invitations.c.digest == row.digest))
        return accounts.insert(connection, name, row.roles.split(), by=row.made_by, password=stored)


def standing(db: Database) -> tuple[Invitation, ...]:
    """The invitations that nobody has followed and that have not expired, oldest first."""
    query = sa.select(invitations).where(invitations.c.ends > clock.now()).order_by(invitations.c.made)
    with db.reading() as connection:
        return tuple(
            Invitation(row.digest[:SHOWN], checked_roles(row.roles.split()), row.made_by, row.made, row.ends)
            for row in connection.execute(query)
        )


def withdraw(db: Database, id: str, *, by: str) -> None:
    """Take back the invitation that a list names so. Raises InputError (404) where there is none."""
    with db.writing() as connection:
        found = sa.func.substr(invitations.c.digest, 1, SHOWN) == id
        if connection.execute(invitations.delete().where(found)).rowcount == 0:
            raise _unknown()
        events.record(connection, by, "invitation withdrawn", {"invitation": id})


def _unknown() -> InputError:
    return InputError(
        "the invitation",
        "it has been used, withdrawn or has expired",
        "an open one",
        "ask for a new one",
        code="invitation-unknown",
        status=404,
    )
