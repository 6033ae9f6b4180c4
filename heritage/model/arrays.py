"""Arrays with a contract: shape, dtype and finiteness are checked at birth, then the data is read-only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.errors import InputError
from heritage.model.limits import LOCAL_COORDINATE_M

F32 = npt.NDArray[np.float32]
F64 = npt.NDArray[np.float64]
U8 = npt.NDArray[np.uint8]
U16 = npt.NDArray[np.uint16]
I32 = npt.NDArray[np.int32]
Bool = npt.NDArray[np.bool_]

# ASPRS classification codes used by `clean` (LAS 1.4 R15, table 17; 64 and above are user-definable).
UNCLASSIFIED: Final = 1
GROUND: Final = 2
VEGETATION: Final = 5
NOISE: Final = 7

# Why a point has the class it has. The values are written to exported clouds and must never be renumbered.
REASONS: Final[dict[str, int]] = {
    "kept": 0,
    "duplicate": 1,
    "outlier": 2,
    "fragment": 3,
    "vegetation": 4,
    "ground": 5,
    "halo": 6,
    "low_confidence": 7,
}


def checked(
    name: str, value: npt.ArrayLike, dtype: npt.DTypeLike, shape: tuple[int | None, ...]
) -> npt.NDArray[Any]:
    """``value`` as a contiguous read-only array of ``dtype`` and ``shape`` (None = any length).

    Raises InputError for a wrong shape, a lossy kind of dtype, NaN or infinity.
    """
    array = np.ascontiguousarray(value)
    wanted = np.dtype(dtype)
    if array.ndim != len(shape) or any(
        s is not None and s != a for s, a in zip(shape, array.shape, strict=True)
    ):
        raise InputError(
            name, f"an array of shape {array.shape}", f"shape {shape} is allowed", code="array-shape"
        )
    if array.dtype != wanted:
        if array.dtype.kind == "f" and wanted.kind in "iu":
            raise InputError(name, f"dtype {array.dtype}", f"{wanted} is allowed", code="array-dtype")
        if array.dtype.kind in "iu" and wanted.kind in "iu" and array.size:
            info = np.iinfo(wanted)
            if array.min() < info.min or array.max() > info.max:
                raise InputError(
                    name, f"values beyond {wanted}", f"{info.min}..{info.max} is allowed", code="array-range"
                )
        array = array.astype(wanted)
    if wanted.kind == "f" and not np.isfinite(array).all():
        bad = int(np.flatnonzero(~np.isfinite(array).reshape(len(array), -1).all(axis=1))[0])
        raise InputError(
            name,
            f"row {bad} is not finite",
            "finite numbers are allowed",
            "remove it at the source",
            code="array-not-finite",
        )
    if array is value or array.base is not None:
        array = array.view()
    array.setflags(write=False)
    return array


def triple(corner: npt.NDArray[Any], digits: int | None = None) -> tuple[float, float, float]:
    """A place (3,) as plain numbers, for documents; rounded to so many decimals where given."""
    x, y, z = (float(c) if digits is None else round(float(c), digits) for c in corner)
    return x, y, z


def _optional(obj: object, name: str, dtype: npt.DTypeLike, shape: tuple[int | None, ...]) -> None:
    value = getattr(obj, name)
    if value is not None:
        object.__setattr__(obj, name, checked(name, value, dtype, shape))


@dataclass(frozen=True, eq=False)
class PointCloud:
    """Points near a float64 origin.

    ``origin`` (3,) float64, metres in the frame the cloud's owner states; ``xyz`` (n, 3) float32 metres
    relative to it; ``rgb`` (n, 3) uint8 sRGB; ``normal`` (n, 3) float32 unit or zero (unknown);
    ``confidence`` (n,) float32 in the source's own unit; ``source_class`` (n,) uint8, the file's own code.
    """

    origin: F64
    xyz: F32
    rgb: U8 | None = None
    normal: F32 | None = None
    confidence: F32 | None = None
    source_class: U8 | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", checked("origin", self.origin, np.float64, (3,)))
        object.__setattr__(self, "xyz", checked("xyz", self.xyz, np.float32, (None, 3)))
        n = len(self.xyz)
        _optional(self, "rgb", np.uint8, (n, 3))
        _optional(self, "normal", np.float32, (n, 3))
        _optional(self, "confidence", np.float32, (n,))
        _optional(self, "source_class", np.uint8, (n,))
        if n and float(np.abs(self.xyz).max()) > LOCAL_COORDINATE_M:
            raise InputError(
                "xyz",
                f"a point {float(np.abs(self.xyz).max()):.0f} m from the cloud's origin",
                f"up to {LOCAL_COORDINATE_M:.0f} m is allowed (float32 would lose millimetres)",
                "choose an origin near the points, or split the cloud",
                code="array-far-from-origin",
            )

    def __len__(self) -> int:
        return len(self.xyz)

    def select(self, mask: npt.NDArray[Any]) -> PointCloud:
        """The points at ``mask`` (bool mask or indices), same origin."""
        # Rows taken by number: four times as fast as by indexing, where they are short.
        rows = np.flatnonzero(mask) if mask.dtype == bool else mask

        def pick(a: npt.NDArray[Any] | None) -> Any:
            return None if a is None else a.take(rows, axis=0)

        return PointCloud(
            self.origin,
            pick(self.xyz),
            pick(self.rgb),
            pick(self.normal),
            pick(self.confidence),
            pick(self.source_class),
        )

    def with_(self, **changes: Any) -> PointCloud:
        """A copy with some arrays replaced."""
        return replace(self, **changes)

    def world(self) -> F64:
        """(n, 3) float64 metres, origin added."""
        return self.xyz.astype(np.float64) + self.origin

    def bounds(self) -> tuple[F64, F64]:
        """Least and greatest corner, float64 metres, origin added. The cloud must not be empty."""
        return self.xyz.min(0).astype(np.float64) + self.origin, self.xyz.max(0).astype(
            np.float64
        ) + self.origin


@dataclass(frozen=True, eq=False)
class Mesh:
    """One triangle mesh with at most one texture.

    ``origin`` (3,) float64 metres; ``vertices`` (v, 3) float32 metres relative to it, z up;
    ``triangles`` (t, 3) int32, counter-clockwise seen from outside; ``normals`` (v, 3) float32;
    ``uv`` (v, 2) float32, (0, 0) at the image's top left as in glTF; ``rgb`` (v, 3) uint8 sRGB;
    ``texture`` (h, w, 3) uint8 sRGB; ``change`` (v, k, 2) float32: signed distance and LoD95 in metres
    for each of k comparisons, NaN where not comparable (the one array here that may hold NaN);
    ``filled`` (v,) uint8, 255 where the surface was filled in rather than measured, 0 where it was measured;
    ``part`` (v,) uint16, which part of an interpreted state it belongs to: no triangle joins two parts.
    """

    origin: F64
    vertices: F32
    triangles: I32
    normals: F32 | None = None
    uv: F32 | None = None
    rgb: U8 | None = None
    texture: U8 | None = None
    change: F32 | None = None
    filled: U8 | None = None
    part: U16 | None = None
    name: str = field(default="surface")

    def __post_init__(self) -> None:
        object.__setattr__(self, "origin", checked("origin", self.origin, np.float64, (3,)))
        object.__setattr__(self, "vertices", checked("vertices", self.vertices, np.float32, (None, 3)))
        object.__setattr__(self, "triangles", checked("triangles", self.triangles, np.int32, (None, 3)))
        v = len(self.vertices)
        _optional(self, "normals", np.float32, (v, 3))
        _optional(self, "uv", np.float32, (v, 2))
        _optional(self, "rgb", np.uint8, (v, 3))
        _optional(self, "texture", np.uint8, (None, None, 3))
        _optional(self, "filled", np.uint8, (v,))
        _optional(self, "part", np.uint16, (v,))
        if self.change is not None:
            change = np.ascontiguousarray(self.change, np.float32)
            if change.ndim != 3 or change.shape[0] != v or change.shape[2] != 2:
                raise InputError(
                    "change", f"shape {change.shape}", f"({v}, k, 2) is allowed", code="array-shape"
                )
            change.setflags(write=False)
            object.__setattr__(self, "change", change)
        if len(self.triangles) and (self.triangles.min() < 0 or self.triangles.max() >= v):
            raise InputError(
                "triangles",
                f"an index outside 0..{v - 1}",
                "indices of existing vertices are allowed",
                code="array-index",
            )

    def with_(self, **changes: Any) -> Mesh:
        """A copy with some arrays replaced."""
        return replace(self, **changes)

    def bounds(self) -> tuple[F64, F64]:
        """Least and greatest corner, float64 metres, origin added. The mesh must not be empty."""
        return self.vertices.min(0).astype(np.float64) + self.origin, self.vertices.max(0).astype(
            np.float64
        ) + self.origin


@dataclass(frozen=True, eq=False)
class Similarity:
    """``x_target = scale * rotation @ x_source + translation``; name instances ``target_from_source``.

    ``rotation`` (3, 3) float64 proper orthogonal, ``translation`` (3,) float64 metres, ``scale`` > 0.
    """

    rotation: F64
    translation: F64
    scale: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "rotation", checked("rotation", self.rotation, np.float64, (3, 3)))
        object.__setattr__(self, "translation", checked("translation", self.translation, np.float64, (3,)))
        if (
            not np.allclose(self.rotation @ self.rotation.T, np.eye(3), atol=1e-9)
            or np.linalg.det(self.rotation) < 0
        ):
            raise InputError(
                "rotation",
                "a matrix that is no proper rotation",
                "det = +1, orthogonal",
                code="not-a-rotation",
            )
        if not (np.isfinite(self.scale) and self.scale > 0):
            raise InputError("scale", f"{self.scale}", "a positive number is allowed", code="not-a-scale")

    @classmethod
    def identity(cls) -> Similarity:
        """The transform that changes nothing."""
        return cls(np.eye(3), np.zeros(3))

    @classmethod
    def from_matrix(cls, matrix: npt.ArrayLike) -> Similarity:
        """From a (4, 4) matrix; raises InputError when it is no similarity."""
        m = checked("matrix", matrix, np.float64, (4, 4))
        scale = float(np.cbrt(np.linalg.det(m[:3, :3])))
        if not scale > 0:
            raise InputError(
                "matrix", "a mirrored or flat transform", "a similarity is allowed", code="not-a-rotation"
            )
        return cls(m[:3, :3] / scale, m[:3, 3], scale)

    @classmethod
    def from_columns(cls, columns: Sequence[float]) -> Similarity:
        """From 16 numbers, column-major, as documents and glTF have a matrix; raises as `from_matrix`."""
        return cls.from_matrix(np.array(columns, np.float64).reshape(4, 4).T)

    @property
    def columns(self) -> tuple[float, ...]:
        """The matrix as 16 numbers, column-major."""
        return tuple(float(v) for v in self.matrix.T.ravel())

    @property
    def matrix(self) -> F64:
        """(4, 4) float64."""
        m = np.eye(4)
        m[:3, :3] = self.scale * self.rotation
        m[:3, 3] = self.translation
        return m

    def apply(self, xyz: npt.NDArray[Any]) -> F64:
        """Transform points (n, 3)."""
        return np.asarray(self.scale * (np.asarray(xyz, np.float64) @ self.rotation.T) + self.translation)

    def __matmul__(self, other: Similarity) -> Similarity:
        return Similarity(
            self.rotation @ other.rotation,
            self.scale * self.rotation @ other.translation + self.translation,
            self.scale * other.scale,
        )

    def inverse(self) -> Similarity:
        """``source_from_target``."""
        r = self.rotation.T
        return Similarity(r, -(r @ self.translation) / self.scale, 1.0 / self.scale)
