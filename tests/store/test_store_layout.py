"""Stages, releases and the journal: what is refused, what is found, what is kept."""

from __future__ import annotations

import errno
import json
import os
import random
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from acts import whole
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from heritage.model.errors import StoreError
from heritage.store import Store, journal, publish_file
from heritage.store.fsck import fsck, gc
from heritage.store.manifest import content_type


def _fill(site: Path) -> Store:
    """Two stages, two releases that each use one, three journal records."""
    store = Store(site)
    with store.writer("test"):
        for number in (1, 2):
            with store.stage("tile", f"f{number}") as folder:
                (folder / "tiles").mkdir()
                (folder / "tiles" / "0.glb").write_bytes(f"tile {number}".encode() * 20)
            release_id = f"000{number}-abc"
            provenance: tuple[dict[str, object], ...] = ({"stage": "tile", "fingerprint": f"f{number}"},)
            with store.release(release_id, provenance=provenance) as release:
                release.write("release.json", b'{"id":"' + release_id.encode() + b'"}')
                release.add("tiles/0.glb", store.stage_path("tile", f"f{number}") / "tiles" / "0.glb")
            store.set_current(release_id)
            store.journal("test", "publish", {"release": release_id})
        store.journal("Nguyễn", "note", {"words": "line\nbreak"})
    return store


def test_reading_writes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    assert (store.current(), store.releases(), store.next_sequence()) == (None, (), 1)
    assert not store.has_stage("mesh", "f1")
    assert fsck(store).sound
    assert journal.read(store.root) == ()
    assert not list(tmp_path.iterdir())


def test_store_and_web_need_no_numpy() -> None:
    """The process that answers the public opens no geometry, so it must not even load what could."""
    code = "import sys, heritage.store.fsck, heritage.web.app; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_stage_that_fails_leaves_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with pytest.raises(ZeroDivisionError), store.stage("mesh", "f1") as folder:  # noqa: PT012
        (folder / "half").write_bytes(b"x")
        raise ZeroDivisionError
    assert not store.has_stage("mesh", "f1")
    assert not list((store.root / "stages" / "mesh").iterdir())


def test_a_full_disk_is_told_as_such(tmp_path: Path) -> None:
    """A5, its message: also when the stage's own library meets the full disk."""
    full = OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(StoreError, match="disk is full"), Store(tmp_path).stage("mesh", "f1"):
        raise full


def test_the_first_of_two_workers_wins(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.stage("mesh", "f1") as slow:
        with store.stage("mesh", "f1") as quick:
            (quick / "by").write_bytes(b"quick")
        (slow / "by").write_bytes(b"slow")
    assert whole(store.stage_path("mesh", "f1")) == {"by": b"quick"}
    assert [p.name for p in (store.root / "stages" / "mesh").iterdir()] == ["f1"]


def _symlink(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere)


def _folder_link(path: Path, elsewhere: Path) -> None:
    path.symlink_to(elsewhere.parent)


def _hard_link(path: Path, elsewhere: Path) -> None:
    path.hardlink_to(elsewhere)


def _fifo(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        here = os.getcwd()
        os.chdir(path.parent)  # an address holds 107 bytes at most
        try:
            made.bind(path.name)
        finally:
            os.chdir(here)


STRANGE = [_symlink, _folder_link, _hard_link, _fifo, _socket]


@pytest.mark.parametrize("make", STRANGE)
def test_links_and_devices_are_not_published(make: Callable[[Path, Path], None], tmp_path: Path) -> None:
    """A12: for a stage and for a release: a named error, nothing published, nothing left."""
    outside = tmp_path / "outside"
    outside.write_bytes(b"secret")
    site = tmp_path / "site"
    site.mkdir()
    store = Store(site)
    with pytest.raises(StoreError, match="strange"), store.stage("mesh", "f1") as folder:
        make(folder / "strange", outside)
    with store.writer("test"):
        with pytest.raises(StoreError, match="strange"), store.release("0001-a") as release:  # noqa: PT012
            release.write("release.json", b"{}")
            make(release.path / "strange", outside)
        assert not store.has_stage("mesh", "f1")
        assert store.releases() == ()
        assert not [p for p in store.root.rglob("*") if p.name.startswith(".tmp-")]
    assert outside.read_bytes() == b"secret"


def test_a_release_takes_plain_files_of_the_site_only(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"secret")
    site = tmp_path / "site"
    (site / "media").mkdir(parents=True)
    (site / "media" / "a.mp3").write_bytes(b"voice")
    (site / "media" / "same.mp3").symlink_to("a.mp3")
    (site / "media" / "out.mp3").symlink_to(tmp_path / "secret")
    os.mkfifo(site / "media" / "pipe.mp3")
    store = Store(site)
    with store.writer("test"), store.release("0001-a") as release:
        release.add("media/a.mp3", site / "media" / "a.mp3")
        release.add("media/a.mp3", site / "media" / "a.mp3")
        release.add("media/same.mp3", site / "media" / "same.mp3")
        for name in ("out.mp3", "pipe.mp3", "missing.mp3"):
            with pytest.raises(StoreError, match=name):
                release.add(f"media/{name}", site / "media" / name)
        for path in ("../a", "/a", "a//b", "a/../b", "a/./b", "", ".tmp-a", "a\\b", "manifest.json", "a\0"):
            with pytest.raises(StoreError, match="no name for a release's file"):
                release.write(path, b"")
        with pytest.raises(StoreError, match="other content"):
            release.write("media/a.mp3", b"other")
    assert whole(store.release_path("0001-a")) == {"media/a.mp3": b"voice", "media/same.mp3": b"voice"}
    with (
        store.writer("test"),
        pytest.raises(StoreError, match="releases never change"),
        store.release("0001-a"),
    ):
        pass


def test_a_damaged_stage_does_not_become_a_release(tmp_path: Path) -> None:
    store = _fill(tmp_path)
    tile = store.stage_path("tile", "f1") / "tiles" / "0.glb"
    tile.write_bytes(tile.read_bytes().replace(b"1", b"3", 1))
    with (
        store.writer("test"),
        pytest.raises(StoreError, match="not what its stage wrote"),
        store.release("0009-a") as release,
    ):
        release.add("tiles/0.glb", tile)


def test_every_flipped_bit_is_found_and_named(tmp_path: Path) -> None:
    """B3, I5: 1,000 random bits of stages, releases, journal, head and `current`, each alone; locks say nothing."""
    store = _fill(tmp_path)
    files = sorted(p for p in store.root.rglob("*") if p.is_file() and p.name not in ("lock", "changing"))
    assert fsck(store).files == 6
    chance, missed = random.Random(5), []
    for _ in range(1000):
        path = chance.choice(files)
        good = path.read_bytes()
        bad = bytearray(good)
        bit = chance.randrange(len(good) * 8)
        bad[bit // 8] ^= 1 << bit % 8
        path.write_bytes(bad)
        report = fsck(store)
        near = path.parent if path.name.startswith("manifest.json") else path
        near = store.root / "journal" if path.name.startswith("journal") else near
        if report.sound or not any(p.where.startswith(str(near)) for p in report.damage):
            missed.append((path.relative_to(store.root), bit, report.damage))
        path.write_bytes(good)
    assert missed == []
    assert fsck(store).sound


def test_fsck_names_what_is_missing_added_or_replaced(tmp_path: Path) -> None:
    store = _fill(tmp_path)
    tiles = store.stage_path("tile", "f1") / "tiles"
    (tiles / "0.glb").unlink()
    (tiles / "1.glb").write_bytes(b"x")
    (store.release_path("0001-abc") / "release.json").unlink()
    (store.release_path("0001-abc") / "release.json").symlink_to("/etc/hostname")
    (store.root / "current").write_text('{"release": "0007-gone"}')
    where = {os.path.relpath(p.where, store.root): p.found for p in fsck(store, verify=False).damage}
    assert where == {
        "stages/tile/f1/tiles/0.glb": "it is missing",
        "stages/tile/f1/tiles/1.glb": "it is not in the manifest",
        "releases/0001-abc/release.json": "it is a symbolic link",
        "current": "it names release 0007-gone, which is not there",
    }


def _edit(lines: list[bytes]) -> None:
    lines[1] = lines[1].replace(b"0002", b"0003")


def _delete(lines: list[bytes]) -> None:
    del lines[1]


def _reorder(lines: list[bytes]) -> None:
    lines[0], lines[1] = lines[1], lines[0]


def _cut(lines: list[bytes]) -> None:
    del lines[2:]


def _empty(lines: list[bytes]) -> None:
    lines.clear()


def _forge(lines: list[bytes]) -> None:
    lines[2] = json.dumps(json.loads(lines[2]) | {"who": "nobody"}, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("change", "place"), [(_edit, 3), (_delete, 2), (_reorder, 1), (_cut, 3), (_empty, 1), (_forge, 3)]
)
def test_the_journal_shows_what_was_done_to_it(
    change: Callable[[list[bytes]], None], place: int, tmp_path: Path
) -> None:
    """I2: edit, delete, reorder, truncate: the place is named. An edit shows at the record after it."""
    store = _fill(tmp_path)
    path = store.root / "journal"
    lines = path.read_bytes().splitlines()
    change(lines)
    path.write_bytes(b"".join(line + b"\n" for line in lines))
    assert [p.where for p in journal.verify(store.root)] == [f"{path}:{place}"]
    with pytest.raises(StoreError):
        journal.read(store.root)


def test_an_append_does_not_hide_that_records_were_cut_off(tmp_path: Path) -> None:
    store = _fill(tmp_path)
    path = store.root / "journal"
    cut = b"".join(path.read_bytes().splitlines(keepends=True)[:2])
    path.write_bytes(cut)
    with store.writer("test"), pytest.raises(StoreError, match="3 records were written"):
        store.journal("test", "next", {})
    assert path.read_bytes() == cut


def test_a_torn_record_is_passed_over_and_then_removed(tmp_path: Path) -> None:
    """A8: whatever the length of the torn part, whole records are read and the next follows them."""
    store = _fill(tmp_path)
    path = store.root / "journal"
    good = path.read_bytes()
    torn = good.splitlines()[-1]
    head = (store.root / "journal.head").read_bytes()
    for length in range(0, len(torn), 7):
        path.write_bytes(good + torn[:length])
        (store.root / "journal.head").write_bytes(head)
        assert [r.sequence for r in journal.read(store.root)] == [1, 2, 3]
        with store.writer("test"):
            store.journal("test", "next", {})
        assert [r.action for r in journal.read(store.root)] == ["publish", "publish", "note", "next"]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_gc_never_removes_what_a_kept_release_needs(tmp_path: Path, data: st.DataObject) -> None:
    """I6: any stages, any releases of them, any that are to be kept."""
    site = tmp_path / str(len(list(tmp_path.iterdir())))
    site.mkdir()
    store = Store(site)
    names = [f"f{n}" for n in range(5)]
    uses = data.draw(st.lists(st.sets(st.sampled_from(names)), max_size=4))
    keep_fingerprints = data.draw(st.sets(st.sampled_from(names)))
    ids = [f"{n:04d}-r" for n in range(1, len(uses) + 1)]
    keep_releases = data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(set[str]()))
    with store.writer("test"):
        for name in names:
            with store.stage("mesh", name) as folder:
                (folder / "a").write_bytes(b"1234")
        for release_id, used in zip(ids, uses, strict=True):
            with store.release(
                release_id, provenance=tuple({"fingerprint": f} for f in sorted(used))
            ) as release:
                release.write("a", b"1")
        if ids:
            store.set_current(data.draw(st.sampled_from(ids)))
        freed = gc(store, keep_fingerprints, keep_releases)
    kept = {i for i in ids if i in keep_releases or i == store.current()}
    needed = keep_fingerprints.union(*(used for i, used in zip(ids, uses, strict=True) if i in kept))
    assert set(store.releases()) == kept
    assert {n for n in names if store.has_stage("mesh", n)} == needed
    assert (freed > 0) == (kept != set(ids) or needed != set(names))
    assert fsck(store).sound


def test_gc_deletes_nothing_when_it_cannot_know(tmp_path: Path) -> None:
    store = _fill(tmp_path)
    manifest = store.release_path("0002-abc") / "manifest.json"
    manifest.write_bytes(manifest.read_bytes().replace(b"f2", b"f9"))
    with store.writer("test"), pytest.raises(StoreError, match="manifest"):
        gc(store, (), ())
    assert store.has_stage("tile", "f1")
    assert store.releases() == ("0001-abc", "0002-abc")


def test_releases_are_ordered_by_sequence(tmp_path: Path) -> None:
    """I7: neither the clock nor the alphabet decides."""
    store = Store(tmp_path)
    with store.writer("test"):
        for release_id in ("10000-a", "0009-b", "9999-c"):
            with store.release(release_id) as release:
                release.write("a", b"")
            os.utime(store.release_path(release_id), (0, 0))
    assert store.releases() == ("0009-b", "9999-c", "10000-a")
    assert store.next_sequence() == 10001


def test_a_file_by_any_library_replaces_the_old_one_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "cloud.laz"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), publish_file(path) as temporary:  # noqa: PT012
        temporary.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    with publish_file(path) as temporary:
        assert temporary.suffix == ".laz"
        temporary.write_bytes(b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "ending",
    [
        *["avif", "gif", "jpeg", "jpg", "png", "webp"],
        *["m4a", "mp3", "ogg", "opus", "wav", "vtt"],
        "glb",
        "usdz",
    ],
)
def test_what_words_and_tours_may_name_has_a_type_of_its_own(ending: str) -> None:
    """Browsers are told not to guess."""
    assert content_type(f"media/a.{ending.upper()}") != "application/octet-stream"
