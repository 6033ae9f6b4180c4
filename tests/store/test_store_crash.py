"""Nothing that was acknowledged is lost, and nothing is ever seen half done: power cuts and failing calls."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from acts import ACTS, Act
from crash_model import Disk, Failing, laid_out

from heritage.model.errors import StoreError
from heritage.store import Store
from heritage.store.publish import TEMPORARY

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EINTR, errno.EMFILE)


def _named(act: Act) -> str:
    return act.name


def verdicts(act: Act, disk: Disk, scratch: Path) -> Iterator[object]:
    """Of every state a crash may leave: None, or what was read that is neither old nor new, or lost."""
    for acknowledged, state in disk.states():
        root = laid_out(state, scratch / "state")
        try:
            value = act.read(root)
        except (StoreError, AssertionError, OSError, ValueError) as error:
            value = error
        shutil.rmtree(root)
        yield None if value == act.new or (value == act.old and not acknowledged) else (value,)


def recorded(act: Act, site: Path, skip: int | None = None) -> Disk:
    """Do the act on a new site with its effects recorded, one sync or rename left out."""
    site.mkdir()
    act.before(site)
    disk = Disk(site)
    disk.skip = skip
    with pytest.MonkeyPatch.context() as patch:
        disk.watch(patch)
        act.do(site)
    return disk


@pytest.mark.parametrize("act", ACTS, ids=_named)
def test_every_crash_leaves_old_or_new_and_keeps_what_was_acknowledged(act: Act, tmp_path: Path) -> None:
    """A2: every prefix of the effects with every subset of what was not synced, writes torn in the middle."""
    found = list(verdicts(act, recorded(act, tmp_path / "site"), tmp_path))
    assert len(found) > 4
    assert not any(found)


# The folders of a first save are synced again by what comes into them later.
@pytest.mark.parametrize("act", [act for act in ACTS if act.name != "first save"], ids=_named)
def test_no_sync_or_rename_can_be_left_out(act: Act, tmp_path: Path) -> None:
    """A3: without any one fsync or rename, A2 fails. So each is needed, and A2 would see it missing."""
    total = recorded(act, tmp_path / "all").numbered
    survivors = []
    for skip in range(total):
        try:
            disk = recorded(act, tmp_path / f"without-{skip}", skip)
        except StoreError:
            continue  # the act itself saw that something is wrong
        if not any(verdicts(act, disk, tmp_path)):
            survivors.append(skip)
    assert total >= 2
    assert len(survivors) == act.spare, survivors


@pytest.mark.parametrize("act", ACTS, ids=_named)
def test_any_call_may_fail(act: Act, tmp_path: Path) -> None:
    """A4: the k-th call fails, for every k: a named error, old or new is there, and a second try works."""
    for k in range(100):
        site = tmp_path / f"site-{k}"
        site.mkdir()
        act.before(site)
        with pytest.MonkeyPatch.context() as patch:
            failing = Failing(k, ERRORS[k % len(ERRORS)], patch)
            try:
                act.do(site)
                told = False
            except StoreError:
                told = True
        # Only tidying up may fail without a word: the next writer sweeps.
        assert told or failing.failed in (None, "remove")
        assert act.read(site) in (act.old, act.new)
        if failing.failed is None:
            assert act.read(site) == act.new
            break
        if act.read(site) == act.old:
            act.do(site)
        assert act.read(site) in (act.new, act.twice)
        with Store(site).writer("test"):
            assert not [path for path in (site / ".heritage").rglob("*") if path.name.startswith(TEMPORARY)]
    assert k > 3
    assert failing.failed is None
