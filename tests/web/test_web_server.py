"""The real server: over sockets, under load of changes, started and stopped."""

from __future__ import annotations

import errno
import gzip
import http.client
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from small_release import RELEASE, TILE, publish

from heritage.model.errors import BusyError, InputError
from heritage.model.limits import HTTP_BODY_BYTES
from heritage.store import Store
from heritage.web.server import Server, serve

SWAPS = 1000


@pytest.fixture
def server(site: Path) -> Iterator[Server]:
    with serve(site, "127.0.0.1", 0) as running:
        yield running


def _address(server: Server) -> tuple[str, int]:
    host, port = server.url.removeprefix("http://").rstrip("/").rsplit(":", 1)
    return host, int(port)


def _get(connection: http.client.HTTPConnection, path: str, **headers: str) -> tuple[int, bytes]:
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    return response.status, response.read()


def _raw(server: Server, request: bytes) -> bytes:
    with socket.create_connection(_address(server), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while chunk := connection.recv(65536):
            answer += chunk
    return answer


def test_a_page_load_belongs_to_one_release(site: Path, server: Server) -> None:
    """A9: 1,000 swaps between two releases while pages load: every load's files are of the release it names."""
    store = publish(site, "0002-def", mark="new")
    marks = {RELEASE: "", "0002-def": "new"}
    stop = threading.Event()
    loads: list[str] = []
    mixed: list[object] = []

    def read() -> None:
        connection = http.client.HTTPConnection(*_address(server))
        while not stop.is_set():
            page = _get(connection, "/")[1].decode()
            match = re.search(r'heritage-base" content="r/([^/]+)/"', page)
            assert match is not None
            base = match[1]
            files = [
                _get(connection, f"/r/{base}/{name}")
                for name in ("release.json", "monuments/gate/epochs/2024/tileset.json", "opening.webp")
            ]
            found = (
                json.loads(files[0][1])["id"],
                json.loads(files[1][1])["asset"]["extras"]["mark"],
                files[2][1],
            )
            if found != (base, marks[base], b"RIFFstill" + marks[base].encode()):
                mixed.append((base, found))
            loads.append(base)
        connection.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    with store.writer("test"):
        for swap in range(SWAPS):
            store.set_current((RELEASE, "0002-def")[swap % 2])
    stop.set()
    for reader in readers:
        reader.join()
    assert mixed == []
    assert set(loads) == set(marks)


def test_files_and_ranges_over_a_socket(server: Server) -> None:
    connection = http.client.HTTPConnection(*_address(server))
    url = f"/r/{RELEASE}/monuments/gate/epochs/2024/tiles/0.glb"
    assert _get(connection, url) == (200, TILE)
    assert _get(connection, url, Range="bytes=100-199") == (206, TILE[100:200])
    connection.request("HEAD", url)
    response = connection.getresponse()
    assert (response.read(), response.headers["Content-Length"]) == (b"", str(len(TILE)))
    assert "Server" not in response.headers
    status, packed = _get(connection, url, **{"Accept-Encoding": "gzip"})
    assert (status, gzip.decompress(packed)) == (200, TILE)
    assert len(packed) < len(TILE)
    connection.close()


@pytest.mark.parametrize(
    ("request_line", "headers", "status"),
    [
        (b"GET / HTTP/1.1", b"Host: evil.example\r\n", b"400"),
        (b"GET http://evil.example/ HTTP/1.1", b"Host: evil.example\r\n", b"400"),
        (b"GET / HTTP/1.1", b"", b"400"),
        (b"GET //evil.example/ HTTP/1.1", b"Host: localhost\r\n", b"404"),
        (b"GET //evil.example/%2e%2e HTTP/1.1", b"Host: localhost\r\n", b"404"),
        (b"GET /\\evil.example HTTP/1.1", b"Host: localhost\r\n", b"404"),
        (b"OPTIONS * HTTP/1.1", b"Host: localhost\r\n", b"404"),
        (b"POST / HTTP/1.1", b"Host: localhost\r\nContent-Length: %d\r\n" % (HTTP_BODY_BYTES * 3), b"413"),
        (b"GET / HTTP/1.1", b"Host: localhost\r\nX-Forwarded-Proto: https\r\n", b"200"),
    ],
)
def test_raw_requests(server: Server, request_line: bytes, headers: bytes, status: bytes) -> None:
    """F6, F7 as bytes on the wire."""
    answer = _raw(server, request_line + b"\r\n" + headers + b"Connection: close\r\n\r\n")
    assert answer.split(b" ")[1] == status
    assert b"Strict-Transport-Security" not in answer
    assert b"\r\nlocation:" not in answer.lower()


def test_long_headers_are_not_read_to_their_end(server: Server) -> None:
    """F7: 431 and hung up; whether the answer arrives before the reset is the network's to decide."""
    with socket.create_connection(_address(server), timeout=10) as wire, suppress(ConnectionError):
        wire.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 10_000_000 + b"\r\n\r\n")
        assert not wire.recv(65536).startswith(b"HTTP/1.1 200")
    connection = http.client.HTTPConnection(*_address(server))
    assert _get(connection, "/healthz")[0] == 200
    connection.close()


def test_chunked_bodies_have_an_end(server: Server) -> None:
    """F7: without a stated length, the server hangs up at its own limit instead of filling memory."""
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    with socket.create_connection(_address(server), timeout=10) as wire:
        wire.sendall(head)
        sent = 0
        with suppress(OSError):
            while sent < 20 * HTTP_BODY_BYTES:
                wire.sendall(chunk)
                sent += len(chunk)
    assert sent < 10 * HTTP_BODY_BYTES
    connection = http.client.HTTPConnection(*_address(server))
    assert _get(connection, "/healthz")[0] == 200
    connection.close()


def test_a_taken_port_and_a_strange_address_are_named(site: Path, server: Server) -> None:
    port = _address(server)[1]
    with pytest.raises(BusyError, match=f"127.0.0.1:{port}") as taken:
        serve(site, "127.0.0.1", port)
    assert taken.value.problems[0].code == "port-taken"
    with pytest.raises(InputError, match="no such address"):
        serve(site, "192.0.2.1", 0)


def test_a_name_that_is_nobodys_is_not_called_a_taken_port(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", unknown)
        with pytest.raises(InputError, match=r"nowhere\.invalid:8000: this machine has no such address"):
            serve(site, "nowhere.invalid", 8000)
    with pytest.raises(InputError, match="no such address"):
        serve(site, f"{'a' * 64}.invalid", 8000)


def test_a_port_that_is_not_for_everybody_is_told_as_such(
    site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(number: int) -> Callable[..., None]:
        def create_server(*_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number))

        return create_server

    monkeypatch.setattr(socket, "create_server", fail(errno.EACCES))
    with pytest.raises(InputError, match=r"127\.0\.0\.1:80: .*may not listen there") as refused:
        serve(site, "127.0.0.1", 80)
    assert refused.value.problems[0].code == "port-not-permitted"
    # Not one of the machine's addresses or ports is at fault.
    monkeypatch.setattr(socket, "create_server", fail(errno.EMFILE))
    with pytest.raises(OSError, match="Too many open files"):
        serve(site, "127.0.0.1", 8000)


def test_a_name_is_listened_on_by_its_first_address(site: Path) -> None:
    with serve(site, "localhost", 0) as running:
        assert running.url.startswith("http://127.0.0.1:")


def test_closing_stops_and_frees_the_port(site: Path) -> None:
    with serve(site, "127.0.0.1", 0) as running:
        port = _address(running)[1]
    running.wait()
    assert not [t for t in threading.enumerate() if t.name.startswith(("heritage-web", "waitress"))]
    with serve(site, "127.0.0.1", port) as again:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        assert _get(connection, "/healthz")[0] == 200
        connection.close()
        assert again.url == f"http://127.0.0.1:{port}/"


def test_serving_needs_no_lock_and_writes_nothing(site: Path, server: Server) -> None:
    """I8: visitors are served while a build holds the site."""
    before = sorted(p.name for p in (site / ".heritage").rglob("*"))
    with Store(site).writer("build"):
        connection = http.client.HTTPConnection(*_address(server))
        assert _get(connection, "/")[0] == 200
        connection.close()
    assert sorted(p.name for p in (site / ".heritage").rglob("*")) == before
