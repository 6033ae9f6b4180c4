"""A site to be edited: a folder with one tour, and the viewer's fixture as its releases, the first of them published.

Usage: python studio_site.py FIXTURE SITE
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

from heritage.model.placement_reason import because
from heritage.store import Store

RELEASES = ("0001-fixture", "0002-fixture")
FILES = {
    "site.yaml": """\
title: {vi: Hoàng thành, en: Imperial City, fr: Cité impériale}
languages: [en, vi]
crs: EPSG:32648
rights: {licence: CC-BY-4.0, holder: Test}
reports: {answer_days: 14}
""",
    "monuments/gate/monument.yaml": """\
title: {vi: Ngọ Môn, en: Meridian Gate}
epochs:
  - {id: "2019", captured: 2019-03-14, source: scans/2019.laz, method: photogrammetry}
  - {id: "2024", captured: 2024-05-02, source: scans/2024.laz, method: photogrammetry}
registration: {method: none}
""",
    "monuments/gate/annotations.yaml": """\
annotations:
  - {id: ridge, position_m: [0, 0, 10], title: {vi: Con rồng, en: The dragon}}
""",
    "tours/gate/tour.yaml": """\
# As the curators talked it over in May.
monument: gate
stops:
  - id: approach
    view: {eye_m: [-12, -30, 7], target_m: [0, 0, 5.5], fov_deg: 45}
    dwell_s: 3
  - id: ridge   # where the dragon was
    show: {epoch: "2024"}
    view: {eye_m: [8, -18, 14], target_m: [0, 0, 10], fov_deg: 45}
    annotations: [ridge]
  - id: then-and-now
    compare: {left: {epoch: "2019"}, right: {epoch: "2024"}, mode: swipe, position: 0.5}
    dwell_s: 4
""",
    "tours/gate/en.md": """\
# Through the gate

Three stops.

## approach

### Up to the gate

Five ways lead **in**.

## ridge

### The ridge

A dragon stood here.

## then-and-now

### Then and now

Drag the line.
""",
    "tours/gate/vi.md": """\
# Qua cổng

Ba điểm dừng.

## approach

### Đến cổng

Năm lối vào.

## ridge

### Nóc

Rồng từng ở đây.

## then-and-now

### Xưa và nay

Kéo vạch.
""",
}

PLAN = "monuments/gate/plan.json"
CRS_ORIGIN = (775000.0, 1822000.0, 4.0)


def unsettled(release: dict) -> tuple[dict, dict]:
    """The release with a gate that could as well be turned by half, and the gate's plan."""
    gate = next(m for m in release["monuments"] if m["id"] == "gate")
    there = gate["placement"]["site_from_monument"]
    half = [-v if k < 8 else v for k, v in enumerate(there)]
    gate["plan"] = PLAN
    reasons = [because("walls"), because("others-turned", headings_deg=[180.0])]
    gate["placement"] |= {"settled": False, "reasons": [reason.model_dump(mode="json") for reason in reasons]}
    east, north, up = CRS_ORIGIN
    places = [
        {
            "site_from_monument": matrix,
            "pose": {
                "crs_m": [east + matrix[12], north + matrix[13], up + matrix[14]],
                "heading_deg": math.degrees(math.atan2(matrix[4], matrix[5])) % 360,
                "scale": 1.0,
                "up": [0.0, 0.0, 1.0],
            },
            "footprint": "f-gate", "likelihood": 1 - 0.2 * k, "rms_m": 0.06, "iou": 0.94, "cover": 0.9,
            "outside": 0.01, "sigma_m": 0.08, "walls": [],
        }
        for k, matrix in enumerate((there, half))
    ]  # fmt: skip
    along = [(0.25 * x, 3.4) for x in range(-37, 38)] + [(9.4, 0.25 * y) for y in range(-13, 14)]
    cells = [(sign * x, sign * y, 0.0) for x, y in along for sign in (1, -1)]
    crs_from_site = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, east, north, up, 1]
    plan = {
        "cells_m": cells,
        "crs_from_site": crs_from_site,
        "crs_error_m": 0.0,
        "places": places,
        "points": [],
    }
    return release, plan


def main(fixture: Path, site: Path) -> None:
    """Write the files and the releases, and publish the first."""
    for name, text in FILES.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    store = Store(site)
    with store.writer("e2e"):
        for release in RELEASES:
            with store.release(release) as folder:
                for path in sorted(p for p in fixture.rglob("*") if p.is_file()):
                    if path.name != "release.json":
                        folder.write(path.relative_to(fixture).as_posix(), path.read_bytes())
                made, plan = unsettled(json.loads((fixture / "release.json").read_bytes()))
                folder.write("release.json", json.dumps(made).encode())
                folder.write(PLAN, json.dumps(plan).encode())
        store.set_current(RELEASES[0])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
