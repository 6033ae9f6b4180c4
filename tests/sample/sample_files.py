"""Reading a sample site's scans and truth with the libraries of the outside world."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import laspy
import numpy as np
import pye57

from heritage.model.arrays import F64
from heritage.sample.site import SampleSummary


@dataclass(frozen=True)
class Sample:
    root: Path
    summary: SampleSummary

    def scan(self, monument: str, epoch: str) -> F64:
        """(n, 3) float64, as the file has them, read by the outside libraries."""
        (path,) = (self.root / "monuments" / monument / "scans").glob(f"{epoch}.*")
        if path.suffix == ".laz":
            return np.asarray(laspy.read(path).xyz)
        if path.suffix == ".e57":
            scan = pye57.E57(str(path)).read_scan_raw(0)
            return np.column_stack([scan[f"cartesian{axis}"] for axis in "XYZ"])
        head, _, body = path.read_bytes().partition(b"end_header\n")
        count = int(head.split(b"element vertex ")[1].split()[0])
        return np.frombuffer(body, np.uint8).reshape(count, 27)[:, :12].copy().view("<f4").astype(np.float64)

    def labels(self, monument: str, epoch: str) -> np.ndarray:
        return np.load(self.root / "truth" / monument / epoch / "labels.npy")

    def truth(self, monument: str, epoch: str, part: str = "monument") -> tuple[F64, np.ndarray]:
        """(vertices float64 with their origin added, triangles)."""
        with np.load(self.root / "truth" / monument / epoch / f"{part}.npz") as held:
            return held["vertices"].astype(np.float64) + held["origin"], held["triangles"]
