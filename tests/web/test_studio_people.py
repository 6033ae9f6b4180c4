"""F1 to F5 of the studio: who comes in, what each role may do, and what a cookie, a header or another site can do."""

from __future__ import annotations

import itertools
import json
import re
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from studio_site import HERE, TOKEN, write_site
from werkzeug.test import TestResponse

from heritage.model.errors import InputError
from heritage.model.limits import HTTP_BODY_BYTES, SESSION_IDLE_S, SIGN_IN_ATTEMPTS_OF_NAME
from heritage.people import accounts, clock, invitations, passwords, sessions
from heritage.people.database import Database
from heritage.people.person import ROLES, Person
from heritage.store.photos import Photos
from heritage.web.app import create_app
from heritage.web.report_options import ReportOptions
from heritage.web.server import serve
from heritage.web.studio.options import StudioOptions, studio_options
from heritage.web.studio.table import REPORTS, STAFF, TABLE, check, routes

WORDS = "chín con rồng vàng"
BASE = "http://localhost:8000"
ROWS = (*TABLE, *STAFF, *REPORTS)


@pytest.fixture(autouse=True)
def _cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(1, 8, 1))
    passwords._nobody.cache_clear()


@dataclass
class Studio:
    """An institution's studio: its application, its database, and a person of each role."""

    app: Flask
    db: Database
    people: dict[str, Person] = field(default_factory=dict)

    def client(self, secret: str | None = None, name: str = "heritage-studio-8000") -> FlaskClient:
        client = self.app.test_client()
        if secret is not None:
            client.set_cookie(name, secret, domain="localhost", path="/studio/")
        return client

    def signed_in(self, role: str) -> FlaskClient:
        return self.client(sessions.start(self.db, self.people[role], "127.0.0.1", "test"))


@pytest.fixture
def studio(tmp_path: Path) -> Iterator[Studio]:
    db = Database(write_site(tmp_path))
    visitors = ReportOptions(db, Photos(tmp_path), 14)
    made = Studio(create_app(tmp_path, studio=StudioOptions(accounts=db), reports=visitors), db)
    for role in ROLES:
        made.people[role] = accounts.add(db, f"the {role}", [role], WORDS, by="test")
    yield made
    db.close()


@pytest.fixture
def local(tmp_path: Path) -> FlaskClient:
    return create_app(write_site(tmp_path), studio=StudioOptions(token=TOKEN)).test_client()


def _ask(client: FlaskClient, method: str, url: str, body: Any = None, **headers: str) -> TestResponse:
    given = {**HERE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return client.open(url, method=method, json=body, headers=given, base_url=BASE)


def _url(rule: str) -> str:
    return re.sub("<[^>]+>", "strange", rule.replace("<path:key>", "tours/walk").replace("<int:id>", "1"))


def test_every_route_has_a_row_and_every_row_a_route(studio: Studio, local: FlaskClient) -> None:
    """F1."""
    assert routes(studio.app, "/studio") == {(row.method, row.rule) for row in ROWS}
    assert routes(local.application, "/studio") == {(row.method, row.rule) for row in TABLE}


def test_a_route_without_a_row_stops_the_start(studio: Studio) -> None:
    """F1: the check above can fail, and it is the server's own."""
    forgotten = Flask("forgotten")
    forgotten.add_url_rule("/studio/api/everything", view_func=lambda: "")
    with pytest.raises(RuntimeError, match="/studio/api/everything"):
        check(forgotten)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.rule}")
def test_the_authorisation_table(studio: Studio, row: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """F1: this route for nobody, each role, an expired and a forged session: as the table says, nothing else.

    A closed account and one whose session was ended are nobody.
    """
    expired = sessions.start(studio.db, studio.people["administrator"], "127.0.0.1", "")
    real = clock.now()
    accounts.add(studio.db, "closed", ["administrator"], WORDS, by="test")
    closed = sessions.start(studio.db, Person(5, "closed", ("administrator",)), "127.0.0.1", "")
    accounts.close(studio.db, "closed", by="test")
    monkeypatch.setattr(clock, "now", lambda: real + SESSION_IDLE_S)
    asking: dict[str, FlaskClient] = {role: studio.signed_in(role) for role in ROLES}
    strangers = {
        "anonymous": studio.client(),
        "expired": studio.client(expired),
        "forged": studio.client("A" * 43),
        "closed": studio.client(closed),
    }
    for who, client in (asking | strangers).items():
        answer = _ask(client, row.method, _url(row.rule))
        if not row.roles:
            open_to_all = answer.status_code not in (401, 403) or row.rule.endswith(("/me", "/session"))
            assert open_to_all, who
        elif who in strangers:
            assert (answer.status_code, answer.json["error"]["code"]) == (401, "sign-in"), who
        elif who in row.roles:
            assert answer.status_code not in (401, 405), who
            assert answer.status_code != 403 or answer.json["error"]["code"] != "role-forbidden", who
        else:
            assert (answer.status_code, answer.json["error"]["code"]) == (403, "role-forbidden"), who
        assert answer.status_code < 500 or answer.json["error"]["code"].startswith("viewer-"), who
        assert answer.headers["Cache-Control"] == "no-store"


METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE")


def test_methods_without_a_row_do_not_exist(studio: Studio) -> None:
    """F1: all other methods of every address are 405, whoever asks."""
    known = {(row.method, row.rule) for row in ROWS}
    client = studio.signed_in("administrator")
    for rule, method in itertools.product({row.rule for row in ROWS}, METHODS):
        if ("GET" if method == "HEAD" else method, rule) in known:
            continue
        assert _ask(client, method, _url(rule)).status_code == 405, (method, rule)


@pytest.mark.parametrize(
    ("headers", "is_own"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Origin": BASE}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": BASE}, True),
        ({}, False),
        ({"Origin": "null"}, False),
        ({"Origin": ""}, False),
        ({"Origin": "http://localhost"}, False),
        ({"Origin": "https://localhost:8000"}, False),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": f"{BASE}.evil.example"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": ""}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": BASE}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"}, False),
        ({"Referer": f"{BASE}/studio/"}, False),
    ],
)
def test_only_pages_of_this_server_change_anything(
    studio: Studio, headers: dict[str, str], is_own: bool
) -> None:
    """F2: every unsafe route, with the administrator's own cookie."""
    client = studio.signed_in("administrator")
    for row in ROWS:
        if row.method == "GET" or (is_own and row.method == "DELETE"):
            continue
        answer = client.open(_url(row.rule), method=row.method, headers=headers, base_url=BASE)
        refused = answer.status_code == 403 and answer.json["error"]["code"] == "cross-site"
        assert refused is not is_own, row


def test_behind_a_proxy_its_address_is_the_own_one(tmp_path: Path) -> None:
    """F2, F4, F6: Origin is held against the address the server was given, not against what Host says."""
    db = Database(write_site(tmp_path))
    options = StudioOptions(accounts=db, origin="https://hue.example")
    client = create_app(tmp_path, trusted_hosts=["upstream"], studio=options).test_client()
    accounts.add(db, "An", ["curator"], WORDS, by="test")
    body = {"name": "An", "password": WORDS}

    def enter(origin: str) -> TestResponse:
        return client.post(
            "/studio/api/session", json=body, headers={"Origin": origin}, base_url="http://upstream"
        )

    assert enter("http://upstream").status_code == 403
    answer = enter("https://hue.example")
    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith("__Secure-heritage-studio=")
    assert "; Secure; HttpOnly; Path=/studio/; SameSite=Strict" in answer.headers["Set-Cookie"]
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    db.close()


def test_reading_changes_nothing(studio: Studio, tmp_path: Path) -> None:
    """F2: after every GET the site's files are what they were."""
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.suffix in (".yaml", ".md")}
    client = studio.signed_in("administrator")
    for row in ROWS:
        if row.method == "GET":
            client.get(_url(row.rule), base_url=BASE)
    assert before == {p: p.read_bytes() for p in tmp_path.rglob("*") if p.suffix in (".yaml", ".md")}


def test_the_cookie(studio: Studio) -> None:
    """F4: HttpOnly, SameSite, for the studio only; its name is the port's, as browsers keep cookies without it."""
    client = studio.client()
    answer = _ask(client, "POST", "/studio/api/session", {"name": "THE curator", "password": WORDS})
    assert answer.json == {"name": "the curator", "roles": ["curator"], "mode": "accounts"}
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert re.fullmatch(r"heritage-studio-8000=[\w-]{43}; HttpOnly; Path=/studio/; SameSite=Strict", cookie)
    assert _ask(client, "GET", "/studio/api/me").json["name"] == "the curator"
    assert client.get("/studio/api/me", base_url="http://localhost:8001").status_code == 401
    secret = cookie.split("=")[1].split(";")[0]
    for tampered in (secret[:-1], secret[::-1], secret.upper(), "", f"{secret} ", "administrator"):
        assert _ask(studio.client(tampered), "GET", "/studio/api/me").status_code == 401


def test_signing_in_rotates_and_signing_out_ends(studio: Studio) -> None:
    """F4: a session planted beforehand is worth nothing; a cookie kept aside is worth nothing afterwards."""
    client = studio.client()
    body = {"name": "the curator", "password": WORDS}
    first = (
        _ask(client, "POST", "/studio/api/session", body).headers["Set-Cookie"].split("=")[1].split(";")[0]
    )
    second = (
        _ask(client, "POST", "/studio/api/session", body).headers["Set-Cookie"].split("=")[1].split(";")[0]
    )
    assert _ask(studio.client(first), "GET", "/studio/api/me").status_code == 401
    assert _ask(studio.client(second), "GET", "/studio/api/me").status_code == 200
    answer = _ask(client, "DELETE", "/studio/api/session")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["Set-Cookie"]
    assert _ask(studio.client(second), "GET", "/studio/api/me").status_code == 401
    assert _ask(client, "DELETE", "/studio/api/session").status_code == 204


def test_login_is_throttled(studio: Studio) -> None:
    """F5: 429 with Retry-After; the right password is not looked at either; unknown names look the same."""
    for name in ("the curator", "nobody"):
        client = studio.client()
        answers = [
            _ask(client, "POST", "/studio/api/session", {"name": name, "password": f"wrong {n}"})
            for n in range(SIGN_IN_ATTEMPTS_OF_NAME + 1)
        ]
        assert [a.status_code for a in answers] == [401] * SIGN_IN_ATTEMPTS_OF_NAME + [429]
        assert 0 < int(answers[-1].headers["Retry-After"]) <= 900
        assert len({a.text for a in answers[:-1]}) == 1
        assert "Set-Cookie" not in answers[-1].headers
    right = {"name": "the curator", "password": WORDS}
    assert _ask(studio.client(), "POST", "/studio/api/session", right).status_code == 429
    administrator = studio.signed_in("administrator")
    assert (
        _ask(administrator, "PUT", "/studio/api/people/The%20Curator", {"locked_out": False}).status_code
        == 204
    )
    assert _ask(studio.client(), "POST", "/studio/api/session", right).status_code == 200


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {}, {"name": "a"}, {"name": "a", "password": 1}, {"name": None, "password": ""},
     {"name": "a", "password": "b", "roles": ["administrator"]}, {"token": TOKEN},
     {"name": "\ud800", "password": "\ud800"}],
)  # fmt: skip
def test_strange_bodies(studio: Studio, body: Any) -> None:
    """F7: 400 in the one shape, never a failure of ours."""
    for method, url in (
        ("POST", "/studio/api/session"),
        ("POST", "/studio/api/invitations"),
        ("POST", "/studio/api/accept-invitation"),
        ("PUT", "/studio/api/people/the%20curator"),
        ("PUT", "/studio/api/me/password"),
    ):
        answer = _ask(studio.signed_in("administrator"), method, url, body)
        assert (answer.status_code, answer.json["error"]["code"]) == (400, "bad-request"), url


def test_texts_that_break_databases(studio: Studio) -> None:
    """No 5xx: NUL, very long, SQL."""
    client = studio.signed_in("administrator")
    for text in ("\x00", "x" * 100_000, "' OR '1'='1", "%00", "../..", "\u202e"):
        body = {"name": text, "password": text}
        assert _ask(studio.client(), "POST", "/studio/api/session", body).status_code in (401, 429)
        body = {"invitation": text, "name": text, "password": text}
        assert _ask(studio.client(), "POST", "/studio/api/accept-invitation", body).status_code == 404
        url = "/studio/api/people/" + text.encode("utf-8", "replace").decode()[:2000].replace("/", "")
        assert _ask(client, "PUT", url, {"closed": True}).status_code in (404, 308)
        assert _ask(client, "PUT", "/studio/api/people/the%20curator", {"roles": [text]}).status_code == 400
        agent = text.encode("ascii", "replace").decode().replace("\x00", "")
        assert _ask(client, "GET", "/studio/api/me", User_Agent=agent).status_code == 200


def test_long_bodies(studio: Studio) -> None:
    """F7."""
    client = studio.signed_in("administrator")
    answer = client.post(
        "/studio/api/session", data=b"x" * (HTTP_BODY_BYTES + 1), headers=HERE, base_url=BASE
    )
    assert answer.status_code == 413


def test_the_token_of_ones_own_machine_works_once(local: FlaskClient) -> None:
    """Alone on a laptop: no account; the printed address lets in one browser, which may follow it again."""
    assert _ask(local, "GET", "/studio/api/sign-in").json == {"mode": "local", "openid": None}
    for wrong in (
        {"token": "x"},
        {"token": "x" * 10_000},
        {"token": None},
        {"name": "a", "password": "b"},
        None,
    ):
        answer = _ask(local, "POST", "/studio/api/session", wrong)
        assert (answer.status_code, answer.json["error"]["code"]) == (401, "token-wrong")
    first = _ask(local, "POST", "/studio/api/session", {"token": TOKEN})
    assert first.json["mode"] == "local"
    assert first.json["roles"] == list(ROLES)
    assert "HttpOnly; Path=/studio/; SameSite=Strict" in first.headers["Set-Cookie"]
    assert _ask(local, "POST", "/studio/api/session", {"token": TOKEN}).status_code == 200
    other = local.application.test_client()
    assert _ask(other, "POST", "/studio/api/session", {"token": TOKEN}).status_code == 401
    assert _ask(other, "GET", "/studio/api/documents").status_code == 401
    assert _ask(local, "GET", "/studio/api/documents").status_code == 200
    _ask(local, "DELETE", "/studio/api/session")
    assert _ask(local, "GET", "/studio/api/documents").status_code == 401


def _open(site: Path, host: str = "127.0.0.1", **more: Any) -> StudioOptions:
    return studio_options(site, host, **{"public_url": None, "trusted_hosts": None, "accounts": None, **more})


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", "hue.localhost", "127.9.9.9"])
def test_ones_own_machine(tmp_path: Path, host: str) -> None:
    options = _open(tmp_path, host)
    assert (options.accounts, len(options.token or "")) == (None, 43)
    assert options.token not in repr(options)
    assert _open(tmp_path).token != options.token
    assert not (tmp_path / ".heritage").exists()


PUBLIC: list[dict[str, Any]] = [
    {"host": "0.0.0.0"},
    {"host": "::"},
    {"host": "192.168.1.7"},
    {"host": "hue.example"},
    {"public_url": "http://hue.example"},
    {"public_url": "http://127.0.0.1.evil.example/"},
    {"trusted_hosts": ["localhost", ".hue.example"]},
]


@pytest.mark.parametrize("how", [*PUBLIC, {"public_url": "https://hue.example/"}])
def test_a_public_studio_needs_accounts(tmp_path: Path, how: dict[str, Any]) -> None:
    """F11."""
    with pytest.raises(InputError, match="there are no accounts") as caught:
        _open(tmp_path, **how)
    assert caught.value.problems[0].code == "studio-needs-accounts"


@pytest.mark.parametrize("how", PUBLIC)
def test_passwords_do_not_travel_in_the_clear(studio: Studio, tmp_path: Path, how: dict[str, Any]) -> None:
    """F11: with accounts, but no TLS."""
    with pytest.raises(InputError, match="in the clear") as caught:
        _open(tmp_path, **how)
    assert caught.value.problems[0].code == "studio-needs-tls"


def test_with_accounts_and_tls(studio: Studio, tmp_path: Path) -> None:
    for how in ({}, {"host": "10.0.0.1", "public_url": "https://Hue.example/map/"}):
        options = _open(tmp_path, **how)
        assert options.accounts is not None
        assert options.token is None
        options.accounts.close()
    assert options.origin == "https://hue.example"


def test_an_invitation_makes_an_account(studio: Studio) -> None:
    administrator = studio.signed_in("administrator")
    answer = _ask(administrator, "POST", "/studio/api/invitations", {"roles": ["translator"]})
    secret = answer.json["invitation"]
    [listed] = _ask(administrator, "GET", "/studio/api/invitations").json
    assert (listed["roles"], listed["made_by"]) == (["translator"], "the administrator")
    client = studio.client()
    body = {"invitation": secret, "name": "Bình", "password": WORDS}
    made = _ask(client, "POST", "/studio/api/accept-invitation", body)
    assert (made.status_code, made.json["roles"]) == (201, ["translator"])
    assert _ask(client, "GET", "/studio/api/me").json["name"] == "Bình"
    assert _ask(studio.client(), "POST", "/studio/api/accept-invitation", body).status_code == 404
    invitations.invite(studio.db, ["curator"], by="test")
    [other] = _ask(administrator, "GET", "/studio/api/invitations").json
    assert _ask(administrator, "DELETE", f"/studio/api/invitations/{other['id']}").status_code == 204
    assert _ask(administrator, "GET", "/studio/api/invitations").json == []


def test_an_administrator_manages_people(studio: Studio) -> None:
    administrator, curator = studio.signed_in("administrator"), studio.signed_in("curator")
    assert [p["roles"] for p in _ask(administrator, "GET", "/studio/api/people").json] == [
        ["administrator"], ["conservator"], ["curator"], ["translator"],
    ]  # fmt: skip
    url = "/studio/api/people/the%20curator"
    assert _ask(administrator, "PUT", url, {"roles": ["translator"]}).status_code == 204
    assert _ask(curator, "GET", "/studio/api/me").json["roles"] == ["translator"]
    [session] = [
        s for s in _ask(administrator, "GET", "/studio/api/sessions").json if s["name"] == "the curator"
    ]
    assert _ask(administrator, "DELETE", f"/studio/api/sessions/{session['id']}").status_code == 204
    assert _ask(curator, "GET", "/studio/api/me").status_code == 401
    assert _ask(administrator, "PUT", url, {"closed": True}).status_code == 204
    assert _ask(administrator, "PUT", url, {"closed": False}).status_code == 204
    last = _ask(administrator, "PUT", "/studio/api/people/the%20administrator", {"closed": True})
    assert (last.status_code, last.json["error"]["code"]) == (409, "last-administrator")
    events = _ask(administrator, "GET", "/studio/api/people-events").json
    assert events["broken_at"] is None
    assert [e["action"] for e in events["events"][-4:]] == [
        "roles set", "session ended", "account closed", "account reopened",
    ]  # fmt: skip


def test_ones_own_password_and_sessions(studio: Studio) -> None:
    here, there = studio.signed_in("curator"), studio.signed_in("curator")
    mine = _ask(here, "GET", "/studio/api/me/sessions").json
    assert len(mine) == 2
    studio.signed_in("translator")
    others = sessions.running(studio.db, studio.people["translator"].id)
    assert _ask(here, "DELETE", f"/studio/api/me/sessions/{others[0].id}").status_code == 404
    wrong = _ask(here, "PUT", "/studio/api/me/password", {"old": "x", "new": WORDS + "!"})
    assert (wrong.status_code, wrong.json["error"]["code"]) == (403, "password-wrong")
    weak = _ask(here, "PUT", "/studio/api/me/password", {"old": WORDS, "new": "short"})
    assert (weak.status_code, weak.json["error"]["code"]) == (400, "password-weak")
    assert _ask(here, "PUT", "/studio/api/me/password", {"old": WORDS, "new": WORDS + "!"}).status_code == 204
    assert _ask(here, "GET", "/studio/api/me").status_code == 200
    assert _ask(there, "GET", "/studio/api/me").status_code == 401


def test_the_public_side_sets_and_reads_no_cookie(studio: Studio) -> None:
    """F4: beside a studio as well."""
    client = studio.signed_in("administrator")
    secret = sessions.start(studio.db, studio.people["administrator"], "127.0.0.1", "")
    for url in ("/", "/healthz", "/api/", "/r/current/release.json", "/assets/x", "/studio", "/nowhere"):
        answer = client.get(url, base_url=BASE, headers={"Cookie": f"heritage-studio-8000={secret}"})
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert "the administrator" not in answer.text


def test_headers_of_the_studio(studio: Studio) -> None:
    """F3: on every answer, refusals too; the page has a frame and a microphone, the rest what the public side has."""
    public = studio.client().get("/healthz", base_url=BASE).headers
    for who in (studio.client(), studio.signed_in("curator")):
        for row in ROWS:
            headers = _ask(who, row.method, _url(row.rule)).headers
            is_page = row.rule == "/studio/"
            policy = headers["Content-Security-Policy"].replace("; frame-src 'self'", "")
            assert policy == public["Content-Security-Policy"]
            assert ("frame-src" in headers["Content-Security-Policy"]) is is_page
            assert ("microphone=(self)" in headers["Permissions-Policy"]) is is_page
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == public["Referrer-Policy"]
            assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert headers["Cache-Control"] == "no-store"
            assert "Access-Control-Allow-Origin" not in headers
    assert "microphone=()" in public["Permissions-Policy"]


@pytest.mark.parametrize(("proxy", "address"), [("127.0.0.1", "192.0.2.9"), (None, "127.0.0.1")])
def test_a_visitors_address_is_the_proxys_to_say(
    studio: Studio, tmp_path: Path, proxy: str | None, address: str
) -> None:
    """F5, F6: behind a proxy that was named, attempts are counted by the address it adds; else nobody is believed."""
    with serve(tmp_path, "127.0.0.1", 0, studio=StudioOptions(accounts=studio.db), proxy=proxy) as server:
        request = urllib.request.Request(
            f"{server.url}studio/api/session",
            json.dumps({"name": "the curator", "password": WORDS}).encode(),
            {**HERE, "Content-Type": "application/json", "X-Forwarded-For": "203.0.113.5, 192.0.2.9"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status == 200
    assert [one.address for one in sessions.running(studio.db)] == [address]
