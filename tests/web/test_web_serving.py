"""Serving by the book: ranges, validators, caching, types, compression, and never a link or an unlisted file."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_release import RELEASE, TILE, client_of, publish

from heritage.store import Store
from heritage.store.manifest import seal

AT = f"/r/{RELEASE}/"
TILE_URL = f"{AT}monuments/gate/epochs/2024/tiles/0.glb"
JSON_URL = f"{AT}monuments/gate/epochs/2024/tileset.json"
SIZE = len(TILE)


def _tag(data: bytes, suffix: str = "") -> str:
    return f'"{hashlib.sha256(data).hexdigest()}{suffix}"'


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-499", 0, 500),
        ("bytes=500-", 500, SIZE),
        ("bytes=-1", SIZE - 1, SIZE),
        ("bytes=-500", SIZE - 500, SIZE),
        (f"bytes=-{SIZE + 5}", 0, SIZE),
        (f"bytes={SIZE - 1}-", SIZE - 1, SIZE),
        (f"bytes=9000-{10**25}", 9000, SIZE),
        ("Bytes = 5-6 ", 5, 7),
        ("bytes=0-", 0, SIZE),
    ],
)
def test_one_range_gives_exactly_those_bytes(client: FlaskClient, asked: str, start: int, stop: int) -> None:
    """G1, satisfiable."""
    response = client.get(TILE_URL, headers={"Range": asked})
    assert response.status_code == 206
    assert response.data == TILE[start:stop]
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response.content_length == stop - start
    assert response.headers["ETag"] == _tag(TILE)


@pytest.mark.parametrize("asked", [f"bytes={SIZE}-", f"bytes={SIZE + 5}-{SIZE + 9}", "bytes=-0"])
def test_a_range_beyond_the_end_is_refused_with_the_size(client: FlaskClient, asked: str) -> None:
    """G1, unsatisfiable."""
    response = client.get(TILE_URL, headers={"Range": asked})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"
    assert response.get_json()["error"]["code"] == "range"


@pytest.mark.parametrize(
    "asked",
    [
        "bytes=5-2", "bytes=0-1,4-5", "items=0-5", "bytes=a-b", "bytes=-", "bytes", "bytes=--1", "bytes=١-٢",
        f"bytes=0-{'9' * 5000}", f"bytes={'9' * 5000}-", f"bytes=-{'9' * 5000}",
    ],
)  # fmt: skip
def test_a_range_that_is_none_is_ignored(client: FlaskClient, asked: str) -> None:
    """G1: malformed, reversed, other units, several parts, endless digits: the whole is sent, as RFC 9110 14.2 allows."""
    response = client.get(TILE_URL, headers={"Range": asked.encode().decode("latin-1")})
    assert (response.status_code, response.data) == (200, TILE)


def test_ranges_of_nothing(client: FlaskClient) -> None:
    """G1 on a file of no bytes."""
    url = f"{AT}media/empty.bin"
    assert (client.get(url).status_code, client.get(url).data) == (200, b"")
    assert client.get(url, headers={"Range": "bytes=0-"}).status_code == 416
    assert client.get(url, headers={"Range": "bytes=-5"}).status_code == 416


def test_ranges_beyond_4_gib(tmp_path: Path) -> None:
    """G1 past 32 bits, in a file that is mostly a hole."""
    store = publish(tmp_path, RELEASE, {"large.bin": b"x"})
    folder, size = store.release_path(RELEASE), 5 * 2**30
    with (folder / "large.bin").open("r+b") as file:
        file.truncate(size)
        file.seek(size - 3)
        file.write(b"end")
    manifest = json.loads((folder / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        if entry["path"] == "large.bin":
            entry["bytes"] = size
    (folder / "manifest.json").unlink()
    (folder / "manifest.json.sha256").unlink()
    seal(folder, json.dumps(manifest).encode())
    client = client_of(tmp_path)
    response = client.get(f"{AT}large.bin", headers={"Range": f"bytes={size - 4}-"})
    assert (response.status_code, response.data) == (206, b"\0end")
    assert response.headers["Content-Range"] == f"bytes {size - 4}-{size - 1}/{size}"
    assert client.head(f"{AT}large.bin").content_length == size


def test_conditions(client: FlaskClient) -> None:
    """G2: the tag is the content's digest; 304, 412 and If-Range follow it."""
    tag = _tag(TILE)
    for wanted in (tag, f'"other", {tag}', f"W/{tag}", "*"):
        response = client.get(TILE_URL, headers={"If-None-Match": wanted})
        assert (response.status_code, response.data) == (304, b"")
        assert response.headers["ETag"] == tag
        assert "immutable" in response.headers["Cache-Control"]
    assert client.get(TILE_URL, headers={"If-None-Match": '"other"'}).status_code == 200
    assert client.get(TILE_URL, headers={"If-Match": '"other"'}).status_code == 412
    assert client.get(TILE_URL, headers={"If-Match": tag}).status_code == 200
    fresh = client.get(TILE_URL, headers={"Range": "bytes=0-4", "If-Range": tag})
    assert (fresh.status_code, fresh.data) == (206, TILE[:5])
    for stale in ('"other"', f"W/{tag}", "Sat, 29 Oct 1994 19:43:31 GMT"):
        response = client.get(TILE_URL, headers={"Range": "bytes=0-4", "If-Range": stale})
        assert (response.status_code, response.data) == (200, TILE)


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
@pytest.mark.parametrize(
    "url", ["/", TILE_URL, JSON_URL, f"{AT}media/empty.bin", "/healthz", "/assets/index-abc.js", "/nowhere"]
)
def test_head_is_get_without_the_body(client: FlaskClient, url: str, encoding: str) -> None:
    """G2: HEAD = GET's headers, ranges or not."""
    headers = {"Accept-Encoding": encoding}
    given, told = (
        client.get(url, headers=headers),
        client.head(url, headers={**headers, "Range": "bytes=0-1"}),
    )
    assert told.data == b""
    assert told.status_code == given.status_code
    without_range = client.head(url, headers=headers)
    assert dict(without_range.headers) == dict(given.headers)


def test_same_size_and_time_other_content_other_tag(tmp_path: Path) -> None:
    """G2: neither size nor mtime decides."""
    for release_id, data in (("0001-a", b"aaaa"), ("0002-b", b"bbbb")):
        store = publish(tmp_path, release_id, {"a.bin": data})
        os.utime(store.release_path(release_id) / "a.bin", (0, 0))
    client = client_of(tmp_path)
    tags = {client.get(f"/r/{r}/a.bin").headers["ETag"] for r in ("0001-a", "0002-b")}
    assert tags == {_tag(b"aaaa"), _tag(b"bbbb")}


IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("url", "kind", "cache", "vary"),
    [
        ("/", "text/html; charset=utf-8", "no-cache", "Accept-Encoding, Accept-Language"),
        ("/r/current/release.json", "application/json", "no-cache", "Accept-Encoding"),
        (f"{AT}release.json", "application/json", IMMUTABLE, "Accept-Encoding"),
        (JSON_URL, "application/json", IMMUTABLE, "Accept-Encoding"),
        (TILE_URL, "model/gltf-binary", IMMUTABLE, "Accept-Encoding"),
        (f"{AT}opening.webp", "image/webp", IMMUTABLE, None),
        (f"{AT}monuments/gate/report.html", "text/html; charset=utf-8", IMMUTABLE, "Accept-Encoding"),
        (f"{AT}media/Ng%E1%BB%8D%20M%C3%B4n.mp3", "audio/mpeg", IMMUTABLE, None),
        ("/assets/index-abc.js", "text/javascript; charset=utf-8", IMMUTABLE, "Accept-Encoding"),
        ("/assets/letters.woff2", "font/woff2", IMMUTABLE, None),
        ("/sw.js", "text/javascript; charset=utf-8", "no-cache", "Accept-Encoding"),
        ("/healthz", "application/json", "no-store", None),
        ("/nowhere", "application/json", "no-store", "Accept, Accept-Language"),
    ],
)
def test_header_table(client: FlaskClient, url: str, kind: str, cache: str, vary: str | None) -> None:
    """G3, G5: types, caching and Vary of every kind of address; a validator wherever it may be kept."""
    response = client.get(url)
    found = response.headers
    assert (found["Content-Type"], found["Cache-Control"], found.get("Vary")) == (kind, cache, vary)
    assert ("ETag" in found) == (cache != "no-store")


@pytest.mark.parametrize("url", ["/", JSON_URL, TILE_URL, "/assets/index-abc.js", "/r/current/release.json"])
def test_text_and_tiles_are_compressed_under_tags_of_their_own(client: FlaskClient, url: str) -> None:
    """G5: equal when unpacked; the tag of one form never stands for the other; ranges are of the plain form."""
    plain, packed = client.get(url), client.get(url, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data)
    assert packed.content_length == len(packed.data)
    tags = plain.headers["ETag"], packed.headers["ETag"]
    assert tags[0] != tags[1]
    again = client.get(url, headers={"Accept-Encoding": "gzip", "If-None-Match": tags[1]})
    assert (again.status_code, again.headers["Vary"]) == (304, packed.headers["Vary"])
    assert client.get(url, headers={"If-None-Match": tags[1]}).status_code == 200
    part = client.get(url, headers={"Accept-Encoding": "gzip", "Range": "bytes=2-5"})
    assert (part.status_code, part.data) == (206, plain.data[2:6])
    assert "Content-Encoding" not in part.headers


@pytest.mark.parametrize(
    ("url", "vary"),
    [
        ("/", "Accept, Accept-Language, Accept-Encoding"),
        ("/sw.js", "Accept, Accept-Language, Accept-Encoding"),
        (JSON_URL, "Accept, Accept-Language, Accept-Encoding"),
        (f"{AT}opening.webp", "Accept, Accept-Language"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_only_a_compressed_body_is_said_to_be_one(
    client: FlaskClient, url: str, vary: str, method: str
) -> None:
    """G5: neither a refusal nor an answer without a body; and what a refusal depends on stays named."""
    gzipped = {"Accept-Encoding": "gzip"}
    changed = client.open(url, method=method, headers={**gzipped, "If-Match": '"x"'})
    beyond = client.get(url, headers={**gzipped, "Range": f"bytes={10**9}-"})
    for refusal, status in ((changed, 412), (beyond, 416)):
        assert (refusal.status_code, refusal.headers["Vary"]) == (status, vary)
        assert "Content-Encoding" not in refusal.headers
    unchanged = client.open(url, method=method, headers={**gzipped, "If-None-Match": "*"})
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "Content-Encoding" not in unchanged.headers


@pytest.mark.parametrize("url", [f"{AT}opening.webp", "/assets/letters.woff2"])
def test_what_is_compressed_already_is_not_compressed(client: FlaskClient, url: str) -> None:
    assert "Content-Encoding" not in client.get(url, headers={"Accept-Encoding": "gzip"}).headers


def _strange(folder: Path, secret: Path) -> Iterator[str]:
    (folder / "opening.webp").unlink()
    (folder / "opening.webp").symlink_to(secret)
    yield "opening.webp"
    (folder / "media" / "empty.bin").unlink()
    os.mkfifo(folder / "media" / "empty.bin")
    yield "media/empty.bin"
    tiles = folder / "monuments" / "gate" / "epochs" / "2024" / "tiles"
    tiles.rename(secret.parent / "moved")
    tiles.symlink_to(secret.parent / "moved")
    yield "monuments/gate/epochs/2024/tiles/0.glb"
    (folder / "added.txt").write_text("not listed")
    yield "added.txt"
    yield "manifest.json"


def test_links_devices_and_unlisted_files_are_not_served(site: Path, tmp_path: Path) -> None:
    """G6: a link to a file or folder, a FIFO, a file that is not in the manifest: 404, whatever it holds."""
    secret = tmp_path.parent / f"{tmp_path.name}-secret"
    secret.mkdir()
    (secret / "file").write_bytes(b"RIFFstill")
    client = client_of(site)
    paths = list(_strange(Store(site).release_path(RELEASE), secret / "file"))
    for path in paths:
        assert client.get(AT + path).status_code == 404, path
        assert client.head(AT + path).status_code == 404, path
    assert len(paths) == 5


@pytest.mark.parametrize(
    "path",
    [
        "../../current", "..%2f..%2fcurrent", "%2e%2e/%2e%2e/current", "....//", "media/../release.json", "./release.json",
        "release.json/", "release.json%00", "RELEASE.JSON", "\\..\\current", "media", "", "C:/x", "/etc/passwd",
        "%2fetc%2fpasswd",
    ],
)  # fmt: skip
def test_no_other_spelling_of_a_path_is_served(client: FlaskClient, path: str) -> None:
    """E7 on the web: only what the manifest lists, spelled as it does."""
    for at in (AT, "/assets/"):
        assert client.get(at + path).status_code == 404


@pytest.mark.parametrize(
    "release_id", ["0002-gone", "current", "..", "%2e%2e", "0001-ABC", "x" * 5000, "0001-abc%2f"]
)
def test_no_other_name_of_a_release_is_served(client: FlaskClient, release_id: str) -> None:
    assert client.get(f"/r/{release_id}/opening.webp").status_code == 404


def test_a_file_of_another_size_than_published_is_a_failure(site: Path) -> None:
    """A damaged release is said to be one; a wrong length is never served under a right tag."""
    (Store(site).release_path(RELEASE) / "opening.webp").write_bytes(b"short")
    response = client_of(site).get(f"{AT}opening.webp")
    assert response.status_code == 500
    assert str(site) not in response.text


def test_old_releases_stay_reachable(site: Path) -> None:
    """A page that was loaded before a new release goes on working."""
    client = client_of(site)
    assert 'content="r/0001-abc/"' in client.get("/").text
    publish(site, "0002-def", mark="new")
    assert client.get(f"{AT}opening.webp").data == b"RIFFstill"
    assert client.get("/r/0002-def/opening.webp").data == b"RIFFstillnew"
    assert client.get("/r/current/release.json").get_json()["id"] == "0002-def"
    assert 'content="r/0002-def/"' in client.get("/").text
