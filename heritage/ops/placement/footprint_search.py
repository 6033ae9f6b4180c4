"""Try every heading and every shift of a plan over a footprint at once, by correlation in the frequency domain.

Walls and edges are fields of doubled normal angles: a wall on a parallel edge counts +1, on a crossing one -1, and a
turn of the plan is a phase. The second field rewards what lies inside the footprint.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import shapely
from scipy import fft, ndimage

from heritage.model.arrays import F64
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.walls import Cells

_BLUR_M = 0.7
_PIXEL_M = 0.4
_PIXELS = 176
_PIXELS_SCALED = 96  # per scale, where many scales are tried
_INSIDE = 0.5  # reward of a cell inside against a cell on an edge
_PER_HEADING = 3


@dataclass(frozen=True)
class Pose:
    """``site = scale * turn(yaw) @ plan + (x, y)``; ``yaw`` radians, counter-clockwise; metres."""

    yaw: float
    x: float
    y: float
    scale: float = 1.0

    def apply(self, xy: F64) -> F64:
        """Place points (n, 2)."""
        return np.asarray(self.scale * (xy @ turn(self.yaw).T) + [self.x, self.y])

    def inverse(self, xy: F64) -> F64:
        """Points (n, 2) of the site in the plan."""
        return np.asarray((xy - [self.x, self.y]) @ turn(self.yaw) / self.scale)


def turn(yaw: float) -> F64:
    """(2, 2) counter-clockwise rotation."""
    c, s = np.cos(yaw), np.sin(yaw)
    return np.array([[c, -s], [s, c]])


def search(
    cells: Cells,
    edges: Edges,
    scales: F64,
    *,
    keep: int,
    yaw: tuple[float, float] | None = None,
    threads: int = 1,
    pixels: int | None = None,
) -> tuple[list[Pose], float]:
    """The ``keep`` best poses, best first, then a third as many about ``yaw`` (radians, half width); and how far off
    they may be, metres. ``pixels`` a side: fewer are coarser and faster.

    ``cells`` about their own centre, ``edges`` about theirs. Poses nearer to a better one than that are dropped.
    """
    reach = float(np.linalg.norm(cells.xy, axis=1).max())
    extent = 2 * edges.radius + reach * float(scales.max()) + 4 * _BLUR_M
    pixel = max(_PIXEL_M, extent / (pixels or (_PIXELS if len(scales) == 1 else _PIXELS_SCALED)))
    blur = max(_BLUR_M, 1.5 * pixel)
    n = int(fft.next_fast_len(int(np.ceil((extent + 4 * blur) / pixel))))
    direction, inside = (np.conj(fft.fft2(f, workers=threads)) for f in _fields(edges, n, pixel, blur))
    step = float(np.clip(1.5 * blur / max(reach * float(scales.max()), 1e-9), np.radians(1.5), np.radians(6)))
    yaws = np.arange(0, 2 * np.pi, 2 * np.pi / np.ceil(2 * np.pi / step))
    share = cells.weight / cells.weight.sum()
    found: list[tuple[float, Pose]] = []
    for scale in scales:
        for angle in yaws:
            place = np.floor(scale * (cells.xy @ turn(angle).T) / pixel).astype(np.int64) % n
            flat = place[:, 0] * n + place[:, 1]
            doubled = 2 * (cells.angle + angle)
            real, imaginary, plain = (
                np.bincount(flat, share * f, n * n).reshape(n, n)
                for f in (np.cos(doubled), np.sin(doubled), np.ones(len(doubled)))
            )
            spectrum = fft.fft2(real + 1j * imaginary, workers=threads) * direction
            spectrum += fft.fft2(plain, workers=threads) * inside
            score = fft.ifft2(spectrum, workers=threads).real
            found += _peaks(score, float(angle), float(scale), pixel, blur)
    found.sort(key=lambda pair: -pair[0])
    poses = _thinned(found, [], keep, step, blur)
    if yaw is not None:
        about = [f for f in found if abs((f[1].yaw - yaw[0] + np.pi) % (2 * np.pi) - np.pi) < yaw[1]]
        poses += _thinned(about, poses, keep // 3, step, blur)
    return poses, blur


def _thinned(
    found: list[tuple[float, Pose]], before: list[Pose], keep: int, step: float, blur: float
) -> list[Pose]:
    poses: list[Pose] = []
    for _, pose in found:
        if all(_apart(pose, other, step, blur) for other in [*before, *poses]):
            poses.append(pose)
        if len(poses) == keep:
            break
    return poses


def _fields(edges: Edges, n: int, pixel: float, blur: float) -> tuple[npt.NDArray[np.complex128], F64]:
    """Complex field of the edges' doubled normal angles and real field of the area, both (n, n), origin at (0, 0)."""
    place = np.floor(edges.sample / pixel).astype(np.int64) % n
    flat = place[:, 0] * n + place[:, 1]
    angle = 2 * np.arctan2(edges.outward[:, 1], edges.outward[:, 0])[edges.sample_edge]
    field: npt.NDArray[np.complex128] = np.zeros((n, n), np.complex128)
    for part, unit in ((np.cos(angle), 1.0), (np.sin(angle), 1j)):
        drawn = np.bincount(flat, edges.sample_drawn / pixel * part, n * n).reshape(n, n)
        field += unit * ndimage.gaussian_filter(drawn, blur / pixel, mode="wrap")
    centre = (np.fft.fftfreq(n) * n + 0.5) * pixel
    x, y = np.meshgrid(centre, centre, indexing="ij")
    grown = edges.plan.union(edges.beside).buffer(blur)
    shapely.prepare(grown)
    return field / float(np.abs(field).max()), _INSIDE * np.asarray(
        shapely.contains_xy(grown, x, y), np.float64
    )


def _peaks(score: F64, yaw: float, scale: float, pixel: float, blur: float) -> list[tuple[float, Pose]]:
    n = len(score)
    result = []
    wide = int(np.ceil(2 * blur / pixel))
    around = np.arange(-wide, wide + 1)
    for _ in range(_PER_HEADING):
        i, j = np.unravel_index(int(score.argmax()), score.shape)
        value = float(score[i, j])
        # The correlation peaks where the footprint lies relative to the plan; the plan moves the other way.
        x, y = (-((k + n // 2) % n - n // 2) * pixel for k in (int(i), int(j)))
        result.append((value, Pose(yaw, x, y, scale)))
        score[np.ix_((i + around) % n, (j + around) % n)] = -np.inf
    return result


def _apart(a: Pose, b: Pose, step: float, blur: float) -> bool:
    angle = abs((a.yaw - b.yaw + np.pi) % (2 * np.pi) - np.pi)
    return bool(
        angle > 1.6 * step
        or np.hypot(a.x - b.x, a.y - b.y) > 2 * blur
        or abs(np.log(a.scale / b.scale)) > 0.08
    )
