"""The studio's documents over HTTP: what is read is what is there, and a save is on the disk when it is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from studio_site import HERE, client_of, write_site

from heritage.store import fs
from heritage.text.site import load_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path)


@pytest.fixture
def client(site: Path) -> FlaskClient:
    return client_of(site)


def _get(client: FlaskClient, key: str) -> dict[str, Any]:
    response = client.get(f"/studio/api/documents/{key}")
    assert response.status_code == 200, response.text
    assert response.headers["ETag"] == f'"{response.json["revision"]}"'
    return response.json


def _put(client: FlaskClient, key: str, revision: str | None, **body: Any) -> Any:
    headers = HERE | ({"If-None-Match": "*"} if revision is None else {"If-Match": f'"{revision}"'})
    return client.put(f"/studio/api/documents/{key}", json=body, headers=headers)


def test_the_list_names_every_document(client: FlaskClient) -> None:
    found = {one["key"]: one for one in client.get("/studio/api/documents").json}
    assert list(found) == [
        "site",
        "monuments/gate",
        "monuments/gate/annotations",
        "monuments/gate/corrections/2024",
        "tours/walk",
    ]
    assert found["tours/walk"]["title"] == {"en": "A walk", "vi": "Đi dạo"}
    assert all(one["problems"] == 0 for one in found.values())


def test_a_saved_value_is_on_the_disk_and_changes_one_line(client: FlaskClient, site: Path) -> None:
    read = _get(client, "tours/walk")
    value = read["value"]
    value["tour"]["stops"][1]["dwell_s"] = 12
    response = _put(client, "tours/walk", read["revision"], value=value)
    assert response.status_code == 200, response.text
    before, after = (
        read["files"]["tour.yaml"].splitlines(),
        (site / "tours/walk/tour.yaml").read_text("utf-8").splitlines(),
    )
    assert [line for line in after if line not in before] == ["    dwell_s: 12"]
    assert [line for line in before if line not in after] == []
    assert load_site(site).tours["walk"].tour.stops[1].dwell_s == 12
    again = _get(client, "tours/walk")
    assert (again["revision"], again["value"]) == (response.json["revision"], value)


LASSO = {"eye_m": [0, -9, 2], "axis": [0, 1, 0], "outline": [[-0.1, 0], [0.1, 0], [0, 0.125]]}


def _lassoed(id: str) -> dict[str, Any]:
    return {"id": id, "was": ["vegetation"], "becomes": "ground", "lasso": LASSO, "when": "2026-11-30"}


def test_corrections_of_two_people_are_both_kept_and_read_by_the_build(
    client: FlaskClient, site: Path
) -> None:
    key = "monuments/gate/corrections/2024"
    read = _get(client, key)
    saved = []
    for id in ("mine", "theirs"):
        value = json.loads(json.dumps(read["value"]))
        value["corrections"].append(_lassoed(id))
        response = _put(client, key, read["revision"], value=value)
        assert response.status_code == 200, response.text
        saved.append(response.json["merged"])
    assert saved == [False, True]
    (found,) = load_site(site).monuments["gate"].corrections.values()
    corrections = found.document.corrections
    assert [one.id for one in corrections] == ["moss", "mine", "theirs"]
    assert corrections[0].brush is not None
    assert corrections[0].brush.radius_m == 0.3
    assert corrections[2].lasso is not None
    assert corrections[2].lasso.outline[2] == (0, 0.125)
    text = (site / "monuments/gate/corrections/2024.yaml").read_text("utf-8")
    before = read["files"]["2024.yaml"].splitlines()
    assert text.splitlines()[: len(before)] == before, "what was there stays as it was written"
    assert len(text.splitlines()) == len(before) + 2 * 5, "a line for each key"


def test_half_a_region_of_each_is_no_region(client: FlaskClient) -> None:
    key = "monuments/gate/corrections/2024"
    read = _get(client, key)
    for change, status in (("radius_m", 200), ("at_m", 412)):
        value = json.loads(json.dumps(read["value"]))
        value["corrections"][0]["brush"][change] = 0.5 if change == "radius_m" else [[1, 1, 1]]
        response = _put(client, key, read["revision"], value=value)
        assert response.status_code == status
    assert [clash["field"] for clash in response.json["clashes"]] == ["corrections/moss/brush"]


def test_the_first_correction_makes_the_file_and_the_last_ones_end_may_remove_it(
    client: FlaskClient, site: Path
) -> None:
    key = "monuments/gate/corrections/2024"
    read = _get(client, key)
    gone = client.delete(f"/studio/api/documents/{key}", headers=HERE | {"If-Match": f'"{read["revision"]}"'})
    assert gone.status_code == 204
    assert not (site / "monuments/gate/corrections").exists()
    assert client.get(f"/studio/api/documents/{key}").status_code == 404

    value = {"frame": read["value"]["frame"], "corrections": [_lassoed("first")]}
    assert _put(client, key, None, value=value).status_code == 200

    assert _get(client, key)["value"] == value
    assert client.get("/studio/api/documents/monuments/gate/corrections/../x").status_code == 404


def test_a_stop_added_touches_structure_and_words(client: FlaskClient, site: Path) -> None:
    read = _get(client, "tours/walk")
    value = read["value"]
    value["tour"]["stops"].insert(1, {"id": "between", "show": {"epoch": "2024"}})
    for language in ("en", "vi"):
        value["words"][language]["stops"]["between"] = {"title": "Ở giữa", "text": "Words.\n\n#### More"}
    assert _put(client, "tours/walk", read["revision"], value=value).json["problems"] == []
    tour = load_site(site).tours["walk"]
    assert [stop.id for stop in tour.tour.stops] == ["approach", "between", "roof"]
    assert tour.words["vi"].stops["between"].title == "Ở giữa"
    assert list(tour.words["en"].stops) == ["approach", "between", "roof"]


def test_words_that_are_missing_are_saved_and_named(client: FlaskClient) -> None:
    read = _get(client, "tours/walk")
    value = read["value"]
    del value["words"]["vi"]["stops"]["roof"]
    response = _put(client, "tours/walk", read["revision"], value=value)
    assert [p["code"] for p in response.json["problems"]] == ["words-missing-stop"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda v: v["tour"]["stops"][0].update(dwell_s=-1), "yaml-value"),
        (lambda v: v["tour"]["stops"][0].update(colour="red"), "yaml-unknown-key"),
        (lambda v: v["words"]["en"].update(introduction="# another title"), "words-structure"),
        (lambda v: v["words"].update({"../x": v["words"]["en"]}), "document-value"),
        (lambda v: v.pop("words"), "document-value"),
    ],
)
def test_what_cannot_be_read_is_not_saved(client: FlaskClient, site: Path, change: Any, code: str) -> None:
    read = _get(client, "tours/walk")
    value = read["value"]
    change(value)
    before = (site / "tours/walk/tour.yaml").read_bytes()
    body = json.dumps({"value": value})
    headers = HERE | {"If-Match": f'"{read["revision"]}"', "Content-Type": "application/json"}
    response = client.put("/studio/api/documents/tours/walk", data=body, headers=headers)
    assert response.status_code == 422, response.text
    assert response.json["error"]["code"] == code
    assert response.json["problems"]
    assert (site / "tours/walk/tour.yaml").read_bytes() == before


def test_preconditions(client: FlaskClient) -> None:
    """C2: without a revision 428, with a weak or strange one 400, with an old one 412 and what is there now."""
    read = _get(client, "tours/walk")
    url = "/studio/api/documents/tours/walk"
    body = {"value": read["value"]}
    assert client.put(url, json=body, headers=HERE).status_code == 428
    for tag in ("*", f'W/"{read["revision"]}"', '"x"', f'"{read["revision"]}", "x"'):
        assert client.put(url, json=body, headers=HERE | {"If-Match": tag}).status_code == 400
    both = {"If-Match": f'"{read["revision"]}"', "If-None-Match": "*"}
    for strange in (both, {"If-None-Match": '"x"'}):
        assert client.put(url, json=body, headers=HERE | strange).status_code == 400
    known = client.get(url, headers={"If-None-Match": f'"{read["revision"]}"'})
    assert (known.status_code, known.data) == (304, b"")
    response = _put(client, "tours/walk", None, value=read["value"])
    assert response.status_code == 412
    assert (response.json["revision"], response.json["theirs"]) == (read["revision"], read["value"])


def test_text_is_saved_as_it_was_written(client: FlaskClient, site: Path) -> None:
    read = _get(client, "site")
    text = read["files"]["site.yaml"] + "# a last word\n"
    assert _put(client, "site", read["revision"], files={"site.yaml": text}).status_code == 200
    assert (site / "site.yaml").read_text("utf-8") == text
    response = _put(client, "site", _get(client, "site")["revision"], files={"site.yaml": "title: ["})
    assert (response.status_code, response.json["error"]["code"]) == (422, "yaml-syntax")


def test_a_tour_is_made_and_deleted(client: FlaskClient, site: Path) -> None:
    value = {
        "tour": {"monument": "gate", "stops": [{"id": "one"}]},
        "words": {
            "en": {"title": "New", "introduction": "", "stops": {"one": {"title": None, "text": "Here."}}}
        },
    }
    response = _put(client, "tours/new", None, value=value)
    assert response.status_code == 200, response.text
    assert load_site(site).tours["new"].words["en"].stops["one"].markdown == "Here."
    assert _put(client, "tours/new", None, value=value).status_code == 412
    tag = {"If-Match": response.headers["ETag"]}
    assert client.delete("/studio/api/documents/tours/new", headers=HERE | tag).status_code == 204
    assert not (site / "tours/new").exists()
    assert client.get("/studio/api/documents/tours/new").status_code == 404


def test_what_never_was_is_not_deleted(client: FlaskClient) -> None:
    never = client.delete("/studio/api/documents/tours/new", headers=HERE | {"If-None-Match": "*"})
    assert never.status_code == 412
    assert client.get("/studio/api/history/tours/new").status_code == 404


@pytest.mark.parametrize(
    "key", ["tours/..", "tours/Ä", "nothing", "monuments/gate/scans", "tours/a/b/c", "site/"]
)
def test_no_other_file_is_a_document(client: FlaskClient, key: str) -> None:
    assert client.get(f"/studio/api/documents/{key}").status_code == 404


def test_a_link_out_of_the_site_is_not_followed(
    client: FlaskClient, site: Path, tmp_path_factory: Any
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.md"
    outside.write_text("# Secret\n")
    (site / "tours/walk/fr.md").symlink_to(outside)
    response = client.get("/studio/api/documents/tours/walk")
    assert (response.status_code, response.json["error"]["code"]) == (400, "file-outside")
    listed = {one["key"]: one["problems"] for one in client.get("/studio/api/documents").json}
    assert {key: count for key, count in listed.items() if count} == {"tours/walk": 1}
    assert len(listed) == 5


def test_a_full_disk_is_told_and_changes_nothing(
    client: FlaskClient, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = _get(client, "site")
    before = (site / "site.yaml").read_bytes()

    def full(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(fs, "create", full)
    value = read["value"] | {"crs": "EPSG:32649"}
    response = _put(client, "site", read["revision"], value=value)
    assert (response.status_code, response.json["error"]["code"]) == (507, "store-full")
    assert str(site) not in response.text
    assert (site / "site.yaml").read_bytes() == before
    assert _get(client, "site")["revision"] == read["revision"]


def test_numbers_at_the_end_of_their_range_are_no_failure(client: FlaskClient) -> None:
    read = _get(client, "tours/walk")
    read["value"]["tour"]["stops"][0]["view"] = {"eye_m": [1e308, 0, 0], "target_m": [-1e308, 0, 0]}
    assert _put(client, "tours/walk", read["revision"], value=read["value"]).status_code == 422
