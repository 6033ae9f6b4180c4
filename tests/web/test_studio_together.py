"""Two people at one document, over HTTP: nothing is overwritten, what can be merged is, the rest is told."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from studio_site import HERE, ME, client_of, write_site
from test_studio_documents import _get, _put

from heritage.store.presence import Presence, Seen
from heritage.text.site import load_site

KEY = "tours/walk"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path)


@pytest.fixture
def client(site: Path) -> FlaskClient:
    return client_of(site)


def test_changes_to_different_stops_merge_by_themselves(client: FlaskClient, site: Path) -> None:
    """C3: the second save is put together with the first; comments of both stops are still there."""
    read = _get(client, KEY)
    mine, theirs = copy.deepcopy(read["value"]), copy.deepcopy(read["value"])
    theirs["tour"]["stops"][1]["dwell_s"] = 9
    theirs["words"]["en"]["stops"]["roof"]["text"] = "Up there, in the wind."
    mine["tour"]["stops"][0]["dwell_s"] = 7
    mine["tour"]["stops"].reverse()
    mine["words"]["en"]["stops"]["approach"]["text"] = "There we go."
    assert not _put(client, KEY, read["revision"], value=theirs).json["merged"]
    saved = _put(client, KEY, read["revision"], value=mine)
    assert (saved.status_code, saved.json["merged"]) == (200, True)
    tour = load_site(site).tours["walk"]
    assert [(stop.id, stop.dwell_s) for stop in tour.tour.stops] == [("roof", 9), ("approach", 7)]
    assert tour.words["en"].stops["roof"].markdown == "Up there, in the wind."
    assert tour.words["en"].stops["approach"].markdown == "There we go."
    text = (site / "tours/walk/tour.yaml").read_text("utf-8")
    assert "  # then up\n  - id: roof\n" in text
    assert "  # first the way\n  - id: approach\n" in text
    assert "# from the moat" in text


def test_a_clash_is_told_and_nothing_is_saved(client: FlaskClient, site: Path) -> None:
    read = _get(client, KEY)
    mine, theirs = copy.deepcopy(read["value"]), copy.deepcopy(read["value"])
    theirs["tour"]["stops"][0]["dwell_s"] = 9
    mine["tour"]["stops"][0]["dwell_s"] = 7
    mine["words"]["vi"]["title"] = "Đi chơi"
    newer = _put(client, KEY, read["revision"], value=theirs).json["revision"]
    refused = _put(client, KEY, read["revision"], value=mine)
    assert (refused.status_code, refused.json["error"]["code"]) == (412, "document-changed")
    assert refused.json["clashes"] == [
        {"field": "tour/stops/approach/dwell_s", "base": None, "mine": 7, "theirs": 9, "who": ME}
    ]
    assert refused.json["revision"] == newer
    assert refused.json["theirs"] == _get(client, KEY)["value"]
    # The person decides for theirs, and saves the rest.
    mine["tour"]["stops"][0]["dwell_s"] = 9
    assert _put(client, KEY, newer, value=mine).status_code == 200
    assert load_site(site).tours["walk"].words["vi"].tour.title == "Đi chơi"


def test_of_several_who_changed_a_document_none_is_blamed(client: FlaskClient, site: Path) -> None:
    """The field that clashes may be either's: here it is the one's who did not save last."""
    read = _get(client, KEY)
    mine, theirs = copy.deepcopy(read["value"]), copy.deepcopy(read["value"])
    theirs["tour"]["stops"][0]["dwell_s"] = 9
    mine["tour"]["stops"][0]["dwell_s"] = 7
    _put(client, KEY, read["revision"], value=theirs)
    path = site / "tours/walk/en.md"
    path.write_text(path.read_text("utf-8").replace("Up there.", "By hand."), "utf-8")
    clashes = _put(client, KEY, read["revision"], value=mine).json["clashes"]
    assert [(clash["theirs"], clash["who"]) for clash in clashes] == [(9, "")]


def test_what_is_no_document_together_is_a_clash(client: FlaskClient) -> None:
    """One takes ``show`` away for ``compare``; the other changes ``show``'s neighbour so that both would stand there."""
    read = _get(client, KEY)
    base = copy.deepcopy(read["value"])
    del base["tour"]["stops"][0]["show"]
    revision = _put(client, KEY, read["revision"], value=base).json["revision"]
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    mine["tour"]["stops"][0]["show"] = {"epoch": "2024"}
    theirs["tour"]["stops"][0]["compare"] = {"left": {"epoch": "2019"}, "right": {"epoch": "2024"}}
    assert _put(client, KEY, revision, value=theirs).status_code == 200
    refused = _put(client, KEY, revision, value=mine)
    assert refused.status_code == 412
    assert [clash["field"] for clash in refused.json["clashes"]] == ["tour/stops/approach"]


def test_an_edit_by_hand_is_a_revision_of_somebody_outside(client: FlaskClient, site: Path) -> None:
    read = _get(client, KEY)
    path = site / "tours/walk/en.md"
    path.write_text(path.read_text("utf-8").replace("Up there.", "By hand."), "utf-8")
    value = read["value"]
    value["tour"]["stops"][0]["dwell_s"] = 3
    saved = _put(client, KEY, read["revision"], value=value)
    assert (saved.status_code, saved.json["merged"]) == (200, True)
    assert saved.json["value"]["words"]["en"]["stops"]["roof"]["text"] == "By hand."
    history = client.get(f"/studio/api/history/{KEY}").json
    assert [(e["who"], e["what"]) for e in history] == [(ME, "save"), ("", "outside"), ("", "outside")]
    value["words"]["en"]["stops"]["roof"]["text"] = "In the browser."
    assert _put(client, KEY, read["revision"], value=value).json["clashes"][0]["theirs"] == "By hand."


def test_a_revision_is_restored_by_saving_it(client: FlaskClient, site: Path) -> None:
    read = _get(client, KEY)
    value = copy.deepcopy(read["value"])
    value["tour"]["stops"].pop()
    newer = _put(client, KEY, read["revision"], value=value).json["revision"]
    past = client.get(f"/studio/api/history/{KEY}/{read['revision']}").json
    assert past["value"] == read["value"]
    assert _put(client, KEY, newer, files=past["files"]).json["revision"] == read["revision"]
    assert (site / "tours/walk/tour.yaml").read_text("utf-8") == read["files"]["tour.yaml"]
    assert client.get(f"/studio/api/history/{KEY}/{'0' * 64}").status_code == 404


@pytest.mark.parametrize("key", ["site", "monuments/gate", "monuments/gate/corrections/2024"])
def test_every_kind_has_its_earlier_versions(client: FlaskClient, key: str) -> None:
    """As the page restores one: by its value, after another was saved."""
    read = _get(client, key)
    other = copy.deepcopy(read["value"])
    if key.endswith("2024"):
        other["corrections"] = []
    else:
        other["title"]["en"] = "Another"
    newer = _put(client, key, read["revision"], value=other).json["revision"]
    history = client.get(f"/studio/api/history/{key}").json
    assert [one["revision"] for one in history] == [newer, read["revision"]]
    past = client.get(f"/studio/api/history/{key}/{read['revision']}").json
    assert past["value"] == read["value"] != other
    _put(client, key, newer, value=past["value"])
    assert _get(client, key)["value"] == read["value"]


def test_a_retry_is_answered_as_the_first_time_and_saves_once(client: FlaskClient) -> None:
    """C4: the answer was lost; somebody else saved meanwhile; the page sends the same again."""
    read = _get(client, KEY)
    value = copy.deepcopy(read["value"])
    value["tour"]["stops"][0]["dwell_s"] = 3
    url, tag = f"/studio/api/documents/{KEY}", {"If-Match": f'"{read["revision"]}"'}
    headers = HERE | tag | {"Idempotency-Key": "one"}
    first = client.put(url, json={"value": value}, headers=headers)
    other = copy.deepcopy(value)
    other["tour"]["stops"][0]["dwell_s"] = 4
    _put(client, KEY, first.json["revision"], value=other)
    again = client.put(url, json={"value": value}, headers=headers)
    assert (again.status_code, again.json) == (200, first.json)
    assert len(client.get(f"/studio/api/history/{KEY}").json) == 3
    assert _get(client, KEY)["value"]["tour"]["stops"][0]["dwell_s"] == 4
    # A page that uses a key twice for two things has two saves.
    other["tour"]["stops"][1]["dwell_s"] = 5
    assert client.put(url, json={"value": other}, headers=headers).json["merged"]
    assert [stop["dwell_s"] for stop in _get(client, KEY)["value"]["tour"]["stops"]] == [4, 5]


def test_presence_is_told(client: FlaskClient) -> None:
    told = {"key": KEY, "stop": "roof", "page": "a"}
    expected = {"name": ME} | told
    assert client.put("/studio/api/presence", json=told, headers=HERE).json == [expected]
    assert client.get("/studio/api/presence").json == [expected]
    for bad in ({"key": "x"}, {"key": KEY, "stop": 1}, {"key": KEY, "stop": "x" * 201}, []):
        assert client.put("/studio/api/presence", json=bad, headers=HERE).status_code in (400, 404)


def test_two_servers_on_one_folder_know_the_same_pages(site: Path) -> None:
    """Each forgets what has not been told for half a minute, whoever it was told to; nothing is left behind."""
    one, two = client_of(site), client_of(site)
    for client, page, stop in ((one, "a", "roof"), (two, "b", None), (one, "a", "approach")):
        told = {"key": KEY, "stop": stop, "page": page}
        assert client.put("/studio/api/presence", json=told, headers=HERE).status_code == 200
    there = [one.get("/studio/api/presence").json, two.get("/studio/api/presence").json]
    assert there[0] == there[1]
    assert {(seen["page"], seen["stop"]) for seen in there[0]} == {("a", "approach"), ("b", None)}
    now = [time.time() + 29]
    later = Presence(site, clock=lambda: now[0])
    assert len(later.everyone()) == 2
    now[0] += 2
    assert later.everyone() == ()
    assert list((site / ".heritage/presence").iterdir()) == []


def test_more_pages_than_anybody_reads_are_not_told(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("heritage.store.presence.MOST", 2)
    presence = Presence(site)
    for page in "abc":
        seen = presence.tell(1, Seen("An", page, KEY, None))
    assert {one.page for one in seen} == {"a", "b"}
    assert len(presence.tell(1, Seen("An", "a", KEY, "roof"))) == 2


def test_a_translator_changes_words_only(site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(site)
    from heritage.web.studio import documents
    from heritage.web.studio.people import Person

    monkeypatch.setattr(documents, "person", lambda: Person("1", "Lan", ("translator",)))
    read: dict[str, Any] = _get(client, KEY)
    value = copy.deepcopy(read["value"])
    value["words"]["vi"]["title"] = "Đi chơi"
    saved = _put(client, KEY, read["revision"], value=value)
    assert saved.status_code == 200
    value["tour"]["stops"][0]["dwell_s"] = 3
    assert _put(client, KEY, saved.json["revision"], value=value).json["error"]["code"] == "role-forbidden"
    site_now = _get(client, "site")
    changed = site_now["value"] | {"crs": "EPSG:32649"}
    assert _put(client, "site", site_now["revision"], value=changed).status_code == 403
    assert (
        _put(client, KEY, read["revision"], files=read["files"] | {"tour.yaml": "monument: x"}).status_code
        >= 403
    )
