"""Voyager's camera: two triples of numbers about the scene's origin, y up.

``orbit`` is (pitch, head, roll) in degrees and ``offset`` the camera's place in its own axes, in scene units:
with R = Rz(roll) Ry(head) Rx(pitch) the camera stands at R offset and looks along R (0, 0, -1). The formulas
are those of Voyager's `composeOrbitMatrix` (Smithsonian/dpo-voyager, libs/ff-three/source/math.ts).
"""

from __future__ import annotations

import math

import numpy as np

from heritage.formats.pose import Triple, rotation
from heritage.model.arrays import F64, triple


def axes_of(orbit: Triple) -> F64:
    """(3, 3) rotation of an orbit: columns are the camera's right, up and backward axes in the scene."""
    pitch, head, roll = (math.radians(angle) for angle in orbit)
    return rotation(2, roll) @ rotation(1, head) @ rotation(0, pitch)


def orbit_of(eye: F64, target: F64, before: float = 0.0) -> tuple[Triple, Triple]:
    """Orbit and offset of a level camera at ``eye`` (3,) that looks at ``target`` (3,), scene units, y up.

    ``head`` is within half a turn of ``before``, that of the stop before: Voyager goes from number to number.
    """
    along = (target - eye) / np.linalg.norm(target - eye)
    pitch = math.degrees(math.atan2(along[1], math.hypot(along[0], along[2])))
    head = math.degrees(math.atan2(-along[0], -along[2]))
    head += 360 * round((before - head) / 360)
    orbit = (pitch, head, 0.0)
    return orbit, triple(axes_of(orbit).T @ eye)


def camera_of(orbit: Triple, offset: Triple) -> tuple[F64, F64, F64]:
    """Eye, direction and up (3,) each, of an orbit and offset."""
    axes = axes_of(orbit)
    return axes @ np.array(offset), -axes[:, 2], axes[:, 1]
