"""A small site with a release that has a tour: two surveys, a reconstruction, recordings, annotations."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from heritage.model.arrays import Similarity
from heritage.model.documents import Evidence, Rights, View
from heritage.model.frames import SiteFrame
from heritage.model.release import (
    AnnotationEntry,
    Box,
    ComparingEntry,
    EpochEntry,
    Frame,
    MonumentEntry,
    Narration,
    Placement,
    Release,
    ShownEntry,
    StateEntry,
    StatePartEntry,
    StatePlacementEntry,
    StopEntry,
    TourDocument,
    TourEntry,
)
from heritage.store import Store
from heritage.text.markdown import render

LON, LAT, HEIGHT = 107.578, 16.469, 5.0
MONUMENT = """\
title: {vi: Ngọ Môn, en: Meridian Gate, fr: Porte du Midi}
epochs:
  - {id: "2019", captured: 2019-03-14, source: scans/2019.laz}
  - {id: "2024", captured: 2024-05-02, source: scans/2024.laz}
states:
  - {id: "1885", source: models/1885.glb, frame: "2019", certainty: probable, evidence: [{label: x}]}
"""
ANNOTATIONS = """\
annotations:
  - {id: dragon, title: {vi: Rồng, en: Dragon, fr: Dragon}, position_m: [1, 2, 3], normal: [0, -1, 0]}
"""
SITE = """\
title: {vi: Hoàng thành, en: Citadel, fr: Citadelle}
languages: [vi, en, fr]
crs: EPSG:32648
heights: HEIGHTS
rights: {licence: CC-BY-4.0, holder: A & B, url: "https://creativecommons.org/licenses/by/4.0/"}
"""
WORDS = {
    "approach": {
        "vi": "Qua *cầu*.",
        "en": "Over the **bridge** & <on>.",
        "fr": "Par le pont.\n\n- un\n- deux",
    },
    "then-and-now": {"vi": "Xưa và nay.", "en": "Then and now.", "fr": "Hier et aujourd'hui."},
    "as-it-was": {"vi": "Năm 1885?", "en": "1885\\. Perhaps.", "fr": "Peut-être."},
}
TITLES = {
    "approach": {"vi": "Trên cầu", "en": "<b>Across</b> & over", "fr": "Sur le pont"},
    "then-and-now": {"vi": "Năm năm", "en": "Five years", "fr": "Cinq ans"},
    "as-it-was": {"vi": "Có lẽ", "en": "# Perhaps #", "fr": "Peut-être"},
}
VIEWS = {
    "approach": View(eye_m=(5.0, -26.0, 1.7), target_m=(0.0, 0.5, 4.6), fov_deg=45.0),
    "then-and-now": View(eye_m=(7.0, -21.5, 8.5), target_m=(0.8, -1.5, 5.0), fov_deg=45.0),
    "as-it-was": View(eye_m=(17.0, 17.5, 7.25), target_m=(1.0, 1.5, 4.2), fov_deg=60.0),
}


def columns(transform: Similarity) -> tuple[float, ...]:
    """16 numbers by columns, as a release has them."""
    return tuple(float(v) for v in transform.matrix.T.ravel())


def placement() -> Placement:
    """Turned by 153 degrees and shifted."""
    there = Similarity(Rotation.from_euler("z", -153, degrees=True).as_matrix(), np.array([12.0, -7.0, 0.5]))
    return Placement(
        method="gcp", settled=True, site_from_monument=columns(there), scale=1.0, heading_deg=153.0
    )


def tour_document() -> TourDocument:
    """Three stops: a survey with narration, a comparison, a reconstruction."""
    shown = {
        "approach": {"show": ShownEntry(epoch="2024")},
        "then-and-now": {
            "compare": ComparingEntry(
                left=ShownEntry(epoch="2019"), right=ShownEntry(epoch="2024"), mode="swipe", position=0.5
            )
        },
        "as-it-was": {"show": ShownEntry(state="1885")},
    }
    said = {
        language: Narration(audio=f"media/gate.{language}.mp3", captions=f"media/gate.{language}.vtt", seconds=9.0)
        for language in ("vi", "en")
    }  # fmt: skip
    stops = [
        StopEntry(
            id=one,
            title=TITLES[one],
            html={language: render(text) for language, text in WORDS[one].items()},
            text={},
            view=VIEWS[one],
            move_s=2.5 if k else 0.0,
            easing="linear" if k else "cut",
            dwell_s=dict.fromkeys(WORDS[one], 10.0 + k),
            narration=said if k == 0 else {},
            annotations=("dragon",) if k == 0 else (),
            **shown[one],
        )
        for k, one in enumerate(WORDS)
    ]
    title = {"vi": "Qua cửa", "en": "Through the gate & <back>", "fr": "Par la porte"}
    about = {"vi": "", "en": "<p>About it.</p>\n", "fr": ""}
    return TourDocument(id="gate-walk", monument="gate", title=title, html=about, stops=tuple(stops))


def write_site(folder: Path, *, heights: str = "orthometric") -> Path:
    """The site's own files and its release 0001-a in ``folder``."""
    (folder / "monuments/gate/scans").mkdir(parents=True)
    (folder / "monuments/gate/models").mkdir()
    (folder / "tours").mkdir()
    for name in ("scans/2019.laz", "scans/2024.laz", "models/1885.glb"):
        (folder / "monuments/gate" / name).write_bytes(b"x")
    (folder / "site.yaml").write_text(SITE.replace("HEIGHTS", heights), encoding="utf-8")
    (folder / "monuments/gate/monument.yaml").write_text(MONUMENT, encoding="utf-8")
    (folder / "monuments/gate/annotations.yaml").write_text(ANNOTATIONS, encoding="utf-8")
    store = Store(folder)
    with store.writer("test"):
        with store.release("0001-a") as into:
            for name, content in _files(heights).items():
                into.write(name, content)
        store.set_current("0001-a")
    return folder


def _files(heights: str) -> dict[str, bytes]:
    base = "monuments/gate"
    files = {
        "release.json": release(heights).model_dump_json().encode(),
        "tours/gate-walk/tour.json": tour_document().model_dump_json().encode(),
        f"{base}/states/1885/tileset.json": json.dumps({"root": {"content": {"uri": "tiles/0.glb"}}}).encode(),
        f"{base}/states/1885/tiles/0.glb": b"glTF state",
    }  # fmt: skip
    for epoch in ("2019", "2024"):
        files[f"{base}/epochs/{epoch}/model.glb"] = f"glTF {epoch}".encode()
    for language in ("vi", "en"):
        files[f"media/gate.{language}.mp3"] = f"ID3 {language}".encode()
        files[f"media/gate.{language}.vtt"] = b"WEBVTT\n\n00:00.000 --> 00:01.000\nx\n"
    return files


def release(heights: str) -> Release:
    """The release's first document."""
    box = Box(min=(-20.0, -15.0, 0.0), max=(20.0, 15.0, 12.0))
    epochs = tuple(
        EpochEntry(
            id=one, title={}, captured=None, method="laser", bounds=box, points=1, triangles=1,
            tileset=f"monuments/gate/epochs/{one}/tileset.json", download=f"monuments/gate/epochs/{one}/model.glb",
        )
        for one in ("2019", "2024")
    )  # fmt: skip
    state = StateEntry(
        id="1885", title={"en": "As in 1885"}, period="1885~", certainty="probable", bounds=box,
        parts=(StatePartEntry(id="whole", title={}, certainty="probable", evidence=(Evidence(label="x"),)),),
        placement=StatePlacementEntry(method="frame", settled=True, reason="", scale=1.0,
                                      monument_from_state=tuple(np.eye(4).ravel().tolist())),
        tileset="monuments/gate/states/1885/tileset.json",
    )  # fmt: skip
    gate = MonumentEntry(
        id="gate", title={"vi": "Ngọ Môn", "en": "Meridian Gate"}, html={}, bounds=box, view=VIEWS["approach"],
        reference_epoch="2019", epochs=epochs, states=(state,), placement=placement(),
        annotations=(
            AnnotationEntry(id="dragon", title={"vi": "Rồng", "en": "Dragon"}, html={"en": "<p>It.</p>\n"},
                            position_m=(1.0, 2.0, 3.0), normal=(0.0, -1.0, 0.0)),
        ),
    )  # fmt: skip
    document = tour_document()
    return Release(
        id="0001-a", sequence=1, generator="Heritage test", title={"vi": "Hoàng thành"}, html={},
        languages=("vi", "en", "fr"), credits=(), opening=VIEWS["approach"],
        rights=Rights(licence="CC-BY-4.0", holder="A & B", url="https://creativecommons.org/licenses/by/4.0/"),
        frame=Frame(lon_deg=LON, lat_deg=LAT, height_m=HEIGHT, crs="EPSG:32648", heights=heights,
                    ecef_from_site=columns(SiteFrame(LON, LAT, HEIGHT).ecef_from_site)),
        monuments=(gate,),
        tours=(TourEntry(id="gate-walk", monument="gate", title=document.title, url="tours/gate-walk/tour.json",
                         stops=3, seconds={}),),
    )  # fmt: skip
