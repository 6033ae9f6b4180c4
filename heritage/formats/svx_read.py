"""A document of Smithsonian's Voyager (SVX) as tours. Reads what Voyager itself reads, its old spellings included."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from heritage.formats.html_text import html_of, plain_of
from heritage.formats.json_document import Object, Reading
from heritage.formats.pose import Triple, lean_of
from heritage.formats.printable import printable
from heritage.formats.svx_pose import camera_of
from heritage.formats.svx_scene import Scene, read_scene
from heritage.model.arrays import triple
from heritage.model.errors import Problem
from heritage.model.exchange import (
    Easing,
    ExchangedStop,
    ExchangedTour,
    Mark,
    Pose,
    Recording,
    Words,
    canonical,
)

TYPE = "application/si-dpo-3d.document+json"
Article = Callable[[str], str | None]
"""The text of a file beside the document, None where there is none that may be read."""


def read_svx(
    data: bytes, name: str, article: Article
) -> tuple[tuple[ExchangedTour, ...], tuple[Problem, ...]]:
    """The tours of a document, and what of it they do not hold. Poses are in the frame of its model.

    A document without tours is one tour through its snapshots, or one stop with its first view. Raises
    InputError for what is no SVX document, and for a value of the wrong type, naming its path.
    """
    reader = _Reader(Reading(name), data, article)
    return tuple(reader.tours()), tuple(reader.problems)


class _Reader:
    def __init__(self, read: Reading, data: bytes, article: Article) -> None:
        self.read, self.article = read, article
        self.problems: list[Problem] = []
        document = read.document(data)
        asset = read.object(document.get("asset"), "asset")
        if asset.get("type") != TYPE:
            read.refuse("asset.type", "it is no SVX document", f"{TYPE} is allowed")
        self.document = document
        self.scene: Scene = read_scene(read, document, self.problems)
        self.metas = read.objects(document.get("metas"), "metas")
        self.setup = self.scene.setup
        self.fov = self._fov()
        snapshots = read.object(self.setup.get("snapshots"), "snapshots")
        self.targets = [
            read.text(one, "snapshots.targets")
            for one in read.items(snapshots.get("targets"), "snapshots.targets")
        ]
        states = read.objects(snapshots.get("states"), "snapshots.states")
        self.states = {
            read.text(state.get("id"), "snapshots.states.id"): state
            for state in states
            if state.get("id") != "scene-default"  # the viewer's own memory of where it was
        }

    def _note(self, code: str, where: str, found: str, allowed: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(code, where, printable(found), allowed, remedy, "warning"))

    def tours(self) -> Iterator[ExchangedTour]:
        written = self.read.objects(self.setup.get("tours"), "tours")
        marks = tuple(self.scene.marks)
        for k, tour in enumerate(written):
            # Voyager shows a tour's title and lead as HTML, a step's title as text (TourMenu.ts, TourNavigator.ts).
            written_title = self._words(tour, "title", f"tours[{k}]")
            title = {one: plain_of(text) for one, text in written_title.items()} or self._document_title()
            steps = self.read.objects(tour.get("steps"), f"tours[{k}].steps")
            stops = [self._stop(step, title, j, f"tours[{k}].steps[{j}]") for j, step in enumerate(steps)]
            if stops:
                html = self._words(tour, "lead", f"tours[{k}]")
                yield self._tour(title, html, stops, marks)
        if written:
            return
        title = self._document_title()
        if self.states:
            self._note_no_tour("its snapshots became the stops")
            stops = [self._stop({"id": one}, title, j, "snapshots") for j, one in enumerate(self.states)]
        else:
            self._note_no_tour("its first view became the one stop")
            navigation = self.read.object(self.setup.get("navigation"), "navigation")
            orbit = self.read.object(navigation.get("orbit"), "navigation.orbit")
            pose = self._pose(orbit.get("orbit"), orbit.get("offset"), "navigation.orbit")
            stops = [ExchangedStop("view", title=title, pose=pose)]
        yield self._tour(title, {}, stops, marks)

    def _note_no_tour(self, what: str) -> None:
        found = f"it has no tour; {what}"
        self._note("exchange-no-tour", self.read.name, found, "a document with a tour", "look at the stops")

    def _tour(
        self, title: Words, leads: Words, stops: list[ExchangedStop], marks: tuple[Mark, ...]
    ) -> ExchangedTour:
        used = {one for stop in stops for one in stop.annotations}
        return ExchangedTour(
            title=title,
            stops=tuple(stops),
            html={one: html_of(text) for one, text in leads.items()},
            monument=self.scene.monument,
            conditions=self.scene.conditions,
            marks=tuple(sorted(marks, key=lambda mark: mark.id not in used)),
        )

    def _document_title(self) -> Words:
        for meta in self.metas:
            collection = self.read.object(meta.get("collection"), "metas.collection")
            if title := self._words(collection, "title", "metas.collection"):
                return title
        return {"en": PurePosixPath(self.read.name).name.split(".")[0]}

    def _words(self, holder: Object, key: str, at: str) -> dict[str, str]:
        """``titles`` by language, else the ``title`` of the time before languages, which is English."""
        held = self.read.object(holder.get(f"{key}s"), f"{at}.{key}s")
        words = {canonical(one): self.read.text(text, f"{at}.{key}s.{one}") for one, text in held.items()}
        words = {one: text for one, text in words.items() if text.strip()}
        single = self.read.text(holder.get(key), f"{at}.{key}")
        return words or ({"en": single} if single.strip() else {})

    def _fov(self) -> float | None:
        for at, camera in enumerate(self.read.objects(self.document.get("cameras"), "cameras")):
            held = self.read.object(camera.get("perspective"), f"cameras[{at}].perspective")
            if "yfov" in held:
                fov = self.read.number(held["yfov"], f"cameras[{at}].perspective.yfov")
                # The schema says radians, the program reads degrees; nobody means 3 degrees.
                return math.degrees(fov) if 0 < fov <= math.pi else fov
        return None

    def _stop(self, step: Object, tour_title: Words, number: int, at: str) -> ExchangedStop:
        read, state_id = self.read, self.read.text(step.get("id"), f"{at}.id")
        state = self.states.get(state_id)
        if state is None:
            found = f"the view of step {number + 1}: it names a snapshot that is not there"
            self._note("lost-view", self.read.name, found, "a snapshot's id", "give the stop a view")
            state = {}
        values = dict(
            zip(
                self.targets,
                read.items(state.get("values"), f"snapshot {state_id[:40]}.values"),
                strict=False,
            )
        )
        here = {target.split("/", 2)[-1]: value for target, value in values.items()}
        at = f"snapshot {state_id[:40]}"
        pose = self._pose(here.get("setup/navigation/orbit"), here.get("setup/navigation/offset"), at)
        move = read.number(state.get("duration"), f"{at}.duration", 2.0)
        stop = ExchangedStop(
            id=state_id,
            title=self._words(step, "title", at),
            html=self._article(here),
            pose=pose,
            move_s=max(move, 0.0),
            easing=self._easing(read.text(state.get("curve"), f"{at}.curve"), move),
            shows=self._shown(values),
            narration=self._narration(state_id, tour_title, number),
        )
        active = here.get("setup/viewer/activeAnnotation")
        if here.get("setup/viewer/annotationsVisible") and isinstance(active, str) and active:
            stop = replace(stop, annotations=(active,))
        return stop

    def _pose(self, orbit: Any, offset: Any, at: str) -> Pose | None:
        if orbit is None or offset is None:
            return None
        o: Triple = self.read.numbers(orbit, 3, f"{at}, orbit")  # type: ignore[assignment]
        f: Triple = self.read.numbers(offset, 3, f"{at}, offset")  # type: ignore[assignment]
        eye, along, up = camera_of(o, f)
        away = abs(f[2]) or 1.0
        eye_m, target_m, up_m = self.scene.to_monument(eye, eye + away * along, up)
        direction = (target_m - eye_m) / np.linalg.norm(target_m - eye_m)
        return Pose(
            eye_m=triple(eye_m),
            target_m=triple(target_m),
            fov_deg=self.fov,
            roll_deg=lean_of(direction, up_m, np.array([0.0, 0.0, 1.0])),
            is_distance_known=False,
        )

    def _easing(self, curve: str, seconds: float) -> Easing:
        if seconds <= 0:
            return "cut"
        return "linear" if curve == "Linear" else "smooth"

    def _article(self, here: Object) -> Words:
        wanted = here.get("setup/reader/articleId")
        if not here.get("setup/reader/enabled") or not isinstance(wanted, str) or not wanted:
            return {}
        for meta in self.metas:
            for held in self.read.objects(meta.get("articles"), "metas.articles"):
                if held.get("id") == wanted:
                    uris = self._words(held, "uri", "metas.articles")
                    found = {one: self.article(uri) for one, uri in uris.items()}
                    if missing := [uris[one] for one, text in found.items() if text is None]:
                        what = f"words that are not beside the document: {', '.join(missing)[:200]}"
                        self._note(
                            "lost-article", self.read.name, what, "files inside its folder", "copy them there"
                        )
                    return {one: text for one, text in found.items() if text}
        return {}

    def _shown(self, values: Object) -> str | None:
        """The name of the one model that is to be seen; None where that cannot be said."""
        visible = []
        for k, (condition, is_visible) in enumerate(
            zip(self.scene.conditions, self.scene.visible, strict=True)
        ):
            seen = values.get(f"model/{k}/visible", is_visible)
            opacity = values.get(f"model/{k}/opacity", 1)
            if seen and opacity != 0:
                visible.append(condition.name)
        return visible[0] if len(visible) == 1 else None

    def _narration(self, state: str, tour_title: Words, number: int) -> dict[str, Recording]:
        old = {f"{title}\x1f{number + 1}" for title in tour_title.values()}
        for meta in self.metas:
            clips = {
                self.read.text(one.get("id"), "metas.audio.id"): one
                for one in self.read.objects(meta.get("audio"), "metas.audio")
            }
            for action in self.read.objects(meta.get("actions"), "metas.actions"):
                if (
                    action.get("type") == "PlayAudio"
                    and action.get("trigger") == "OnTourStep"
                    and action.get("triggerDetail") in {state, *old}
                    and isinstance(action.get("audioId"), str)
                    and action["audioId"] in clips
                ):
                    clip = clips[action["audioId"]]
                    captions = self._words(clip, "captionUri", "metas.audio")
                    audio = self._words(clip, "uri", "metas.audio")
                    return {one: Recording(uri, captions.get(one)) for one, uri in audio.items()}
        return {}
