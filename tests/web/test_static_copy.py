"""A static copy: complete, the same bytes, renewed in place without a moment in which it is broken."""

from __future__ import annotations

import http.client
import re
import subprocess
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from small_release import RELEASE, TILE, publish

from heritage.export.publish import publish as copy
from heritage.model.errors import InputError, StoreError
from heritage.page import page as viewer
from heritage.page.page import CONTENT_POLICY
from heritage.store import Store, fs
from heritage.store.manifest import differences, read_manifest


def _shown(target: Path) -> str:
    """The release the copy's page names, which must be whole, as must be all that the page itself loads."""
    page = (target / "index.html").read_text(encoding="utf-8")
    match = re.search(r'heritage-base" content="r/([^/]+)/"', page)
    assert match is not None
    folder = target / "r" / match[1]
    assert not list(differences(folder, read_manifest(folder), verify=True))
    for address in re.findall(r'(?:href|src)="([^#?"]+)"', page):
        assert (target / address).is_file(), address
    return match[1]


def test_a_plain_file_server_is_enough(site: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Every file of the release under its address, by a server that knows nothing of us."""
    target = tmp_path_factory.mktemp("host") / "copy"
    assert copy(site, target) == RELEASE
    assert _shown(target) == RELEASE

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(target))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
        try:
            for path, expected in (
                ("/", None),
                (f"/r/{RELEASE}/monuments/gate/epochs/2024/tiles/0.glb", TILE),
                ("/sw.js", (viewer.DIST / "sw.js").read_bytes()),
                (f"/r/{RELEASE}/media/Ng%E1%BB%8D%20M%C3%B4n.mp3", b"ID3"),
            ):
                connection.request("GET", path)
                response = connection.getresponse()
                content = response.read()
                assert (response.status, expected or content) == (200, content)
        finally:
            connection.close()
            server.shutdown()
            thread.join()


def test_the_page_brings_its_policy_before_anything_is_loaded(site: Path, tmp_path: Path) -> None:
    copy(site, tmp_path / "copy")
    page = (tmp_path / "copy" / "index.html").read_text(encoding="utf-8")
    policy = page.index(f'content="{CONTENT_POLICY}"'.replace("'", "&#39;"))
    assert policy < page.index("<link")
    assert '<html lang="vi"' in page


def test_zip(site: Path, tmp_path: Path) -> None:
    """The same files; sound by an outside tool; equal releases give equal bytes."""
    copy(site, tmp_path / "copy")
    copy(site, tmp_path / "one.zip")
    copy(site, tmp_path / "two.zip")
    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()
    subprocess.run(
        ["python3", "-m", "zipfile", "-t", str(tmp_path / "one.zip")], check=True, capture_output=True
    )
    folder = {
        p.relative_to(tmp_path / "copy").as_posix(): p.read_bytes()
        for p in (tmp_path / "copy").rglob("*")
        if p.is_file()
    }
    with zipfile.ZipFile(tmp_path / "one.zip") as packed:
        assert {i.filename: packed.read(i) for i in packed.infolist()} == folder


def test_renewing_keeps_the_copy_before_and_removes_older_ones(site: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    copy(site, target)
    (target / "CNAME").write_text("hue.example")
    for release_id in ("0002-b", "0003-c"):
        publish(site, release_id, mark=release_id)
        assert copy(site, target) == _shown(target) == release_id
    assert sorted(p.name for p in (target / "r").iterdir()) == ["0002-b", "0003-c"]
    assert (target / "CNAME").exists()
    copy(site, target)
    assert _shown(target) == "0003-c"


def test_whatever_fails_the_copy_is_never_broken(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A4 for copies: every rename fails in turn; the page that is there names whole files; a second try works."""
    target = tmp_path / "copy"
    copy(site, target)
    publish(site, "0002-b", {"more.bin": b"x" * 9000})
    rename, failures = fs.rename, 0
    for k in range(20):
        left = iter(range(k, -1, -1))

        def failing(old: Path, new: Path, left: object = left) -> None:
            if next(left, -1) == 0:  # type: ignore[call-overload]
                raise OSError(28, "No space left on device")
            rename(old, new)

        monkeypatch.setattr(fs, "rename", failing)
        try:
            copy(site, target)
        except StoreError:
            failures += 1
            assert _shown(target) in (RELEASE, "0002-b")
        else:
            break
    assert failures >= 2
    assert _shown(target) == "0002-b"
    assert not list(target.rglob(".tmp-*"))


@pytest.mark.parametrize("kind", ["file", "other page", "other files"])
def test_nothing_else_is_overwritten(site: Path, tmp_path: Path, kind: str) -> None:
    target = tmp_path / "precious"
    if kind == "file":
        target.write_text("mine")
    else:
        target.mkdir()
        (target / ("index.html" if kind == "other page" else "thesis.doc")).write_text("mine")
    with pytest.raises(InputError, match="no copy of a site"):
        copy(site, target)
    kept = [p for p in (target, *target.rglob("*")) if p.is_file()]
    assert [p.read_text() for p in kept] == ["mine"]


def test_no_release_or_a_damaged_one_is_not_copied(site: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(InputError, match="heritage build"):
        copy(empty, tmp_path / "copy")
    with pytest.raises(InputError, match="folder above"):
        copy(site, tmp_path / "no" / "where")
    (Store(site).release_path(RELEASE) / "opening.webp").write_bytes(b"RIFFstilx")
    with pytest.raises(StoreError, match="opening"):
        copy(site, tmp_path / "copy")
    assert not (tmp_path / "copy").exists()
