"""Forms that other programs write and ours do not."""

from __future__ import annotations

import json

import numpy as np
import pytest

from heritage.formats.iiif_read import read_iiif
from heritage.formats.kml_read import read_kml
from heritage.formats.svx_read import read_svx

LOOK = "<LookAt><longitude>{}</longitude><latitude>2</latitude><range>9</range></LookAt>"


def test_kml_2_3_without_gx_and_with_places() -> None:
    """A recording before the flight, a balloon that opens, a pause; a spline's points are no stops."""
    steps = (
        "<SoundCue><href>a.mp3</href></SoundCue>"
        f"<FlyTo><duration>3</duration>{LOOK.format(1)}</FlyTo>"
        "<AnimatedUpdate><Update><targetHref/><Change><Placemark targetId='p'><balloonVisibility>1</balloonVisibility>"
        "</Placemark></Change></Update></AnimatedUpdate><Wait><duration>2</duration></Wait><Wait><duration>1.5</duration></Wait>"
        f"<FlyTo><duration>1</duration><flyToMode>smooth</flyToMode>{LOOK.format(2)}</FlyTo>"
        f"<FlyTo><duration>2</duration><flyToMode>smooth</flyToMode>{LOOK.format(3)}</FlyTo>"
        "<TourControl><playMode>pause</playMode></TourControl>"
        f"<FlyTo>{LOOK.format(4)}</FlyTo>"
    )
    text = (
        '<kml xmlns="http://www.opengis.net/kml/2.3"><Document><Placemark id="p"><name>Gate</name><description>Old &amp; '
        f"new</description></Placemark><Tour id='tour.x'><name>Walk</name><Playlist>{steps}</Playlist></Tour></Document></kml>"
    )
    (tour,), problems = read_kml(text.encode(), "t.kml")
    assert [stop.globe.lon_deg for stop in tour.stops if stop.globe] == [1, 3, 4]
    assert [(s.move_s, s.easing, dict(s.dwell_s)) for s in tour.stops] == [
        (3, "smooth", {"und": 3.5}), (3, "linear", {}), (0, "cut", {}),
    ]  # fmt: skip
    assert (tour.stops[0].title, tour.stops[0].html) == ({"und": "Gate"}, {"und": "Old &amp; new"})
    assert tour.stops[0].narration["und"].audio == "a.mp3"
    assert {one.code for one in problems} == {"lost-waypoint", "lost-pause"}


@pytest.mark.parametrize(
    ("node", "model", "eye"),
    [
        ({}, {"units": "m"}, (0, -5, 0)),
        ({}, {"units": "cm"}, (0, -5, 0)),
        ({"translation": [1, 2, 3]}, {"units": "m"}, (-1, -2, -2)),
        ({"matrix": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 1, 2, 3, 1]}, {"units": "m"}, (-1, -2, -2)),
        ({"rotation": [0, 1, 0, 0]}, {"units": "m"}, (0, 5, 0)),
        ({"scale": [2, 2, 2]}, {"units": "m"}, (0, -2.5, 0)),
        ({}, {"units": "m", "translation": [0, 1, 0]}, (0, -5, -1)),
        ({}, {"units": "m", "rotation": [0.5**0.5, 0, 0, 0.5**0.5]}, (0, 0, 5)),
    ],
)
def test_views_are_in_the_axes_of_the_model(
    node: dict[str, object], model: dict[str, object], eye: tuple[float, ...]
) -> None:
    """A camera 5 m in front of the origin, of a scene in which the model is moved, turned and scaled."""
    document = {
        "asset": {"type": "application/si-dpo-3d.document+json", "version": "2.0"},
        "scene": 0,
        "scenes": [{"units": "m", "nodes": [0], "setup": 0}],
        "nodes": [{"children": [1]}, {"model": 0, **node}],
        "models": [{"derivatives": [], **model}],
        "cameras": [{"type": "perspective", "perspective": {"yfov": 0.9, "znear": 1}}],
        "setups": [{"navigation": {"orbit": {"orbit": [0, 0, 0], "offset": [0, 0, 5]}}}],
    }
    (tour,), _ = read_svx(json.dumps(document).encode(), "s", lambda _: None)
    pose = tour.stops[0].pose
    assert pose is not None
    assert pose.eye_m == pytest.approx(eye, abs=1e-9)
    assert pose.fov_deg == pytest.approx(np.degrees(0.9))  # radians, as the schema says


def test_svx_of_the_time_before_languages() -> None:
    document = {
        "asset": {"type": "application/si-dpo-3d.document+json", "version": "1.0"},
        "scene": 0,
        "scenes": [{"nodes": [], "setup": 0}],
        "metas": [
            {
                "audio": [{"id": "s", "uris": {"EN": "a.mp3"}}],
                "actions": [
                    {
                        "id": "x",
                        "type": "PlayAudio",
                        "trigger": "OnTourStep",
                        "triggerDetail": "Old\x1f1",
                        "audioId": "s",
                    }
                ],
            }
        ],
        "setups": [
            {
                "tours": [
                    {"title": "Old", "lead": "a < b", "steps": [{"title": "One", "id": "a"}, {"id": "gone"}]}
                ],
                "snapshots": {
                    "targets": [
                        "scenes/0/setup/navigation/orbit",
                        "info/0/x",
                        "scenes/0/setup/navigation/offset",
                    ],
                    "states": [{"id": "a", "values": [[0, 90, 0], 7, [0, 0, 2000]]}],
                },
            }
        ],
    }
    (tour,), problems = read_svx(json.dumps(document).encode(), "s", lambda _: None)
    assert (tour.title, tour.html) == ({"en": "Old"}, {"en": "a &lt; b"})
    first, second = tour.stops
    assert first.title == {"en": "One"}
    assert first.narration["en"].audio == "a.mp3"
    assert first.pose is not None
    # Without units a scene is in millimetres.
    assert first.pose.eye_m == pytest.approx((2, 0, 0))
    assert (first.move_s, first.easing) == (2.0, "smooth")
    assert second.pose is None
    assert [one.code for one in problems] == ["lost-view"]


def test_iiif_of_the_time_before_the_draft() -> None:
    """Lists for single things, strings for targets, plain bodies, a PhysicalObject, transforms before the place."""
    camera = {
        "id": "https://e.org/c", "type": "Annotation", "motivation": "painting",
        "body": [{"type": "SpecificResource", "source": [{"type": "PerspectiveCamera", "fieldOfView": 30}],
                  "transform": [{"type": "TranslateTransform", "z": 1}, {"type": "RotateTransform", "y": 90}]}],
        "target": [{"source": ["https://e.org/s"], "selector": [{"type": "PointSelector", "x": 2, "y": 3}]}],
    }  # fmt: skip
    model = {
        "type": "Annotation", "motivation": ["painting"], "target": "https://e.org/s#xyz",
        "body": {"id": "https://e.org/gate.gltf", "type": "PhysicalObject"},
    }  # fmt: skip
    said = {
        "type": "Annotation",
        "motivation": ["commenting"],
        "bodyValue": "a < b",
        "target": "https://e.org/s",
    }
    scene = {
        "id": "https://e.org/s", "type": "Scene", "items": [{"type": "AnnotationPage", "items": [model, camera]}],
    }  # fmt: skip
    manifest = {
        "type": "Manifest",
        "label": "Gate",
        "items": [scene],
        "annotations": [{"type": "AnnotationPage", "items": [said]}],
    }
    (tour,), problems = read_iiif(json.dumps(manifest).encode(), "m.json")
    (stop,) = tour.stops
    assert (tour.title, stop.title, stop.html) == ({"und": "Gate"}, {"und": "a < b"}, {})
    assert stop.pose is not None
    # One back along z, turned by 90 degrees about y to one along x, then carried to (2, 3, 0); it looks along -x.
    assert stop.pose.eye_m == pytest.approx((3, 0, 3))
    along = np.subtract(stop.pose.target_m, stop.pose.eye_m)
    assert along / np.linalg.norm(along) == pytest.approx((-1, 0, 0))
    assert stop.pose.fov_deg == 30
    assert [one.name for one in tour.conditions] == ["gate"]
    assert problems == ()
