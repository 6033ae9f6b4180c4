"""F10: whatever is sent to any route of the studio, the answer is one of its own, never a failure."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from studio_site import FILES, HERE, client_of, write_site
from test_studio_documents import _get

from heritage.store.jobs import Job, Jobs
from heritage.text.document import place_of, read_value
from heritage.web.studio.child import Child
from heritage.web.studio.table import TABLE

VALUES = {}
for _key in (
    "site",
    "tours/walk",
    "monuments/gate",
    "monuments/gate/annotations",
    "monuments/gate/corrections/2024",
):
    _place = place_of(_key)
    assert _place is not None
    _files = {
        name.rpartition("/")[2]: text.encode()
        for name, text in FILES.items()
        if name.rpartition("/")[0] == _place.folder and _place.names.fullmatch(name.rpartition("/")[2])
    }
    VALUES[_key] = read_value(_place, _files)
ROUTES = [row for row in TABLE if "session" not in row.rule and not row.rule.endswith(("/", ".html"))]
words = st.one_of(
    st.sampled_from(["", ".", "..", "site", "tours/walk", "monuments/gate", "monuments/gate/annotations", "vocabulary",
                     "monuments/gate/corrections/2024", "monuments/gate/corrections",
                     "tours/new", "0001-abc", "0" * 64, "\0", "%00", "a" * 300, "CON", "Đ", "a/../b", "\\", "media/x.png"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)  # fmt: skip
plain = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), words)
values = st.recursive(
    plain, lambda one: st.lists(one, max_size=3) | st.dictionaries(words, one, max_size=3), max_leaves=8
)
keys = st.sampled_from(
    ["value", "files", "monument", "action", "release", "key", "stop", "page", "texts", "registration"]
)
bodies = st.one_of(st.dictionaries(keys, values, max_size=3), values)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    return client_of(write_site(tmp_path_factory.mktemp("site")))


@pytest.fixture(autouse=True)
def _no_children(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Jobs, "start", lambda *_: Job("000001", {}, False, ()))
    monkeypatch.setattr(Child, "printed", lambda _, command, given: {} if command[0] == "place" else [])


@given(
    st.sampled_from(ROUTES),
    words,
    bodies,
    st.sampled_from(["If-Match", "If-None-Match", "Idempotency-Key"]),
    words,
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_request_is_answered(
    client: FlaskClient, row: Any, word: str, body: Any, header: str, tag: str
) -> None:
    url = (
        row.rule.replace("<path:key>", word).replace("<path:name>", word).replace("<release_id>", "0001-abc")
    )
    url = url.replace("<tour>", word).replace("<id>", word).replace("<monument>", word)
    tag = tag if tag.isprintable() and tag.isascii() else '"x"'
    content = json.dumps(body, allow_nan=True)
    response = client.open(
        url, method=row.method, data=content, headers=HERE | {header: tag, "Content-Type": "application/json"}
    )
    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.json["error"].keys() == {"code", "where", "found", "allowed", "remedy"}


@pytest.mark.parametrize("strange", [r'"\ud800"', "NaN", "1e999", "[" * 100_000 + "]" * 100_000])
@pytest.mark.parametrize(
    ("method", "url", "body"),
    [
        ("PUT", "documents/tours/walk", '{"value": %s}'),
        ("PUT", "presence", '{"key": "tours/walk", "page": "a", "stop": %s}'),
        ("POST", "markdown", '{"texts": [%s]}'),
        ("POST", "releases", '{"action": "publish", "release": %s}'),
        ("POST", "builds", '{"monument": %s}'),
        ("POST", "placements/gate", '{"registration": %s}'),
    ],
)
def test_what_nothing_can_hold_is_no_json(
    client: FlaskClient, method: str, url: str, body: str, strange: str
) -> None:
    headers = HERE | {"If-None-Match": "*", "Content-Type": "application/json"}
    response = client.open(f"/studio/api/{url}", method=method, data=body % strange, headers=headers)
    assert response.status_code == 400
    assert client.get("/studio/api/presence").json == []


@st.composite
def spoilt(draw: st.DrawFn, value: Any) -> Any:
    """A document's value with something else somewhere in it."""
    if draw(st.booleans()) and isinstance(value, dict) and value:
        key = draw(st.sampled_from(sorted(value)))
        return value | {key: draw(spoilt(value[key]))}
    if draw(st.booleans()) and isinstance(value, list) and value:
        k = draw(st.integers(0, len(value) - 1))
        return [*value[:k], draw(spoilt(value[k])), *value[k + 1 :]]
    return draw(values)


@given(st.sampled_from(sorted(VALUES)), st.data())
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_value_is_saved_or_refused_and_the_site_stays_readable(
    client: FlaskClient, key: str, data: st.DataObject
) -> None:
    body = json.dumps({"value": data.draw(spoilt(VALUES[key]))})
    read = _get(client, key)
    assert read["value"] is not None
    headers = HERE | {"If-Match": f'"{read["revision"]}"', "Content-Type": "application/json"}
    response = client.put(f"/studio/api/documents/{key}", data=body, headers=headers)
    assert response.status_code in (200, 400, 422), response.text
