"""What was ever saved: contents kept by digest, and per document a chained journal of who saved what.

A revision is the SHA-256 over the sorted names and digests of a document's files, written as `sha256sum` does.
The contents lie in ``blobs/``, each under its digest; the journal's records name them.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from heritage.model.errors import Problem, StoreError
from heritage.store import journal
from heritage.store.publish import ensure_folder, publish_bytes

Files = Mapping[str, bytes]
"""A document's files by name."""
OUTSIDE = ""
"""Who changed a file without the studio: an editor, git."""


@dataclass(frozen=True)
class Entry:
    """One revision. ``sequence`` is the order; ``digests`` are the files' SHA-256 by name, none where it was deleted.

    ``what`` says how it came about; ``request`` is the client's key for this save, ``merged`` whether it was put
    together with somebody else's.
    """

    sequence: int
    revision: str | None
    who: str
    when: str
    what: str
    digests: Mapping[str, str]
    request: str | None = None
    merged: bool = False


def digests_of(files: Files) -> dict[str, str]:
    """SHA-256 of every file, hexadecimal, by name."""
    return {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}


def revision_of(digests: Mapping[str, str]) -> str | None:
    """The revision of files with these digests; None where there are none."""
    if not digests:
        return None
    listed = "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))
    return hashlib.sha256(listed.encode()).hexdigest()


class History:
    """The revisions of the documents of one site, in the folder ``root``. The caller holds the document's lock."""

    def __init__(self, root: Path, site: Path) -> None:
        self._root = root
        self._site = site

    def folder(self, key: str) -> Path:
        """Where a document's journal is."""
        return self._root / "documents" / key.replace("/", "+")

    def journals(self) -> dict[str, Path]:
        """The folders of all documents' journals, by key."""
        folder = self._root / "documents"
        found = sorted(folder.iterdir()) if folder.is_dir() else []
        return {path.name.replace("+", "/"): path for path in found}

    def entries(self, key: str) -> tuple[Entry, ...]:
        """All revisions of a document, the first one first. Raises StoreError where the journal is damaged."""
        return tuple(_entry(record) for record in journal.read(self.folder(key)))

    def last(self, key: str) -> Entry | None:
        """The newest revision, without verifying the chain before it."""
        record = journal.last(self.folder(key))
        return None if record is None else _entry(record)

    def find(self, key: str, name: str, value: str) -> Entry | None:
        """The newest entry whose ``name`` (revision, request) is ``value``."""
        record = journal.find(self.folder(key), name, value)
        return None if record is None else _entry(record)

    def since(self, key: str, revision: str | None) -> tuple[Entry, ...]:
        """What came after a revision was there last, the first one first; the chain is not verified."""
        entries = tuple(map(_entry, journal.tail(self.folder(key), sys.maxsize)))
        last = max((k for k, entry in enumerate(entries) if entry.revision == revision), default=-1)
        return entries[last + 1 :]

    def files(self, entry: Entry) -> dict[str, bytes]:
        """A revision's files. Raises StoreError where one is damaged."""
        return {name: self.blob(digest) for name, digest in entry.digests.items()}

    def blob(self, digest: str) -> bytes:
        """The content with a digest. Raises StoreError where it is missing or damaged."""
        path = self._blob(digest)
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != digest:
            raise StoreError(
                str(path),
                "it is missing, or not what was saved",
                "the content as it was saved",
                "restore it from a backup",
                code="store-damaged",
            )
        return content

    def damage(self) -> tuple[Problem, ...]:
        """Contents that a journal names and that are missing or not what was saved. Needs no lock."""
        found: list[Problem] = []
        for digest in sorted({digest for key in self.journals() for digest in self._named(key)}):
            try:
                self.blob(digest)
            except StoreError as error:
                found += error.problems
        return tuple(found)

    def _named(self, key: str) -> Iterator[str]:
        for record in journal.tail(self.folder(key), sys.maxsize):
            yield from _entry(record).digests.values()

    def keep(self, files: Files) -> None:
        """Keep contents, durably."""
        for digest, content in zip(digests_of(files).values(), files.values(), strict=True):
            path = self._blob(digest)
            if not path.exists():
                ensure_folder(path.parent, self._site)
                publish_bytes(path, content)

    def record(self, key: str, who: str, what: str, details: Mapping[str, object]) -> None:
        """Add a revision to a document's journal, durably."""
        ensure_folder(self.folder(key), self._site)
        journal.append(self.folder(key), who, what, details)

    def _blob(self, digest: str) -> Path:
        return self._root / "blobs" / digest[:2] / digest


def _entry(record: journal.Record) -> Entry:
    details = record.details
    return Entry(
        record.sequence,
        details["revision"],
        record.who,
        record.time,
        record.action,
        details["files"],
        details.get("request"),
        bool(details.get("merged")),
    )
