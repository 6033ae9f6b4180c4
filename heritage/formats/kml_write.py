"""A tour as KML 2.2 with Google's extensions: one ``gx:Tour`` and one folder of places per language.

Elements stand in the order of the schemas (ogckml22.xsd, kml22gx.xsd): Google Earth passes over what stands
elsewhere. A stop is a flight, the opening of its balloon, its recording, and a wait.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator

from heritage.formats.kml_pose import globe_pose, place_of
from heritage.model.arrays import F64, Similarity
from heritage.model.errors import Problem
from heritage.model.exchange import WARNING, ExchangedStop, ExchangedTour, GlobePose, Mark

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MODES = {"smooth": "bounce", "linear": "smooth", "cut": "bounce"}
_SPACES = {"xmlns": "http://www.opengis.net/kml/2.2", "xmlns:gx": "http://www.google.com/kml/ext/2.2"}


def write_kml(
    tour: ExchangedTour, *, ecef_from_monument: Similarity, geoid_m: float, has_media: bool
) -> tuple[bytes, tuple[Problem, ...]]:
    """The document for ``tour``, whose every stop has a pose, and what could not be carried.

    Altitudes are absolute, above the sea, which lies ``geoid_m`` above the ellipsoid there. ``has_media``: the
    recordings go along (in a KMZ), under the paths the tour gives them.
    """
    written = _Document(tour, ecef_from_monument, geoid_m, has_media).root()
    ET.indent(written, " ")
    text = ET.tostring(written, encoding="utf-8", xml_declaration=True)
    return text, tuple(_lost(tour, has_media))


class _Document:
    def __init__(
        self, tour: ExchangedTour, ecef_from_monument: Similarity, geoid_m: float, has_media: bool
    ) -> None:
        self.tour, self.there, self.geoid_m, self.has_media = tour, ecef_from_monument, geoid_m, has_media
        self.languages = tuple(tour.title)
        self.poses = {stop.id: self._pose(stop) for stop in tour.stops}

    def root(self) -> ET.Element:
        root = ET.Element("kml", _SPACES)
        document = _in(root, "Document")
        _in(document, "name", _first(self.tour.title, self.languages[0]))
        _in(document, "open", "1")
        style = _in(document, "Style", id="stop")
        _in(_in(style, "BalloonStyle"), "text", "<h3>$[name]</h3>$[description]")
        for language in self.languages:
            self._tour(document, language)
        for language in self.languages:
            self._places(document, language)
        return root

    def _pose(self, stop: ExchangedStop) -> GlobePose:
        assert stop.pose is not None  # noqa: S101 - the promise of `write_kml`
        eye, target = self.there.apply([stop.pose.eye_m, stop.pose.target_m])  # type: ignore[arg-type]
        return globe_pose(eye, target, stop.pose.fov_deg, self.geoid_m)

    def _tour(self, document: ET.Element, language: str) -> None:
        tour = _in(document, "gx:Tour", id=f"tour.{language}")
        _in(tour, "name", self.tour.title[language])
        if language in self.tour.html:
            _in(tour, "description", self.tour.html[language])
        playlist = _in(tour, "gx:Playlist")
        before = None
        for stop in self.tour.stops:
            self._flight(playlist, stop, language)
            if before is not None:
                self._balloon(playlist, before, language, is_open=False)
            self._balloon(playlist, stop, language, is_open=True)
            said = stop.narration.get(language)
            if said and self.has_media:
                _in(_in(playlist, "gx:SoundCue"), "href", said.audio)
            dwell = stop.dwell_s.get(language, max(stop.dwell_s.values(), default=0.0))
            # A wait of nothing too: it tells a stop from a point that a flight passes.
            _in(_in(playlist, "gx:Wait"), "gx:duration", _number(dwell))
            before = stop

    def _flight(self, playlist: ET.Element, stop: ExchangedStop, language: str) -> None:
        flight = _in(playlist, "gx:FlyTo", id=f"fly.{language}.{stop.id}")
        seconds = 0.0 if stop.easing == "cut" else stop.move_s or 0.0
        _in(flight, "gx:duration", _number(seconds))
        _in(flight, "gx:flyToMode", _MODES[stop.easing or "smooth"])
        _view(flight, self.poses[stop.id])

    def _balloon(self, playlist: ET.Element, stop: ExchangedStop, language: str, *, is_open: bool) -> None:
        update = _in(_in(playlist, "gx:AnimatedUpdate"), "Update")
        _in(update, "targetHref")
        change = _in(_in(update, "Change"), "Placemark", targetId=_place_id(stop, language))
        _in(change, "gx:balloonVisibility", "1" if is_open else "0")

    def _places(self, document: ET.Element, language: str) -> None:
        folder = _in(document, "Folder", id=f"stops.{language}")
        _in(folder, "name", self.tour.title[language])
        for stop in self.tour.stops:
            place = _in(folder, "Placemark", id=_place_id(stop, language))
            _in(place, "name", _first(stop.title, language) or stop.id)
            _in(place, "description", _first(stop.html, language))
            _view(place, self.poses[stop.id])
            _in(place, "styleUrl", "#stop")
            assert stop.pose is not None  # noqa: S101 - the promise of `write_kml`
            self._point(place, stop.pose.target_m)
        for mark in self.tour.marks:
            self._mark(folder, mark, language)

    def _mark(self, folder: ET.Element, mark: Mark, language: str) -> None:
        place = _in(folder, "Placemark", id=f"mark.{language}.{mark.id}")
        _in(place, "name", _first(mark.title, language) or mark.id)
        _in(place, "description", _first(mark.html, language))
        _in(place, "styleUrl", "#stop")
        self._point(place, mark.position_m)

    def _point(self, place: ET.Element, position_m: tuple[float, float, float]) -> None:
        at: F64 = self.there.apply([position_m])[0]  # type: ignore[arg-type]
        lon, lat, height = place_of(at)
        point = _in(place, "Point")
        _in(point, "altitudeMode", "absolute")
        _in(point, "coordinates", ",".join(map(_number, (lon, lat, height - self.geoid_m))))


def _place_id(stop: ExchangedStop, language: str) -> str:
    return f"stop.{language}.{stop.id}"


def _view(parent: ET.Element, pose: GlobePose) -> None:
    view = _in(parent, "Camera" if pose.range_m is None else "LookAt")
    if pose.horizontal_fov_deg is not None:
        _in(view, "gx:horizFov", _number(pose.horizontal_fov_deg))
    _in(view, "longitude", _number(pose.lon_deg))
    _in(view, "latitude", _number(pose.lat_deg))
    _in(view, "altitude", _number(pose.altitude_m))
    _in(view, "heading", _number(pose.heading_deg))
    _in(view, "tilt", _number(pose.tilt_deg))
    if pose.range_m is not None:
        _in(view, "range", _number(pose.range_m))
    else:
        _in(view, "roll", _number(pose.roll_deg))
    _in(view, "altitudeMode", "absolute")


def _in(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    if text is not None:
        element.text = _NOT_XML.sub("", text)
    return element


def _number(value: float) -> str:
    """All digits, so that poses come back as they went."""
    return repr(float(value))


def _first(words: object, language: str) -> str:
    held: dict[str, str] = dict(words)  # type: ignore[call-overload]
    return held.get(language) or next(iter(held.values()), "")


def _lost(tour: ExchangedTour, has_media: bool) -> Iterator[Problem]:
    where = "KML"
    if any(one.uri for one in tour.conditions):
        found = "the models: KML knows COLLADA only"
        yield Problem(
            "lost-model", where, found, "Google's own globe is seen", "export SVX for models", WARNING
        )
    if compared := ", ".join(stop.id for stop in tour.stops if stop.beside is not None):
        found = f"the comparison of two conditions: {compared}"
        yield Problem("lost-comparison", where, found, "a globe shows no condition", "", WARNING)
    if noted := ", ".join(stop.id for stop in tour.stops if stop.annotations):
        found = f"which annotations belong to a stop: {noted}"
        yield Problem("lost-annotations", where, found, "all are places of their own", "", WARNING)
    if any(mark.normal for mark in tour.marks):
        yield Problem(
            "lost-normal", where, "which way annotations face", "a place has no direction", "", WARNING
        )
    said = [one for stop in tour.stops for one in stop.narration.values()]
    if said and not has_media:
        found = f"{len(said)} recordings"
        yield Problem("lost-narration", where, found, "a .kmz holds them", "name the file .kmz", WARNING)
    if any(one.captions for one in said):
        yield Problem(
            "lost-captions", where, "the captions of narrations", "balloons have the words", "", WARNING
        )
