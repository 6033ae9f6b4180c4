"""Beside saving: media, findings, builds, releases, and the journal of who did what."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from small_release import RELEASE, publish
from small_release import client_of as visitor_of
from studio_site import HERE, client_of, write_site
from test_studio_documents import _get, _put

from heritage.store import Store
from heritage.web.studio.child import Child

MP3 = b"ID3\x04" + b"\0" * 300_000
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 50


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path)


@pytest.fixture
def client(site: Path) -> FlaskClient:
    return client_of(site)


def _me(client: FlaskClient) -> str:
    return client.get("/studio/api/me").json["name"]


def _upload(client: FlaskClient, name: str, content: bytes) -> Any:
    return client.post("/studio/api/media", data={"file": (io.BytesIO(content), name)}, headers=HERE)


def test_a_recording_is_kept_and_given_out_as_a_file(client: FlaskClient, site: Path) -> None:
    """F8: by what it is; a name from elsewhere cannot lead anywhere; a second try is the same file."""
    path = _upload(client, "../Lời kể.VI.mp3", MP3).json["path"]
    assert path.startswith("media/loi-ke.vi-")
    assert (site / path).read_bytes() == MP3
    assert _upload(client, "../Lời kể.VI.mp3", MP3).json["path"] == path
    assert _upload(client, "Lời kể.VI.mp3", MP3 + b"x").json["path"] != path
    response = client.get(f"/studio/files/{path}")
    assert (response.data, response.mimetype) == (MP3, "audio/mpeg")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == "attachment"
    assert client.get(f"/studio/files/{path}", headers={"Range": "bytes=0-3"}).data == b"ID3\x04"
    assert not list((site / "media").glob(".tmp*"))
    assert _upload(client, "a." * 400 + "mp3", MP3).status_code == 201  # longer than a file's name may be


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>"),
        ("a.png", b"<html><script>alert(1)</script>"),
        ("a.html", PNG),
        ("a.mp3", PNG),
        ("a", PNG),
        ("", PNG),
    ],
)
def test_what_is_not_what_it_is_called_is_refused(
    client: FlaskClient, site: Path, name: str, content: bytes
) -> None:
    assert _upload(client, name, content).status_code in (400, 415)
    assert not (site / "media").exists()


def test_only_media_are_given_out(client: FlaskClient, site: Path) -> None:
    (site / "media").mkdir()
    (site / "media/link.png").symlink_to(site / "site.yaml")
    (site / "media/page.html").write_text("<script>")
    for name in ("site.yaml", "media/../site.yaml", "media/link.png", "media/page.html", ".heritage/x.png"):
        assert client.get(f"/studio/files/{name}").status_code == 404


def test_findings_stand_beside_their_stop(client: FlaskClient) -> None:
    """What `heritage check` says in a process of its own; without a release it looks at words and times."""
    read = _get(client, "tours/walk")
    value = read["value"]
    value["tour"]["stops"][1]["dwell_s"] = 0.1
    _put(client, "tours/walk", read["revision"], value=value)
    found = client.get("/studio/api/findings/walk").json
    assert {("stop-too-short", "roof", True), ("translation-outdated", "approach", True)} <= {
        (f["code"], f["stop"], f["acceptable"]) for f in found
    }
    assert client.get("/studio/api/findings/nowhere").status_code == 404


def test_findings_are_looked_for_again_when_what_a_tour_refers_to_changes(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[str] = []
    monkeypatch.setattr(Child, "printed", lambda _, command, given: looked.append(command[-1]) or [])
    client.get("/studio/api/findings/walk")
    client.get("/studio/api/findings/walk")
    assert looked == ["walk"]
    read = _get(client, "monuments/gate/annotations")
    read["value"]["annotations"][0]["position_m"] = [0, 1.5, 8]
    _put(client, "monuments/gate/annotations", read["revision"], value=read["value"])
    client.get("/studio/api/findings/walk")
    assert looked == ["walk", "walk"]


def test_a_build_runs_apart_and_tells_what_it_found(client: FlaskClient) -> None:
    """There is no scan in this site: the build says so, as `heritage build` would."""
    started = client.post("/studio/api/builds", json={"monument": "gate"}, headers=HERE)
    assert (started.status_code, started.json["status"], started.json["who"]) == (201, "running", _me(client))
    assert client.post("/studio/api/builds", json={"monument": None}, headers=HERE).status_code == 409
    end = time.monotonic() + 60
    while (build := client.get("/studio/api/builds").json[0])["status"] == "running":
        assert time.monotonic() < end
        time.sleep(0.1)
    assert build["status"] == "failed"
    assert [p["code"] for p in build["problems"]] == ["file-missing"]
    assert client.delete(f"/studio/api/builds/{build['id']}", headers=HERE).status_code == 404
    for body in ({"monument": "../x"}, {}, {"monument": 1}):
        assert client.post("/studio/api/builds", json=body, headers=HERE).status_code in (400, 404)


def test_a_release_is_looked_at_before_anybody_else_sees_it(client: FlaskClient, site: Path) -> None:
    store = publish(site, RELEASE)
    with store.writer("test"):
        store.hide("0002-new")
        with store.release("0002-new") as folder:
            folder.write("release.json", b"{}")
    visitor = visitor_of(site)
    assert visitor.get("/r/0002-new/release.json").status_code == 404
    assert visitor.get("/studio/r/0002-new/release.json").status_code == 404
    assert client.get("/studio/r/0002-new/release.json").data == b"{}"
    listed = client.get("/studio/api/releases").json
    assert [(r["id"], r["current"], r["published"]) for r in listed] == [
        ("0002-new", False, False),
        (RELEASE, True, True),
    ]
    order = {"action": "publish", "release": "0002-new"}
    assert client.post("/studio/api/releases", json=order, headers=HERE).json[0]["current"]
    assert visitor.get("/r/0002-new/release.json").status_code == 200
    back = {"action": "roll-back", "release": RELEASE}
    assert client.post("/studio/api/releases", json=back, headers=HERE).status_code == 200
    assert Store(site).current() == RELEASE
    assert visitor.get("/r/0002-new/release.json").status_code == 200  # who has its page open goes on
    _get(client, "site")  # whose journal is another than the releases'
    records = client.get("/studio/api/journal").json["records"]
    assert [(r["what"], r["who"], r["release"]) for r in records if r["of"] == "releases"] == [
        ("roll-back", _me(client), RELEASE),
        ("publish", _me(client), "0002-new"),
    ]
    for body in ({"action": "delete", "release": RELEASE}, {"action": "publish", "release": "0009-x"}, {}):
        assert client.post("/studio/api/releases", json=body, headers=HERE).status_code in (400, 404)


def test_a_release_is_taken_back_while_a_build_runs(client: FlaskClient, site: Path) -> None:
    store = publish(site, RELEASE)
    publish(site, "0002-new")
    order = {"action": "roll-back", "release": RELEASE}
    with store.writer("build"):
        assert client.post("/studio/api/releases", json=order, headers=HERE).status_code == 200
    assert store.current() == RELEASE


def test_the_journal_shows_what_was_tampered_with(client: FlaskClient, site: Path) -> None:
    """I2: saves, uploads and releases in one list; a changed record is named."""
    read = _get(client, "site")
    _put(client, "site", read["revision"], value=read["value"] | {"crs": "EPSG:32649"})
    _upload(client, "a.png", PNG)
    told = client.get("/studio/api/journal").json
    assert [(r["of"], r["what"], r["who"]) for r in told["records"]] == [
        ("studio", "upload", _me(client)),
        ("site", "save", _me(client)),
        ("site", "outside", ""),
    ]
    assert told["problems"] == []
    path = site / ".heritage/history/documents/site/journal"
    path.write_bytes(path.read_bytes().replace(b'"outside"', b'"nothing"', 1))
    problems = client.get("/studio/api/journal").json["problems"]
    assert [p["code"] for p in problems] == ["journal-damaged"]


def test_where_monuments_stand_and_what_was_decided_since(client: FlaskClient, site: Path) -> None:
    assert client.get("/studio/api/placements").json == []
    store = publish(site, RELEASE)
    release = json.loads((store.release_path(RELEASE) / "release.json").read_bytes())
    (gate,) = client.get("/studio/api/placements").json
    stands = release["monuments"][0]["placement"]
    assert {k: gate[k] for k in ("settled", "method")} == {k: stands[k] for k in ("settled", "method")}
    assert gate["decided"] is None
    read = _get(client, "monuments/gate")
    decided = {"by": "Hoa", "when": "2026-11-29", "note": "the stair is in the north"}
    pose = {"crs_m": [775000.0, 1822000.0, 4.0], "heading_deg": 12.5}
    read["value"]["registration"] = {"method": "hand", "pose": pose, "decided": decided}
    _put(client, "monuments/gate", read["revision"], value=read["value"])
    assert client.get("/studio/api/placements").json[0]["decided"] == decided
    text = (site / "monuments/gate/monument.yaml").read_text()
    assert "# not here: nobody reads it in these tests" in text
    assert "2026-11-29" in text


def test_a_trial_of_a_placement_is_worked_out_apart_and_a_wrong_one_is_refused_in_words(
    client: FlaskClient, site: Path
) -> None:
    """There is nothing built in this site: the child says so, and the page reads it as a sentence."""
    pose = {"crs_m": [775000.0, 1822000.0, 4.0], "heading_deg": 12.5}
    order = {"registration": {"method": "hand", "pose": pose}, "refine": True}
    answer = client.post("/studio/api/placements/gate", json=order, headers=HERE)
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "place-not-built")
    assert str(site) not in answer.text
    for body, status in (
        ({"registration": {"method": "guess"}}, 422),
        ({"registration": {"pose": pose | {"heading_deg": 1e9}}}, 422),
        ({"registration": {}, "site": "/etc"}, 422),
        ([], 400),
    ):
        assert client.post("/studio/api/placements/gate", json=body, headers=HERE).status_code == status
    assert client.post("/studio/api/placements/nowhere", json=order, headers=HERE).status_code == 404
