"""A tour as a document of Smithsonian's Voyager (SVX, ``scene.svx.json``) with the articles beside it.

Follows Voyager's JSON schemas (source/client/schema/json) and, where they and the program differ, the program:
fields of view are written in degrees, units on the scene.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from heritage.formats.pose import y_up
from heritage.formats.svx_lost import SELECTABLE, lost_in_svx
from heritage.formats.svx_pose import orbit_of
from heritage.model.arrays import F64
from heritage.model.errors import Problem
from heritage.model.exchange import Condition, ExchangedStop, ExchangedTour, Mark, Words

CURVES = {"smooth": "EaseQuad", "linear": "Linear", "cut": "Linear"}
_SETUP = "scenes/0/setup"
_READER_RIGHT = 2
_DEFAULT_FOV_DEG = 50.0


@dataclass(frozen=True)
class Svx:
    """The document, the articles by path beside it, and what could not be carried."""

    document: bytes
    articles: Mapping[str, bytes]
    problems: tuple[Problem, ...]


def write_svx(tour: ExchangedTour, *, centre_m: F64, copyright_notice: str, generator: str) -> Svx:
    """The document for ``tour``, whose every stop has a pose. The scene's origin, which Voyager's camera turns
    about, is ``centre_m`` (3,) of the monument frame; its metres are true ones. Paths of models and recordings stay as they
    are."""
    articles = dict(_articles(tour))
    conditions = [one for one in tour.conditions if one.uri]
    fov = _common_fov(tour)
    nodes, lights = _lights()
    first_model = len(nodes) + 1
    nodes.insert(0, {"name": "Camera", "camera": 0})
    placed: dict[str, Any] = {"translation": [float(-tour.scale * v) for v in y_up(centre_m)]}
    if tour.scale != 1:
        placed["scale"] = [tour.scale] * 3
    nodes += [{"name": one.name, "model": k, **placed, "meta": k + 1} for k, one in enumerate(conditions)]
    document = {
        "asset": {
            "type": "application/si-dpo-3d.document+json",
            "version": "1.0",
            "copyright": copyright_notice,
            "generator": generator,
        },
        "scene": 0,
        "scenes": [
            {
                "units": "m",
                "nodes": [0, 1, *range(first_model, first_model + len(conditions))],
                "meta": 0,
                "setup": 0,
            }
        ],
        "nodes": nodes,
        "cameras": [{"type": "perspective", "perspective": {"yfov": fov, "znear": 0.05, "zfar": 5000.0}}],
        "lights": lights,
        "metas": [_meta(tour, articles), *({"collection": {"titles": _keyed(c.title)}} for c in conditions)],
        "setups": [_setup(tour, conditions, centre_m)],
    }
    if conditions:
        document["models"] = [_model(tour, one, conditions) for one in conditions]
    return Svx(
        json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False).encode(),
        articles,
        tuple(lost_in_svx(tour, fov, conditions)),
    )


def article(stop: ExchangedStop, language: str) -> str:
    """The path of a stop's words in a language."""
    return f"articles/{stop.id}-{language.upper()}.html"


def _keyed(words: Words) -> dict[str, str]:
    return {language.upper(): text for language, text in words.items()}


def _articles(tour: ExchangedTour) -> Iterator[tuple[str, bytes]]:
    for stop in tour.stops:
        for language, text in stop.html.items():
            yield article(stop, language), text.encode()


def _common_fov(tour: ExchangedTour) -> float:
    """The field of view of most stops: a document has one."""
    found = [s.pose.fov_deg for s in tour.stops if s.pose and s.pose.fov_deg is not None]
    return max(found, key=found.count) if found else _DEFAULT_FOV_DEG


def _lights() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Measured surfaces bring their light; interpreted ones need some."""
    nodes: list[dict[str, Any]] = [
        {"name": "Lights", "children": [2, 3]},
        {"name": "Sky", "light": 0},
        {"name": "Sun", "light": 1, "translation": [-20.0, 40.0, 30.0]},
    ]
    white = [1.0, 1.0, 1.0]
    return nodes, [
        {"type": "ambient", "color": white, "intensity": 0.8},
        {"type": "directional", "color": white, "intensity": 1.2},
    ]


def _meta(tour: ExchangedTour, articles: Mapping[str, bytes]) -> dict[str, Any]:
    meta: dict[str, Any] = {"collection": {"titles": _keyed(tour.title)}}
    told = [stop for stop in tour.stops if stop.html]
    if told:
        meta["articles"] = [
            {
                "id": stop.id,
                "titles": _keyed(stop.title),
                "uris": {language.upper(): article(stop, language) for language in stop.html},
                "mimeType": "text/html",
            }
            for stop in told
        ]
    spoken = [stop for stop in tour.stops if stop.narration]
    if spoken:
        meta["audio"] = [_audio(stop) for stop in spoken]
        meta["actions"] = [
            {
                "id": f"say-{stop.id}",
                "type": "PlayAudio",
                "trigger": "OnTourStep",
                "triggerDetail": stop.id,
                "audioId": stop.id,
            }
            for stop in spoken
        ]
    return meta


def _audio(stop: ExchangedStop) -> dict[str, Any]:
    captions = {one.upper(): said.captions for one, said in stop.narration.items() if said.captions}
    return {
        "id": stop.id,
        "name": next(iter(stop.title.values()), stop.id),
        "uris": {language.upper(): said.audio for language, said in stop.narration.items()},
    } | ({"captionUris": captions} if captions else {})


def _model(tour: ExchangedTour, condition: Condition, conditions: list[Condition]) -> dict[str, Any]:
    asset: dict[str, Any] = {"uri": condition.uri, "type": "Model", "mimeType": "model/gltf-binary"}
    if condition.size_bytes:
        asset["byteSize"] = condition.size_bytes
    model: dict[str, Any] = {
        "units": "m",
        "visible": condition is conditions[0],
        "derivatives": [{"usage": "Web3D", "quality": "High", "assets": [asset]}],
    }
    marks = [mark for mark in tour.marks if _bearer(tour, mark, conditions) is condition]
    if marks:
        model["annotations"] = [_annotation(mark) for mark in marks]
    return model


def _bearer(tour: ExchangedTour, mark: Mark, conditions: list[Condition]) -> Condition:
    """An annotation is seen with its model only: that of the first stop that shows it, else the first model."""
    shown = next((stop.shows for stop in tour.stops if mark.id in stop.annotations), None)
    return next((one for one in conditions if one.name == shown), conditions[0])


def _annotation(mark: Mark) -> dict[str, Any]:
    return {
        "id": mark.id,
        "titles": _keyed(mark.title),
        "leads": _keyed(mark.html),
        "style": "Extended",
        "position": [float(v) for v in y_up(mark.position_m)],
        "direction": [float(v) for v in y_up(mark.normal or (0.0, 0.0, 1.0))],
    }


def _setup(tour: ExchangedTour, conditions: list[Condition], centre_m: F64) -> dict[str, Any]:
    states = list(_states(tour, conditions, centre_m))
    targets = [
        f"{_SETUP}/reader/enabled",
        f"{_SETUP}/reader/position",
        f"{_SETUP}/reader/articleId",
        f"{_SETUP}/viewer/annotationsVisible",
        f"{_SETUP}/viewer/activeAnnotation",
        f"{_SETUP}/navigation/orbit",
        f"{_SETUP}/navigation/offset",
        *(f"model/{k}/visible" for k in range(len(conditions))),
    ]
    orbit, offset = states[0]["values"][5:7]
    behind = any(state["values"][6][2] < 0.1 for state in states)
    setup: dict[str, Any] = {
        "units": "m",
        "interface": {"visible": True, "logo": True, "menu": True, "tools": True},
        "viewer": {"shader": "Default", "exposure": 1.0, "gamma": 2.0, "annotationsVisible": False},
        "reader": {"enabled": False, "position": "Right"},
        "navigation": {
            "type": "Orbit",
            "enabled": True,
            "autoZoom": False,
            "autoRotation": False,
            "lightsFollowCamera": False,
            "orbit": {
                "orbit": orbit,
                "offset": offset,
                "minOrbit": [-90.0, None, None],
                "maxOrbit": [90.0, None, None],
                # A camera that looks away from the origin has it behind itself.
                "minOffset": [None, None, None if behind else 0.1],
                "maxOffset": [None, None, None],
            },
        },
        "tours": [
            {
                # Voyager shows these two as HTML, and a step's title as text (TourMenu.ts, TourNavigator.ts).
                "titles": {one: html.escape(text, quote=False) for one, text in _keyed(tour.title).items()},
                "leads": _keyed(tour.html),
                "steps": [{"id": stop.id, "titles": _keyed(stop.title)} for stop in tour.stops],
            }
        ],
        "snapshots": {
            "features": ["reader", "viewer", "navigation", "models"],
            "targets": targets,
            "states": states,
        },
    }
    # Voyager takes English where nothing is said, which the tour may not have.
    if offered := [one.upper() for one in tour.title if one.upper() in SELECTABLE]:
        setup["language"] = {"language": offered[0]}
    return setup


def _states(tour: ExchangedTour, conditions: list[Condition], centre_m: F64) -> Iterator[dict[str, Any]]:
    head = 0.0
    for stop in tour.stops:
        assert stop.pose is not None  # noqa: S101 - the promise of `write_svx`
        eye, target = (
            tour.scale * y_up(np.array(p) - centre_m) for p in (stop.pose.eye_m, stop.pose.target_m)
        )
        orbit, offset = orbit_of(eye, target, head)
        head = orbit[1]
        shown = [one.name == stop.shows for one in conditions]
        yield {
            "id": stop.id,
            "curve": CURVES[stop.easing or "smooth"],
            "duration": 0.0 if stop.easing == "cut" else stop.move_s if stop.move_s is not None else 2.0,
            "threshold": 0.0 if stop.easing == "cut" else 0.5,
            "values": [
                bool(stop.html),
                _READER_RIGHT,
                stop.id if stop.html else "",
                bool(stop.annotations),
                next(iter(stop.annotations), ""),
                list(orbit),
                list(offset),
                # Without a model of its own a stop goes on with the first: an empty scene tells nothing.
                *(shown if any(shown) else [k == 0 for k in range(len(conditions))]),
            ],
        }
