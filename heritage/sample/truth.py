"""What is known of the sample for certain, as scores need it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from heritage.model.arrays import Mesh, Similarity
from heritage.ops.meshes.join import join
from heritage.pipeline.built import Built
from heritage.pipeline.stages.ingest import source_frame


@dataclass(frozen=True)
class Score:
    """One figure against the truth. ``of`` says of what, for instance ``thai-hoa/2024``."""

    of: str
    name: str
    value: float
    unit: str


def similarity(rows: Any) -> Similarity:
    """Of a matrix as the truth's document writes it."""
    return Similarity.from_matrix(np.array(rows, np.float64))


def epoch_from_truth(built: Built, monument: str, epoch: str, facts: dict[str, Any]) -> Similarity:
    """The truth's monument frame to the epoch's frame, which is its file's less the origin ingest took."""
    origin = np.array(source_frame(built.folder(f"ingest:{monument}:{epoch}")).origin_m)
    return Similarity(np.eye(3), -origin) @ similarity(facts["epochs"][epoch]["source_from_monument"])


def true_mesh(site: Path, monument: str, epoch: str, *names: str) -> Mesh:
    """The surfaces that were captured, ``names`` of monument, ground and vegetation, in the truth's monument frame."""
    parts = []
    for name in names:
        with np.load(site / "truth" / monument / epoch / f"{name}.npz", allow_pickle=False) as held:
            parts.append(Mesh(held["origin"], held["vertices"], held["triangles"]))
    return join(parts)
