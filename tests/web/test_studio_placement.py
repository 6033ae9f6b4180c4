"""From a person's decision about a place to the release that visitors see: saved over HTTP, built by the studio's job."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from shapely import affinity
from studio_site import HERE, client_of
from test_studio_documents import _get, _put

from heritage.pipeline.build import planned
from heritage.pipeline.run import execute
from heritage.store import Store

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "ops"))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "pipeline"))
import extruded
import neighbourhood
from test_register_stage import _site

SITE = """\
title: {en: Site}
languages: [en]
crs: EPSG:32648
footprints: {source: footprints.geojson, crs: EPSG:32648, ground_m: ground}
rights: {licence: CC0-1.0, holder: nobody}
"""
MONUMENT = """\
title: {en: Hall}
footprint: hall
# surveyed from a drone
epochs: [{id: a, source: a.obj, up: z, units: m, method: photogrammetry}]
"""
DECIDED = {"by": "Nguyễn Thị Hoa", "when": "2026-11-29", "note": "the stair is in the north"}


def _matrix(columns: list[float]) -> np.ndarray:
    return np.array(columns).reshape(4, 4).T


def _applied(matrix: np.ndarray, points: np.ndarray) -> np.ndarray:
    return (np.column_stack([points, np.ones(len(points))]) @ matrix.T)[:, :3]


class _Studio:
    """What the page does: reads the newest release, saves, and has the machine build."""

    def __init__(self, site: Path, client: FlaskClient) -> None:
        self._site = site
        self._client = client

    def build(self, *, begun: bool = False) -> str:
        """The release that a build started here has made. ``begun``: most of it is done before, in this process, which
        spares the test the build's workers."""
        if begun:
            for one in planned(self._site):
                if not Store(self._site).has_stage(one.task.stage.name, one.fingerprint):
                    execute(self._site, one, 1)
        build = self._client.post("/studio/api/builds", json={"monument": None}, headers=HERE).json
        end = time.monotonic() + 240
        while build["status"] == "running":
            assert time.monotonic() < end
            time.sleep(0.2)
            build = self._client.get("/studio/api/builds").json[0]
        assert build["status"] == "done", build
        return str(build["release"])

    def file(self, release: str, path: str) -> Any:
        answer = self._client.get(f"/studio/r/{release}/{path}")
        assert answer.status_code == 200, path
        return json.loads(answer.data)

    def stands(self, release: str) -> tuple[dict[str, Any], np.ndarray]:
        """The hall's placement, and ecef_from_monument: as the document says it, and as its tiles have it."""
        document = self.file(release, "release.json")
        (hall,) = document["monuments"]
        placement: dict[str, Any] = hall["placement"]
        said = _matrix(document["frame"]["ecef_from_site"]) @ _matrix(placement["site_from_monument"])
        drawn = _matrix(self.file(release, hall["epochs"][0]["tileset"])["root"]["transform"])
        assert np.abs(said - drawn).max() < 1e-6
        return placement, said

    def decide(self, registration: dict[str, Any]) -> None:
        read = _get(self._client, "monuments/it")
        read["value"]["registration"] = registration
        saved = _put(self._client, "monuments/it", read["revision"], value=read["value"])
        assert saved.status_code == 200, saved.text


@pytest.fixture(scope="module")
def made() -> neighbourhood.Trial:
    return neighbourhood.trial(
        extruded.RECTANGLE, [affinity.translate(extruded.GATE, 60, 5)], 4, hide_side=False, per_m2=12
    )


def _write(folder: Path, made: neighbourhood.Trial) -> Path:
    """A rectangular hall as a model, which is built in no time, and its ground plan: half a turn fits as well."""
    root = _site(folder, made, "{method: footprint}")
    (root / "site.yaml").write_text(SITE)
    (root / "monuments/it/monument.yaml").write_text(MONUMENT)
    feet = [made.scene.corners[k] for k in range(4)]
    vertices = [*feet, *([x, y, z + 6] for x, y, z in feet)]
    faces = [(k, (k + 1) % 4, 4 + (k + 1) % 4, 4 + k) for k in range(4)] + [(4, 5, 6, 7)]
    lines = [f"v {x} {y} {z}" for x, y, z in vertices]
    lines += [f"f {a + 1} {b + 1} {c + 1}\nf {a + 1} {c + 1} {d + 1}" for a, b, c, d in faces]
    (root / "monuments/it/a.obj").write_text("\n".join(lines))
    return root


def test_a_monument_stands_in_the_next_release_where_a_person_has_decided(
    tmp_path: Path, made: neighbourhood.Trial
) -> None:
    site = _write(tmp_path, made)
    client = client_of(site)
    studio = _Studio(site, client)
    first = studio.build(begun=True)
    machine, ecef_before = studio.stands(first)
    assert not machine["settled"]
    assert "others-turned" in {reason["code"] for reason in machine["reasons"]}
    plan = studio.file(first, "monuments/it/plan.json")
    present, other = plan["places"]
    corners = made.scene.corners
    site_to_ecef = ecef_before @ np.linalg.inv(_matrix(present["site_from_monument"]))

    # The other one is chosen.
    studio.decide({"method": "hand", "pose": other["pose"], "decided": DECIDED})
    chosen, ecef = studio.stands(studio.build())
    wanted = _applied(site_to_ecef @ _matrix(other["site_from_monument"]), corners)
    assert np.abs(_applied(ecef, corners) - wanted).max() < 1e-3
    assert np.linalg.norm(wanted - _applied(ecef_before, corners), axis=1).min() > 9
    assert (chosen["method"], chosen["settled"], chosen["decided"]) == ("hand", True, DECIDED)
    assert [reason["code"] for reason in chosen["reasons"]] == ["hand", "walls-agree"]
    assert chosen["sigma_m"] == pytest.approx(other["sigma_m"], rel=0.2)
    assert "# surveyed from a drone" in (site / "monuments/it/monument.yaml").read_text()

    # Control points, clicked on the corners of where it stood first, bring it back there.
    there = _applied(_matrix(plan["crs_from_site"]) @ _matrix(present["site_from_monument"]), corners)
    points = [
        {"name": f"P{k}", "role": "control" if k else "check", "at_m": at, "crs_m": to}
        for k, (at, to) in enumerate(zip(corners.tolist(), there.tolist(), strict=True))
    ]
    studio.decide({"method": "gcp", "points": points, "decided": DECIDED | {"note": None}})
    pinned, ecef = studio.stands(studio.build(begun=True))
    assert np.linalg.norm(_applied(ecef, corners) - _applied(ecef_before, corners), axis=1).max() < 0.02
    assert (pinned["method"], pinned["settled"], pinned["decided"]["by"]) == ("gcp", True, DECIDED["by"])
    assert pinned["check_rms_m"] < 0.02
    waiting = client.get("/studio/api/placements").json
    assert [(one["monument"], one["settled"]) for one in waiting] == [("it", True)]
