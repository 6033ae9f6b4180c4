"""What a store does, as acts that can be crashed: how the disk was, what is done, what is read then."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from heritage.store import Store, fs, publish_bytes, publish_file
from heritage.store import journal as chain
from heritage.store.drafts import Change, Drafts
from heritage.store.fsck import gc
from heritage.store.manifest import differences, read_manifest
from heritage.store.unit import Unit


@dataclass(frozen=True)
class Act:
    """``read`` gives ``old`` or ``new``, and raises or gives something else for anything between.

    ``twice`` is also allowed after a failure and a second try: an append that failed late may have happened.
    """

    name: str
    before: Callable[[Path], None]
    do: Callable[[Path], None]
    read: Callable[[Path], object]
    old: object
    new: object
    twice: object = None
    spare: int = 0
    """Syncs and renames that this act could do without, and another one needs."""


def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


def whole(folder: Path) -> dict[str, bytes]:
    """All files of a published folder, which must be exactly what its manifest says."""
    manifest = read_manifest(folder)
    assert not list(differences(folder, manifest, verify=True))
    return {entry["path"]: (folder / entry["path"]).read_bytes() for entry in manifest["files"]}


def _nothing(site: Path) -> None:
    pass


def _write(path: Path, data: bytes) -> None:
    with fs.told(path):
        fs.create(path, data)


def _document(site: Path, data: bytes) -> None:
    publish_bytes(site / "document.json", data)


def _file(site: Path) -> None:
    with publish_file(site / "document.json") as path:
        _write(path, b"new document")


def _stage(site: Path) -> None:
    with Store(site).stage("mesh", "f1") as folder:
        with fs.told(folder):
            fs.mkdir(folder / "tiles")
        _write(folder / "tiles" / "0.glb", b"vertices")
        _write(folder / "report.json", b"{}")


STAGE = {"tiles/0.glb": b"vertices", "report.json": b"{}"}


def _read_stage(site: Path) -> object:
    store = Store(site)
    return whole(store.stage_path("mesh", "f1")) if store.has_stage("mesh", "f1") else None


def _release(words: str) -> Callable[[Path], None]:
    def do(site: Path) -> None:
        store = Store(site)
        with store.writer("test"):
            release_id = f"{store.next_sequence():04d}-abc"
            with store.release(release_id, provenance=({"stage": "mesh", "fingerprint": "f1"},)) as folder:
                folder.write("release.json", words.encode())
                folder.add("tiles/0.glb", store.stage_path("mesh", "f1") / "tiles" / "0.glb")
            store.set_current(release_id)

    return do


def _stage_and_release(site: Path) -> None:
    _stage(site)
    _release("old words")(site)


def _read_current(site: Path) -> object:
    store = Store(site)
    current = store.current()
    return None if current is None else whole(store.release_path(current))


def _content(words: str) -> dict[str, bytes]:
    return {"release.json": words.encode(), "tiles/0.glb": b"vertices"}


def _record(site: Path) -> None:
    store = Store(site)
    with store.writer("test"):
        store.journal("somebody", "publish", {"release": "0001-abc"})


def _torn_record(site: Path) -> None:
    _record(site)
    with (site / ".heritage" / "journal").open("ab") as file:
        file.write(b'{"sequence":2,"time":"2026-01-01T00:00:00+00:00","who":"torn","action"')


def _read_journal(site: Path) -> object:
    """The records that the head vouches for: until it does, an append is not acknowledged."""
    records, head = chain.read(site / ".heritage"), site / ".heritage" / chain.HEAD
    vouched = json.loads(head.read_bytes())["sequence"] if head.exists() else 0
    assert vouched <= len(records) <= vouched + 1
    return [record.sequence for record in records[:vouched]]


def _gc(site: Path) -> None:
    store = Store(site)
    with store.writer("test"):
        gc(store, (), ())


TOUR = Unit("tours/walk", "tours/walk", re.compile(r"tour\.yaml|[a-z]+\.md"))
OLD_TOUR = {"tour.yaml": b"old", "fr.md": b"vieux"}
NEW_TOUR = {"tour.yaml": b"new", "vi.md": "mới".encode()}


def _save(files: Mapping[str, bytes]) -> Callable[[Path], None]:
    def do(site: Path) -> None:
        Drafts(site).save(TOUR, lambda now: Change(files), who="An", request=f"save {files['tour.yaml']!r}")

    return do


def _read_tour(site: Path) -> object:
    """The files as whoever edits gets them, with the revisions that are told of them."""
    drafts = Drafts(site)
    found = drafts.read(TOUR)
    entries = drafts.entries(TOUR)
    assert all(drafts.history.files(entry).keys() == entry.digests.keys() for entry in entries)
    in_folder = {path.name for path in (site / "tours/walk").iterdir()} if found.files else set()
    assert {name for name in in_folder if not name.startswith(".")} == found.files.keys()
    return found.files, [entry.who for entry in entries]


ACTS = (
    Act("document", lambda site: _document(site, b"old"), lambda site: _document(site, b"new document"),
        lambda site: (site / "document.json").read_bytes(), b"old", b"new document"),
    Act("file", lambda site: _document(site, b"old"), _file,
        lambda site: (site / "document.json").read_bytes(), b"old", b"new document"),
    Act("first stage", _nothing, _stage, _read_stage, None, STAGE),
    Act("first release", _stage, _release("new words"), _read_current, None, _content("new words")),
    Act("next release", _stage_and_release, _release("new words"), _read_current,
        _content("old words"), _content("new words")),
    Act("first record", _stage, _record, _read_journal, [], [1], [1, 2]),
    Act("next record", _torn_record, _record, _read_journal, [1], [1, 2], [1, 2, 3]),
    Act("first save", _nothing, _save(NEW_TOUR), _read_tour, ({}, []), (NEW_TOUR, ["An"])),
    Act("next save", _save(OLD_TOUR), _save(NEW_TOUR), _read_tour, (OLD_TOUR, ["An"]), (NEW_TOUR, ["An", "An"]), spare=3),
    Act("gc", _stage, _gc, _read_stage, STAGE, None),
)  # fmt: skip
