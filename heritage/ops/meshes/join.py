"""Several meshes as one, for geometry: materials are not kept, vertex order is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from heritage.model.arrays import Mesh


def join(meshes: Sequence[Mesh]) -> Mesh:
    """Vertices and triangles of ``meshes`` one after the other, relative to the first one's origin.

    Normals and vertex colours and ``part`` are kept where every mesh has them, ``filled`` where any has; texture and uv are not.
    """
    if len(meshes) == 1:
        return meshes[0]
    origin = meshes[0].origin
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes)])
    normals = [m.normals for m in meshes if m.normals is not None]
    rgb = [m.rgb for m in meshes if m.rgb is not None]
    part = [m.part for m in meshes if m.part is not None]
    filled = [np.zeros(len(m.vertices), np.uint8) if m.filled is None else m.filled for m in meshes]
    return Mesh(
        origin,
        np.concatenate([m.vertices.astype(np.float64) + (m.origin - origin) for m in meshes]).astype(
            np.float32
        ),
        np.concatenate([m.triangles + np.int32(start) for m, start in zip(meshes, starts[:-1], strict=True)]),
        normals=np.concatenate(normals) if len(normals) == len(meshes) else None,
        rgb=np.concatenate(rgb) if len(rgb) == len(meshes) else None,
        filled=np.concatenate(filled) if any(m.filled is not None for m in meshes) else None,
        part=np.concatenate(part) if len(part) == len(meshes) else None,
    )
