"""A small site of plain files, and a client that is signed in to its studio."""

from __future__ import annotations

from pathlib import Path

from flask.testing import FlaskClient
from small_release import _Client

from heritage.people.person import local_person
from heritage.web.app import create_app
from heritage.web.studio.options import StudioOptions

TOKEN = "once"
ME = local_person().name
HERE = {"Sec-Fetch-Site": "same-origin"}

FILES = {
    "site.yaml": """\
# The site
title: {vi: Hoàng thành, en: Imperial City}
languages: [en, vi]
crs: EPSG:32648   # UTM 48 north
rights: {licence: CC-BY-4.0, holder: "A & B"}
""",
    "monuments/gate/monument.yaml": """\
title: {en: The gate}
epochs:
  - id: "2024"
    source: scans/2024.laz   # not here: nobody reads it in these tests
    captured: 2024-05-02
    method: photogrammetry
registration: {method: none}
""",
    "monuments/gate/annotations.yaml": """\
annotations:
  # on the ridge
  - {id: dragon, title: {en: Dragon}, position_m: [0, 1.50, 9]}
""",
    "monuments/gate/corrections/2024.yaml": """\
frame: {up: z, metres_per_unit: 1, origin_m: [0, 0, 0]}
corrections:
  # it has been there since 1990
  - id: moss
    was: [vegetation]
    becomes: kept
    brush: {radius_m: 0.30, at_m: [[0, 1.50, 9], [0.2, 1.5, 9]]}
    who: Lan
    when: 2026-11-29
""",
    "tours/walk/tour.yaml": """\
# How one walks
monument: gate
stops:
  # first the way
  - id: approach
    show: {epoch: "2024"}
    view: {eye_m: [5, -26, 3.20], target_m: [0, 0, 4.6]}   # from the moat

  # then up
  - id: roof
    show: {epoch: "2024"}
    annotations: [dragon]
""",
    "tours/walk/en.md": """\
# A walk

What it is about.

## approach

### The way

Here we go.

## roof

Up there.
""",
    "tours/walk/vi.md": """\
# Đi dạo

## approach

### Đường vào

<!-- en
### The way
-->

Ta đi.

## roof

Trên kia.
""",
}


def write_site(root: Path) -> Path:
    """The site's files, in the empty folder ``root``."""
    for name, text in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def client_of(site: Path) -> FlaskClient:
    """A client of a new application, signed in."""
    app = create_app(site, studio=StudioOptions(token=TOKEN))
    app.test_client_class = _Client
    client = app.test_client()
    assert client.post("/studio/api/session", json={"token": TOKEN}, headers=HERE).status_code == 200
    return client
