"""Who somebody is to the studio, and what a name and a role may be. No database in here."""

from __future__ import annotations

import getpass
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, get_args

from heritage.model.errors import InputError
from heritage.model.limits import PERSON_NAME_LENGTH

Role = Literal["administrator", "curator", "conservator", "translator"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
KEY_LENGTH: Final = 4 * PERSON_NAME_LENGTH  # some signs become several when their case and width are folded


@dataclass(frozen=True)
class Person:
    """Who asks. ``id`` is the account's number, 0 where there are no accounts; ``roles`` in the order of ROLES."""

    id: int
    name: str
    roles: tuple[Role, ...]

    def has(self, roles: Iterable[str]) -> bool:
        """Whether one of ``roles`` is theirs."""
        return not set(roles).isdisjoint(self.roles)


def local_person() -> Person:
    """Whoever runs this process, by the operating system's name: on their own machine everything is theirs."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):  # a container's user without a name
        name = f"user {os.getuid()}"
    return Person(0, name[:PERSON_NAME_LENGTH], ROLES)


def checked_name(text: str) -> str:
    """A name as it is stored: NFC, single spaces. Raises InputError (code ``name-strange``).

    Any script; no control or invisible characters, with which one name could look like another's.
    """
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if (
        any(map(_unseen, name))
        or "/" in name  # names stand in addresses
        or not name.strip(".")
        or not 1 <= len(name) <= PERSON_NAME_LENGTH
        or len(name_key(name)) > KEY_LENGTH
    ):
        raise InputError(
            "the name",
            "it is empty, too long, or has a slash or characters that cannot be seen",
            f"1 to {PERSON_NAME_LENGTH} letters, digits, signs and spaces",
            "type it anew",
            code="name-strange",
        )
    return name


def name_key(name: str) -> str:
    """What two names must not share: ``name`` without differences of case, width and composition, or what is unseen."""
    seen = "".join(c for c in unicodedata.normalize("NFKC", name) if c.isspace() or not _unseen(c))
    return unicodedata.normalize("NFKC", " ".join(seen.split()).casefold())


def _unseen(character: str) -> bool:
    return unicodedata.category(character)[0] == "C"  # control, format, half of a pair, not assigned


def checked_roles(roles: Iterable[str]) -> tuple[Role, ...]:
    """``roles`` once each, in the order of ROLES. Raises InputError for a strange one, and for none at all."""
    given = list(roles)
    strange = [role for role in given if role not in ROLES]
    if strange or not given:
        raise InputError(
            "the roles",
            f"there is no role {strange[0]!r}" if strange else "none is given",
            ", ".join(ROLES),
            "name one or more of them",
            code="role-unknown",
        )
    return tuple(role for role in ROLES if role in given)
