"""A tiny release made through the Store, and a viewer's build of two files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from heritage.model.documents import Rights, View
from heritage.model.release import Box, EpochEntry, Frame, MonumentEntry, Placement, Release, TourEntry
from heritage.store import Store
from heritage.text.period import read_period
from heritage.web.app import create_app

RELEASE = "0001-abc"
IDENTITY = tuple(float(i % 5 == 0) for i in range(16))
BOX = Box(min=(0.0, 0.0, 0.0), max=(1.0, 1.0, 1.0))
VIEW = View(eye_m=(0.0, -10.0, 2.0), target_m=(0.0, 0.0, 1.0))
TILE = bytes(range(256)) * 40
EVIL = '<script>alert("x")</script>'


def document(release_id: str, *, title: str = "Hoàng thành Huế") -> Release:
    """A release document with one monument and one tour, in Vietnamese and English."""
    epoch = EpochEntry(
        id="2024", title={}, captured="2024-05-02", method="laser", bounds=BOX, points=1, triangles=1,
        tileset="monuments/gate/epochs/2024/tileset.json",
    )  # fmt: skip
    gate = MonumentEntry(
        id="gate", title={"vi": "Ngọ Môn", "en": f"Meridian Gate {EVIL}"}, html={}, bounds=BOX, view=VIEW,
        period="1833~", built=read_period("1833~"),
        reference_epoch="2024", epochs=(epoch,), report="monuments/gate/report.html",
        placement=Placement(
            method="none", settled=False, site_from_monument=IDENTITY, scale=1.0, heading_deg=0.0
        ),
    )  # fmt: skip
    return Release(
        id=release_id, sequence=int(release_id.split("-")[0]), generator="Heritage test",
        title={"vi": title, "en": "Imperial City"},
        html={"vi": "<p>Kinh đô xưa.</p>", "en": f'<p>The old &lt;capital&gt;.</p><p title="a">Second {EVIL}.</p>'},
        languages=("vi", "en"), rights=Rights(licence="CC-BY-4.0", holder="A & B"), credits=(), opening=VIEW,
        frame=Frame(lon_deg=0.0, lat_deg=0.0, height_m=0.0, ecef_from_site=IDENTITY, crs="EPSG:32648", heights="unknown"),
        monuments=(gate,), still="opening.webp",
        tours=(TourEntry(id="walk", monument="gate", title={"en": "Walk"}, url="tours/walk/tour.json", stops=3,
                         seconds={}),),
    )  # fmt: skip


def _tileset(mark: str) -> dict[str, Any]:
    """One tile, as Heritage would write it, and long enough to be worth compressing."""
    return {
        "asset": {"version": "1.1", "extras": {"mark": mark, "pad": "x" * 5000}},
        "geometricError": 1,
        "root": {
            "refine": "REPLACE",
            "boundingVolume": {"box": [0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]},
            "geometricError": 0,
            "content": {"uri": "tiles/0.glb"},
        },
    }


def publish(
    site: Path, release_id: str, extra: Mapping[str, bytes] | None = None, *, mark: str = ""
) -> Store:
    """Make the release ``release_id`` of ``site`` and show it. ``mark`` stands in each of its files."""
    store = Store(site)
    with store.writer("test"):
        with store.release(release_id) as folder:
            folder.write("release.json", document(release_id).model_dump_json().encode())
            folder.write("opening.webp", b"RIFFstill" + mark.encode())
            folder.write("monuments/gate/epochs/2024/tiles/0.glb", TILE)
            folder.write(
                "monuments/gate/epochs/2024/tileset.json",
                json.dumps(_tileset(mark)).encode(),
            )
            folder.write(
                "monuments/gate/report.html", b"<!doctype html><title>Report</title>" + mark.encode()
            )
            folder.write("media/Ngọ Môn.mp3", b"ID3")
            folder.write("media/empty.bin", b"")
            for path, data in (extra or {}).items():
                folder.write(path, data)
        store.set_current(release_id)
    return store


def build_viewer(dist: Path) -> Path:
    """What a build of the viewer looks like, in ``dist``."""
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Heritage</title>'
        "<!--heritage:head--></head>\n<body><heritage-viewer></heritage-viewer><!--heritage:body--></body></html>",
        encoding="utf-8",
    )
    (dist / "assets" / "index-abc.js").write_text("export {};\n" * 500)
    (dist / "sw.js").write_text("self.addEventListener('fetch', () => {});\n")
    (dist / "assets" / "letters.woff2").write_bytes(b"wOF2" * 100)
    return dist


class _Client(FlaskClient):
    """Reads every response to its end, so that no file stays open."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        return super().open(*args, buffered=True, **kwargs)


def client_of(site: Path, trusted_hosts: list[str] | None = None) -> FlaskClient:
    """A client of a new application for ``site``."""
    app = create_app(site, trusted_hosts=trusted_hosts)
    app.test_client_class = _Client
    return app.test_client()
