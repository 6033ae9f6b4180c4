"""What the confined child does with layers and rasters: its side of `guard_map`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from heritage.formats.vector import FootprintTable
    from heritage.model.raster import Raster

Send = Callable[..., None]
_PER_MESSAGE: Final = 500  # features; names of any length stay below what a message may hold


def serve_footprints(path: Path, send: Send, asked: dict[str, Any]) -> None:
    """The child's side of `guarded_footprints`."""
    from heritage.formats.vector import read_footprints
    from heritage.model.documents import Footprints

    spec = Footprints.model_validate(asked["spec"])
    _send_footprints(send, read_footprints(path.name, spec, base=path.parent, used=asked["used"]))


def serve_table(path: Path, send: Send, asked: dict[str, Any]) -> None:
    """The child's side of `guarded_table`."""
    import socket

    from heritage.formats.postgis import read_table, table_of
    from heritage.formats.vector import footprints_of
    from heritage.model.documents import Footprints

    spec = Footprints.model_validate(asked["spec"])
    table = table_of(asked["url"])
    with socket.socket(fileno=asked["connection"]) as connection:
        layer = read_table(
            connection, table, asked["user"], asked["password"], spec, seconds=asked["seconds"]
        )
    _send_footprints(send, footprints_of(layer, table.label, spec, asked["used"]))


def _send_footprints(send: Send, table: FootprintTable) -> None:
    from heritage.pipeline.reading.ragged import packed

    problems = [asdict(problem) for problem in table.problems]
    send("layer", {"layer": table.layer, "crs": table.crs.to_wkt(), "problems": problems})
    for start in range(0, len(table.features), _PER_MESSAGE):
        some = table.features[start : start + _PER_MESSAGE]
        columns = {
            "ids": [f.id for f in some],
            "names": [f.name for f in some],
            "heights": [f.height_m for f in some],
            "grounds": [f.ground_m for f in some],
            "indices": [f.index for f in some],
        }
        send("features", columns, packed(_array([f.geometry for f in some])))


def serve_shapes(path: Path, send: Send, asked: dict[str, Any]) -> None:
    """The child's side of `guarded_shapes`."""
    from heritage.formats.vector_shapes import read_shapes
    from heritage.pipeline.reading.ragged import packed

    shapes = read_shapes(path, asked["layer"], asked["crs"])
    send("head", {"crs": shapes.crs, "left_out": shapes.left_out})
    for kind in (shapes.areas, shapes.lines):
        send("shapes", {}, packed(kind))


def serve_heights(path: Path, send: Send, asked: dict[str, Any]) -> None:
    """The child's side of `guarded_heights`."""
    from heritage.formats.geotiff import read_heights

    _send_raster(send, read_heights(path, asked["crs"]))


def serve_photo(path: Path, send: Send, asked: dict[str, Any]) -> None:
    """The child's side of `guarded_photo`."""
    from heritage.formats.geotiff import read_photo

    _send_raster(send, read_photo(path, asked["crs"]))


def _send_raster(send: Send, raster: Raster) -> None:
    document = {"crs": raster.crs, "vertical": raster.vertical}
    send("raster", document, {"values": raster.values, "xy_from_pixel": raster.xy_from_pixel})


def _array(values: Sequence[Any]) -> Any:
    import numpy as np

    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array
