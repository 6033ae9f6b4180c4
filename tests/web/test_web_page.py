"""The first page: a release's words without scripts, in the visitor's language, and what stands there instead."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from small_release import RELEASE, build_viewer, client_of, document

from heritage.page import page
from heritage.page.plain import paragraphs
from heritage.page.words import WORDS, direction, spoken


@pytest.mark.parametrize(
    ("query", "accepted", "language"),
    [
        ("", "", "vi"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,vi;q=0.4,en;q=0.5", "en"),
        ("", "de", "vi"),
        ("?lang=en", "vi", "en"),
        ("?lang=en-US", "vi", "en"),
        ("?lang=xx", "en", "en"),
        ('?lang="><script>', "vi", "vi"),
    ],
)
def test_language(client: FlaskClient, query: str, accepted: str, language: str) -> None:
    response = client.get("/" + query, headers={"Accept-Language": accepted})
    assert f'<html lang="{language}" dir="ltr">' in response.text
    title = {"vi": "Hoàng thành Huế", "en": "Imperial City"}[language]
    assert response.text.count("<title>") == 1
    assert f"<title>{title}</title>" in response.text
    assert f"<h1>{title}</h1>" in response.text
    assert WORDS[language]["monuments"] in response.text


def test_page_says_all_a_reader_needs(client: FlaskClient) -> None:
    text = client.get("/?lang=en").text
    for expected in (
        f'<meta name="heritage-base" content="r/{RELEASE}/">',
        '<meta name="description" content="The old &lt;capital&gt;. Second',
        f'src="r/{RELEASE}/opening.webp"',
        "Meridian Gate",
        "Walk",
        "3 stops",
        "© A &amp; B · CC-BY-4.0",
        ">Tiếng Việt</a>",
        '<a href="?lang=vi" lang="vi"',
        "<heritage-viewer></heritage-viewer>",
    ):
        assert expected in text
    assert "<!--heritage" not in text


def test_periods_are_told_in_words_and_as_written_by_a_release_of_before_there_were_any(
    client: FlaskClient,
) -> None:
    for language, told in {"en": "around 1833", "vi": "khoảng năm 1833"}.items():
        text = client.get(f"/?lang={language}").text
        assert f'<span class="first-aside">{told}</span>' in text
        assert "1833~" not in text
    release = document(RELEASE)
    (gate,) = release.monuments
    assert gate.built
    for built in (None, gate.built.model_copy(update={"words": {}})):
        older = release.model_copy(update={"monuments": (gate.model_copy(update={"built": built}),)})
        assert '<span class="first-aside">1833~</span>' in page.render_page(older, "en", base="r/1/")


def test_everything_the_page_links_to_is_served(client: FlaskClient) -> None:
    for address in re.findall(r'(?:href|src)="([^#"]+)"', client.get("/").text):
        assert client.get("/" + address.removeprefix("./")).status_code == 200, address


@pytest.mark.parametrize("damage", ["missing", "without its marks"])
def test_without_a_build_the_page_says_how_to_make_one(
    client: FlaskClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str
) -> None:
    monkeypatch.setattr(page, "DIST", build_viewer(tmp_path / "dist"))
    index = tmp_path / "dist" / "index.html"
    index.unlink() if damage == "missing" else index.write_text("<!doctype html>")
    response = client.get("/", headers={"Accept": "text/html"})
    assert response.status_code == 503
    assert "To build it, run `npm" in response.text
    assert client.get("/").get_json()["error"]["code"] == "viewer-not-built"
    assert client.get(f"/r/{RELEASE}/opening.webp").status_code == 200


def test_before_the_first_release(tmp_path: Path) -> None:
    client = client_of(tmp_path)
    response = client.get("/", headers={"Accept-Language": "fr"})
    assert response.status_code == 503
    assert "Rien n’est encore publié" in response.text
    assert "heritage build" in response.text
    assert client.get("/healthz").get_json() == {"status": "ok", "release": None}
    assert client.get("/r/current/release.json").status_code == 404
    assert not list(tmp_path.iterdir())


def test_words_are_complete() -> None:
    assert len({frozenset(say) for say in WORDS.values()}) == 1
    assert set(WORDS) == {"en", "fr", "vi"}
    assert all(text.strip() for say in WORDS.values() for text in say.values())


def test_words_of_a_release_fall_back_to_its_first_language() -> None:
    assert spoken({"vi": "a", "en": "b"}, "en", ("vi", "en")) == "b"
    assert spoken({"vi": "a", "en": "b"}, "fr", ("vi", "en")) == "a"
    assert spoken({"de": "c"}, "fr", ("vi", "en")) == "c"
    assert spoken({}, "fr", ("vi",)) == ""
    assert [direction(tag) for tag in ("vi", "ar-EG", "he", "en")] == ["ltr", "rtl", "rtl", "ltr"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>One  <b>two</b>.</p>\n<p>Three</p>", ["One two.", "Three"]),
        ("a<br>b<ul><li>c</li></ul>", ["a", "b", "c"]),
        ("<p>&lt;b&gt; &amp;amp; &#x41;</p>", ["<b> &amp; A"]),
        ("<script>alert(1)</script><style>p{}</style>x", ["x"]),
        ("</script><p>x</p>", ["x"]),
        ("", []),
    ],
)
def test_plain(html: str, text: list[str]) -> None:
    assert paragraphs(html) == text


def test_the_process_that_answers_loads_no_numpy() -> None:
    """So that a geometry library cannot be reached from a request, and the server starts in a blink."""
    code = "import sys, heritage.web.server, heritage.store.fsck; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_page_fetches_first_what_the_first_picture_needs(client: FlaskClient) -> None:
    text = client.get("/?lang=en").text
    asked = re.findall(r'<link rel="preload" as="fetch" crossorigin href="([^"]+)">', text)
    assert asked[0] == f"r/{RELEASE}/release.json"
    document = client.get(f"/r/{RELEASE}/release.json").json
    assert document is not None
    newest = {m["id"]: max(m["epochs"], key=lambda e: e["captured"] or "") for m in document["monuments"]}
    assert sorted(asked[1:]) == sorted(f"r/{RELEASE}/{e['tileset']}" for e in newest.values())
    assert all(client.get(f"/{address}").status_code == 200 for address in asked)
