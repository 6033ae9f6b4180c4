"""Bring one epoch of a monument onto another whose scale it need not share.

Surveys whose scale nobody measured (photogrammetry without a scale bar) are off by some percent. The scale is found
by Newton steps about the fit of the six other unknowns: at the fit, the step that also grows or shrinks the moving
epoch says by how much, the epoch is scaled, and fitted again, until no step changes it by more than its own error.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from heritage.model.arrays import F64, PointCloud, Similarity
from heritage.model.errors import MethodError
from heritage.ops.placement.align import Alignment, AlignOptions, align

_STEPS: Final = 20
_MOST: Final = 0.1
_SETTLED: Final = 0.1  # of the alignment's error: a step that moves the surface by less is none


def align_scaled(reference: PointCloud, moving: PointCloud, options: AlignOptions | None = None) -> Alignment:
    """As `align`; where ``options.scale`` is free, with a scale of its own, whose error is part of ``sigma_m``.

    Raises MethodError as `align` does, and where the scale does not settle or is farther from 1 than a tenth.
    """
    chosen = options or AlignOptions()
    if chosen.scale == "kept":
        return align(reference, moving, chosen)
    middle = moving.world().mean(0) if len(moving) else np.zeros(3)
    reach = float(np.linalg.norm(np.ptp(moving.xyz, axis=0))) / 2 if len(moving) else 0.0
    scale = 1.0
    for _ in range(_STEPS):
        found = align(reference, _scaled(moving, scale, middle), chosen)
        if abs(found.larger) * reach < _SETTLED * found.sigma_m:
            return _with_scale(found, scale, middle)
        scale /= 1 + found.larger
        if abs(np.log(scale)) > _MOST:
            break
    raise MethodError(
        "align", f"a scale of {scale:.3f} that does not settle", f"within {_MOST:.0%} of 1",
        "correct the unit or scale of one of the two sources first", code="align-scale-free",
    )  # fmt: skip


def _scaled(cloud: PointCloud, scale: float, middle: F64) -> PointCloud:
    return cloud.with_(
        xyz=(scale * cloud.xyz.astype(np.float64)).astype(np.float32),
        origin=middle + scale * (cloud.origin - middle),
    )


def _with_scale(found: Alignment, scale: float, middle: F64) -> Alignment:
    about = Similarity(np.eye(3), middle - scale * middle, scale)
    figures = tuple(
        f.model_copy(update={"value": 1 / scale}) if f.name == "scale" else f for f in found.figures
    )
    return replace(found, reference_from_moving=found.reference_from_moving @ about, figures=figures)
