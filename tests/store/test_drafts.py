"""The curators' files under many hands: what is acknowledged is present, and nobody waits for ever."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

import pytest
from acts import NEW_TOUR, OLD_TOUR, TOUR, until

from heritage.model.errors import BusyError, StoreError
from heritage.store import Store, drafts, fs, queue
from heritage.store.drafts import Change, Drafts
from heritage.store.fsck import fsck
from heritage.store.unit import Snapshot

PROCESSES, SAVES = 4, 25


def _add_line(now: Snapshot) -> Change:
    text = now.files.get("tour.yaml", b"")
    return Change({"tour.yaml": text + b"x\n", "en.md": text + b"x\n"})


def test_what_many_processes_save_is_all_there(tmp_path: Path) -> None:
    """C1 in small (scripts/bench_studio does 8 x 200 over HTTP): every acknowledged save is in the file."""
    children = []
    for _ in range(PROCESSES):
        child = os.fork()
        if child == 0:
            code = 1
            try:
                for _ in range(SAVES):
                    Drafts(tmp_path).save(TOUR, _add_line, who=str(os.getpid()))
                code = 0
            finally:
                os._exit(code)
        children.append(child)
    until(lambda: (tmp_path / "tours/walk/en.md").exists())
    for _ in range(50):  # and who reads meanwhile sees both files of one save
        found = Drafts(tmp_path).read(TOUR).files
        assert found["tour.yaml"] == found["en.md"]
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * PROCESSES
    assert (tmp_path / "tours/walk/tour.yaml").read_bytes() == b"x\n" * PROCESSES * SAVES
    entries = Drafts(tmp_path).entries(TOUR)
    assert [entry.sequence for entry in entries] == list(range(1, PROCESSES * SAVES + 1))
    assert {entry.who for entry in entries} == set(map(str, children))


def test_a_taken_lock_is_waited_for_and_then_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "WAIT_S", 0.2)
    mine, other = Drafts(tmp_path), Drafts(tmp_path)

    def meanwhile(now: Snapshot) -> Change:
        start = time.monotonic()
        with pytest.raises(BusyError, match="tours/walk"):
            other.save(TOUR, _add_line, who="An")
        with pytest.raises(BusyError):
            other.read(TOUR)
        assert 0.2 <= time.monotonic() - start < 10
        return _add_line(now)

    mine.save(TOUR, meanwhile, who="Lan")
    assert [entry.who for entry in other.entries(TOUR)] == ["Lan"]


def test_nothing_is_saved_while_a_build_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """C5: who reads the whole site sees each document before or after a save, never between."""
    monkeypatch.setattr(queue, "WAIT_S", 0.1)
    site = Drafts(tmp_path)
    site.save(TOUR, lambda now: Change(OLD_TOUR), who="An")
    with site.settled(), pytest.raises(BusyError):
        site.save(TOUR, lambda now: Change(NEW_TOUR), who="An")
    assert site.read(TOUR).files == OLD_TOUR


class Killed(BaseException):
    """The process ends here."""


def _cut_short(site: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A save of NEW_TOUR that ends before any file has its new content."""

    def die(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(drafts, "place_bytes", die)
        with pytest.raises(Killed):
            site.save(TOUR, lambda now: Change(NEW_TOUR), who="An")


def test_a_save_cut_short_is_finished_before_a_build_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Drafts(tmp_path)
    site.save(TOUR, lambda now: Change(OLD_TOUR), who="An")
    _cut_short(site, monkeypatch)
    with site.settled():
        assert {p.name: p.read_bytes() for p in (tmp_path / "tours/walk").iterdir()} == NEW_TOUR


def test_an_edit_by_hand_after_a_crash_is_not_written_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = Drafts(tmp_path)
    site.save(TOUR, lambda now: Change(OLD_TOUR), who="An")
    _cut_short(site, monkeypatch)
    (tmp_path / "tours/walk/tour.yaml").write_bytes(b"by hand")
    found = site.read(TOUR)
    assert found.files["tour.yaml"] == b"by hand"
    entries = site.entries(TOUR)
    assert [entry.who for entry in entries] == ["An", "An", ""]
    assert site.history.files(entries[1]) == NEW_TOUR  # what the crash cut short can be restored


def test_reading_works_where_nobody_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """I8: a site on a read-only disk can be looked at, and saving says why not."""
    (tmp_path / "tours/walk").mkdir(parents=True)
    (tmp_path / "tours/walk/tour.yaml").write_bytes(b"x")

    def refuse(path: Path) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    monkeypatch.setattr(fs, "mkdir", refuse)
    assert Drafts(tmp_path).read(TOUR).files == {"tour.yaml": b"x"}
    with pytest.raises(StoreError, match="cannot be written"):
        Drafts(tmp_path).save(TOUR, _add_line, who="An")


def test_fsck_names_a_revision_that_is_damaged(tmp_path: Path) -> None:
    site = Drafts(tmp_path)
    site.save(TOUR, lambda now: Change(OLD_TOUR), who="An")
    assert fsck(Store(tmp_path)).sound
    blob = next((tmp_path / ".heritage/history/blobs").rglob("*/*"))
    blob.write_bytes(b"flipped")
    litter = blob.parent / ".tmp-old"
    litter.write_bytes(b"")
    os.utime(litter, (0, 0))
    report = fsck(Store(tmp_path))
    assert [problem.where for problem in report.damage] == [str(blob)]
    assert report.swept == (litter,)
