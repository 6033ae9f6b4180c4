"""Layers and rasters of a site, opened in the confined child. See `guard`."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Final

import pyproj
from pydantic import TypeAdapter

from heritage.formats.vector import Footprint, FootprintTable, inside
from heritage.formats.vector_shapes import Shapes
from heritage.model import limits
from heritage.model.documents import BaseLayer, Footprints
from heritage.model.errors import Problem
from heritage.model.raster import Raster
from heritage.pipeline.reading import ragged
from heritage.pipeline.reading.confined import Allowance, Confined
from heritage.pipeline.reading.guard import PROGRAM
from heritage.pipeline.reading.wire import Message

_PROBLEM: Final = TypeAdapter(Problem)


def guarded_footprints(
    source: str,
    spec: Footprints,
    *,
    base: Path,
    used: Collection[str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> FootprintTable:
    """As `heritage.formats.vector.read_footprints`, in a child; raises as `guard.guarded_cloud`."""
    path = inside(source, base)
    asked = {"spec": spec.model_dump(), "used": None if used is None else sorted(used)}
    with Confined("footprints", path, Allowance.of(path, limits.READER_MEMORY_BYTES), program) as child:
        child.ask(json.dumps(asked))
        return received_footprints(child)


def received_footprints(child: Confined) -> FootprintTable:
    """What a child sends that reads footprints. Raises as `Confined.sound` does."""
    head = child.first("layer").document
    crs = child.sound(partial(_crs, head))
    problems = child.sound(lambda: tuple(_PROBLEM.validate_python(p) for p in head["problems"]))
    features: list[Footprint] = []
    for message in child.messages("features"):
        features += child.sound(partial(_features, message))
    return FootprintTable(str(head["layer"]), tuple(features), crs, problems)


def guarded_shapes(path: Path, layer: BaseLayer, *, program: Sequence[str] = PROGRAM) -> Shapes:
    """As `heritage.formats.vector_shapes.read_shapes`, in a child; raises as `guard.guarded_cloud`."""
    with Confined("shapes", path, Allowance.of(path, limits.READER_MEMORY_BYTES), program) as child:
        child.ask(json.dumps({"layer": layer.layer, "crs": layer.crs}))
        head = child.first("head").document
        crs = child.sound(partial(_crs, head)).to_wkt()
        (areas, lines) = (message.arrays for message in child.messages("shapes"))
        return child.sound(
            lambda: Shapes(ragged.polygons(areas), ragged.lines(lines), crs, int(head["left_out"]))
        )


def guarded_heights(path: Path, crs: str | None, *, program: Sequence[str] = PROGRAM) -> Raster:
    """As `heritage.formats.geotiff.read_heights`, in a child; raises as `guard.guarded_cloud`."""
    return _raster("heights", path, crs, program)


def guarded_photo(path: Path, crs: str | None, *, program: Sequence[str] = PROGRAM) -> Raster:
    """As `heritage.formats.geotiff.read_photo`, in a child; raises as `guard.guarded_cloud`."""
    return _raster("photo", path, crs, program)


def _raster(kind: str, path: Path, crs: str | None, program: Sequence[str]) -> Raster:
    with Confined(kind, path, Allowance.of(path, limits.READER_MODEL_MEMORY_BYTES), program) as child:
        child.ask(json.dumps({"crs": crs}))
        message = child.first("raster")
        return child.sound(partial(_made_raster, message))


def _made_raster(message: Message) -> Raster:
    vertical = message.document["vertical"]
    if vertical not in (None, "ellipsoidal", "orthometric"):
        raise ValueError("heights above nothing known")
    arrays = message.arrays
    return Raster(arrays["values"], arrays["xy_from_pixel"], _crs(message.document).to_wkt(), vertical)


def _crs(document: Any) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_wkt(str(document["crs"]))
    except pyproj.exceptions.CRSError as error:
        raise ValueError("no CRS") from error


def _features(message: Message) -> list[Footprint]:
    columns = [message.document[name] for name in ("ids", "names", "heights", "grounds", "indices")]
    shapes = ragged.polygons(message.arrays)
    return [
        Footprint(
            str(id), None if name is None else str(name), _number(height), _number(ground), shape, int(index)
        )
        for id, name, height, ground, index, shape in zip(*columns, shapes, strict=True)
    ]


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
