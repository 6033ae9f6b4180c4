"""The two ways in: the one token of one's own machine, and an institution's accounts."""

from __future__ import annotations

import hmac
import threading
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol

from flask import Request

from heritage.model.errors import InputError
from heritage.people.person import Person, local_person
from heritage.people.secret import new_secret
from heritage.web.errors import refused
from heritage.web.studio.answers import strange_body
from heritage.web.studio.options import StudioOptions

if TYPE_CHECKING:
    from heritage.people.database import Database

Mode = Literal["local", "accounts"]
_TOKEN_LENGTH: Final = 200


class Door(Protocol):
    """Lets people in and knows them again by the secret in their cookie."""

    mode: Mode

    def enter(self, body: Any, request: Request, session: str | None) -> tuple[Person, str]:
        """Who ``body`` says they are, and the secret of a new session, which replaces ``session``. Raises InputError."""

    def find(self, session: str, *, seen: bool) -> Person | None:
        """Whose session it is, None where it is over; ``seen`` notes that they are here."""

    def leave(self, session: str) -> None:
        """End a session."""


class OwnMachine:
    """One person, who has read the printed address. Their sessions end with the server."""

    mode: Mode = "local"

    def __init__(self, token: str) -> None:
        self._token: str | None = token
        self._sessions: set[str] = set()
        self._lock = threading.Lock()
        self._owner = local_person()

    def enter(self, body: Any, request: Request, session: str | None) -> tuple[Person, str]:
        """See Door. The token is used up; the browser that used it may follow the printed address again."""
        if session is not None and session in self._sessions:
            return self._owner, session
        given = body.get("token") if isinstance(body, dict) else None
        with self._lock:
            right = isinstance(given, str) and self._token is not None and _equal(given, self._token)
            if not right:
                raise _refused_token()
            self._token, secret = None, new_secret()
            self._sessions.add(secret)
        return self._owner, secret

    def find(self, session: str, *, seen: bool) -> Person | None:
        """See Door."""
        return self._owner if session in self._sessions else None

    def leave(self, session: str) -> None:
        """See Door."""
        self._sessions.discard(session)


class Institution:
    """People with accounts."""

    mode: Mode = "accounts"

    def __init__(self, database: Database) -> None:
        self.database = database

    def enter(self, body: Any, request: Request, session: str | None) -> tuple[Person, str]:
        """See Door."""
        from heritage.people.signing_in import sign_in

        name, password = texts(body, "name", "password")
        address = request.remote_addr or ""
        person = sign_in(self.database, name, password, address)
        return person, self.admit(person, request, session)

    def admit(self, person: Person, request: Request, session: str | None) -> str:
        """A session for somebody who has proved who they are."""
        from heritage.people.sessions import start

        browser = request.headers.get("User-Agent", "")
        return start(self.database, person, request.remote_addr or "", browser, instead_of=session)

    def find(self, session: str, *, seen: bool) -> Person | None:
        """See Door."""
        from heritage.people.sessions import find

        return find(self.database, session, seen=seen)

    def leave(self, session: str) -> None:
        """See Door."""
        from heritage.people.sessions import end

        end(self.database, session)


def door_of(options: StudioOptions) -> OwnMachine | Institution:
    """The way in of a studio that is opened so."""
    return Institution(options.accounts) if options.accounts else OwnMachine(options.token or new_secret())


def texts(body: Any, *keys: str) -> tuple[str, ...]:
    """The texts of a JSON body that has these keys and no others. Raises InputError (400)."""
    if isinstance(body, dict) and body.keys() == set(keys):
        values = [body[key] for key in keys]
        if all(isinstance(value, str) for value in values):
            return tuple(values)
    wanted = "{" + ", ".join(f'"{key}": text' for key in keys) + "}"
    raise strange_body(wanted)


def _refused_token() -> InputError:
    return refused(
        401,
        "token-wrong",
        "the address of the studio",
        "it is not this server's, or has been used in another browser",
        "the address that this server printed, once",
        "go on in that browser, or start the server again",
    )


def _equal(a: str, b: str) -> bool:
    return len(a) <= _TOKEN_LENGTH and hmac.compare_digest(a.encode("utf-8", "replace"), b.encode())
