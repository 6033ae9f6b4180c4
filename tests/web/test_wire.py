"""F7 over real sockets: what is kept of a body, of whom, for how long, and in how much memory."""

from __future__ import annotations

import http.client
import io
import json
import math
import os
import re
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from small_release import RELEASE, publish
from studio_site import HERE, TOKEN, write_site

from heritage.model.limits import HTTP_BODY_BYTES, LONG_REPORTS_AT_ONCE, REPORTS_OF_ADDRESS, SESSION_SEEN_S
from heritage.people import accounts, sessions
from heritage.people.database import Database
from heritage.people.sending import send
from heritage.people.tables import sessions as rows
from heritage.store.photos import Photos
from heritage.web import wire
from heritage.web.report_options import ReportOptions
from heritage.web.security import HEADERS
from heritage.web.server import Server, serve
from heritage.web.studio.options import StudioOptions

MB = 2**20
PART = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.mp3"\r\n\r\nID3'
MULTIPART = "multipart/form-data; boundary=x"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    publish(write_site(tmp_path), RELEASE)
    with serve(tmp_path, "127.0.0.1", 0, studio=StudioOptions(token=TOKEN)) as running:
        yield running


def _port(server: Server) -> int:
    return int(server.url.rstrip("/").rpartition(":")[2])


def _cookie(port: int, token: str = TOKEN) -> str:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request(
        "POST",
        "/studio/api/session",
        json.dumps({"token": token}),
        HERE | {"Content-Type": "application/json"},
    )
    answer = line.getresponse()
    assert answer.status == 200, answer.read()
    line.close()
    return str(answer.headers["Set-Cookie"]).split(";")[0]


def _head(length: int, cookie: str, path: str = "/studio/api/media", **more: str) -> bytes:
    headers = HERE | {
        "Host": "localhost:" + (re.findall(r"studio-(\d+)=", cookie) or ["80"])[0],
        "Content-Type": MULTIPART,
        "Content-Length": str(length),
        "Cookie": cookie,
        "Connection": "close",
    }
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in (headers | more).items()]
    return "\r\n".join([f"POST {path} HTTP/1.1", *lines, "", ""]).encode()


def _answer(wire: socket.socket) -> tuple[int, bytes, bytes]:
    found = b""
    while chunk := wire.recv(65536):
        found += chunk
    head, _, body = found.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), head, body


def _kept() -> int:
    """Bytes in files of this process that have no name: where waitress keeps bodies."""
    found = 0
    for fd in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            target = os.readlink(f"/proc/self/fd/{fd}")
            if target.endswith("(deleted)"):
                found += os.fstat(int(fd)).st_size
    return found


@pytest.mark.parametrize(
    ("who", "path", "status", "kept"),
    [
        ("me", "/studio/api/media", 201, True),
        ("nobody", "/studio/api/media", 401, False),
        ("me", "/studio/api/documents/tours/walk", 413, False),
        ("nobody", "/reports/", 413, False),
    ],
)
def test_a_long_body_is_kept_only_of_who_may_send_one(
    server: Server, who: str, path: str, status: int, kept: bool
) -> None:
    cookie = _cookie(_port(server)) if who == "me" else "heritage-studio=" + "A" * 43
    length, end = 40 * MB, b"\r\n--x--\r\n"  # far more than lies on the way
    before = _kept()
    with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as wire:
        wire.sendall(_head(length, cookie, path) + PART)
        wire.sendall(b"x" * (length - len(PART) - len(end)))
        if kept:
            _until(lambda: _kept() - before > 10 * MB)
        assert (_kept() - before > 10 * MB) == kept
        wire.sendall(end)
        assert _answer(wire)[0] == status


def test_who_asks_before_sending_is_answered_before_sending(server: Server) -> None:
    """Expect: 100-continue, as curl does it."""
    for cookie, first in ((_cookie(_port(server)), b"100"), ("", b"401")):
        with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as wire:
            wire.sendall(_head(50 * MB, cookie, Expect="100-continue"))
            assert wire.recv(65536).split(b" ")[1] == first


def test_what_moves_bytes_does_not_wait_for_who_writes_accounts(tmp_path: Path) -> None:
    """A session that was last seen a minute ago would be noted as seen: not before the body is there."""
    publish(write_site(tmp_path), RELEASE)
    with Database(tmp_path) as db:
        person = accounts.add(db, "An", ["curator"], "a password of words", by="test")
        secret = sessions.start(db, person, "127.0.0.1", "")
        with db.writing() as connection:
            connection.execute(rows.update().values(seen=rows.c.seen - SESSION_SEEN_S))
        with serve(tmp_path, "127.0.0.1", 0, studio=StudioOptions(accounts=db)) as server, db.writing():
            cookie = f"heritage-studio-{_port(server)}={secret}"
            with socket.create_connection(("127.0.0.1", _port(server)), timeout=5) as line:
                line.sendall(_head(50 * MB, cookie, Expect="100-continue"))
                assert line.recv(65536).split(b" ")[1] == b"100"


@pytest.mark.parametrize(
    "begun",
    [
        b"GET / HTTP/1.1\r\nX: ",
        _head(1000, "", "/studio/api/session"),
        b"GET /healthz HTTP/1.1\r\nHost: local",
    ],
    ids=["header", "body", "host"],
)
def test_what_comes_too_slowly_ends(server: Server, monkeypatch: pytest.MonkeyPatch, begun: bytes) -> None:
    """408: however a sender trickles, a byte at a time."""
    monkeypatch.setattr(wire, "REQUEST_GRACE_S", 0.3)
    with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as line:
        line.sendall(begun)
        for _ in range(10):
            if select.select([line], [], [], 0.5)[0]:
                break
            line.sendall(b"x")
        _is_ours(*_answer(line), 408, "too-slow")


def test_who_is_slow_for_a_moment_is_served(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as line:
        for part in (b"GET /hea", b"lthz HTTP/1.1\r\nHost: localhost\r\n", b"Connection: close\r\n\r\n"):
            line.sendall(part)
            time.sleep(0.1)
        assert _answer(line)[0] == 200


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _is_ours(status: int, head: bytes, body: bytes, wanted: int, code: str) -> None:
    assert status == wanted
    error = json.loads(body)["error"]
    assert error.keys() == {"code", "where", "found", "allowed", "remedy"}
    assert error["code"] == code
    for name, value in HEADERS.items():
        assert f"\r\n{name}: {value}\r\n".encode() in head + b"\r\n"


@pytest.mark.parametrize(
    ("request_bytes", "status", "code"),
    [
        (b"GET / HTTP/1.1\r\nno header\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400, "bad-request"),
        (b"GET / HTTP/1.1\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, "bad-request"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400, "bad-request"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "bad-request"),
        ((b"GET / HTTP/1.1\r\nX: " + b"a" * 32_768)[:32_768], 431, "headers-too-long"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_what_the_server_itself_refuses_looks_like_every_refusal(
    server: Server, request_bytes: bytes, status: int, code: str
) -> None:
    """F3, F9."""
    with socket.create_connection(("127.0.0.1", _port(server)), timeout=10) as line:
        line.sendall(request_bytes)
        _is_ours(*_answer(line), status, code)


def test_strangers_photos_wait_in_bounded_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may send a photo, so a few at a time: the next is told so, and taken when one has ended."""
    publish(write_site(tmp_path), RELEASE)
    monkeypatch.setattr(wire, "LONG_REPORTS_AT_ONCE", 1)
    with Database(tmp_path) as database:
        reports = ReportOptions(database, Photos(tmp_path), 14)
        with serve(tmp_path, "127.0.0.1", 0, reports=reports) as server:
            rest = bytes(3 * MB) + b"\r\n--x--\r\n"
            length = len(PART + rest)
            head = _head(
                length, "", "/reports/", Host=f"localhost:{_port(server)}", Accept="application/json"
            )

            def begin() -> socket.socket:
                line = socket.create_connection(("127.0.0.1", _port(server)), timeout=10)
                line.sendall(head + PART)
                return line

            with begin() as first:
                _until(lambda: len(wire._arriving) == 1)
                with begin() as second:
                    status, _, body = _answer(second)
                assert (status, json.loads(body)["error"]["code"]) == (503, "busy")
                first.sendall(rest)
                assert _answer(first)[0] == 400
            _until(lambda: not wire._arriving)
            with begin():
                _until(lambda: len(wire._arriving) == 1)  # and breaks off
            _until(lambda: not wire._arriving)
            with begin() as last:
                last.sendall(rest)
                assert _answer(last)[0] == 400


def _photo(least: int) -> bytes:
    """A JPEG that is at least so long."""
    side = 64 * math.isqrt(least // 64**2)
    noise = np.random.default_rng(1).integers(0, 256, (side, side, 3), np.uint8)
    out = io.BytesIO()
    Image.fromarray(noise).save(out, "JPEG", quality=97)
    assert len(out.getvalue()) > least
    return out.getvalue()


def _report(photo: bytes) -> bytes:
    field = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    words = field % (b"monument", b"gate") + field % (b"text", b"A tile has fallen")
    head = b'--x\r\nContent-Disposition: form-data; name="photo"; filename="a.jpg"\r\n\r\n'
    return words + head + photo + b"\r\n--x--\r\n"


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[tuple[Server, Database]]:
    publish(write_site(tmp_path), RELEASE)
    with Database(tmp_path) as database:
        reports = ReportOptions(database, Photos(tmp_path), 14)
        with serve(tmp_path, "127.0.0.1", 0, reports=reports, proxy="127.0.0.99") as running:
            yield running, database


def _from(server: Server, address: str, length: int, **more: str) -> socket.socket:
    """A connection from an address of this machine, on which a long report has begun to arrive."""
    here = ("127.0.0.1", _port(server))
    line = socket.create_connection(here, timeout=20, source_address=(address, 0))
    of = {"Host": f"localhost:{here[1]}", "Accept": "application/json"} | more
    line.sendall(_head(length, "", "/reports/", **of))
    return line


def test_who_is_slow_gives_way_to_others_photos(
    reporting: tuple[Server, Database], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Senders from eight addresses hold every place and trickle; a visitor's photo is taken in all the same."""
    server, _ = reporting
    body = _report(_photo(HTTP_BODY_BYTES))
    much, little = 700_000, 600_000  # from half a megabyte on it lies in a file
    lines = [_from(server, f"127.0.0.{2 + n // 2}", len(body)) for n in range(LONG_REPORTS_AT_ONCE)]
    try:
        for n, line in enumerate(lines):
            line.sendall(body[: little if n == 5 else much])  # one is slower than the others
        others = LONG_REPORTS_AT_ONCE - 1
        _until(lambda: sum(one.body_bytes_received for one in wire._arriving) == others * much + little)
        held = _kept()
        with _from(server, "127.0.0.30", len(body)) as early:
            status, _, answer = _answer(early)  # nobody is slow so far
        assert (status, json.loads(answer)["error"]["code"]) == (503, "busy")
        # As if two minutes had gone by: all are late, and who sent 100 kB less by ten seconds more.
        monkeypatch.setattr(wire, "LONG_REPORT_GRACE_S", -120)
        monkeypatch.setattr(wire, "LONG_REPORT_BYTES_PER_S", 10_000)
        with _from(server, "127.0.0.30", len(body)) as visitor:
            _is_ours(*_answer(lines[5]), 408, "too-slow")
            assert _kept() <= held - little  # nothing of it is kept
            visitor.sendall(body)
            status, _, answer = _answer(visitor)
        assert status == 201, answer
        assert len(wire._arriving) == others  # one place was enough
    finally:
        for line in lines:
            line.close()
    _until(lambda: not wire._arriving)


def test_an_address_holds_two_places_behind_a_proxy_too(reporting: tuple[Server, Database]) -> None:
    """By X-Forwarded-For where the proxy says it, not where anybody does; of IPv6 a line has one network."""
    server, _ = reporting
    for address, names in (
        ("127.0.0.2", ("192.0.2.1", "192.0.2.2", "192.0.2.3")),
        ("127.0.0.99", ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:db8:1:2:3:4:5:6")),
    ):
        first, second, third = (_from(server, address, 3 * MB, X_Forwarded_For=name) for name in names)
        with first, second, third:
            assert _answer(third)[0] == 503
            other = "127.0.0.3" if address == "127.0.0.2" else address
            with _from(server, other, 3 * MB, X_Forwarded_For="2001:db8:1:3::1"):
                _until(lambda: len(wire._arriving) == 3)
        _until(lambda: not wire._arriving)


def test_nothing_is_kept_of_who_may_send_no_more(reporting: tuple[Server, Database]) -> None:
    """By the day's limit of the address, while the body is still to come."""
    server, database = reporting
    for _ in range(REPORTS_OF_ADDRESS):
        send(
            database,
            monument="gate",
            place_m=None,
            text="a tile",
            language="en",
            address="127.0.0.2",
            answer_days=14,
        )
    with _from(server, "127.0.0.2", 3 * MB, Expect="100-continue") as spent:
        assert spent.recv(65536).split(b" ")[1] == b"429"
    with _from(server, "127.0.0.3", 3 * MB, Expect="100-continue") as fresh:
        assert fresh.recv(65536).split(b" ")[1] == b"100"


def test_memory_stays_flat(tmp_path: Path) -> None:
    """Ten bodies of 30 MB, of a person and of strangers, at once: less than one of them in memory."""
    write_site(tmp_path)
    command = [sys.executable, "-m", "heritage", "serve", str(tmp_path), "--studio", "--port", "0"]
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            found = None
            while found is None:
                found = re.search(r"http://[^:]+:(\d+)/studio/#token=(\S+)", process.stdout.readline())
            port = int(found[1])
            mine = _cookie(port, found[2])

            def peak() -> int:
                status = Path(f"/proc/{process.pid}/status").read_text()
                return int(re.findall(r"VmHWM:\s+(\d+)", status)[0]) * 1024

            before, length = peak(), 30 * MB
            lines = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(10)]
            for n, line in enumerate(lines):
                line.sendall(_head(length, mine if n % 2 else "") + PART)
            end = b"\r\n--x--\r\n"
            left = length - len(PART) - len(end)
            while left:
                for line in lines:
                    line.sendall(b"x" * min(left, MB))
                left -= min(left, MB)
            for line in lines:
                line.sendall(end)
            statuses = [_answer(line)[0] for line in lines]
            for line in lines:
                line.close()
            assert statuses == [401, 201] * 5
            assert peak() - before < length
        finally:
            process.terminate()
        assert process.wait(timeout=30) == 0, "who is asked to stop has not failed"


def test_limits_of_forms_and_documents_are_kept_on_the_wire(server: Server) -> None:
    """1,001 parts and a field of more than 500 kB: 413; an exact 2 MB is read, one byte more is not."""
    mine, port = _cookie(_port(server)), _port(server)
    field = b'--x\r\nContent-Disposition: form-data; name="%d"\r\n\r\n%s\r\n'
    many = b"".join(field % (n, b"") for n in range(1001)) + b"--x--\r\n"
    large = field % (0, b"x" * 500_001) + b"--x--\r\n"
    led = field % (0, b"\r" * 400_000 + b"\n" * 90_000) + b"--x--\r\n"
    for body, status in ((many, 413), (large, 413), (led, 400)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            begun = time.process_time()
            line.sendall(_head(len(body), mine) + body)
            assert _answer(line)[0] == status
            assert time.process_time() - begun < 2
    for length, status in ((HTTP_BODY_BYTES, 400), (HTTP_BODY_BYTES + 1, 413)):
        with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
            line.sendall(_head(length, mine, "/studio/api/markdown") + b"x" * length)
            assert _answer(line)[0] == status
