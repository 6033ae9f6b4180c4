"""The studio's preview of words: what the page is told is what a release would hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from studio_site import HERE, client_of, write_site

from heritage.model.limits import MARKDOWN_BYTES
from heritage.pipeline.pictures.views import reading_seconds
from heritage.text.markdown import render

FIELDS = Path(__file__).parents[2] / "assets/i18n/studio/fields"
ASKED = """\
Five ways lead *in*.

#### Which was the emperor's?

- [ ] The left
- [x] The middle

The others were for his **court**.
"""


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    return client_of(write_site(tmp_path))


def test_markdown_is_shown_as_a_release_shows_it(client: FlaskClient) -> None:
    hostile = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    answer = client.post("/studio/api/markdown", json={"texts": [hostile, ASKED]}, headers=HERE)
    first, second = answer.json
    assert first["html"] == render(hostile)
    assert "<script" not in first["html"]
    assert "<a " not in first["html"]
    assert second["html"] == "<p>Five ways lead <em>in</em>.</p>\n"
    assert second["question"]["answers"] == ["The left", "The middle"]
    assert second["question"]["right"] == 1
    assert "court" not in second["text"]


@pytest.mark.parametrize(
    "body", [None, [], {"texts": "x"}, {"texts": [1]}, {"texts": ["x" * (MARKDOWN_BYTES + 1)]}]
)
def test_what_is_no_text_is_refused(client: FlaskClient, body: object) -> None:
    assert client.post("/studio/api/markdown", json=body, headers=HERE).status_code == 400


def test_the_page_may_hold_the_scene_and_a_microphone_and_no_other_page_may(client: FlaskClient) -> None:
    studio, visitors = client.get("/studio/").headers, client.get("/healthz").headers
    assert "frame-src 'self'" in studio["Content-Security-Policy"]
    assert "microphone=(self)" in studio["Permissions-Policy"]
    assert "frame-src" not in visitors["Content-Security-Policy"]
    assert "microphone=()" in visitors["Permissions-Policy"]


def test_reading_takes_as_long_as_the_page_says() -> None:
    """The same cases stand in viewer/tests/unit/studio.test.ts."""
    cases = {
        "": 3.0,
        "Nine steps of stone": 4.3,
        "Chín bậc đá, 9 bậc.": 4.7,
        "九級石階。": 4.0,
        "石の階段が9段、ベランダまで": 6.3,
    }
    assert {words: reading_seconds(words) for words in cases} == cases


@pytest.mark.parametrize("kind", ["site", "vocabulary", "monument", "annotations", "tour"])
def test_forms_are_made_of_the_documents_own_schemas(client: FlaskClient, kind: str) -> None:
    schema = client.get(f"/studio/api/schemas/{kind}").json
    assert schema["additionalProperties"] is False
    assert all("description" in one or "$ref" in one for one in schema["properties"].values())


@pytest.mark.parametrize("language", ["vi", "fr"])
def test_the_fields_that_curators_meet_daily_are_told_in_their_language(
    client: FlaskClient, language: str
) -> None:
    told = json.loads((FIELDS / f"{language}.json").read_text(encoding="utf-8"))
    models: dict[str, set[str]] = {}
    for kind in ("site", "vocabulary", "monument", "annotations"):
        schema = client.get(f"/studio/api/schemas/{kind}").json
        for model in (schema, *schema["$defs"].values()):
            # The options of a build's stages are for who knows the stages' own words.
            models[model["title"]] = {
                field
                for field, one in model.get("properties", {}).items()
                if not one.get("description", "").startswith("overrides of ")
            }
    wanted = {
        f"{model}.{field}" for model in {name.split(".")[0] for name in told} for field in models[model]
    }
    assert set(told) == wanted
    assert all(one["label"].strip() and one["help"].strip() for one in told.values())


def test_there_is_no_schema_of_what_is_no_document(client: FlaskClient) -> None:
    assert client.get("/studio/api/schemas/nothing").status_code == 404
