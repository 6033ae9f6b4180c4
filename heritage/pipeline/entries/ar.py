"""What a release says of a condition for augmented reality, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.model.arrays import triple
from heritage.model.release import ArEntry, ArFile
from heritage.pipeline.stages.ar import SIZES, ar_models
from heritage.store import ReleaseFolder


def ar_entry(into: ReleaseFolder, folder: Path, target: str) -> ArEntry:
    """Copy the models of a finished ar stage below ``target``/ar; their entry."""
    made = ar_models(folder)
    files = {}
    for size in SIZES:
        for kind in ("glb", "usdz"):
            into.add(f"{target}/ar/{size}.{kind}", folder / f"{size}.{kind}")
        model = getattr(made, size)
        files[size] = ArFile(
            glb=f"{target}/ar/{size}.glb",
            glb_bytes=model.glb_bytes,
            usdz=f"{target}/ar/{size}.usdz",
            usdz_bytes=model.usdz_bytes,
            triangles=model.triangles,
            texture_px=model.texture_px,
            size_m=triple(np.round(np.array(model.max) - np.array(model.min), 3)),
        )
    return ArEntry(**files)
