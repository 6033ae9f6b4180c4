"""The site that is fuzzed: something of everything, and how a request names what there is of it just now."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any, Final

from flask import Flask
from open_data import publish_data
from small_release import RELEASE, publish
from studio_site import write_site

from heritage.people import handling, invitations, sending, sessions
from heritage.people.database import Database
from heritage.people.person import Person
from heritage.people.reports import Report, queue
from heritage.people.secret import SHOWN, digest
from heritage.people.tables import attempts, senders
from heritage.store.photos import Photos

PASSWORD: Final = "a password of words"
BUILD: Final = "000001"
BELL: Final = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="bell.mp3"\r\n\r\nID3 a bell\r\n--x--\r\n'
)
MULTIPART: Final = "multipart/form-data; boundary=x"
VOCABULARY: Final = """\
terms:
  - {id: crack, label: {en: Crack, vi: Vết nứt}}
"""
_NAMES: Final[tuple[tuple[str, Mapping[str, str]], ...]] = (
    ("/studio/api/documents/tours", {"id": "walk"}),
    ("/studio/api/history/tours", {"id": "walk"}),
    ("/studio/api/documents/monuments", {"id": "gate", "epoch": "2024"}),
    ("/studio/api/history/monuments", {"id": "gate", "epoch": "2024"}),
    ("/studio/api/findings", {"tour": "walk"}),
    ("/studio/api/schemas", {"kind": "tour"}),
    ("/studio/api/placements", {"monument": "gate"}),
    ("/studio/api/builds", {"id": BUILD}),
    ("/studio/api/people", {"name": "the curator"}),
    ("/studio/files", {"name": "media/bell.mp3"}),
    ("/studio/r", {"release_id": RELEASE, "name": "release.json"}),
    ("/r", {"release_id": RELEASE, "name": "release.json"}),
    ("/data", {"name": "footprints.geojson"}),
    ("/assets", {"name": "index-abc.js"}),
    ("/api/collections", {"collectionId": "monuments", "featureId": "gate"}),
)


class Furnished:
    """A site with two releases, one with open data, documents of every kind, media, reports and people.

    ``names`` are of paths, ``bodies`` of what is sent: for an operation, what stands there now.
    """

    def __init__(self, root: Path, database: Database, people: Mapping[str, Person]) -> None:
        self._root, self._database, self._people = root, database, people
        self._photos, self._number = Photos(root), count()
        self._ids: dict[str, Callable[[], str | int]] = {
            "/studio/api/me/sessions/{id}": lambda: self._session("administrator"),
            "/studio/api/sessions/{id}": lambda: self._session("translator"),
            "/studio/api/invitations/{id}": lambda: digest(self._invitation())[:SHOWN],
            "/studio/api/reports/{id}": lambda: self._report().id,
            "/studio/api/reports/{id}/history": lambda: self._report().id,
            "/studio/api/reports/{id}/photo": lambda: self._report().id,
            "/reports/photos/{id}": lambda: self._shown().id,
        }
        self._bodies: dict[str, Callable[[], Any]] = {
            "PUT /studio/api/presence": lambda: {"key": "tours/walk"},
            "POST /studio/api/releases": lambda: {"action": "publish", "release": RELEASE},
            "POST /studio/api/builds": lambda: {"monument": "gate"},
            "POST /studio/api/placements/{monument}": lambda: {"registration": {"method": "none"}},
            "POST /studio/api/media": lambda: BELL,
            "POST /studio/api/accept-invitation": self._accepting,
            "POST /studio/api/session": lambda: {"name": "the curator", "password": PASSWORD},
            "PUT /studio/api/me/password": lambda: {"old": PASSWORD, "new": PASSWORD},
            "POST /reports/": lambda: {"monument": "gate", "text": "A tile has fallen", "at": ""},
            "PUT /studio/api/reports/{id}": lambda: {
                "status": "accepted", "assignee": None, "answer": None, "due": 2_000_000_000, "shown": "nothing",
            },
        }  # fmt: skip

    def names(self, path: str) -> dict[str, str | int]:
        """Parameters of an operation's path."""
        if path in self._ids:
            return {"id": self._ids[path]()}
        return dict(next((names for below, names in _NAMES if path.startswith(f"{below}/")), {}))

    def body(self, label: str) -> Any:
        """What an operation is sent that is to do what is asked; None where anything will do."""
        with self._database.writing() as connection:  # as if it were tomorrow
            connection.execute(senders.delete())
            connection.execute(attempts.delete())
        return self._bodies[label]() if label in self._bodies else None

    def tag(self) -> str:
        """The revision of the report that is worked on."""
        return f'"{self._report().revision}"'

    def code(self) -> str:
        """By which a visitor looks up an answer."""
        return self._sent(None)

    def _session(self, role: str) -> str:
        return digest(sessions.start(self._database, self._people[role], "127.0.0.1", ""))[:SHOWN]

    def _invitation(self) -> str:
        return invitations.invite(self._database, ["translator"], by="fuzzing")

    def _accepting(self) -> Any:
        return {"invitation": self._invitation(), "name": f"guest {next(self._number)}", "password": PASSWORD}

    def _sent(self, photo: str | None) -> str:
        return sending.send(
            self._database, monument="gate", place_m=(1.0, 2.0, 3.0), text="A tile has fallen", language="vi",
            address=f"192.0.2.{next(self._number)}", answer_days=14, photo=photo,
        ).code  # fmt: skip

    def _report(self) -> Report:
        """The newest with a photo."""
        found = next((one for one in queue(self._database) if one.photo), None)
        if found is None:
            self.body("")
            self._sent(self._photos.keep(b"\xff\xd8\xff\xd9"))
            return self._report()
        return found

    def _shown(self) -> Report:
        """One that everybody may see."""
        one = self._report()
        return handling.change(
            self._database, one.id, by="fuzzing", expected=one.revision, status="answered", assignee=None, due=one.due,
            answer="It is up again", shown="all",
        )  # fmt: skip


def furnish(root: Path) -> None:
    """Write and publish what needs no accounts, in the folder ``root``."""
    publish(write(root), RELEASE)
    sources = root.parent / "sources"
    sources.mkdir()
    publish_data(sources, root)


def write(root: Path) -> Path:
    """The curators' own files, also again where some were deleted."""
    write_site(root)
    (root / "vocabulary.yaml").write_text(VOCABULARY, encoding="utf-8")
    (root / "media").mkdir(exist_ok=True)
    (root / "media" / "bell.mp3").write_bytes(b"ID3 a bell")
    return root


def whole(app: Flask) -> Callable[..., list[bytes]]:
    """``app``, whose answers are read to their end, so that no file stays open."""

    def asked(environ: dict[str, Any], start: Any) -> list[bytes]:
        answer = app(environ, start)
        try:
            return list(answer)
        finally:
            getattr(answer, "close", lambda: None)()

    return asked
