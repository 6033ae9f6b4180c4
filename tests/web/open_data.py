"""A release with open data: turned houses near Hue, and three monuments of which one stands nobody knows where."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import shapely
from small_release import document

from heritage.model.documents import Rights
from heritage.model.release import MonumentEntry, Period
from heritage.pipeline.ground import read_ground
from heritage.pipeline.opendata.catalogue import Edition
from heritage.pipeline.opendata.write import INDEX, write_open_data
from heritage.store import Store
from heritage.text.site import load_site

RELEASE = "0002-data"
HOUSES = 300
SITE = """\
title: {vi: Hoàng thành, en: Imperial City}
languages: [vi, en]
crs: EPSG:32648
footprints:
  {source: plans.geojson, name: name, rights: {licence: ODbL-1.0, holder: © OpenStreetMap contributors}}
rights: {licence: CC-BY-4.0, holder: A </script> & B}
credits: [{role: survey, name: Lan}]
"""


@cache
def plans() -> list[shapely.Polygon]:
    """Turned houses and L shapes, whose boxes reach beyond them, in degrees near Hue."""
    rng = np.random.default_rng(11)
    ell = np.array([(0, 0), (3, 0), (3, 1), (1, 1), (1, 3), (0, 3)]) * 4e-4
    found = []
    for k in range(HOUSES):
        angle = rng.uniform(0, 6)
        turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        shape = ell if k % 2 else ell[[0, 1, 2, 5]]
        found.append(shapely.Polygon(shape @ turn.T + rng.uniform([107.57, 16.46], [107.59, 16.48])))
    return found


def monuments() -> tuple[MonumentEntry, ...]:
    """Three: one with a period, one without, one whose place is not known."""
    (gate,) = document(RELEASE).monuments
    moved = (*gate.placement.site_from_monument[:12], 30.0, 40.0, 0.0, 1.0)
    placed = gate.placement.model_copy(update={"method": "footprint", "site_from_monument": moved})
    built = Period(earliest="1833-01-01", latest="1833-12-31", approximate=True)
    gate = gate.model_copy(update={"placement": placed, "built": built, "footprint": "7", "type": "gate"})
    hall = gate.model_copy(
        update={
            "id": "hall",
            "built": None,
            "footprint": None,
            "period": "Nguyễn",
            "type": {"vi": "điện", "en": "hall"},
            "rights": Rights(licence="Words"),
        }
    )
    lost = gate.model_copy(
        update={"id": "lost", "footprint": None, "placement": document(RELEASE).monuments[0].placement}
    )
    return gate, hall, lost


def publish_data(sources: Path, site: Path) -> None:
    """Write the ground plans in ``sources``, and make the release of ``site`` and show it."""
    (sources / "site.yaml").write_text(SITE, encoding="utf-8")
    features = [
        {
            "type": "Feature",
            "id": k,
            "properties": {"name": f"Nhà {k}"},
            "geometry": shapely.geometry.mapping(p),
        }
        for k, p in enumerate(plans())
    ]
    (sources / "plans.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    loaded = load_site(sources)
    release = document(RELEASE).model_copy(update={"data": INDEX, "monuments": monuments()})
    store = Store(site)
    with store.writer("test"):
        with store.release(RELEASE) as folder:
            folder.write("release.json", release.model_dump_json().encode())
            write_open_data(
                folder, loaded, read_ground(loaded), monuments(), Edition(RELEASE, date(2026, 11, 28))
            )
        store.set_current(RELEASE)
