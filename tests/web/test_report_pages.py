"""Visitors report damage and read the answer; only the studio sees what they sent."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from small_release import EVIL, client_of
from studio_site import HERE, TOKEN, write_site
from werkzeug.test import TestResponse

from heritage.model.errors import InputError
from heritage.model.limits import REPORT_LENGTH, REPORTS_OF_ADDRESS
from heritage.page.report_words import REPORT_WORDS
from heritage.people.database import Database
from heritage.people.reports import queue
from heritage.store.photos import Photos
from heritage.web.app import create_app
from heritage.web.report_options import ReportOptions, report_options
from heritage.web.studio.options import StudioOptions

BASE = "http://localhost:8000"
BROWSERS = "text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8"
GOOD = {"monument": "gate", "text": "Một viên ngói rơi", "at": "1.5,-2,3.25", "language": "vi"}


@pytest.fixture
def client(tmp_path: Path, db: Database) -> FlaskClient:
    options = ReportOptions(db, Photos(tmp_path), 14)
    return create_app(tmp_path, studio=StudioOptions(token=TOKEN), reports=options).test_client()


def _send(client: FlaskClient, body: Any = None, **more: Any) -> TestResponse:
    given = {"data": body} if isinstance(body, bytes) else {"json": GOOD if body is None else body}
    return client.post("/reports/", headers=HERE, base_url=BASE, **(given | more))


class _Form(HTMLParser):
    """The fields of a page's form, as a browser would send them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.labels = self.inputs = 0
        self._area = ""
        self._select = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.labels += tag == "label"
        if tag in ("input", "select", "textarea"):
            self.inputs += told.get("type") != "hidden"
            if told.get("type") not in ("file", "checkbox"):
                self.fields[str(told["name"])] = told.get("value") or ""
            self._area = str(told["name"]) if tag == "textarea" else ""
            self._select = str(told["name"]) if tag == "select" else ""
        if tag == "option" and ("selected" in told or not self.fields[self._select]):
            self.fields[self._select] = str(told["value"])

    def handle_data(self, data: str) -> None:
        if self._area:
            self.fields[self._area] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        self._area = ""


@pytest.mark.parametrize("language", ["vi", "en", "fr"])
def test_without_a_script_from_form_to_answer(client: FlaskClient, db: Database, language: str) -> None:
    say = REPORT_WORDS[language]
    page = client.get(f"/reports/?lang={language}&monument=gate&at=1.5,-2,3.25", base_url=BASE)
    assert say["lead"].format(days=14) in page.text.replace("&#39;", "'")
    assert page.headers["Content-Security-Policy"].count("form-action 'self'") == 1
    form = _Form(page.text)
    assert (form.labels, form.inputs) == (4, 4)
    once = form.fields["once"]
    told = {"monument": "gate", "text": "", "at": "1.5,-2,3.25", "language": language}
    assert form.fields == told | {"once": once}
    assert _Form(client.get("/reports/", base_url=BASE).text).fields["once"] != once
    sent = client.post(
        "/reports/",
        data=form.fields | {"text": f"a\r\n{EVIL}"},
        headers={"Origin": BASE, "Accept": BROWSERS},
        base_url=BASE,
    )
    assert sent.status_code == 201
    code = re.search(r"<code>([0-9A-Z-]{14})</code>", sent.text)
    assert code is not None
    assert say["done"] in sent.text
    again = client.post(
        "/reports/",
        data=form.fields | {"text": f"a\r\n{EVIL}"},
        headers={"Origin": BASE, "Accept": BROWSERS},
        base_url=BASE,
    )
    assert (again.status_code, again.text) == (201, sent.text)  # loaded anew: the same report, the same code
    [found] = queue(db)
    assert (found.text, found.place_m, found.language) == (f"a\n{EVIL}", (1.5, -2.0, 3.25), language)
    url = f"/reports/answer?code={code[1]}&lang={language}"
    answer = client.get(url, headers={"Accept": "text/html"}, base_url=BASE)
    assert say["new"] in answer.text
    assert EVIL not in answer.text
    assert "&lt;script&gt;" in answer.text
    assert not any("Set-Cookie" in each.headers for each in (page, sent, answer))


def test_answered_in_the_studio(client: FlaskClient) -> None:
    sent = _send(client).json
    studio = client.application.test_client()
    studio.post("/studio/api/session", json={"token": TOKEN}, headers=HERE, base_url=BASE)
    listed = studio.get("/studio/api/reports", base_url=BASE).json
    figures = {"open": 1, "overdue": 0, "answered": 0, "decided": 0, "on_time": 0, "months": []}
    assert listed["figures"] == figures
    [one] = listed["reports"]
    assert (one["status"], one["due"], one["place_m"]) == ("new", sent["due"], [1.5, -2.0, 3.25])
    assert "code" not in one
    state = {"status": "answered", "assignee": "Mai", "due": 2**37 - 1, "answer": "Đã sửa. Cảm ơn!"}
    url = f"/studio/api/reports/{one['id']}"
    match = HERE | {"If-Match": f'"{one["revision"]}"'}
    saved = studio.put(url, json=state, headers=match, base_url=BASE)
    assert saved.json["assignee"] == "Mai"
    assert saved.headers["ETag"] == f'"{saved.json["revision"]}"' != match["If-Match"]
    # Whoever read the revision before it gets what is there now, and whoever names none is asked for one.
    late = studio.put(url, json=state | {"assignee": "An"}, headers=match, base_url=BASE)
    assert (late.status_code, late.json["error"]["code"]) == (412, "report-changed")
    assert late.json["theirs"] == saved.json
    assert studio.put(url, json=state, headers=HERE, base_url=BASE).status_code == 428
    for tag in ("*", "1", 'W/"1"', '"x"', '"1", "2"', f'"{"9" * 30}"', '"١"'):
        strange = HERE | {"If-Match": tag.encode().decode("latin-1")}
        assert studio.put(url, json=state, headers=strange, base_url=BASE).status_code == 400
    match = HERE | {"If-Match": saved.headers["ETag"]}
    answer = client.get("/reports/answer", query_string={"code": sent["code"].lower()}, base_url=BASE)
    assert answer.json["answer"] == "Đã sửa. Cảm ơn!"
    assert "assignee" not in answer.json
    page = client.get(
        "/reports/answer", query_string={"code": sent["code"], "lang": "en"}, headers={"Accept": "text/html"}, base_url=BASE
    )  # fmt: skip
    assert "Đã sửa. Cảm ơn!" in page.text
    for strange in (
        {},
        state | {"due": "x"},
        state | {"due": -1},
        state | {"due": 2**37},
        state | {"more": 1},
        [],
        state | {"status": None},
    ):
        assert studio.put(url, json=strange, headers=match, base_url=BASE).status_code == 400
    assert studio.put(f"{url}9", json=state, headers=match, base_url=BASE).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400), ([], 400), (GOOD | {"monument": "nowhere"}, 400), (GOOD | {"monument": 1}, 400),
        (GOOD | {"at": "x"}, 400), (GOOD | {"at": "1,2"}, 400),
         (GOOD | {"at": "nan,0,0"}, 400), (GOOD | {"at": "1e9,0,0"}, 400),
        (GOOD | {"text": " "}, 400),
        (GOOD | {"text": "x" * (REPORT_LENGTH + 1)}, 400), (GOOD | {"text": "\ud800"}, 400), (b"{", 400), (b"\xff", 400),
        (GOOD | {"at": "", "language": "xx"}, 201), (GOOD | {"text": "a\x00b"}, 201),
    ],
)  # fmt: skip
def test_what_is_taken_in(client: FlaskClient, db: Database, body: Any, status: int) -> None:
    answer = _send(client, body)
    assert answer.status_code == status, answer.text
    assert len(queue(db)) == (status == 201)


def test_a_retry_after_a_lost_answer(client: FlaskClient, db: Database, tmp_path: Path) -> None:
    """As the viewer's page sends it, to the same server and to another one; in either language, with one photo kept."""
    key = {"Idempotency-Key": "0123456789abcdef0123456789abcdef", "Accept": "application/json"}
    elsewhere = Database(tmp_path)
    other = create_app(tmp_path, reports=ReportOptions(elsewhere, Photos(tmp_path), 30)).test_client()
    photo = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(photo, "PNG")

    def send(at: FlaskClient, text: str = GOOD["text"], language: str = "vi", **more: str) -> TestResponse:
        told = GOOD | {"text": text, "language": language, "photo_place": "1"}
        data = told | {"photo": (io.BytesIO(photo.getvalue()), "a.png")}
        return at.post("/reports/", data=data, headers=HERE | key | more, base_url=BASE)

    first = send(client)
    assert (first.status_code, first.json["located"]) == (201, False)
    for again in (send(client), send(other), send(other, language="fr")):
        assert (again.status_code, again.json) == (201, first.json)
    assert len(queue(db)) == 1
    assert len(list((tmp_path / ".heritage" / "photos").glob("*.jpg"))) == 1
    assert send(client, "Hai viên ngói rơi").json["code"] != first.json["code"]
    for _ in range(REPORTS_OF_ADDRESS - 2):
        assert _send(client).status_code == 201
    assert send(client).json == first.json  # where no more may be sent
    assert send(client, "Ba viên ngói rơi").status_code == 429
    for strange in ("short", "x" * 201, "with a space in it"):
        refused = send(client, **{"Idempotency-Key": strange})
        assert (refused.status_code, refused.json["error"]["code"]) == (400, "idempotency-key")
    assert len(queue(db)) == REPORTS_OF_ADDRESS
    elsewhere.close()


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
def test_other_sites_cannot_send(client: FlaskClient, headers: dict[str, str]) -> None:
    """F2: no page elsewhere makes its visitors report."""
    assert client.post("/reports/", json=GOOD, headers=headers, base_url=BASE).status_code == 403


def test_too_many(client: FlaskClient, db: Database) -> None:
    """H5: 429 with Retry-After."""
    answers = [_send(client) for _ in range(REPORTS_OF_ADDRESS + 1)]
    assert [a.status_code for a in answers] == [201] * REPORTS_OF_ADDRESS + [429]
    assert answers[-1].headers["Retry-After"] == "86400"


@pytest.mark.parametrize("code", ["0000-0000-0000", "x", "%00", "<script>", "é" * 500])
def test_codes_that_are_none(client: FlaskClient, code: str) -> None:
    for accept in ("text/html", "application/json"):
        answer = client.get(
            "/reports/answer", query_string={"code": code}, headers={"Accept": accept}, base_url=BASE
        )
        assert answer.status_code == 404
        assert "<script>" not in answer.text


def test_only_where_the_site_says_so(tmp_path: Path) -> None:
    write_site(tmp_path)
    assert report_options(tmp_path, None) is None
    assert not (tmp_path / ".heritage").exists()
    for url in ("/reports/", "/reports/answer"):
        assert client_of(tmp_path).get(url).status_code == 404
    site = tmp_path / "site.yaml"
    site.write_text(site.read_text() + "reports: {answer_days: 7}\n")
    options = report_options(tmp_path, None)
    assert options is not None
    assert options.answer_days == 7
    options.database.close()
    site.write_text(site.read_text() + "nothing: 1\n")
    with pytest.raises(InputError, match=r"site\.yaml:\d+"):
        report_options(tmp_path, None)


def test_the_first_page_says_where_reports_go(client: FlaskClient, tmp_path: Path) -> None:
    """The viewer has a form only where somebody reads what is sent."""
    told = '<meta name="heritage-reports" content="reports/">'
    assert told in client.get("/", base_url=BASE).text
    assert told not in client_of(tmp_path).get("/").text


def test_words_are_complete() -> None:
    assert len({frozenset(say) for say in REPORT_WORDS.values()}) == 1
    assert set(REPORT_WORDS) == {"en", "fr", "vi"}
