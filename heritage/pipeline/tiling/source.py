"""Where tiles come from: the surface in pieces, the points in pieces, all in the monument frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.formats.arrays import load_mesh, read_document
from heritage.formats.columns import column_kind, read_rows
from heritage.model.arrays import F32, F64, REASONS, U8, Bool, Mesh, PointCloud, Similarity
from heritage.model.colour import to_linear
from heritage.ops.points.grid import distinct, morton_order, spacing
from heritage.ops.tiles.cloud_colours import CloudColours
from heritage.ops.tiles.colours import colours_of
from heritage.ops.tiles.surface_colours import SurfaceColours

CHUNK = 1_000_000  # points that are read at once
_SPACING_POINTS = 400_000  # enough to know how dense a cloud is


@dataclass(frozen=True)
class Source:
    """The folders of finished stages that one tileset is made of; small, so that pieces of work can carry it.

    ``surface`` holds the meshes ``names``; ``changes`` are folders whose ``change.npy`` has a row for each of
    their vertices, one after the other. ``points`` is the cloud that gives colours (None for a model, which has
    its own), ``ingest`` and ``clean`` say where vegetation stands. ``matrix`` is monument_from_source, row by
    row, None where both are the same.
    """

    surface: Path
    names: tuple[str, ...]
    changes: tuple[Path, ...] = ()
    points: Path | None = None
    ingest: Path | None = None
    clean: Path | None = None
    matrix: tuple[float, ...] | None = None

    def mesh(self, number: int) -> Mesh:
        """One mesh of the surface, with its changes, relative to the origin of the monument frame."""
        mesh = load_mesh(self.surface, self.names[number])
        if self.changes:
            start = sum(self._vertices(name) for name in self.names[:number])
            stop = start + len(mesh.vertices)
            parts = [read_rows(folder, "change", start, stop) for folder in self.changes]
            mesh = mesh.with_(change=np.stack(parts, axis=1))
        normals = None if mesh.normals is None else self.turned(mesh.normals)
        return mesh.with_(
            origin=np.zeros(3), vertices=self.placed(mesh.vertices, mesh.origin), normals=normals
        )

    def _vertices(self, name: str) -> int:
        return int(column_kind(self.surface, f"{name}.vertices")[0][0])

    def placed(self, xyz: F32, origin: F64) -> F32:
        """Places (n, 3) of the source in the monument frame. One by one, so that equal ones stay equal: a matrix
        product rounds differently in different rows."""
        return _affine(xyz.astype(np.float64) + origin, self.matrix, shift=True).astype(np.float32)

    def turned(self, normals: F32) -> F32:
        """Directions (n, 3) of the source in the monument frame."""
        return _affine(normals.astype(np.float64), self.matrix, shift=False).astype(np.float32)

    def rows(self) -> int:
        """How many points give colours; 0 where there is no colour."""
        if self.points is None:
            return 0
        document = read_document(self.points / "cloud.json")
        return int(document["points"]) if "rgb" in document["arrays"] else 0

    def coloured(self, start: int, stop: int) -> CloudColours:
        """Rows of the points as colours at places; spacing as yet unknown (1)."""
        if self.points is None:
            raise ValueError("a source without points has no coloured ones")
        document = read_document(self.points / "cloud.json")
        xyz = self.placed(
            read_rows(self.points, "cloud.xyz", start, stop), np.array(document["origin_m"], np.float64)
        )
        normal = None
        if "normal" in document["arrays"]:
            normal = self.turned(read_rows(self.points, "cloud.normal", start, stop))
        return CloudColours(xyz, to_linear(read_rows(self.points, "cloud.rgb", start, stop)), normal, 1.0)

    def spacing_m(self) -> float:
        """How far apart the points are: the median over a few stretches of the cloud, whole where it is small."""
        rows = self.rows()
        count = 1 if rows <= 2 * _SPACING_POINTS or not _in_blocks(self.points) else 4
        size = rows if count == 1 else _SPACING_POINTS // count
        found = []
        for i in range(count):
            start = (rows - size) * i // max(count - 1, 1)
            xyz = self.coloured(start, start + size).xyz
            xyz = xyz[morton_order(xyz)]
            apart = spacing(xyz[distinct(xyz)])
            if apart > 0:
                found.append(apart)
        return float(np.median(found)) if found else 0.01

    def vegetation(self, most: int) -> PointCloud | None:
        """Vegetation in its colours: all of it, or every so-manieth point where there are far more than ``most``."""
        if self.ingest is None or self.clean is None or not most:
            return None
        document = read_document(self.ingest / "cloud.json")
        if "rgb" not in document["arrays"]:
            return None
        code, rows = REASONS["vegetation"], int(document["points"])
        total = sum(int(mask.sum()) for _, mask in _labelled(self.clean, rows, code))
        step = max(total // most, 1)
        xyz, rgb, seen = [], [], 0
        for start, mask in _labelled(self.clean, rows, code):
            found = np.flatnonzero(mask)
            chosen = found[(-seen) % step :: step]
            seen += len(found)
            if len(chosen):
                stop = start + len(mask)
                xyz.append(read_rows(self.ingest, "cloud.xyz", start, stop)[chosen])
                rgb.append(read_rows(self.ingest, "cloud.rgb", start, stop)[chosen])
        if not xyz:
            return None
        origin = np.array(document["origin_m"], np.float64)
        return PointCloud(np.zeros(3), self.placed(np.concatenate(xyz), origin), np.concatenate(rgb))


def _labelled(clean: Path, rows: int, code: int) -> Iterator[tuple[int, Bool]]:
    for start in range(0, rows, CHUNK):
        reasons: U8 = read_rows(clean, "reasons", start, min(start + CHUNK, rows))
        yield start, np.asarray(reasons == code)


def _affine(xyz: F64, matrix: tuple[float, ...] | None, *, shift: bool) -> npt.NDArray[Any]:
    if matrix is None:
        return xyz
    x, y, z = xyz.T
    rows = [matrix[4 * i : 4 * i + 4] for i in range(3)]
    return np.stack([a * x + b * y + c * z + (d if shift else 0.0) for a, b, c, d in rows], axis=1)


def _in_blocks(folder: Path | None) -> bool:
    return folder is not None and (folder / "blocks.json").exists()


def rows_of(transform: Similarity) -> tuple[float, ...] | None:
    """A similarity as ``Source.matrix``."""
    matrix = transform.matrix
    return None if np.array_equal(matrix, np.eye(4)) else tuple(matrix[:3].ravel().tolist())


@lru_cache(maxsize=1)
def model_colours(source: Source) -> SurfaceColours | None:
    """The colours that the surface itself has; held, as every tile of a worker asks for the same."""
    found = colours_of([source.mesh(i) for i in range(len(source.names))], None)
    return found if isinstance(found, SurfaceColours) else None


@lru_cache(maxsize=2)
def averaged_model(source: Source, texel_m: float) -> SurfaceColours | None:
    """`model_colours` for coarser textures."""
    found = model_colours(source)
    return None if found is None else found.averaged(texel_m)
