"""A building as coated solids, and the one closed surface they make together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from manifold3d import Manifold, OpType

from heritage.model.arrays import F32, F64, I32

# What a surface belongs to decides the label its points get.
MONUMENT, GROUND, VEGETATION = "monument", "ground", "vegetation"


@dataclass(frozen=True, eq=False)
class Coat:
    """What covers a solid: a material of `materials`, and where its pattern runs.

    ``pattern`` turns points (n, 3) into the pattern's own coordinates (n, 3): across, along, up. None = the
    points themselves. ``weight`` is how densely the surface is captured against the others.
    """

    material: str
    pattern: Callable[[F64], F64] | None = None
    weight: float = 1.0
    belongs: str = MONUMENT


@dataclass(frozen=True, eq=False)
class Surface:
    """Triangles with their coats.

    ``vertices`` (v, 3) float32 metres, ``triangles`` (t, 3) int32, ``coat`` (t,) int32 into ``coats``.
    """

    vertices: F32
    triangles: I32
    coat: I32
    coats: tuple[Coat, ...]

    @property
    def corners(self) -> F64:
        """(t, 3, 3) float64: the triangles' corner points."""
        return self.vertices.astype(np.float64)[self.triangles]

    def of(self, belongs: str) -> Surface:
        """The part that belongs to the monument, the ground or the vegetation."""
        wanted = np.array([c.belongs == belongs for c in self.coats])[self.coat]
        used, triangles = np.unique(self.triangles[wanted], return_inverse=True)
        return Surface(
            self.vertices[used], triangles.reshape(-1, 3).astype(np.int32), self.coat[wanted], self.coats
        )

    def __add__(self, other: Surface) -> Surface:
        return Surface(
            np.concatenate([self.vertices, other.vertices]),
            np.concatenate([self.triangles, other.triangles + np.int32(len(self.vertices))]),
            np.concatenate([self.coat, other.coat + np.int32(len(self.coats))]),
            self.coats + other.coats,
        )


@dataclass
class Building:
    """Solids to be united, then solids to be taken away; each with its coat."""

    _solids: list[Manifold] = field(default_factory=list)
    _cuts: list[Manifold] = field(default_factory=list)
    _coats: dict[int, Coat] = field(default_factory=dict)

    def add(self, coat: Coat, *solids: Manifold) -> None:
        """Build on."""
        self._solids += [self._named(coat, s) for s in solids]

    def cut(self, coat: Coat, *solids: Manifold) -> None:
        """Take away from everything built, before or after; the new faces wear ``coat``."""
        self._cuts += [self._named(coat, s) for s in solids]

    def _named(self, coat: Coat, solid: Manifold) -> Manifold:
        named = solid.as_original()
        self._coats[named.original_id()] = coat
        return named

    def surface(self, longest_edge: float = 1.0) -> Surface:
        """The outer surface of all of it, closed, each triangle with the coat of the solid it came from.

        Edges longer than ``longest_edge`` metres are divided: on slivers as long as a wall, distances cast
        in single precision were up to 14 mm wrong, on these 0.6 mm.
        """
        whole = Manifold.batch_boolean(self._solids, OpType.Add)
        if self._cuts:
            whole = Manifold.batch_boolean([whole, *self._cuts], OpType.Subtract)
        mesh = whole.refine_to_length(longest_edge).to_mesh()
        coats = list(dict.fromkeys(self._coats.values()))
        number = {coat: k for k, coat in enumerate(coats)}
        coat = np.empty(len(mesh.tri_verts), np.int32)
        starts = np.asarray(mesh.run_index) // 3
        for original, begin, end in zip(mesh.run_original_id, starts[:-1], starts[1:], strict=True):
            coat[begin:end] = number[self._coats[int(original)]]
        return Surface(
            np.asarray(mesh.vert_properties, np.float32)[:, :3],
            np.asarray(mesh.tri_verts, np.int32),
            coat,
            tuple(coats),
        )
