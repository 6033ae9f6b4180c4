"""Signing in at a real OpenID provider (oidc-provider on Node.js), and tokens that are not the provider's."""

from __future__ import annotations

import base64
import hmac
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
import requests
import sqlalchemy as sa
from authlib.oidc.core.util import create_half_hash
from flask.testing import FlaskClient
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from studio_site import write_site

from heritage.model.documents import OpenID
from heritage.model.errors import InputError
from heritage.people import accounts, events
from heritage.people.database import Database
from heritage.people.openid import Journey, Provider, ProviderRefused, ProviderUnavailable
from heritage.people.tables import journeys
from heritage.web.app import create_app
from heritage.web.studio.options import StudioOptions, studio_options
from heritage.web.studio.table import OPENID, STAFF, TABLE, routes

BASE = "http://localhost:8000"
BACK = f"{BASE}/studio/api/openid/return"
SECRET = "a secret of the tests"
PROGRAM = Path(__file__).parents[1] / "validators" / "openid_provider.mjs"


@pytest.fixture
def peers() -> tuple[object, ...]:
    """The provider; libraries first ask whether this machine has IPv6."""
    return ("127.0.0.1", "localhost")


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    node = shutil.which("node")
    if node is None or not (PROGRAM.parent / "node_modules" / "oidc-provider").is_dir():
        pytest.skip("no oidc-provider: npm ci in tests/validators (scripts/test does)")
    running = subprocess.Popen(
        [node, PROGRAM, BACK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert running.stdout is not None
    try:
        yield running.stdout.readline().strip()
    finally:
        running.kill()
        running.wait()
        running.stdout.close()


def _openid(issuer: str, **more: object) -> OpenID:
    roles = {"claim": "groups", "curator": ["editors"], "administrator": ["heads", "chiefs"]}
    told = {"issuer": issuer, "client_id": "heritage", "label": "The museum", "roles": roles}
    return OpenID.model_validate(told | more)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = Database(write_site(tmp_path))
    yield database
    database.close()


def _client(site: Path, db: Database, openid: OpenID, secret: str | None = SECRET) -> FlaskClient:
    options = StudioOptions(accounts=db, origin=BASE, provider=Provider(openid, secret, BACK))
    return create_app(site, studio=options).test_client()


def _go(client: FlaskClient) -> str:
    """The provider's address, to which the studio sends."""
    answer = client.get("/studio/api/openid", base_url=BASE)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _at_the_provider(address: str, login: str) -> str:
    """What a browser does there: forms filled in, redirects followed; the address it is sent back to."""
    with requests.Session() as browser:
        answer = browser.get(address, allow_redirects=False, timeout=10)
        for _ in range(20):
            if "Location" in answer.headers:
                address = urljoin(address, answer.headers["Location"])
                if address.startswith(BACK):
                    return address
                answer = browser.get(address, allow_redirects=False, timeout=10)
                continue
            assert answer.status_code == 200, answer.text
            form = re.search(r'action="([^"]+)"', answer.text)
            assert form is not None
            fields = {"prompt": "login", "login": login, "password": "x"}
            if "consent" in answer.text:
                fields = {"prompt": "consent"}
            address = urljoin(address, form[1])
            answer = browser.post(address, fields, allow_redirects=False, timeout=10)
    raise AssertionError("never came back")


def _come_back(client: FlaskClient, address: str) -> str:
    parts = urlsplit(address)
    answer = client.get(f"{parts.path}?{parts.query}", base_url=BASE)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def _sign_in(client: FlaskClient, login: str) -> str:
    return _come_back(client, _at_the_provider(_go(client), login))


def test_its_routes_are_in_the_table(tmp_path: Path, db: Database) -> None:
    """F1: open to all, and there only where there is a provider."""
    app = _client(tmp_path, db, _openid("https://id.example")).application
    assert routes(app, "/studio") == {(row.method, row.rule) for row in (*TABLE, *STAFF, *OPENID)}
    assert not any(row.roles for row in OPENID)


def test_a_curator_signs_in(tmp_path: Path, db: Database, issuer: str) -> None:
    client = _client(tmp_path, db, _openid(issuer))
    assert client.get("/studio/api/sign-in", base_url=BASE).json == {
        "mode": "accounts",
        "openid": "The museum",
    }
    address = _go(client)
    for asked in (
        "code_challenge_method=S256",
        "code_challenge=",
        "state=",
        "nonce=",
        "scope=openid+profile",
    ):
        assert asked in address
    cookie = client.get_cookie("heritage-openid", path="/studio/api/openid")
    assert cookie is not None
    assert (cookie.http_only, cookie.same_site, cookie.max_age) == (True, "Lax", 600)
    assert _come_back(client, _at_the_provider(address, "Lê Mai@editors")) == "/studio/"
    me = client.get("/studio/api/me", base_url=BASE).json
    assert me == {"name": "Lê Mai", "roles": ["curator"], "mode": "accounts"}
    assert client.get_cookie("heritage-openid", path="/studio/api/openid") is None
    with db.reading() as connection:
        assert [e.action for e in events.read(connection)] == ["account added", "signed in"]


def test_roles_are_those_of_today(tmp_path: Path, db: Database, issuer: str) -> None:
    first, later = _openid(issuer), _openid(issuer, roles={"administrator": ["editors"]})
    assert _sign_in(_client(tmp_path, db, first), "An@editors") == "/studio/"
    assert _sign_in(_client(tmp_path, db, later), "An@editors") == "/studio/"
    assert [(a.person.name, a.person.roles) for a in accounts.everyone(db)] == [("An", ("administrator",))]


def test_a_client_without_a_secret(tmp_path: Path, db: Database, issuer: str) -> None:
    """PKCE alone."""
    client = _client(tmp_path, db, _openid(issuer, client_id="public"), None)
    assert _sign_in(client, "An@editors") == "/studio/"


@pytest.mark.parametrize("login", ["An", "An@visitors", "An@Editors"])
def test_nobody_without_a_role_comes_in(tmp_path: Path, db: Database, issuer: str, login: str) -> None:
    client = _client(tmp_path, db, _openid(issuer))
    assert _sign_in(client, login) == "/studio/#refused=openid-no-role"
    assert client.get("/studio/api/me", base_url=BASE).status_code == 401
    assert accounts.everyone(db) == ()


def test_an_answer_is_of_one_browser_and_one_time(tmp_path: Path, db: Database, issuer: str) -> None:
    """Nobody is signed in to somebody else's account by a link, and nothing can be replayed."""
    mine, theirs = (_client(tmp_path, db, _openid(issuer)) for _ in range(2))
    answer = _at_the_provider(_go(mine), "An@editors")
    assert _come_back(theirs, answer) == "/studio/#refused=openid-expired"
    _go(theirs)
    assert _come_back(theirs, answer) == "/studio/#refused=openid-refused"
    assert _come_back(mine, answer) == "/studio/"
    assert _come_back(mine, answer) == "/studio/#refused=openid-expired"
    assert theirs.get("/studio/api/me", base_url=BASE).status_code == 401


@pytest.mark.parametrize("column", ["nonce", "verifier", "state"])
def test_what_the_journey_keeps_is_held_against_the_answer(
    tmp_path: Path, db: Database, issuer: str, column: str
) -> None:
    client = _client(tmp_path, db, _openid(issuer))
    answer = _at_the_provider(_go(client), "An@editors")
    with db.writing() as connection:
        connection.execute(sa.update(journeys).values({column: "x" * 43}))
    assert _come_back(client, answer) == "/studio/#refused=openid-refused"
    assert accounts.everyone(db) == ()


@pytest.mark.parametrize("added", ["&error=access_denied", "&iss=https://evil.example", ""])
def test_answers_that_say_no(tmp_path: Path, db: Database, issuer: str, added: str) -> None:
    client = _client(tmp_path, db, _openid(issuer))
    state = re.search(r"state=([\w-]+)", _go(client))
    assert state is not None
    code = "&code=x" if added else ""
    assert _come_back(client, f"{BACK}?state={state[1]}{code}{added}") == "/studio/#refused=openid-refused"


def test_a_wrong_secret(tmp_path: Path, db: Database, issuer: str) -> None:
    client = _client(tmp_path, db, _openid(issuer), "wrong")
    assert _sign_in(client, "An@editors") == "/studio/#refused=openid-refused"


def test_a_provider_that_is_not_there(tmp_path: Path, db: Database) -> None:
    client = _client(tmp_path, db, _openid("http://127.0.0.1:9"))
    assert _go(client) == "/studio/#refused=openid-unavailable"


def test_a_provider_that_calls_itself_otherwise(tmp_path: Path, db: Database, issuer: str) -> None:
    client = _client(tmp_path, db, _openid(issuer.replace("127.0.0.1", "localhost")))
    assert _go(client) == "/studio/#refused=openid-unavailable"


def test_no_provider_without_tls_and_no_way_back_without_an_address(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="without TLS"):
        Provider(_openid("http://id.example"), None, BACK)
    with pytest.raises(InputError, match="come back to"):
        studio_options(
            tmp_path, "127.0.0.1", public_url=None, trusted_hosts=None, accounts=None, openid=_openid("https://id.example"),
        )  # fmt: skip


KEY, OTHER = (RSAKey.generate_key(2048, {"kid": "a", "use": "sig"}) for _ in range(2))
JOURNEY = Journey("s", "n", "v")
GOOD = {"iss": "https://id.example", "sub": "1", "aud": "heritage", "nonce": "n", "name": "An"}


def _token(changed: dict[str, object] | None = None, *, key: object = KEY, alg: str = "RS256") -> str:
    now = int(time.time())
    claims = GOOD | {"iat": now, "exp": now + 60, "at_hash": create_half_hash("access", "RS256").decode()}
    claims = {k: v for k, v in (claims | (changed or {})).items() if v is not None}
    return jwt.encode({"alg": alg, "kid": "a"}, claims, key, algorithms=[alg])  # type: ignore[arg-type]


def _forged(alg: str) -> str:
    """A good token's claims, unsigned, or signed with the public key as if it were a shared secret."""
    head = base64.urlsafe_b64encode(json.dumps({"alg": alg, "kid": "a"}).encode()).rstrip(b"=")
    signed = head + b"." + _token().split(".")[1].encode()
    mac = hmac.digest(KEY.as_pem(private=False), signed, "sha256") if alg == "HS256" else b""
    return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()


@pytest.mark.parametrize(
    "token",
    [
        lambda: _token(key=OTHER),
        lambda: _forged("none"),
        lambda: _forged("HS256"),
        lambda: _token({"iss": "https://evil.example"}),
        lambda: _token({"iss": None}),
        lambda: _token({"aud": "another"}),
        lambda: _token({"aud": ["heritage", "another"]}),
        lambda: _token({"aud": None}),
        lambda: _token({"nonce": "m"}),
        lambda: _token({"nonce": None}),
        lambda: _token({"exp": int(time.time()) - 120}),
        lambda: _token({"iat": int(time.time()) + 600}),
        lambda: _token({"at_hash": "x"}),
        lambda: _token({"azp": "another"}),
        lambda: _token({"sub": None}),
        lambda: _token()[:-3] + "AAA",
        lambda: "",
        lambda: "a.b.c",
    ],
)
def test_tokens_that_are_not_the_providers(token: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another key, no key, the public key as a shared one, another issuer, audience, nonce, time, token."""
    forged = token()  # type: ignore[operator]

    class Client:
        def fetch_token(self, *_: object, **__: object) -> dict[str, str]:
            return {"id_token": forged, "access_token": "access"}

        def __enter__(self) -> Client:
            return self

        def __exit__(self, *_: object) -> None:
            pass

    provider = Provider(_openid("https://id.example"), None, BACK)
    keys = KeySet.import_key_set({"keys": [KEY.as_dict(private=False)]})
    monkeypatch.setattr(provider, "_metadata", lambda anew=False: ({"token_endpoint": ""}, keys))
    monkeypatch.setattr(provider, "_client", Client)
    answer = {"state": "s", "code": "c"}
    with pytest.raises(ProviderRefused, match="token does not hold"):
        provider.finish(answer, JOURNEY)
    forged = _token()
    assert provider.finish(answer, JOURNEY).name == "An"
    with pytest.raises(ProviderRefused, match="another attempt"):
        provider.finish(answer, replace(JOURNEY, state="t"))


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!", "no gzip"),
        (b"Content-Length: 500\r\n\r\n{", "breaks off"),
        (b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", "no chunks"),
    ],
)
def test_a_provider_whose_answer_is_broken_on_the_way_is_no_failure_of_ours(answer: bytes, why: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as waiting:

        def serve() -> None:
            connection, _ = waiting.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + answer)

        serving = threading.Thread(target=serve)
        serving.start()
        provider = Provider(_openid(f"http://127.0.0.1:{waiting.getsockname()[1]}"), SECRET, BACK)
        with pytest.raises(ProviderUnavailable):
            provider.begin()
        serving.join()
