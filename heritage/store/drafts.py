"""The curators' own files, changed so that nothing is lost: all files of a document or none, and never unseen.

A save is one pass under the document's lock:

1. contents are kept by digest (`history`);
2. ``pending`` says what is going to be: from here on the save has happened;
3. the files get their contents, one rename each;
4. the document's journal gets its record; ``pending`` goes.

Whoever finds ``pending`` finishes it first, so that a crash between 2 and 4 is finished by the next one who comes.
What an editor or git changed meanwhile becomes a revision of its own before anything is written over it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heritage.model.errors import InputError, Problem, StoreError
from heritage.store import fs, journal
from heritage.store.history import OUTSIDE, Entry, Files, History, digests_of, revision_of
from heritage.store.publish import ensure_folder, place_bytes, publish_bytes, sweep
from heritage.store.queue import NO_WRITING, Queue
from heritage.store.unit import Snapshot, Unit, found_files

PENDING = "pending"
LITTER_S = 3600.0  # no save takes an hour


@dataclass(frozen=True)
class Change:
    """What a save makes of a document: all its files from now on, and whether two people's edits are in it."""

    files: Files
    merged: bool = False


class Drafts:
    """The documents of one site, for reading and saving; safe in many threads, processes and servers."""

    def __init__(self, site: Path) -> None:
        self.site = site
        self._root = site / ".heritage" / "history"
        self.history = History(self._root, site)
        self._queue = Queue(self._root / "locks", site)

    def read(self, unit: Unit) -> Snapshot:
        """The document's files, never half of a save.

        What was changed outside since the last save is kept as a revision. Raises InputError for a link or device
        among the files, BusyError where a lock stays taken.
        """
        with self._locked(unit, shared=True):
            if not self._pending(unit.key).exists():
                found = found_files(self.site, unit)
                last = self.history.last(unit.key)
                if found.revision == (None if last is None else last.revision):
                    return found
        try:
            with self._locked(unit):
                return self._settled(unit)
        except StoreError as error:
            if error.problems[0].code not in NO_WRITING:
                raise
            # Nobody can save now either, so nothing will write over it.
            return found_files(self.site, unit)

    def save(
        self,
        unit: Unit,
        change: Callable[[Snapshot], Change],
        *,
        who: str,
        what: str = "save",
        request: str | None = None,
    ) -> Entry:
        """Change a document, durably: when this returns, it has happened.

        ``change`` is given what is there and returns what shall be there; what it raises changes nothing. A
        ``request`` that was answered before is answered with the same entry, and nothing is saved again. Raises
        StoreError (full disk, no permission), BusyError where a lock stays taken.
        """
        with self._locked(unit):
            now = self._settled(unit)
            if request is not None and (before := self.history.find(unit.key, "request", request)):
                return before
            wanted = change(now)
            digests = digests_of(wanted.files)
            self._check_names(unit, digests)
            last = self.history.last(unit.key)
            if revision_of(digests) == now.revision and last is not None:
                return last
            details: dict[str, object] = {
                "revision": revision_of(digests),
                "files": digests,
                "before": digests_of(now.files),
            }
            if request is not None:
                details["request"] = request
            if wanted.merged:
                details["merged"] = True
            self.history.keep(wanted.files)
            with self._gate(shared=True):
                self._commit(unit, who, what, details)
            saved = self.history.last(unit.key)
            if saved is None or (last is not None and saved.sequence <= last.sequence):
                raise StoreError(
                    unit.key,
                    "the disk has lost what was written a moment ago",
                    "a working file system",
                    "look at the disk",
                    code="store-io",
                )
            return saved

    def entries(self, unit: Unit) -> tuple[Entry, ...]:
        """The document's revisions, the first one first; with what was changed outside just now."""
        self.read(unit)
        with self._locked(unit, shared=True):
            return self.history.entries(unit.key)

    def past(self, unit: Unit, revision: str) -> Snapshot | None:
        """A revision of the past; None where there was none of that name. It never changes, so nothing is locked."""
        entry = self.history.find(unit.key, "revision", revision)
        return None if entry is None else Snapshot(revision, self.history.files(entry))

    @property
    def notes(self) -> Path:
        """The folder of the journal of what is done beside saving: uploads, builds."""
        return self._root / "notes"

    def note(self, who: str, action: str, details: Mapping[str, object]) -> None:
        """Add a record of something done beside saving, durably."""
        with self._queue.first("notes"):
            ensure_folder(self.notes, self.site)
            journal.append(self.notes, who, action, details)

    def check(self) -> tuple[tuple[Path, ...], tuple[Problem, ...]]:
        """What a crash left, which is removed, and what is damaged: journals, and contents that they name."""
        swept: tuple[Path, ...] = ()
        damage: list[Problem] = []
        with self.settled():
            if not self._root.is_dir():
                return swept, ()
            # A save that is under way keeps its contents outside the gate: only what is old is nobody's.
            swept = sweep(*(p for p in self._root.rglob("*") if p.is_dir()), older_s=LITTER_S)
            for root in (self.notes, *self.history.journals().values()):
                damage += journal.verify(root)
        # What is kept never changes, so saves need not wait while all of it is read.
        return swept, (*damage, *self.history.damage())

    @contextmanager
    def settled(self) -> Iterator[None]:
        """No save is under way inside, nor half of one: for who reads the files of a whole site."""
        if not self._root.is_dir() or not os.access(self._root, os.W_OK):
            yield  # nothing was ever saved here, or nothing can be
            return
        with self._gate():
            for path in sorted(self._root.glob(f"documents/*/{PENDING}")):
                self._finish(path)
            yield

    def _settled(self, unit: Unit) -> Snapshot:
        """What is there once a crash's leftover is finished; noted, where it was changed outside."""
        if self._pending(unit.key).exists():
            with self._gate(shared=True):
                self._finish(self._pending(unit.key))
        found = found_files(self.site, unit)
        last = self.history.last(unit.key)
        if found.revision == (None if last is None else last.revision):
            return found
        self.history.keep(found.files)
        digests = digests_of(found.files)
        self.history.record(unit.key, OUTSIDE, "outside", {"revision": found.revision, "files": digests})
        return found

    def _commit(self, unit: Unit, who: str, what: str, details: Mapping[str, object]) -> None:
        last = self.history.last(unit.key)
        pending = self._pending(unit.key)
        plan = {
            "key": unit.key,
            "folder": unit.folder,
            "sequence": last.sequence + 1 if last else 1,
            "who": who,
            "what": what,
            "details": details,
        }
        ensure_folder(pending.parent, self.site)
        publish_bytes(pending, json.dumps(plan, ensure_ascii=False).encode())
        self._finish(pending, swept=True)

    def _finish(self, pending: Path, *, swept: bool = False) -> None:
        """Steps 3 and 4 of a save, as often as it takes."""
        if not pending.exists():
            return
        plan: dict[str, Any] = json.loads(pending.read_bytes())
        last = self.history.last(plan["key"])
        if last is None or last.sequence < plan["sequence"]:
            folder = self.site / plan["folder"]
            if not swept:
                sweep(folder)
            before, after = plan["details"]["before"], plan["details"]["files"]
            ensure_folder(folder, self.site)
            for name in sorted(before.keys() | after.keys()):
                self._apply(folder / name, before.get(name), after.get(name))
            with fs.told(folder):
                fs.sync(folder)
            if not after and plan["folder"]:
                with suppress(OSError):  # something else is in it
                    fs.remove(folder)
            self.history.record(plan["key"], plan["who"], plan["what"], plan["details"])
        with fs.told(pending), suppress(FileNotFoundError):
            fs.remove(pending)

    def _apply(self, path: Path, before: str | None, after: str | None) -> None:
        """Give a file its new content, unless it has it, or somebody outside was quicker: theirs is noted later."""
        present = digests_of({"": path.read_bytes()})[""] if path.is_file() else None
        if present != before or before == after:
            return
        if after is not None:
            place_bytes(path, self.history.blob(after))
        else:
            with fs.told(path):
                fs.remove(path)

    def _pending(self, key: str) -> Path:
        return self.history.folder(key) / PENDING

    def _check_names(self, unit: Unit, names: Mapping[str, str]) -> None:
        for name in names:
            if not unit.names.fullmatch(name):
                raise InputError(
                    unit.key,
                    f"{name!r} is none of its files",
                    f"names such as {unit.names.pattern} are allowed",
                    code="document-file",
                )

    def _locked(self, unit: Unit, *, shared: bool = False) -> AbstractContextManager[None]:
        # One lock a folder: what a crash left in it may then be swept.
        return self._queue.first((unit.folder or "site").replace("/", "+"), shared=shared)

    def _gate(self, *, shared: bool = False) -> AbstractContextManager[None]:
        return self._queue.first("gate", shared=shared, in_line=not shared)
