"""The volume between two surfaces where a region of change is: distance times area cannot tell that of what is tall."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from heritage.model.arrays import F32, F64, Bool
from heritage.ops.comparison.chance import Chance
from heritage.ops.comparison.confirm import Epoch, confirmed
from heritage.ops.comparison.lattice import Votes, votes_between
from heritage.ops.comparison.part import Part, one_of, section
from heritage.ops.comparison.plan import ComparePlan
from heritage.ops.comparison.quick import Surface
from heritage.ops.comparison.region import Region, by_size, region_of
from heritage.ops.comparison.where import Where
from heritage.ops.meshes.part_in import triangles_in

_STEPS = 20  # voxels over a region's depth or width, whichever is less
_MOST = 3_000_000  # voxels of a lattice
_ALL, _SURE, _TIE = 6, 4, 3  # ways: all; a majority; as many say that a voxel is in as say that it is not
_AGREED = 0.2  # of the body: where all ways agree on less, the surfaces do not close it
_BOXES = 4  # each 1.6 times as far around as the one before; what goes on beyond the last is not closed
_RIM = 3  # voxels around a body: its faces' neighbours are looked at
_CORNER = math.sqrt(3) / 2  # of a voxel's size: so far what is in it may be from its middle
# Into the lattice's frame: walls along its axes would lie on one side of a whole layer of middles.
TURN = Rotation.from_rotvec((0.31, 0.47, 0.73)).as_matrix()
_STAIRS = 1.5  # times as large as a surface are the faces of the voxels it runs through, over all directions


@dataclass(frozen=True, eq=False)
class Body:
    """What the surfaces enclose: voxels ``own``, of which ``weak`` have a bare majority, and ``ties`` beside them, of a lattice
    that begins at ``low`` and lies in the turned frame. A rim without any is around them."""

    own: Bool
    weak: int
    ties: int
    low: F64
    size: float

    @property
    def voxels(self) -> float:
        """As many are enclosed; of what is a tie one half."""
        return float(self.own.sum()) + self.ties / 2

    @property
    def faces_m2(self) -> float:
        """Area of the surface around it."""
        outer = sum(int(np.diff(self.own, axis=axis).sum()) for axis in range(3))
        return outer * self.size**2 / _STAIRS

    @property
    def box(self) -> tuple[F64, F64]:
        """The ends (3,) of what it and its rim are in, in the common frame."""
        return _box(self.low, self.low + self.size * np.array(self.own.shape))

    def along(self, spots: F32, radius_m: float) -> bool:
        """Whether most ``spots`` (k, 3) of a region are within ``radius_m`` of it."""
        reach = radius_m + _CORNER * self.size
        away = cKDTree(self.middles()).query(spots, distance_upper_bound=reach)[0]
        return bool(np.mean(away <= reach) > 0.5)

    def middles(self) -> F64:
        """(n, 3) of its voxels, in the common frame."""
        return np.asarray(_middles(self.own, self.low, self.size) @ TURN)


def with_volumes(
    parts: Sequence[Part], epochs: tuple[Epoch, Epoch] | None, plan: ComparePlan, chance: Chance
) -> tuple[tuple[Region, ...], int]:
    """The regions, each in one of ``parts``, largest volume first; and how many are left out, as neither what is enclosed nor
    the points tell them (`confirmed`).

    What is tall gets the volume that the surfaces of both ``epochs``, reference and compared, enclose there, or none where they
    do not. Regions most of which lie along one body are one: what stood there was one thing. Without ``epochs`` all count,
    and what is tall has no volume.
    """
    left, regions = sorted(parts, key=lambda part: (not part.tall, -abs(part.volume_m3), part.low_m)), []
    doubtful = 0
    while left:
        part = left.pop(0)
        body = epochs and part.tall and body_at(part, *epochs, plan.radius_m)
        while body and (
            along := [p for p in left if p.gained == part.gained and body.along(p.spots, plan.radius_m)]
        ):
            left = [p for p in left if p not in along]
            part = one_of([part, *along])
            body = body_at(part, *epochs, plan.radius_m) if epochs else None
        region = told(part, body or None, epochs, plan) if part.tall else region_of(part, plan)
        if epochs and not (enclosed_surely(region, chance) or confirmed(part, *epochs, plan)):
            doubtful += 1
            continue
        regions.append(region)
    return by_size(regions), doubtful


def enclosed_surely(region: Region, chance: Chance) -> bool:
    """Whether the surfaces enclose more than chance: then nothing more is needed to tell that something stood there."""
    return (
        region.volume_by == "enclosed"
        and region.volume_m3 is not None
        and region.volume_sigma_m3 is not None
        and region.gained == (region.volume_m3 > 0)
        and abs(region.volume_m3) >= chance.sure * region.volume_sigma_m3
    )


def told(part: Part, body: Body | None, epochs: tuple[Epoch, Epoch] | None, plan: ComparePlan) -> Region:
    """The region in ``part`` with the volume of its ``body``, if it has one.

    A surface bulges where it is curved and points are few: its mean distance from its own points, times its area, is
    taken off. The variance: either surface as far off as it is from its points, all to one side; the points' noise over
    the body's faces, errors hanging together over a cylinder's section; the registration over the region's area; what
    is a tie or has a bare majority as evenly spread between out and in; and so for half of each voxel on a face.
    """
    region = region_of(part, plan)
    if body is None or epochs is None:
        return replace(region, volume_m3=None, volume_sigma_m3=None, volume_by=None)
    voxel, faces, sign = body.size**3, body.faces_m2, 1 if part.gained else -1
    (early, early_most), (late, late_most) = (_bulge(body, epoch, plan.radius_m) for epoch in epochs)
    noise = part.noise / part.area_m2 * faces * min(faces, section(plan.radius_m))
    doubt, lattice = (body.ties + body.weak) * voxel, faces / body.size**2 * voxel**2
    systematic = early_most**2 + late_most**2 + (part.area_m2 * plan.registration_m) ** 2
    volume = sign * body.voxels * voxel - (late - early)
    sigma = math.sqrt(noise + systematic + (doubt**2 + lattice) / 12)
    return replace(region, volume_m3=volume, volume_sigma_m3=sigma, volume_by="enclosed")


def body_at(
    part: Part, before: Epoch, after: Epoch, radius_m: float, depth: float | None = None
) -> Body | None:
    """What the surfaces enclose at a region, ``depth`` metres about it at first, the region's own if not given; None where they
    do not.

    The lattice is bounded and surfaces pass through it mesh by mesh: what a tall thing's neighbourhood holds, which may be most
    of a monument, is never in memory at once.
    """
    spots, depth = part.spots.astype(np.float64) @ TURN.T, depth or abs(part.greatest_m)
    low, high = spots.min(0), spots.max(0)
    sign, margin = 1 if part.gained else -1, depth + 2 * radius_m
    for _ in range(_BOXES):
        bottom, top = low - margin, high + margin
        wanted = min(depth, math.sqrt(part.area_m2)) / _STEPS
        size = max(wanted, (float(np.prod(top - bottom)) / _MOST) ** (1 / 3))
        x, y, z = (int(n) for n in np.ceil((top - bottom) / size))
        box = _box(bottom, top)
        votes = votes_between(_corners(before, *box), _corners(after, *box), bottom, size, (x, y, z), sign)
        own, ties = _own(votes, spots, bottom, size, radius_m + _CORNER * size)
        if not own.any():
            return None
        if not any(np.take(own, end, axis).any() for axis in range(3) for end in (0, -1)):
            places = np.argwhere(own)
            first, end = places.min(0), places.max(0) + 1
            held = np.pad(own[tuple(slice(a, b) for a, b in zip(first, end, strict=True))], _RIM)
            weak, sure = ((votes[own] == ways).sum() for ways in (_SURE, _ALL))
            body = Body(held, int(weak), ties, bottom + (first - _RIM) * size, size)
            return body if sure > _AGREED * body.voxels else None
        margin *= 1.6
    return None


def _box(low: F64, high: F64) -> tuple[F64, F64]:
    """The ends (3,) in the common frame of what holds a box of the lattice's frame."""
    corner = np.stack(np.meshgrid(*np.array([low, high]).T), axis=-1).reshape(-1, 3) @ TURN
    return corner.min(0), corner.max(0)


def _corners(epoch: Epoch, low: F64, high: F64) -> Iterator[F64]:
    """(t, 3, 3) of its surface's triangles in a box of the common frame, in the lattice's; mesh by mesh."""
    for mesh in epoch.meshes(low, high):
        places, triangles = triangles_in(mesh, epoch.origin, low, high)
        yield (places.astype(np.float64) @ TURN.T)[triangles]


def _own(votes: Votes, spots: F64, low: F64, size: float, reach_m: float) -> tuple[Bool, int]:
    """The voxels that hang together with one whose middle is within ``reach_m`` of ``spots`` (k, 3), and how many ties hang on
    these."""
    sure = votes >= _SURE
    label, _ = ndimage.label(sure)
    named = label[sure]
    near = cKDTree(spots).query(_middles(sure, low, size), distance_upper_bound=reach_m)[0] <= reach_m
    own = np.isin(label, np.unique(named[near])) & sure
    tie = votes == _TIE
    label, _ = ndimage.label(tie | own)
    return own, int((tie & np.isin(label, np.unique(label[own]))).sum())


def _middles(mask: Bool, low: F64, size: float) -> F64:
    return np.asarray(low + (np.argwhere(mask) + 0.5) * size)


def _bulge(body: Body, epoch: Epoch, radius_m: float) -> tuple[float, float]:
    """Cubic metres by which the epoch's surface around the body lies outside of the points that it was made from; and how many
    it would be if it were off everywhere to one side. Over cubes of a cylinder's radius, whether points are many there or few.
    """
    beside = ndimage.binary_dilation(body.own, iterations=2) & ~ndimage.binary_erosion(body.own, iterations=2)

    def there(places: F64) -> Bool:
        cell = np.floor((places - body.low) / body.size).astype(np.int64)
        inside = np.flatnonzero(((cell >= 0) & (cell < body.own.shape)).all(1))
        held = np.zeros(len(places), bool)
        held[inside] = beside[tuple(cell[inside].T)]
        return held

    low, high = body.box
    surface = epoch.surface(low - radius_m, high + radius_m)
    corners = (surface.vertices.astype(np.float64) @ TURN.T)[surface.triangles]
    across = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    area = float(np.linalg.norm(across, axis=1)[there(corners.mean(1))].sum() / 2)
    xyz = epoch.points(Where(low, high))[0].astype(np.float64)
    turned = xyz @ TURN.T
    beside_it = there(turned)
    if not area or not beside_it.any():
        return 0.0, 0.0
    xyz = xyz[beside_it]
    _, cube = np.unique(np.floor(turned[beside_it] / radius_m), axis=0, return_inverse=True)
    cube = cube.ravel()
    over = -np.bincount(cube, Surface(surface).distance(xyz)) / np.bincount(cube)
    return area * float(over.mean()), area * float(np.abs(over).mean())
