"""A manifest with a 3D Scene (IIIF Presentation API 4.0, draft) as a tour.

Reads the draft's own form and what was written before it: ``source`` as a list, ``target`` as a string,
``bodyValue``, lists of bodies, content states in ``scope`` (IIIF/3d, manifests).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

import numpy as np

from heritage.formats.html_text import html_of, plain_of
from heritage.formats.iiif_body import body_of, words_of
from heritage.formats.iiif_scene import Camera, Painted, items_of, kind, place_of, resource_of
from heritage.formats.json_document import Object, Reading
from heritage.formats.pose import lean_of, z_up
from heritage.formats.printable import printable
from heritage.model.arrays import Similarity, triple
from heritage.model.errors import Problem
from heritage.model.exchange import (
    Condition,
    ExchangedStop,
    ExchangedTour,
    Mark,
    Pose,
    Recording,
)

_TITLE_LENGTH = 80
_COMMENTING = {"commenting", "describing", "highlighting", "assessing", "tagging"}


def read_iiif(data: bytes, name: str) -> tuple[tuple[ExchangedTour, ...], tuple[Problem, ...]]:
    """The tour through the first Scene of a manifest, and what of the manifest it does not hold.

    Comments are the stops, in their order; without comments the cameras are; without cameras there is one
    stop without a view. Raises InputError where there is no Scene with anything in it.
    """
    reader = _Reader(Reading(name), data)
    return (reader.tour(),), tuple(reader.problems)


class _Reader:
    def __init__(self, read: Reading, data: bytes) -> None:
        self.read = read
        self.problems: list[Problem] = []
        self.manifest = read.document(data)
        if kind(self.manifest) not in {"Manifest", "Scene"}:
            found = f"it is no IIIF manifest, but {kind(self.manifest)[:40] or 'JSON without a type'}"
            read.refuse("type", found, "a Manifest with a Scene is allowed")
        whole = [self.manifest] if kind(self.manifest) == "Scene" else items_of(read, self.manifest, "items")
        scenes = [one for one in whole if kind(one) == "Scene"]
        if not scenes:
            read.refuse("items", "there is no Scene", "a Manifest with a 3D Scene is allowed")
        if len(scenes) > 1:
            self._note("lost-scene", read.name, f"{len(scenes) - 1} more scenes", "the first is read")
        self.scene = scenes[0]
        self.painted = Painted(read, self.scene)
        if not self.painted.models and not self.painted.cameras:
            read.refuse("items[0].items", "the Scene is empty", "a Scene with a model is allowed")
        self.to_monument = self._placement()

    def _note(self, code: str, where: str, found: str, allowed: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(code, where, printable(found), allowed, remedy, "warning"))

    def _placement(self) -> Similarity:
        """Scene to the model's own axes where all models stand alike, else the scene's own."""
        models = [one.placed for one in self.painted.models]
        matrices = [one.similarity() for one in models]
        first = matrices[0] if matrices else None
        if first is not None and all(
            other is not None and np.allclose(other.matrix, first.matrix) for other in matrices
        ):
            return first.inverse()
        if models:
            found = "where its models stand: they are placed differently, or stretched"
            self._note(
                "lost-placement",
                self.read.name,
                found,
                "the scene's own axes were taken",
                "look at the views",
            )
        return Similarity.identity()

    def tour(self) -> ExchangedTour:
        comments = list(self._comments())
        stops = self._made_of(comments)
        title = words_of(self.read, self.manifest.get("label"), "label") or words_of(
            self.read, self.scene.get("label"), "label"
        )
        summary = words_of(self.read, self.manifest.get("summary"), "summary")
        if self.painted.lights:
            found = f"{self.painted.lights} lights of the scene"
            self._note("lost-lights", self.read.name, found, "surfaces bring their own light")
        if self.painted.sounds:
            found = f"{self.painted.sounds} sounds of the scene"
            self._note("lost-narration", self.read.name, found, "recordings belong to a stop")
        if turned := self.painted.turned:
            found = f"cameras turned about more than one axis: {', '.join(turned[:10])}"
            allowed = "they were turned about x, the turned y, the turned z, which the draft leaves open"
            self._note("exchange-rotation", self.read.name, found, allowed, "look at the views")
        return ExchangedTour(
            title=title or {"en": self.read.name.split(".")[0]},
            stops=tuple(stops),
            html={one: html_of(text) for one, text in summary.items()},
            monument=next((PurePosixPath(_path(one.uri)).parent.name for one in self.painted.models), ""),
            conditions=tuple(
                Condition(PurePosixPath(_path(one.uri)).stem or "model", one.uri, one.label)
                for one in self.painted.models
            ),
            marks=tuple(self._mark(one) for one in self._annotations() if "describing" in self._motives(one)),
        )

    def _made_of(self, comments: list[Object]) -> list[ExchangedStop]:
        if comments:
            return [self._stop(comment, k) for k, comment in enumerate(comments)]
        found = "it has no comments; "
        if self.painted.cameras:
            self._note("exchange-no-tour", self.read.name, found + "its cameras became the stops")
            return [
                ExchangedStop(_last(one.id) or f"camera-{k + 1}", title=one.label, pose=self._pose(one))
                for k, one in enumerate(self.painted.cameras)
            ]
        self._note("exchange-no-tour", self.read.name, found + "the model became the one stop")
        return [ExchangedStop("view", title=dict(self.painted.models[0].label))]

    def _annotations(self) -> Iterator[Object]:
        holders = [self.scene] if self.scene is self.manifest else [self.scene, self.manifest]
        for holder in holders:
            for page in items_of(self.read, holder, "annotations"):
                yield from items_of(self.read, page, "items")
        # Some write comments among the paintings.
        for page in items_of(self.read, self.scene, "items"):
            yield from (
                one for one in items_of(self.read, page, "items") if "painting" not in self._motives(one)
            )

    def _motives(self, annotation: Object) -> set[str]:
        held = annotation.get("motivation")
        return {one for one in (held if isinstance(held, list) else [held]) if isinstance(one, str)}

    def _comments(self) -> Iterator[Object]:
        """Comments; where there are none, what is said in other ways."""
        said = [one for one in self._annotations() if self._motives(one) & _COMMENTING]
        comments = [one for one in said if "commenting" in self._motives(one)]
        yield from comments or said

    def _stop(self, comment: Object, number: int) -> ExchangedStop:
        at = f"comment {number + 1}"
        body = body_of(self.read, comment, at)
        title = words_of(self.read, comment.get("label"), f"{at}.label")
        if not title:
            title = {one: plain_of(text) for one, text in body.html.items()}
            if all(len(text) <= _TITLE_LENGTH for text in title.values()):
                body.html = {}
            title = {one: _short(text) for one, text in title.items() if text}
        camera = self._camera(comment)
        return ExchangedStop(
            id=_last(comment.get("id")) or f"stop-{number + 1}",
            title=title,
            html=body.html,
            pose=self._pose(camera) if camera else None,
            shows=self._shown(comment),
            narration={one: Recording(self._beside(uri)) for one, uri in body.sounds.items()},
        )

    def _beside(self, uri: str) -> str:
        """The path beside the manifest of what lies below its address; the address of anything else."""
        own = self.manifest.get("id")
        folder = own.rpartition("/")[0] + "/" if isinstance(own, str) and "/" in own else ""
        return uri.removeprefix(folder) if folder else uri

    def _camera(self, comment: Object) -> Camera | None:
        """The camera of a comment: in its own or its target's scope, or activated by it; else the scene's first."""
        target = comment.get("target")
        scopes = [comment.get("scope"), target.get("scope") if isinstance(target, dict) else None]
        for scope in scopes:
            for one in scope if isinstance(scope, list) else [scope]:
                if found := self.painted.camera_in(one):
                    return found
        for source, actions in self._activated(comment):
            if (found := self.painted.camera_in(source)) and actions & {"show", "enable", "select"}:
                return found
        return next((one for one in self.painted.cameras if not one.is_hidden), None)

    def _activated(self, comment: Object) -> Iterator[tuple[Object, set[str]]]:
        for one in self._annotations():
            target = one.get("target")
            named = target.get("id", "") if isinstance(target, dict) else target
            if "activating" not in self._motives(one) or not named or named != comment.get("id"):
                continue
            body = one.get("body")
            parts = body.get("items", [body]) if isinstance(body, dict) else body
            for part in parts if isinstance(parts, list) else []:
                if isinstance(part, dict):
                    held = part.get("action")
                    actions = {a for a in (held if isinstance(held, list) else [held]) if isinstance(a, str)}
                    yield resource_of(part), actions

    def _shown(self, comment: Object) -> str | None:
        """The one model that a comment shows, where it says so."""
        by_id = {one.id: PurePosixPath(_path(one.uri)).stem for one in self.painted.models}
        shown = [
            by_id[source["id"]]
            for source, actions in self._activated(comment)
            if source.get("id") in by_id and "show" in actions
        ]
        if len(shown) == 1:
            return shown[0]
        visible = [PurePosixPath(_path(one.uri)).stem for one in self.painted.models if not one.is_hidden]
        return visible[0] if len(visible) == 1 and not shown else None

    def _pose(self, camera: Camera) -> Pose:
        if camera.is_orthographic:
            self._note(
                "lost-projection",
                self.read.name,
                f"that {camera.shown} is orthographic",
                "views are in perspective",
            )
        eye, target, up, is_known = camera.eye, camera.target, camera.up, camera.target is not None
        if target is None:
            away = max(float(camera.along @ (self.painted.middle() - eye)), 1.0)
            target = eye + away * camera.along
        eye_m, target_m = (z_up(p) for p in self.to_monument.apply(np.stack([eye, target])))
        along = (target_m - eye_m) / np.linalg.norm(target_m - eye_m)
        return Pose(
            eye_m=triple(eye_m),
            target_m=triple(target_m),
            fov_deg=camera.fov_deg,
            roll_deg=0.0
            if is_known
            else lean_of(along, z_up(self.to_monument.rotation @ up), np.array([0.0, 0.0, 1.0])),
            is_distance_known=is_known,
        )

    def _mark(self, one: Object) -> Mark:
        body = body_of(self.read, one, "an annotation")
        place = place_of(self.read, one.get("target"))
        position = z_up(self.to_monument.apply(place[None])[0])
        return Mark(
            id=_last(one.get("id")),
            position_m=triple(position),
            title=words_of(self.read, one.get("label"), "label"),
            html=body.html,
        )


def _short(text: str) -> str:
    """The beginning of a text, up to the end of a word."""
    return text if len(text) <= _TITLE_LENGTH else text[:_TITLE_LENGTH].rpartition(" ")[0] + " …"


def _path(uri: str) -> str:
    try:
        return unquote(urlsplit(uri).path)
    except ValueError:
        return ""


def _last(uri: Any) -> str:
    return _path(uri).rstrip("/").rpartition("/")[2] if isinstance(uri, str) else ""
