"""What a hostile request or release can do: nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_release import EVIL, RELEASE, client_of
from werkzeug.datastructures import Headers

from heritage.model.limits import HTTP_BODY_BYTES
from heritage.people.database import Database
from heritage.store import Store
from heritage.store.photos import Photos
from heritage.web import app as web
from heritage.web.app import create_app
from heritage.web.report_options import ReportOptions
from heritage.web.security import Hosts
from heritage.web.studio.options import StudioOptions

ALL = ["/", "/r/current/release.json", f"/r/{RELEASE}/release.json", f"/r/{RELEASE}/monuments/gate/report.html",
       f"/r/{RELEASE}/opening.webp", "/assets/index-abc.js", "/healthz", "/nowhere", "/r/0009-x/a", "/assets/x",
       "/x//evil.example/", "/%00"]  # fmt: skip


def _policy(headers: Headers) -> dict[str, list[str]]:
    return {
        name: values for name, *values in (d.split() for d in headers["Content-Security-Policy"].split(";"))
    }


def _check_headers(headers: Headers) -> None:
    policy = _policy(headers)
    assert policy["default-src"] == ["'none'"]
    assert policy["script-src"] == ["'self'", "'wasm-unsafe-eval'"]
    assert policy["frame-ancestors"] == ["'self'"]
    assert "unsafe-inline" not in headers["Content-Security-Policy"]
    assert "'unsafe-eval'" not in headers["Content-Security-Policy"]
    assert not re.search(r"https?:|\*", headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "geolocation=(self)" in headers["Permissions-Policy"]
    assert "xr-spatial-tracking=(self)" in headers["Permissions-Policy"]
    assert "Set-Cookie" not in headers
    assert "Cookie" not in headers.get("Vary", "")


@pytest.mark.parametrize("url", ALL)
@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "STRANGE"]
)
def test_every_answer_has_every_header(client: FlaskClient, url: str, method: str) -> None:
    """F3, F4: whatever is asked, however: the headers are there, and no cookie. Only GET and HEAD are served."""
    response = client.open(url, method=method, headers={"Cookie": "session=forged"})
    _check_headers(response.headers)
    if method not in ("GET", "HEAD"):
        assert response.status_code in (404, 405)
    if response.status_code == 405:
        assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD"}


def test_strict_transport_only_over_tls(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/").headers
    assert (
        client.get("/", base_url="https://localhost").headers["Strict-Transport-Security"]
        == "max-age=31536000"
    )


@pytest.mark.parametrize("url", ALL)
@pytest.mark.parametrize(
    "headers",
    [
        {"Range": "bytes=99999999-"},
        {"If-Match": '"x"'},
        {"Host": "evil.example"},
        {"Content-Length": str(HTTP_BODY_BYTES + 1)},
        {},
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_every_error_has_one_shape(
    client: FlaskClient, url: str, headers: dict[str, str], method: str
) -> None:
    """F9: JSON of one shape, no path of the machine, no version, no traceback, the address never repeated."""
    response = client.open(url, method=method, headers=headers)
    _check_headers(response.headers)
    if response.status_code < 400:
        return
    error = response.get_json()
    assert error.keys() == {"error"}
    assert error["error"].keys() == {"code", "where", "found", "allowed", "remedy"}
    assert all(isinstance(value, str) for value in error["error"].values())
    assert re.fullmatch(r"[a-z-]+", error["error"]["code"])
    assert not re.search(r"Traceback|/tmp|\.py|Werkzeug|Flask|evil|nowhere|0009", response.text)


BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "Trang này không có"), ("fr-CA", "Cette page"), ("de", "This page")]
)
def test_browsers_get_a_page_in_their_language(client: FlaskClient, language: str, words: str) -> None:
    """F9: an error page is a page: in the visitor's language, with the way back, without the address."""
    address = "/%3Cscript%3Ealert(1)%3C/script%3E"
    response = client.get(address, headers={**BROWSER, "Accept-Language": language})
    assert (response.status_code, response.mimetype) == (404, "text/html")
    assert words in response.text
    assert 'href="/"' in response.text
    assert "alert" not in response.text
    _check_headers(response.headers)


def test_an_unexpected_failure_says_nothing(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F9: a defect of ours: 500, the same shape, nothing leaks; the log has it."""

    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("secret at /srv/site.py")

    monkeypatch.setattr(web, "send_file", fail)
    response = client_of(published).get(f"/r/{RELEASE}/opening.webp")
    assert response.status_code == 500
    assert response.get_json()["error"]["code"] == "failed"
    assert "secret" not in response.text
    _check_headers(response.headers)


def test_a_damaged_store_says_nothing(site: Path) -> None:
    """F9: what fsck would name to the curator is not named to the public."""
    manifest = Store(site).release_path(RELEASE) / "manifest.json"
    manifest.write_bytes(manifest.read_bytes() + b" ")
    (site / ".heritage" / "current").write_bytes(b"{")
    client = client_of(site)
    for url in (f"/r/{RELEASE}/opening.webp", "/", "/healthz"):
        response = client.get(url)
        assert response.status_code == 500
        assert str(site) not in response.text
        assert ".heritage" not in response.text


@pytest.mark.parametrize(
    ("host", "is_ours"),
    [
        ("localhost", True), ("LOCALHOST:8000", True), ("127.0.0.1:1", True), ("192.168.1.7", True), ("[::1]:8000", True),
        ("hue.localhost", True), ("evil.example", False), ("localhost.evil.example", False), ("evil.example:80", False),
        ("", False), ("localhost:http", False), ("localhost/..", False), ("user@localhost", False), ("1.2.3.4.evil", False),
        ("localhost\x00", False), ("localhost localhost", False),
    ],
)  # fmt: skip
def test_hosts_by_default(host: str, is_ours: bool) -> None:
    """F6: names of this machine; no name that somebody else can point here."""
    assert Hosts().trust(host) is is_ours


def test_hosts_by_choice() -> None:
    hosts = Hosts(["Hue.example", ".heritage.example"])
    assert [hosts.trust(h) for h in ("hue.example:443", "a.heritage.example", "heritage.example", "localhost")] == [
        True, True, False, False,
    ]  # fmt: skip


def test_forged_hosts_and_proxies_move_nobody(site: Path) -> None:
    """F6: 400 for a strange host; nobody is sent elsewhere; forwarded names are not believed."""
    client = client_of(site, ["hue.example"])
    assert client.get("/", base_url="http://hue.example").status_code == 200
    assert client.get("/", base_url="http://evil.example").status_code == 400
    forwarded = {
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "Forwarded": "host=evil.example",
    }
    response = client.get("/", base_url="http://hue.example", headers=forwarded)
    assert "evil" not in response.text
    for url in (
        "/r//evil.example",
        f"/r/{RELEASE}",
        "/assets",
    ):
        response = client.get(url, base_url="http://hue.example")
        assert response.status_code == 404
        assert "Location" not in response.headers


@pytest.mark.parametrize(
    ("address", "base", "target"),
    [
        ("/data", "http://map.example", "/data/"),
        ("/api", "http://map.example", "/api/"),
        ("/studio", "https://map.example", "/studio/"),
        ("/reports", "http://map.example:8000", "/reports/"),
        ("/data?lang=vi&next=//evil.example/a%2Fb", "http://map.example", "/data/?lang=vi&next=//evil.example/a%2Fb"),
        ("/data", "http://map.example/old/town", "/old/town/data/"),
        ("//data", "http://map.example", "/data/"),
    ],
)  # fmt: skip
def test_a_missing_final_slash_is_added_by_path_alone(
    db: Database, tmp_path: Path, address: str, base: str, target: str
) -> None:
    """F6, and a proxy that speaks TLS: scheme and name stay those the visitor used, and nothing is kept for good."""
    studio = StudioOptions(accounts=db, origin="https://map.example")
    reports = ReportOptions(db, Photos(tmp_path), 14)
    app = create_app(tmp_path, trusted_hosts=["map.example"], studio=studio, reports=reports)
    client = app.test_client()
    path, _, query = address.partition("?")
    for method in ("GET", "HEAD"):
        response = client.open(
            method=method, query_string=query, base_url=base, environ_overrides={"PATH_INFO": path}
        )
        assert (response.status_code, response.headers["Location"]) == (308, target)
        assert response.headers["Cache-Control"] == "no-cache"
        assert response.data == b""
        _check_headers(response.headers)
        assert ("Access-Control-Allow-Origin" in response.headers) == path.endswith(("/data", "/api"))
    assert client.get(path, base_url="http://evil.example").status_code == 400


def test_long_bodies_are_refused(client: FlaskClient) -> None:
    """F7: over the limit by one byte."""
    for method in ("GET", "POST"):
        response = client.open("/", method=method, data=b"x" * (HTTP_BODY_BYTES + 1))
        assert response.status_code == 413
        assert response.get_json()["error"]["code"] == "body-too-large"
    assert client.open("/", method="GET", data=b"x" * HTTP_BODY_BYTES).status_code == 200


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.scripts = 0
        self.handlers: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.scripts += tag == "script"
        self.handlers += [name for name, _ in attrs if name.startswith("on") or name == "style"]
        self.addresses += [value or "" for name, value in attrs if name in ("href", "src")]


def test_a_hostile_release_is_inert_in_the_page(client: FlaskClient) -> None:
    """E4, E5: markup in titles and descriptions is shown as text; nothing of another host is loaded."""
    response = client.get("/?lang=en")
    tags = _Tags()
    tags.feed(response.text)
    assert tags.scripts == 0
    assert tags.handlers == []
    assert not [a for a in tags.addresses if re.match(r"[a-z]+:|//", a)]
    assert EVIL not in response.text
    assert "Meridian Gate &lt;script&gt;" in response.text
    assert "The old &lt;capital&gt;." in response.text
    assert 'alert("x")' not in response.text.replace("&#34;", '"').split("<body>")[1].split("Meridian")[0]
