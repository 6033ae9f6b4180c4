"""The tables of accounts. Times are whole seconds since 1970 in UTC; secrets are there as their SHA-256 only.

`migrations/` makes them; tests hold what it makes against what stands here.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

from heritage.model.limits import PERSON_NAME_LENGTH, SESSION_IDLE_S
from heritage.people.person import KEY_LENGTH

metadata: Final = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def _person(name: str = "person", *, primary: bool = False) -> sa.Column[int]:
    there = sa.ForeignKey("people.id", ondelete="CASCADE")
    return sa.Column(name, sa.Integer, there, primary_key=primary, nullable=False, index=not primary)


def _time(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _digest() -> sa.Column[str]:
    return sa.Column("digest", sa.String(64), primary_key=True)


# `password` is argon2's own string; without one, the person comes by OpenID Connect (`issuer` and `subject`).
people: Final = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(PERSON_NAME_LENGTH), nullable=False),
    sa.Column("key", sa.String(KEY_LENGTH), nullable=False, unique=True),
    sa.Column("password", sa.String(200)),
    sa.Column("issuer", sa.String(500)),
    sa.Column("subject", sa.String(255)),
    _time("made"),
    _time("closed", nullable=True),
    sa.UniqueConstraint("issuer", "subject"),
)
roles: Final = sa.Table(
    "roles", metadata, _person(primary=True), sa.Column("role", sa.String(20), primary_key=True)
)
sessions: Final = sa.Table(
    "sessions",
    metadata,
    _digest(),
    _person(),
    _time("made"),
    _time("seen"),
    _time("ends"),
    sa.Column("address", sa.String(45), nullable=False),
    sa.Column("browser", sa.String(200), nullable=False),
)


def over(now: int) -> sa.ColumnElement[bool]:
    """Sessions that have ended by themselves at ``now``: too old, or idle for too long."""
    return sa.or_(sessions.c.ends <= now, sessions.c.seen <= now - SESSION_IDLE_S)


invitations: Final = sa.Table(
    "invitations",
    metadata,
    _digest(),
    sa.Column("roles", sa.String(100), nullable=False),
    sa.Column("made_by", sa.String(PERSON_NAME_LENGTH), nullable=False),
    _time("made"),
    _time("ends"),
)
# Failed attempts to sign in; `key` is the SHA-256 of the name's key, as what is typed there may be a password.
attempts: Final = sa.Table(
    "attempts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("key", sa.String(64), nullable=False),
    sa.Column("address", sa.String(45), nullable=False),
    _time("at"),
    sa.Index(None, "key", "at"),
    sa.Index(None, "address", "at"),
)
# Somebody has gone to the OpenID provider and has not come back yet.
journeys: Final = sa.Table(
    "journeys",
    metadata,
    _digest(),
    sa.Column("state", sa.String(64), nullable=False),
    sa.Column("nonce", sa.String(64), nullable=False),
    sa.Column("verifier", sa.String(128), nullable=False),
    _time("ends"),
)
# Who did what to accounts; `previous` is the SHA-256 of the record before, as in the site's journal.
events: Final = sa.Table(
    "events",
    metadata,
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    _time("at"),
    sa.Column("who", sa.String(PERSON_NAME_LENGTH), nullable=False),
    sa.Column("action", sa.String(40), nullable=False),
    sa.Column("details", sa.Text, nullable=False),
    sa.Column("previous", sa.String(64), nullable=False),
)
# What visitors told; `code` is the SHA-256 of what they look the answer up by, `place` metres in the monument frame.
# `shown` is what a person has released to everybody: nothing, the words, or all with the photo.
reports: Final = sa.Table(
    "reports",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("code", sa.String(64), nullable=False, unique=True),
    sa.Column("monument", sa.String(64), nullable=False),
    sa.Column("x_m", sa.Float),
    sa.Column("y_m", sa.Float),
    sa.Column("z_m", sa.Float),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String(35), nullable=False),
    sa.Column("status", sa.String(20), nullable=False),
    sa.Column("assignee", sa.String(PERSON_NAME_LENGTH)),
    sa.Column("answer", sa.Text),
    _time("made"),
    _time("due"),
    _time("answered", nullable=True),
    # What the visitor was told; `due` may be put off later, which makes no answer punctual.
    sa.Column("promised", sa.BigInteger, nullable=False, server_default="0"),
    # The photo's name in the site's folder, and where its file said it was taken, if the visitor wished that read.
    sa.Column("photo", sa.String(32)),
    sa.Column("lon_deg", sa.Float),
    sa.Column("lat_deg", sa.Float),
    sa.Column("shown", sa.String(10), nullable=False, server_default="nothing"),
    # How often staff have changed it: whoever saves says which one they read.
    sa.Column("revision", sa.Integer, nullable=False, server_default="0"),
    # What tells a retry from another report, as SHA-256: half of its key, half of the key with what was sent.
    sa.Column("once", sa.String(64), unique=True),
)
# Where reports came from, for a day: kept apart, so that a report does not say who sent it.
senders: Final = sa.Table(
    "senders",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("address", sa.String(45), nullable=False),
    _time("at"),
)
# One row: the last event and its digest.
head: Final = sa.Table(
    "head",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
)
