"""Where derived files are, and the only way they come to be there.

``.heritage/stages/<stage>/<fingerprint>/`` and ``.heritage/releases/<release-id>/`` are complete when they
have their name, and never change; ``.heritage/current`` names the release that is shown;
``.heritage/unpublished/`` has the names of releases that nobody has published yet; ``.heritage/journal`` says who did
what. ``.heritage/history/`` is not derived: it is what the curators' files were (`drafts`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from heritage.model.errors import StoreError
from heritage.model.release import Manifest
from heritage.store import fs, journal
from heritage.store.lock import locked, waiting
from heritage.store.manifest import entries, read_manifest, seal
from heritage.store.publish import ensure_folder, publish_bytes, publish_folder, sweep, temporary_folder
from heritage.store.release import ReleaseFolder

_RELEASE_ID = re.compile(r"[0-9]{4,9}-[a-z0-9-]{1,48}")
_NAME = re.compile(r"[a-z0-9_-]{1,128}")


class Store:
    """The derived data of one site. Making a Store or reading from it writes nothing.

    ``stage`` may be used by any process of a build, and what is current and the journal change under a lock of their
    own; everything else that writes needs `writer` first.
    """

    def __init__(self, site: Path) -> None:
        self.site = site
        self.root = site / ".heritage"
        self._writing = False

    @contextmanager
    def writer(self, who: str) -> Iterator[tuple[Path, ...]]:
        """Be the one writer of this site, and sweep what a crash left.

        Yields the names of what was swept. Raises BusyError at once, naming the holder's pid and host, when
        there is another writer. The lock of a process that died is free.
        """
        self._ensure(self.root)
        with locked(self.root / "lock", who):
            self._writing = True
            try:
                yield self.sweep()
            finally:
                self._writing = False

    def sweep(self) -> tuple[Path, ...]:
        """Remove the temporary files and folders of dead processes; their names."""
        self.demand_writer()
        stages = self.root / "stages"
        return sweep(self.root, self.root / "releases", *(stages.iterdir() if stages.is_dir() else ()))

    def demand_writer(self) -> None:
        """Raise StoreError unless this store's `writer` is held."""
        if not self._writing:
            raise StoreError(
                str(self.root),
                "the writer's lock is not held",
                "changes under `Store.writer`",
                "this is a defect of Heritage: please report it",
                code="store-not-locked",
            )

    def stage_path(self, stage: str, fingerprint: str) -> Path:
        """Where one stage's output is or would be. Raises StoreError for a strange name."""
        for name in (stage, fingerprint):
            if not _NAME.fullmatch(name):
                raise _strange(name, "lower-case letters, digits, '-' and '_'")
        return self.root / "stages" / stage / fingerprint

    def has_stage(self, stage: str, fingerprint: str) -> bool:
        """Whether that stage is done. A folder at its final name is complete."""
        return self.stage_path(stage, fingerprint).is_dir()

    @contextmanager
    def stage(self, stage: str, fingerprint: str) -> Iterator[Path]:
        """An empty folder to write one stage's output into; published under its name on a clean exit.

        On an exception the folder is removed. If another worker was quicker, its folder is kept. Raises
        StoreError for links and devices in the folder, and when the disk is full or fails.
        """
        final = self.stage_path(stage, fingerprint)
        self._ensure(final.parent)
        with temporary_folder(final.parent) as folder:
            yield folder
            files = [entry.model_dump() for entry in entries(folder)]
            seal(folder, json.dumps({"files": files}, ensure_ascii=False).encode())
            publish_folder(folder, final)

    def release_path(self, release_id: str) -> Path:
        """Where a release is or would be. Raises StoreError for a strange id."""
        if not _RELEASE_ID.fullmatch(release_id):
            raise _strange(release_id, "<four digits or more>-<lower-case letters, digits and '-'>")
        return self.root / "releases" / release_id

    @contextmanager
    def release(
        self, release_id: str, *, provenance: tuple[dict[str, object], ...] = ()
    ) -> Iterator[ReleaseFolder]:
        """A folder to write a release into; published on a clean exit, removed on an exception.

        ``release_id`` is ``<sequence>-<word>``. ``provenance`` goes into the manifest; the fingerprints in it
        are what `gc` keeps for this release. Raises StoreError for links and devices, and if it exists.
        """
        self.demand_writer()
        final = self.release_path(release_id)
        self._ensure(final.parent)
        with temporary_folder(final.parent) as folder:
            yield ReleaseFolder(folder, self.site, self.root / "stages")
            manifest = Manifest(release=release_id, files=entries(folder), provenance=provenance)
            seal(folder, manifest.model_dump_json().encode())
            if not publish_folder(folder, final):
                raise StoreError(
                    str(final),
                    "this release exists",
                    "a new id: releases never change",
                    "use the next sequence",
                    code="store-release-exists",
                )

    def releases(self) -> tuple[str, ...]:
        """Ids of all releases in the order they were made: by sequence, not by the clock."""
        folder = self.root / "releases"
        found = (p.name for p in folder.iterdir()) if folder.is_dir() else ()
        return tuple(sorted((n for n in found if _RELEASE_ID.fullmatch(n)), key=lambda n: (_sequence(n), n)))

    def next_sequence(self) -> int:
        """One more than the greatest sequence of a release."""
        releases = self.releases()
        return _sequence(releases[-1]) + 1 if releases else 1

    def manifest(self, release_id: str) -> Manifest:
        """A release's manifest. Raises StoreError where it is missing or damaged."""
        return Manifest.model_validate(read_manifest(self.release_path(release_id)), strict=False)

    def hide(self, release_id: str) -> None:
        """Keep a release that is going to be made from the public, until it is made the current one."""
        self.demand_writer()
        self._ensure(self.root / "unpublished")
        publish_bytes(self._unpublished(release_id), b"")

    def is_public(self, release_id: str) -> bool:
        """Whether a release was ever published; those before the current one stay readable."""
        return not self._unpublished(release_id).exists()

    def set_current(self, release_id: str) -> None:
        """Show ``release_id`` from now on. Raises StoreError where there is no such release.

        It needs no `writer`: a release is taken back while a build runs, too.
        """
        with self.changing():
            if not self.release_path(release_id).is_dir():
                raise StoreError(
                    release_id,
                    "there is no such release",
                    f"one of {', '.join(self.releases()[-5:])}",
                    "build one first",
                    code="store-no-release",
                )
            if not self.is_public(release_id):
                with fs.told(self.root):
                    fs.remove(self._unpublished(release_id))
            publish_bytes(self.root / "current", json.dumps({"release": release_id}).encode())

    def current(self) -> str | None:
        """The id of the release that is shown, None before the first. Raises StoreError if damaged."""
        path = self.root / "current"
        try:
            named: Any = json.loads(path.read_bytes())["release"]
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            named = None
        if not isinstance(named, str) or not _RELEASE_ID.fullmatch(named):
            raise StoreError(
                str(path),
                "it names no release",
                '{"release": "<id>"}',
                "build again",
                code="store-damaged",
            )
        return named

    def current_folder(self) -> Path | None:
        """The folder of the release that is shown, None before the first. Raises StoreError if damaged."""
        current = self.current()
        return None if current is None else self.release_path(current)

    def verdicts(self) -> bytes:
        """What the last build's check found in the site's files, as `set_verdicts` was given it; ``{}`` before the first."""
        try:
            return (self.root / "verdicts.json").read_bytes()
        except OSError:  # only time is saved by it
            return b"{}"

    def set_verdicts(self, content: bytes) -> None:
        """Keep ``content`` for the next build; nothing is written where it is the same."""
        self.demand_writer()
        if content != self.verdicts():
            publish_bytes(self.root / "verdicts.json", content)

    def journal(self, who: str, action: str, details: Mapping[str, object]) -> None:
        """Add a record to the journal, durably; it needs no `writer`."""
        with self.changing():
            journal.append(self.root, who, action, details)

    @contextmanager
    def changing(self) -> Iterator[None]:
        """What is current, and the journal, change by one hand at a time. Raises BusyError after some seconds."""
        self._ensure(self.root)
        with waiting(self.root / "changing"):
            yield

    def _unpublished(self, release_id: str) -> Path:
        return self.root / "unpublished" / self.release_path(release_id).name

    def _ensure(self, folder: Path) -> None:
        if not self.site.is_dir():
            raise StoreError(
                str(self.site),
                "there is no such folder",
                "a site's folder",
                "check the path",
                code="store-no-site",
            )
        ensure_folder(folder, self.site)


def _sequence(release_id: str) -> int:
    return int(release_id.split("-")[0])


def _strange(name: str, allowed: str) -> StoreError:
    return StoreError(
        repr(name),
        "it is no name of the store",
        allowed,
        "this is a defect of Heritage: please report it",
        code="store-path",
    )
