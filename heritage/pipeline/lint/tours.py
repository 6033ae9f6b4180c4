"""All findings about a site's tours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from heritage.model.errors import Problem
from heritage.pipeline.lint.finding import unaccepted
from heritage.pipeline.lint.pace import PACE, pace_findings
from heritage.pipeline.lint.places import PLACES, place_findings
from heritage.pipeline.lint.sections import SECTIONS, section_findings
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.lint.views import VIEWS, view_findings
from heritage.pipeline.lint.words import WORDS, words_findings
from heritage.text.site import LoadedSite


def lint_tours(loaded: LoadedSite, release: Path | None) -> tuple[Problem, ...]:
    """Warnings about the tours of a checked site, seen against the surfaces of the release in the folder ``release``.

    Without a release only what needs no surface is looked for.
    """
    return tuple(_problems(loaded, release))


def _problems(loaded: LoadedSite, release: Path | None) -> Iterator[Problem]:
    surfaces = ReleaseSurfaces(release) if release is not None and loaded.tours else None
    for tour in loaded.tours.values():
        monument = loaded.monuments[tour.tour.monument]
        findings = [*pace_findings(loaded, tour), *words_findings(tour, monument)]
        looked_for: tuple[str, ...] = (*PACE, *WORDS)
        if surfaces is not None and surfaces.monument(monument.id) is not None:
            findings += view_findings(tour, monument, surfaces)
            findings += section_findings(tour, monument, surfaces)
            findings += place_findings(tour, surfaces)
            looked_for += (*VIEWS, *SECTIONS, *PLACES)
        yield from unaccepted(tour, findings, looked_for)
