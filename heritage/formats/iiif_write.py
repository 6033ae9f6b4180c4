"""A tour as a manifest of the IIIF Presentation API 4.0 (draft of May 2026): one Scene, y up, in metres.

Models and cameras are painted, each camera hidden. A stop is a commenting annotation whose ``scope`` is its
camera, in a page that is a ``sequence``; where it shows another model than the one before, an activating
annotation swaps them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from heritage.formats.pose import y_up
from heritage.model.errors import Problem
from heritage.model.exchange import WARNING, ExchangedStop, ExchangedTour, Mark, Words

CONTEXT: Final = "http://iiif.io/api/presentation/4/context.json"
_NEAR_M, _FAR_M = 0.05, 5000.0
_AUDIO: Final = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
}
Json = dict[str, Any]


def write_iiif(
    tour: ExchangedTour, *, base: str, rights: str | None, statement: Words, nav: tuple[float, float] | None
) -> tuple[bytes, tuple[Problem, ...]]:
    """The manifest for ``tour``, whose every stop has a pose, and what could not be carried.

    ``base`` is the http(s) address of the folder that manifest, models and recordings will be in, with a
    slash at its end: ids must be web addresses. ``rights`` is a licence's address, ``statement`` what must be
    said with it, ``nav`` longitude and latitude in degrees.
    """
    manifest = _Manifest(tour, base).document()
    if rights:
        manifest["rights"] = rights
    if statement:
        manifest["requiredStatement"] = {
            "label": {"en": ["Attribution"]},
            "value": {one: [text] for one, text in statement.items()},
        }
    if nav:
        point = {"type": "Point", "coordinates": list(nav)}
        place = {
            "id": f"{base}place/1",
            "type": "Feature",
            "properties": {"label": _map(tour.title)},
            "geometry": point,
        }
        manifest["navPlace"] = {"id": f"{base}place", "type": "FeatureCollection", "features": [place]}
    text = json.dumps(manifest, ensure_ascii=False, indent=1, allow_nan=False)
    return text.encode(), tuple(_lost(tour))


class _Manifest:
    def __init__(self, tour: ExchangedTour, base: str) -> None:
        self.tour, self.base = tour, base
        self.scene = f"{base}scene"
        self.conditions = [one for one in tour.conditions if one.uri]

    def document(self) -> Json:
        scene: Json = {
            "id": self.scene,
            "type": "Scene",
            "label": _map(self.tour.title),
            "spatialScale": {"type": "Quantity", "quantityValue": self.tour.scale, "unit": "m"},
            "items": [self._page("paintings", [*self._models(), *self._cameras()])],
            "annotations": [
                self._page("stops", [*map(self._stop, self.tour.stops)]) | {"behavior": ["sequence"]},
            ],
        }
        for name, items in (("swaps", list(self._swaps())), ("marks", [*map(self._mark, self.tour.marks)])):
            if items:
                scene["annotations"].append(self._page(name, items))
        manifest: Json = {
            "@context": CONTEXT,
            "id": f"{self.base}manifest.json",
            "type": "Manifest",
            "label": _map(self.tour.title),
            "items": [scene],
        }
        if self.tour.html:
            manifest["summary"] = _map(self.tour.html)
        return manifest

    def _page(self, name: str, items: list[Json]) -> Json:
        return {"id": f"{self.base}page/{name}", "type": "AnnotationPage", "items": items}

    def _models(self) -> Iterator[Json]:
        for k, one in enumerate(self.conditions):
            body: Json = {"id": self.base + one.uri, "type": "Model", "format": "model/gltf-binary"}
            body["label"] = _map(one.title or {"none": one.name})
            yield self._painting(self._model_id(one.name), body, self._scene_itself(), is_hidden=k > 0)

    def _cameras(self) -> Iterator[Json]:
        for stop in self.tour.stops:
            assert stop.pose is not None  # noqa: S101 - the promise of `write_iiif`
            body: Json = {
                "id": f"{self.base}camera/{stop.id}",
                "type": "PerspectiveCamera",
                "label": _map(stop.title),
                "near": _NEAR_M,
                "far": _FAR_M,
                "lookAt": _point(stop.pose.target_m),
            }
            if stop.pose.fov_deg is not None:
                body["fieldOfView"] = stop.pose.fov_deg
            place = self._at(f"camera/{stop.id}/place", _point(stop.pose.eye_m))
            yield self._painting(self._camera_id(stop), body, place, is_hidden=True)

    def _painting(self, one: str, body: Json, target: Json, *, is_hidden: bool) -> Json:
        hidden = {"behavior": ["hidden"]} if is_hidden else {}
        return {
            "id": one,
            "type": "Annotation",
            "motivation": ["painting"],
            "body": body,
            "target": target,
        } | hidden

    def _scene_itself(self) -> Json:
        return {"id": self.scene, "type": "Scene"}

    def _at(self, name: str, selector: Json) -> Json:
        return {
            "id": f"{self.base}{name}",
            "type": "SpecificResource",
            "source": self._scene_itself(),
            "selector": [selector],
        }

    def _model_id(self, name: str) -> str:
        return f"{self.base}painting/model/{name}"

    def _camera_id(self, stop: ExchangedStop) -> str:
        return f"{self.base}painting/camera/{stop.id}"

    def _stop(self, stop: ExchangedStop) -> Json:
        assert stop.pose is not None  # noqa: S101 - the promise of `write_iiif`
        comment: Json = {
            "id": self._comment_id(stop),
            "type": "Annotation",
            "motivation": ["commenting"],
            "label": _map(stop.title),
            "target": self._at(f"stop/{stop.id}/place", _point(stop.pose.target_m)),
            "scope": [{"id": self._camera_id(stop), "type": "Annotation"}],
        }
        bodies = [_choice(_texts(stop.html)), _choice(self._sounds(stop))]
        held = [body for body in bodies if body]
        if held:
            comment["body"] = held[0] if len(held) == 1 else {"type": "List", "items": held}
        return comment

    def _comment_id(self, stop: ExchangedStop) -> str:
        return f"{self.base}stop/{stop.id}"

    def _sounds(self, stop: ExchangedStop) -> list[Json]:
        return [
            {
                "id": self.base + said.audio,
                "type": "Audio",
                "format": _AUDIO.get("." + said.audio.rpartition(".")[2].lower(), "audio/mpeg"),
                "language": [language],
            }
            for language, said in stop.narration.items()
        ]

    def _swaps(self) -> Iterator[Json]:
        """What is seen at a stop: the models are named with what is to be done with each."""
        if len(self.conditions) < 2:
            return
        for stop in self.tour.stops:
            named = any(one.name == stop.shows for one in self.conditions)
            bodies = [
                {
                    "id": f"{self.base}swap/{stop.id}/{one.name}",
                    "type": "SpecificResource",
                    "source": {"id": self._model_id(one.name), "type": "Annotation"},
                    "action": ["show" if (one.name == stop.shows if named else k == 0) else "hide"],
                }
                for k, one in enumerate(self.conditions)
            ]
            yield {
                "id": f"{self.base}swap/{stop.id}",
                "type": "Annotation",
                "motivation": ["activating"],
                "target": {"id": self._comment_id(stop), "type": "Annotation"},
                "body": {"type": "List", "items": bodies},
            }

    def _mark(self, mark: Mark) -> Json:
        note: Json = {
            "id": f"{self.base}mark/{mark.id}",
            "type": "Annotation",
            "motivation": ["describing"],
            "label": _map(mark.title),
            "target": self._at(f"mark/{mark.id}/place", _point(mark.position_m)),
        }
        body = _choice(_texts(mark.html))
        return note | ({"body": body} if body else {})


def _map(words: Words) -> dict[str, list[str]]:
    return {language: [text] for language, text in words.items()}


def _point(at: tuple[float, float, float]) -> Json:
    x, y, z = (float(v) for v in y_up(at))
    return {"type": "PointSelector", "x": x, "y": y, "z": z}


def _texts(html: Words) -> list[Json]:
    return [
        {"type": "TextualBody", "value": text, "format": "text/html", "language": [one]}
        for one, text in html.items()
    ]


def _choice(items: list[Json]) -> Json | None:
    """One of several languages."""
    return {"type": "Choice", "items": items} if len(items) > 1 else items[0] if items else None


def _lost(tour: ExchangedTour) -> Iterator[Problem]:
    where = "IIIF"
    if any(stop.move_s is not None or stop.dwell_s for stop in tour.stops):
        found = "how long flights and stops last, and how the camera eases"
        yield Problem("lost-timing", where, found, "a viewer of IIIF decides that", "", WARNING)
    if compared := ", ".join(stop.id for stop in tour.stops if stop.beside is not None):
        found = f"the comparison of two conditions: {compared}"
        yield Problem("lost-comparison", where, found, "one of the two is shown", "", WARNING)
    if any(said.captions for stop in tour.stops for said in stop.narration.values()):
        yield Problem(
            "lost-captions", where, "the captions of narrations", "the text has the words", "", WARNING
        )
    if noted := ", ".join(stop.id for stop in tour.stops if stop.annotations):
        found = f"which annotations belong to a stop: {noted}"
        yield Problem("lost-annotations", where, found, "all are in the scene", "", WARNING)
    if any(mark.normal for mark in tour.marks):
        yield Problem(
            "lost-normal", where, "which way annotations face", "a place has no direction", "", WARNING
        )
    known = {one.name for one in tour.conditions if one.uri}
    if unseen := sorted({stop.shows for stop in tour.stops if stop.shows} - known):
        found = f"conditions without a model of their own: {', '.join(unseen)}"
        yield Problem("lost-model", where, found, "stops that show them show the first model", "", WARNING)
