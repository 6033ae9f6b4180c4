"""A section that shows nothing: its plane passes by what the stop shows."""

from __future__ import annotations

from collections.abc import Iterator

from heritage.pipeline.lint.finding import Finding, finding
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.surfaces.of_tileset import SIGHT_ERROR_M
from heritage.pipeline.tours.flights import conditions
from heritage.pipeline.tours.sections import section_profiles
from heritage.text.site import LoadedMonument, LoadedTour

SECTIONS = ("section-empty",)


def section_findings(
    tour: LoadedTour, monument: LoadedMonument, surfaces: ReleaseSurfaces
) -> Iterator[Finding]:
    """Findings about the sections of ``tour``'s stops in the release that ``surfaces`` opens."""
    entry = surfaces.monument(monument.id)
    if entry is None:
        return
    for at, stop in enumerate(tour.tour.stops):
        if stop.section is None:
            continue
        shown = [
            id for id in conditions(stop, monument.monument.reference.id) if entry.condition(id) is not None
        ]
        cuts = section_profiles(surfaces.folder, entry, shown, stop.section, SIGHT_ERROR_M)
        for missed in (cut.condition for cut in cuts if not cut.lines):
            low, high = entry.bounds.min, entry.bounds.max
            box = ", ".join(f"{n} {a:.1f} to {b:.1f}" for n, a, b in zip("xyz", low, high, strict=True))
            found = f"the plane of the section cuts nothing of {missed}"
            where = tour.lines.where("stops", at, "section")
            allowed = f"the monument lies within {box} m"
            yield finding(tour, at, "section-empty", where, found, allowed, "move the plane")
