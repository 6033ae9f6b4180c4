"""Natural-looking variation: one periodic volume of pink noise, read at any place and scale."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import map_coordinates

from heritage.model.arrays import F64

_SIDE = 64


class Noise:
    """Pink noise in space, a function of the seed alone.

    The volume is white noise whose spectrum is divided by |k|^1.6 (between pink and Brownian), so one
    trilinear look-up holds five octaves. It repeats after ``64`` cells.
    """

    def __init__(self, seed: int) -> None:
        rng = np.random.default_rng([seed, 11])
        spectrum = np.fft.rfftn(rng.normal(size=(_SIDE,) * 3))
        k = np.fft.fftfreq(_SIDE) * _SIDE
        radius = np.sqrt(
            k[:, None, None] ** 2 + k[None, :, None] ** 2 + np.abs(np.fft.rfftfreq(_SIDE) * _SIDE) ** 2
        )
        radius[0, 0, 0] = np.inf
        volume = np.fft.irfftn(spectrum / radius**1.6, s=(_SIDE,) * 3, axes=(0, 1, 2))
        # Ranks instead of values: every look-up is then uniform in 0..1 at the lattice points.
        ranks = np.empty(volume.size, np.float32)
        ranks[np.argsort(volume, axis=None)] = np.linspace(0, 1, volume.size, dtype=np.float32)
        self._volume = ranks.reshape(volume.shape)

    def __call__(self, p: F64, size_m: float, salt: float = 0.0) -> F64:
        """Values in 0..1 (n,) at ``p`` (n, 3) metres; the greatest blobs are about ``size_m`` across."""
        cells = np.asarray(p, np.float64).T * (_SIDE / 4 / size_m) + np.array([[7.1], [23.7], [41.3]]) * (
            1 + salt
        )
        return np.asarray(map_coordinates(self._volume, cells, order=1, mode="grid-wrap"), np.float64)


def cell_hash(*cells: F64) -> F64:
    """A number in 0..1 (n,) per lattice cell, the same wherever the cell is met: one brick, one shade."""
    mixed = np.zeros(np.shape(cells[0]), np.uint64)
    for cell in cells:
        mixed = (mixed ^ np.asarray(cell).astype(np.int64).astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
