"""A tour of a release for Google Earth: KML, or KMZ with the recordings."""

from __future__ import annotations

import zipfile
from pathlib import Path

from heritage.export.outgoing import outgoing, refuse_existing, sea_above_ellipsoid
from heritage.formats.kml_pose import place_of
from heritage.formats.kml_write import write_kml
from heritage.model.errors import InputError, Problem
from heritage.store.publish import publish_bytes, publish_file


def export_kml(
    site: Path, tour: str, target: Path, *, geoid_height_m: float | None = None
) -> tuple[Problem, ...]:
    """Write the tour to the new file ``target``, .kml or .kmz.

    ``geoid_height_m`` is how far the sea (EGM96) lies above the ellipsoid there; negative where below. Returns
    what could not be carried. Raises InputError for another ending, a monument that has no place on the globe,
    a tour that is not there and a target that is.
    """
    ending = target.suffix.lower()
    if ending not in {".kml", ".kmz"}:
        found, allowed = f"the ending {ending or '(none)'}", ".kml and .kmz are allowed"
        raise InputError(str(target), found, allowed, code="export-format")
    refuse_existing(target)
    out = outgoing(site, tour)
    if out.monument.placement.method == "none":
        found, remedy = "the monument has no place on the globe", "place it first: see registration"
        raise InputError(out.monument.id, found, "a placed monument", remedy, code="export-unplaced")
    there = out.ecef_from_monument
    geoid_m, unknown = sea_above_ellipsoid(
        out.release, place_of(there.apply(out.centre_m[None])[0]), geoid_height_m
    )
    has_media = ending == ".kmz"
    text, problems = write_kml(out.tour, ecef_from_monument=there, geoid_m=geoid_m, has_media=has_media)
    if has_media:
        media = {p: f for p, f in out.files.items() if not p.startswith("models/") and not p.endswith(".vtt")}
        _pack(target, text, media)
    else:
        publish_bytes(target, text)
    # No model goes along, so nothing is to be said of one.
    general = [one for one in out.problems if one.code != "lost-detail"]
    return (*general, *((unknown,) if unknown else ()), *problems)


def _pack(target: Path, text: bytes, media: dict[str, Path]) -> None:
    """The document first: readers take the first KML of an archive. Without times, so that equal tours are equal."""
    with publish_file(target) as path, zipfile.ZipFile(path, "w") as packed:
        packed.writestr(zipfile.ZipInfo("doc.kml"), text, zipfile.ZIP_DEFLATED)
        for name, file in sorted(media.items()):
            packed.writestr(zipfile.ZipInfo(name), file.read_bytes(), zipfile.ZIP_STORED)
