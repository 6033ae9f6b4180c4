"""People on their way to the OpenID provider and back, and the accounts of those who have arrived."""

from __future__ import annotations

from dataclasses import asdict
from typing import Final

import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.model.limits import JOURNEY_S, JOURNEYS, PERSON_NAME_LENGTH
from heritage.people import accounts, clock, events
from heritage.people.database import Database
from heritage.people.openid import Identity, Journey
from heritage.people.person import Person, name_key
from heritage.people.secret import digest, new_secret
from heritage.people.tables import journeys, people

_TWINS: Final = 100


def depart(db: Database, journey: Journey) -> str:
    """Keep a journey; the secret by which its browser is known again.

    Strangers may begin as many as they like: beyond a ceiling the oldest are forgotten, so that they keep nobody out.
    """
    secret, now = new_secret(), clock.now()
    with db.writing() as connection:
        newest = sa.select(journeys.c.digest).order_by(journeys.c.ends.desc()).limit(JOURNEYS - 1)
        over = sa.or_(journeys.c.ends <= now, journeys.c.digest.not_in(newest))
        connection.execute(journeys.delete().where(over))
        connection.execute(
            journeys.insert().values(digest=digest(secret), ends=now + JOURNEY_S, **asdict(journey))
        )
    return secret


def arrive(db: Database, secret: str) -> Journey | None:
    """The journey of ``secret``, once: it is over now. None for one that is over, too old or never was."""
    with db.writing() as connection:
        query = sa.select(journeys).where(journeys.c.digest == digest(secret), journeys.c.ends > clock.now())
        row = connection.execute(query).one_or_none()
        connection.execute(journeys.delete().where(journeys.c.digest == digest(secret)))
    return None if row is None else Journey(row.state, row.nonce, row.verifier)


def person_of(db: Database, identity: Identity) -> Person:
    """The account of somebody whom the provider knows, made at the first time; its roles are the provider's of today.

    Raises InputError (403) where the provider gives them no role, or their account is closed.
    """
    if not identity.roles:
        raise _not_let_in("the provider gives you no role here", "openid-no-role")
    with db.writing() as connection:
        theirs = people.c.issuer == identity.issuer, people.c.subject == identity.subject
        row = connection.execute(sa.select(people).where(*theirs)).one_or_none()
        if row is None:
            taken = set(connection.scalars(sa.select(people.c.key)))
            name = _free_name(identity.name, taken)
            who = identity.issuer, identity.subject
            return accounts.insert(connection, name, identity.roles, by=name, identity=who)
        if row.closed is not None:
            raise _not_let_in("your account is closed", "account-closed")
        if accounts.roles_of(connection, row.id) != identity.roles:
            accounts.give(connection, row.id, identity.roles)
            events.record(
                connection, row.name, "roles by provider", {"name": row.name, "roles": identity.roles}
            )
        return Person(row.id, row.name, identity.roles)


def _free_name(name: str, taken: set[str]) -> str:
    """``name`` as a name may be, with a number where somebody else has it."""
    seen = (
        " ".join("".join(c for c in name if c.isprintable() and c not in "/.").split())[
            : PERSON_NAME_LENGTH - 6
        ].strip()
        or "?"
    )
    twins = (seen if n == 1 else f"{seen} ({n})" for n in range(1, _TWINS))
    free = next((twin for twin in twins if name_key(twin) not in taken), None)
    if free is None:
        raise _not_let_in("too many people have your name", "name-taken")
    return free


def _not_let_in(found: str, code: str) -> InputError:
    return InputError(
        "the studio", found, "people with a role", "ask an administrator", code=code, status=403
    )
