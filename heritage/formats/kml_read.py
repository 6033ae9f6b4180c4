"""The ``gx:Tour`` elements of a KML file as tours with poses on the globe; KML 2.3 writes them without ``gx``.

A flight is a stop. What Heritage wrote is known by its ids (``fly.<language>.<stop>``) and becomes one tour in
several languages; of another file every tour is one of its own, in no known language.
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace

from heritage.formats.html_text import html_of
from heritage.formats.printable import printable
from heritage.formats.xml_document import read_xml
from heritage.model.errors import InputError, Problem
from heritage.model.exchange import (
    UNKNOWN,
    Easing,
    ExchangedStop,
    ExchangedTour,
    GlobePose,
    Recording,
    canonical,
)

_STEPS = {"FlyTo", "Wait", "SoundCue", "AnimatedUpdate", "TourControl"}


def read_kml(data: bytes, name: str) -> tuple[tuple[ExchangedTour, ...], tuple[Problem, ...]]:
    """The tours of a file, and what of it they do not hold.

    Raises InputError for what is no KML, for a file without a tour, and for a value of the wrong type.
    """
    root = read_xml(data, name)
    if root.tag not in {"kml", "Document", "Tour", "Folder"}:
        raise _invalid(name, f"the root <{root.tag[:40]}>", "<kml> is allowed")
    places = {one.get("id", ""): one for one in root.iter("Placemark")}
    problems: list[Problem] = []
    tours = []
    for element in root.iter("Tour"):
        one = _Tour(name, element, places, problems)
        tour = one.read()
        if tour is not None:
            tours.append((one.language, tour))
    if not tours:
        raise _invalid(name, "no gx:Tour with a gx:FlyTo", "a tour is needed: places alone have no order")
    return tuple(_merged(tours)), tuple(dict.fromkeys(problems))


class _Tour:
    def __init__(
        self, name: str, element: ET.Element, places: dict[str, ET.Element], problems: list[Problem]
    ) -> None:
        self.name, self.element, self.places, self.problems = name, element, places, problems
        # Ours by its own id and by its flights'; another program's ids may begin alike.
        named = element.get("id", "").partition("tour.")[2]
        flights = [step.get("id", "") for step in self._steps() if step.tag == "FlyTo"]
        is_ours = bool(named) and all(one.startswith(f"fly.{named}.") for one in flights)
        self.language = canonical(named) if is_ours else UNKNOWN
        self.spelt = named if is_ours else ""

    def read(self) -> ExchangedTour | None:
        stops = list(self._stops())
        title = (self.element.findtext("name") or "").strip()
        html = (self.element.findtext("description") or "").strip()
        if not stops:
            return None
        return ExchangedTour(
            title={self.language: title} if title else {},
            stops=tuple(stops),
            html={self.language: html_of(html)} if html else {},
        )

    def _note(self, code: str, where: str, found: str, allowed: str = "", remedy: str = "") -> None:
        self.problems.append(Problem(code, where, printable(found), allowed, remedy, "warning"))

    def _stops(self) -> Iterator[ExchangedStop]:
        stop: ExchangedStop | None = None
        is_stop, passed_s, number = False, 0.0, 0
        said: dict[str, Recording] = {}
        for step in self._steps():
            if step.tag == "FlyTo":
                if stop is not None and (is_stop or stop.easing != "linear"):
                    yield stop if is_stop else replace(stop, dwell_s={self.language: 0.0})
                    passed_s = 0.0
                elif stop is not None:
                    found = "points that a smooth flight passes without a stop"
                    self._note("lost-waypoint", self.name, found, "flights are straight", "look at the views")
                    passed_s = stop.move_s or 0.0
                number += 1
                stop = self._flight(step, number, passed_s)
                stop, said, is_stop = replace(stop, narration=said or stop.narration), {}, False
            elif stop is None:
                if step.tag == "SoundCue":
                    said = self._sound(step)
                elif step.tag == "Wait":
                    self._note(
                        "lost-wait", self.name, "a wait before the first flight", "a tour begins at a stop"
                    )
            elif step.tag == "Wait":
                seconds = max(self._number(step, "duration", 0.0), 0.0)
                stop = replace(stop, dwell_s={self.language: stop.dwell_s.get(self.language, 0.0) + seconds})
                is_stop = True
            elif step.tag == "SoundCue":
                stop = replace(stop, narration=self._sound(step) or stop.narration)
            elif step.tag == "TourControl":
                self._note(
                    "lost-pause", self.name, "pauses until the visitor goes on", "stops have a time to stay"
                )
                is_stop = True
            else:
                stop = self._told(stop, step)
        if stop is not None:
            yield stop

    def _steps(self) -> Iterator[ET.Element]:
        for playlist in self.element.iter("Playlist"):
            yield from (step for step in playlist if step.tag in _STEPS)

    def _flight(self, step: ET.Element, number: int, passed_s: float) -> ExchangedStop:
        own = step.get("id", "")
        prefix = f"fly.{self.spelt}."
        ours = bool(self.spelt) and own.startswith(prefix)
        one = own.removeprefix(prefix) if ours else f"stop-{number}"
        seconds = max(self._number(step, "duration", 0.0), 0.0) + passed_s
        easing: Easing = "cut" if seconds == 0 else "smooth"
        if seconds and (step.findtext("flyToMode") or "").strip() == "smooth":
            easing = "linear"
        stop = ExchangedStop(one, move_s=seconds, easing=easing)
        place = self.places.get(f"stop.{self.spelt}.{one}") if ours else None
        if place is not None:
            stop = self._with_words(stop, place)
        return replace(stop, globe=self._globe(step, place))

    def _with_words(self, stop: ExchangedStop, place: ET.Element) -> ExchangedStop:
        title = (place.findtext("name") or "").strip()
        html = (place.findtext("description") or "").strip()
        return replace(
            stop,
            title={self.language: title} if title else {},
            html={self.language: html_of(html) if "<" not in html else html} if html else {},
        )

    def _told(self, stop: ExchangedStop, update: ET.Element) -> ExchangedStop:
        """An update that opens a balloon gives the stop its words; what else it changes is lost."""
        for change in update.iter("Placemark"):
            place = self.places.get(change.get("targetId", ""))
            opened = (change.findtext("balloonVisibility") or "").strip() in {"1", "true"}
            if place is not None and opened and not stop.title:
                stop = self._with_words(stop, place)
        if any(
            one.tag not in {"Placemark", "balloonVisibility"}
            for c in update.iter("Change")
            for one in c.iter()
            if one is not c
        ):
            found = "updates of what is drawn (gx:AnimatedUpdate)"
            self._note("lost-update", self.name, found, "balloons that open are read")
        return stop

    def _sound(self, step: ET.Element) -> dict[str, Recording]:
        href = (step.findtext("href") or "").strip()
        return {self.language: Recording(href)} if href else {}

    def _globe(self, step: ET.Element, place: ET.Element | None) -> GlobePose | None:
        for tag in ("LookAt", "Camera"):
            view = step.find(tag)
            if view is None:
                continue
            mode = (view.findtext("altitudeMode") or "clampToGround").strip()
            if mode.startswith("clamp") and self._number(view, "altitude", 0.0):
                found = f"an altitude of {self._number(view, 'altitude', 0.0):g} m that is not said to count"
                allowed = "without altitudeMode, KML stands a view on the ground"
                self._note("lost-altitude", self.name, found, allowed, "look at the views")
            altitude = 0.0 if mode.startswith("clamp") else self._number(view, "altitude", 0.0)
            pose = GlobePose(
                lon_deg=self._number(view, "longitude", 0.0, 180),
                lat_deg=self._number(view, "latitude", 0.0, 90),
                altitude_m=altitude,
                heading_deg=self._number(view, "heading", 0.0),
                tilt_deg=self._number(view, "tilt", 0.0),
                above="sea" if mode == "absolute" else "ground",
            )
            fov = view.find("horizFov")
            if fov is not None:
                pose = replace(pose, horizontal_fov_deg=self._number(view, "horizFov", 60.0, 179))
            if tag == "LookAt":
                return replace(pose, range_m=max(self._number(view, "range", 0.0), 0.01))
            return replace(pose, roll_deg=self._number(view, "roll", 0.0), beheld=self._beheld(place))
        self._note("lost-view", self.name, "a flight without LookAt or Camera", "a view is needed")
        return None

    def _beheld(self, place: ET.Element | None) -> tuple[float, float, float] | None:
        words = (place.findtext("Point/coordinates") or "").strip().split(",") if place is not None else []
        if len(words) != 3:
            return None
        lon, lat, altitude = (self._value(word, "coordinates") for word in words)
        return lon, lat, altitude

    def _number(self, holder: ET.Element, tag: str, default: float, most: float = 1e8) -> float:
        text = holder.findtext(tag)
        if text is None or not text.strip():
            return default
        value = self._value(text.strip(), tag)
        if abs(value) > most:
            raise _invalid(self.name, f"<{tag}> is {text.strip()[:40]}", f"up to {most:g} is allowed")
        return value

    def _value(self, text: str, tag: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            shown = ascii(text[:40])
            raise _invalid(self.name, f"<{tag}> is {shown}", "a finite number is allowed")
        return value


def _merged(tours: list[tuple[str, ExchangedTour]]) -> Iterator[ExchangedTour]:
    """Tours of Heritage's that differ in language only become one."""
    merged: list[tuple[str, ExchangedTour]] = []
    for language, tour in tours:
        before, last = merged[-1] if merged else (UNKNOWN, tour)
        if UNKNOWN not in {before, language} and _way(last) == _way(tour):
            merged[-1] = (before, _joined(last, tour))
        else:
            merged.append((language, tour))
    yield from (tour for _, tour in merged)


def _way(tour: ExchangedTour) -> list[tuple[str, GlobePose | None]]:
    return [(stop.id, stop.globe) for stop in tour.stops]


def _joined(one: ExchangedTour, other: ExchangedTour) -> ExchangedTour:
    stops = tuple(
        replace(
            a,
            title={**a.title, **b.title},
            html={**a.html, **b.html},
            dwell_s={**a.dwell_s, **b.dwell_s},
            narration={**a.narration, **b.narration},
        )
        for a, b in zip(one.stops, other.stops, strict=True)
    )
    return replace(one, title={**one.title, **other.title}, html={**one.html, **other.html}, stops=stops)


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export it anew", code="exchange-invalid")
