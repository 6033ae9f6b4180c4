"""Try every heading and every shift of a plan over a footprint at once, by correlation in the frequency domain.

Walls and edges are fields of doubled normal angles: a wall on a parallel edge counts +1, on a crossing one -1, and a
turn of the plan is a phase. The second field rewards what lies inside the footprint.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from scipy import fft, ndimage

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.placement.footprint_edges import Edges
from heritage.ops.placement.footprint_peaks import Spectra, common, peaks
from heritage.ops.placement.lay_plan import lay_plan
from heritage.ops.placement.walls import Cells

_BLUR_M = 0.7
_PIXEL_M = 0.4
_PIXELS = 176
_PIXELS_SCALED = 96  # per scale, where many scales are tried
_INSIDE = 0.5  # reward of a cell inside against a cell on an edge
_PER_HEADING = 3
_AT_ONCE = 1 << 16  # pixels


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


@dataclass(frozen=True)
class Expected:
    """What is known beforehand of a pose: ``yaw`` and how far off it may be, radians; ``place`` (x, y) of the plan's
    origin and how far off, metres. None = anything."""

    yaw: tuple[float, float] | None = None
    place: tuple[float, float, float] | None = None

    def holds(self, pose: Pose) -> bool:
        """Whether a pose is as expected."""
        return self.turned(pose.yaw, 0.0) and bool(self.there(np.array(pose.x), np.array(pose.y), 0.0))

    def turned(self, yaw: float, slack: float) -> bool:
        """Whether the turn may be ``yaw``, which stands for turns up to ``slack`` away."""
        if self.yaw is None:
            return True
        return abs((yaw - self.yaw[0] + np.pi) % (2 * np.pi) - np.pi) < max(self.yaw[1], slack)

    def there(self, x: F64, y: F64, slack: float) -> Bool:
        """Whether the origin may lie at x, y (any shape)."""
        if self.place is None:
            return np.ones(np.broadcast(x, y).shape, bool)
        return np.asarray(np.hypot(x - self.place[0], y - self.place[1]) < self.place[2] + slack)


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
    expected: Expected | None = None,
    only: bool = False,
    pixels: int | None = None,
) -> tuple[list[Pose], float]:
    """The ``keep`` best poses, best first, then a third as many of those ``expected`` (with ``only``: just the best
    ``keep`` of those); and how far off they may be, metres. ``pixels`` a side: fewer are coarser and faster.

    ``cells`` about their own centre, ``edges`` about theirs. Poses nearer to a better one than that are dropped.
    """
    reach = float(np.linalg.norm(cells.xy, axis=1).max())
    extent = 2 * edges.radius + reach * float(scales.max()) + 4 * _BLUR_M
    pixel = max(_PIXEL_M, extent / (pixels or (_PIXELS if len(scales) == 1 else _PIXELS_SCALED)))
    blur = max(_BLUR_M, 1.5 * pixel)
    n = int(fft.next_fast_len(int(np.ceil((extent + 4 * blur) / pixel))))
    spectra = np.conj(fft.rfft2(_fields(edges, n, pixel, blur)))
    step = float(np.clip(1.5 * blur / max(reach * float(scales.max()), 1e-9), np.radians(1.5), np.radians(6)))
    yaws = np.arange(0, 2 * np.pi, 2 * np.pi / np.ceil(2 * np.pi / step))
    share = cells.weight / cells.weight.sum()
    known = expected or Expected()
    place: F64 = -((np.arange(n) + n // 2) % n - n // 2) * np.float64(
        pixel
    )  # where the plan goes for a peak in that row
    elsewhere = ~known.there(place[:, None], place[None, :], blur)
    nowhere = np.zeros((n, n), bool)
    found: list[tuple[float, Pose]] = []
    about: list[tuple[float, Pose]] = []
    some = [float(yaw) for yaw in yaws if not only or known.turned(float(yaw), step)]
    for scale in scales:
        for yaw, score in _correlations(cells, share, some, float(scale), spectra, n, pixel):
            if known.turned(yaw, step):
                about += _poses(score, elsewhere, yaw, float(scale), place, blur / pixel)
            if not only:
                found += _poses(score, nowhere, yaw, float(scale), place, blur / pixel)
    for seen in (found, about):
        seen.sort(key=lambda pair: -pair[0])
    if only:
        return _thinned(about, [], keep, step, blur), blur
    poses = _thinned(found, [], keep, step, blur)
    if expected is not None:
        poses += _thinned(about, poses, keep // 3, step, blur)
    return poses, blur


def _correlations(
    cells: Cells, share: F64, yaws: Sequence[float], scale: float, spectra: Spectra, n: int, pixel: float
) -> Iterator[tuple[float, F32]]:  # fmt: skip
    """(n, n) for each of ``yaws`` how well the plan turned so lies on the edges, for every shift at once; ``spectra``
    conjugate, of their fields."""
    many = max(1, _AT_ONCE // (n * n))  # so that what is worked on stays in the processor's cache
    for k in range(0, len(yaws), many):
        some = np.array(yaws[k : k + many])
        laid = lay_plan(cells.xy, cells.angle, share, some, scale / pixel, n).astype(np.float32)
        met = fft.irfft2(common(fft.rfft2(laid), spectra), (n, n))
        yield from zip(yaws[k : k + many], met, strict=True)


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


def _fields(edges: Edges, n: int, pixel: float, blur: float) -> F32:
    """(3, n, n) cosine and sine of the edges' doubled normal angles, and the area; origin at (0, 0)."""
    place = np.floor(edges.sample / pixel).astype(np.int64) % n
    flat = place[:, 0] * n + place[:, 1]
    angle = 2 * np.arctan2(edges.outward[:, 1], edges.outward[:, 0])[edges.sample_edge]
    fields = np.empty((3, n, n), np.float32)
    for k, part in enumerate((np.cos(angle), np.sin(angle))):
        drawn = np.bincount(flat, edges.sample_drawn / pixel * part, n * n).reshape(n, n)
        fields[k] = ndimage.gaussian_filter(drawn, blur / pixel, mode="wrap")
    fields[:2] /= np.hypot(fields[0], fields[1]).max()
    centre = (np.fft.fftfreq(n) * n + 0.5) * pixel
    x, y = np.meshgrid(centre, centre, indexing="ij")
    grown = edges.plan.union(edges.beside).buffer(blur)
    shapely.prepare(grown)
    fields[2] = _INSIDE * shapely.contains_xy(grown, x, y)
    return fields


def _poses(
    score: F32, barred: Bool, yaw: float, scale: float, place: F64, blur: float
) -> list[tuple[float, Pose]]:
    """The best shifts of a turned plan; ``place`` (n,) metres of each row and column, ``blur`` in pixels."""
    return [
        # The correlation peaks where the footprint lies relative to the plan; the plan moves the other way.
        (float(value), Pose(yaw, float(place[int(i)]), float(place[int(j)]), scale))
        for value, i, j in peaks(score, barred, _PER_HEADING, int(np.ceil(2 * blur)))
    ]


def _apart(a: Pose, b: Pose, step: float, blur: float) -> bool:
    angle = abs((a.yaw - b.yaw + np.pi) % (2 * np.pi) - np.pi)
    return bool(
        angle > 1.6 * step
        or np.hypot(a.x - b.x, a.y - b.y) > 2 * blur
        or abs(np.log(a.scale / b.scale)) > 0.08
    )
