"""Annotations as released: laid on the surface they were drawn on, measured there, and carried to later surveys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from heritage.model.arrays import F64, triple
from heritage.model.documents import Annotation
from heritage.model.errors import InputError, Problem
from heritage.model.release import (
    AnnotationEntry,
    CarriedEntry,
    ComparisonDocument,
    ComparisonEntry,
    EpochEntry,
    MonumentEntry,
    TermEntry,
)
from heritage.ops.annotation.carry import carried
from heritage.ops.annotation.outline import outline_of
from heritage.ops.annotation.patch import OFF_M, Patch, Surface, area_patch, line_patch, point_patch
from heritage.pipeline.surfaces.near import NearSurface, surface_near
from heritage.pipeline.words import html
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedMonument, LoadedSite

_AROUND_M = 1.0  # how far beyond an annotation its surface is opened, true metres


def annotation_entries(
    into: ReleaseFolder, loaded: LoadedSite, monument: LoadedMonument, entry: MonumentEntry
) -> tuple[AnnotationEntry, ...]:
    """The monument's annotations; ``into`` holds the tiles of ``entry`` already.

    Raises InputError with every line or outline that leaves its surface.
    """
    entries, problems = [], []
    for at, annotation in enumerate(monument.annotations.annotations):
        try:
            entries.append(_entry(into, loaded, entry, annotation))
        except InputError as error:
            where = monument.annotation_lines.where("annotations", at, annotation.shape[0])
            problems += [Problem(p.code, where, p.found, p.allowed, p.remedy) for p in error.problems]
    if problems:
        raise InputError.of(problems)
    return tuple(entries)


def annotations_as_written(
    release: Path, monument: LoadedMonument, entry: MonumentEntry, ids: Collection[str]
) -> tuple[AnnotationEntry, ...]:
    """Where the annotations ``ids`` of the files stand on the surfaces of ``entry``, which are in ``release``; without words.

    Without those that a build would refuse, or whose survey is not built yet.
    """
    entries = []
    for annotation in monument.annotations.annotations:
        seen = next((e for e in entry.epochs if e.id == (annotation.epoch or entry.reference_epoch)), None)
        if annotation.id not in ids or seen is None:
            continue
        _, points = annotation.shape
        try:
            patch = _patch(release, seen, annotation, np.array(points, np.float64), entry.placement.scale)
        except InputError:
            continue
        at, facing = _stands(annotation, patch)
        entries.append(
            AnnotationEntry(
                id=annotation.id, title={}, html={}, position_m=at, normal=facing, vertices_m=points
            )
        )
    return tuple(entries)


def vocabulary_entries(loaded: LoadedSite) -> tuple[TermEntry, ...]:
    """The site's terms as released."""
    return tuple(
        TermEntry(
            id=term.id,
            label=dict(term.label),
            definition=dict(term.definition or {}),
            broader=term.broader,
            uri=term.uri,
        )
        for term in loaded.vocabulary.terms
    )


def _entry(
    into: ReleaseFolder, loaded: LoadedSite, monument: MonumentEntry, annotation: Annotation
) -> AnnotationEntry:
    key, points = annotation.shape
    vertices = np.array(points, np.float64)
    seen = next(e for e in monument.epochs if e.id == (annotation.epoch or monument.reference_epoch))
    patch = _patch(into.path, seen, annotation, vertices, monument.placement.scale)
    position, normal = _stands(annotation, patch)
    return AnnotationEntry(
        id=annotation.id,
        title=dict(annotation.title),
        html=html(into, loaded.root, annotation.text),
        position_m=position,
        normal=normal,
        epoch=annotation.epoch,
        shape="line" if key == "line_m" else "area" if key == "area_m" else "point",
        vertices_m=points,
        length_m=round(patch.measure, 4) if key == "line_m" else None,
        area_m2=round(patch.measure, 6) if key == "area_m" else None,
        term=annotation.term,
        carried=tuple(_carried(into.path, monument, seen, patch)) if annotation.epoch is not None else (),
    )


def _stands(
    annotation: Annotation, patch: Patch
) -> tuple[tuple[float, float, float], tuple[float, float, float] | None]:
    """Its place, and the direction it faces: as written, else those of what it lies on."""
    key, points = annotation.shape
    if key == "position_m":
        return triple(np.array(points[0]), 4), annotation.normal
    return triple(patch.anchor, 4), annotation.normal or triple(patch.normal, 4)


def _near(
    folder: Path, epoch: EpochEntry, places: F64, scale: float, comparison: ComparisonEntry | None = None
) -> tuple[Surface | None, NearSurface]:
    """The surface around ``places`` (n, 3) of the monument frame, in true metres, of which that frame's are ``scale``: what is
    near or deep is meant so. None where there is none."""
    # What hangs together with an area may rise as far as half of it is wide.
    margin = max(_AROUND_M / scale, float(np.ptp(places, axis=0).max()) / 2)
    low, high = places.min(0) - margin, places.max(0) + margin
    near = surface_near(folder / epoch.tileset, low, high, comparison=comparison)
    return Surface(near.vertices * scale, near.triangles) if len(near.triangles) else None, near


def _patch(folder: Path, seen: EpochEntry, annotation: Annotation, vertices: F64, scale: float) -> Patch:
    """What ``vertices`` (n, 3) of the monument frame mean: its measure in true metres, its places in that frame."""
    key, _ = annotation.shape
    nothing = Patch(0.0, vertices[0], np.zeros(3), np.empty((0, 3)))
    if key == "position_m" and annotation.epoch is None:
        return nothing  # it belongs to no surface
    surface, _ = _near(folder, seen, vertices, scale)
    drawn = vertices * scale
    off = np.full(len(vertices), np.inf)
    if surface is not None:
        off = surface.nearest(drawn)[1].distance.astype(np.float64)
    worst = int(off.argmax())
    if key == "position_m" and off[worst] > OFF_M:
        return nothing  # may hang in the air, beside what it speaks of
    if surface is None or off[worst] > OFF_M:
        how = f"{off[worst]:.2f} m" if np.isfinite(off[worst]) else f"more than {_AROUND_M:g} m"
        x, y, z = vertices[worst]
        raise _off(f"its point [{x:.2f}, {y:.2f}, {z:.2f}] is {how} away from the surface of {seen.id}")
    patch = _laid(key, surface, drawn)
    if key == "area_m" and not patch.measure:
        raise _off(f"no surface of {seen.id} lies inside the outline")
    return replace(patch, anchor=patch.anchor / scale, places=patch.places / scale)


def _laid(key: str, surface: Surface, drawn: F64) -> Patch:
    if key == "position_m":
        return point_patch(surface, drawn[0])
    return line_patch(surface, drawn) if key == "line_m" else area_patch(surface, drawn, outline_of(drawn))


def _off(found: str) -> InputError:
    return InputError(
        "annotation",
        found,
        f"points within {OFF_M:g} m of the surface of its epoch are allowed",
        "draw it on that surface, or name the epoch it was seen in",
        code="annotation-off-surface",
    )


def _carried(folder: Path, monument: MonumentEntry, seen: EpochEntry, patch: Patch) -> Iterator[CarriedEntry]:
    """What each later survey says; one that was compared with ``seen`` neither way says nothing."""
    for later in _later(monument.epochs, seen):
        pair = next(
            (c for c in monument.comparisons if {c.reference, c.compared} == {seen.id, later.id}), None
        )
        if pair is None or not len(patch.places):
            yield CarriedEntry(epoch=later.id, verdict="not-comparable", comparable=0.0, unchanged=0.0)
            continue
        # The change stands on the surface of the compared epoch, whichever of the two that is.
        carrier = later if pair.compared == later.id else seen
        scale = monument.placement.scale
        surface, near = _near(folder, carrier, patch.places, scale, pair)
        sidecar = (folder / pair.sidecar).read_bytes()
        lod95_m = ComparisonDocument.model_validate_json(sidecar, strict=False).lod95_m
        if surface is not None:
            found = carried(patch.places * scale, surface, near.change, lod95_m)
            yield CarriedEntry(
                epoch=later.id,
                verdict=found.verdict,
                comparable=round(found.comparable, 3),
                unchanged=round(found.unchanged, 3),
            )
        else:  # within a metre of where it was there is nothing any more
            yield CarriedEntry(epoch=later.id, verdict="review", comparable=1.0, unchanged=0.0)


def _later(epochs: Sequence[EpochEntry], seen: EpochEntry) -> list[EpochEntry]:
    """By the day of the survey where both are dated, else by their order in the file."""
    at = epochs.index(seen)

    def after(k: int, other: EpochEntry) -> bool:
        if seen.captured and other.captured and seen.captured != other.captured:
            return other.captured > seen.captured
        return k > at

    return [other for k, other in enumerate(epochs) if k != at and after(k, other)]
