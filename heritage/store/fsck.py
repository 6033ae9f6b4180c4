"""Look after a store: hash everything again, name what is damaged; delete what nothing needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heritage.model.errors import Problem, StoreError
from heritage.model.tileset import tileset_problem
from heritage.store import journal
from heritage.store.drafts import Drafts
from heritage.store.manifest import differences, read_manifest
from heritage.store.publish import TEMPORARY, retire_folder
from heritage.store.store import Store


@dataclass(frozen=True)
class FsckReport:
    """What was looked at, what is damaged, what was swept."""

    stages: int
    releases: int
    files: int
    bytes: int
    verified: bool
    swept: tuple[Path, ...]
    damage: tuple[Problem, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing is damaged."""
        return not self.damage

    def __str__(self) -> str:
        seen = f"{self.stages} stages, {self.releases} releases, {self.files} files"
        how = f"{self.bytes / 2**20:.0f} MiB " + ("hashed" if self.verified else "not hashed")
        swept = f"; swept {len(self.swept)} leftovers of a crash" if self.swept else ""
        verdict = "sound" if self.sound else f"{len(self.damage)} damaged"
        return "\n".join((*map(str, self.damage), f"{seen}, {how}{swept}; {verdict}"))


def fsck(store: Store, *, verify: bool = True) -> FsckReport:
    """Check every published folder against its manifest, the journal's chain and `current`; sweep leftovers.

    ``verify`` False compares names and sizes only. Raises BusyError while somebody writes.
    """
    if not store.root.is_dir():
        return FsckReport(0, 0, 0, 0, verify, (), ())
    with store.writer("fsck") as swept:
        stages, releases = tuple(_stage_folders(store)), store.releases()
        damage: list[Problem] = []
        files = size = 0
        for folder in (*stages, *map(store.release_path, releases)):
            try:
                manifest = read_manifest(folder)
            except StoreError as error:
                damage += error.problems
                continue
            files += len(manifest["files"])
            size += sum(entry["bytes"] for entry in manifest["files"])
            damage += differences(folder, manifest, verify=verify)
            damage += _untrue_tilesets(folder, manifest)
        damage += journal.verify(store.root)
        left, wrong = Drafts(store.site).check()
        swept += left
        damage += wrong
        damage += _current_problem(store)
    return FsckReport(len(stages), len(releases), files, size, verify, swept, tuple(damage))


def gc(store: Store, keep_fingerprints: Collection[str], keep_releases: Collection[str]) -> int:
    """Delete stages and releases that are in neither collection; bytes freed.

    The current release stays, and so does every stage that a kept release's provenance names. The caller
    holds the writer. Raises StoreError, having deleted nothing, when a kept release's manifest is damaged.
    """
    store.demand_writer()
    with store.changing():  # what is made current meanwhile must not be among what goes
        kept = set(keep_releases) & set(store.releases())
        if (current := store.current()) is not None:
            kept.add(current)
        needed = set(keep_fingerprints)
        for release_id in kept:
            provenance = store.manifest(release_id).provenance
            needed |= {str(entry["fingerprint"]) for entry in provenance if "fingerprint" in entry}
        doomed = [store.release_path(r) for r in store.releases() if r not in kept]
        doomed += [folder for folder in _stage_folders(store) if folder.name not in needed]
        freed = 0
        for folder in doomed:
            freed += sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
            retire_folder(folder)
    return freed


def _stage_folders(store: Store) -> Iterator[Path]:
    for folder in sorted((store.root / "stages").glob("*/*")):
        if not folder.name.startswith(TEMPORARY):
            yield folder


def _untrue_tilesets(folder: Path, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    """Tilesets that are what was published, and cannot be true."""
    sizes = {entry["path"]: entry["bytes"] for entry in manifest["files"]}
    for path in sizes:
        if Path(path).name != "tileset.json" or not (folder / path).is_file():
            continue
        beside = path.removesuffix("tileset.json")
        own = {
            at.removeprefix(beside): size for at, size in sizes.items() if at.startswith(f"{beside}tiles/")
        }
        problem = tileset_problem(str(folder / path), (folder / path).read_bytes(), own)
        if problem is not None:
            yield problem


def _current_problem(store: Store) -> tuple[Problem, ...]:
    try:
        current = store.current()
    except StoreError as error:
        return error.problems
    if current is None or store.release_path(current).is_dir():
        return ()
    return (
        Problem(
            "store-damaged",
            str(store.root / "current"),
            f"it names release {current}, which is not there",
            "a release that exists",
            "build again",
        ),
    )
