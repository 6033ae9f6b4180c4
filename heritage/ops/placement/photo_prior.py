"""A rough position from where the photos of a survey were taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.model.arrays import F64

_GPS_M: Final = 5.0  # 1 sigma of a handheld receiver or drone without a base station, horizontal
_OUTLIER: Final = 5.0  # robust sigmas from the median: a fix from another place


@dataclass(frozen=True)
class PhotoPrior:
    """``east_m``, ``north_m``: where the monument is; ``sigma_m``: 1 sigma; of ``photos`` positions, ``left_out``
    were outliers."""

    east_m: float
    north_m: float
    sigma_m: float
    photos: int
    left_out: int


def photo_prior(positions: F64, errors: F64) -> PhotoPrior:
    """From camera positions (n, 2) in the site frame, n > 0, and stated receiver errors (n,) metres, NaN if unstated.

    Cameras stand around a monument or fly over it: it is taken to be at their middle, as uncertain as they are spread
    (their RMS distance per axis), for nobody knows which side they faced, and as the receiver's error, which photos
    of one flight share. Fixes far from all others are left out (median absolute deviation).
    """
    middle = np.median(positions, axis=0)
    away = np.linalg.norm(positions - middle, axis=1)
    good = away <= np.median(away) + _OUTLIER * max(
        1.4826 * float(np.median(np.abs(away - np.median(away)))), _GPS_M
    )
    kept = positions[good]
    spread = float(np.sqrt(kept.var(0).sum() / 2))
    stated = errors[good]
    stated = stated[np.isfinite(stated)]
    receiver = float(np.median(stated)) if len(stated) else _GPS_M
    east, north = kept.mean(0)
    return PhotoPrior(
        float(east), float(north), float(np.hypot(spread, receiver)), len(positions), int((~good).sum())
    )
