"""Camera centres from the frame of their file to that of the epoch."""

from __future__ import annotations

import numpy as np
import pyproj

from heritage.model.arrays import F64
from heritage.model.errors import InputError, MethodError
from heritage.model.frames import ECEF, SiteFrame
from heritage.ops.source_frame import SourceFrame, upright_rotation

_FAR = 20.0  # diagonals of the cloud; a telephoto lens is not farther away


def place_cameras(
    centres: F64,
    kind: str,
    reference: tuple[float, float, float] | None,
    frame: SourceFrame,
    low: F64,
    high: F64,
) -> F64:
    """``centres`` (m, 3) float64 as positions (m, 3) in the epoch's frame, z up, metres.

    ``kind`` is ``cloud`` (coordinates of the cloud's file), ``geocentric`` or ``topocentric`` (of ``reference``:
    longitude, latitude, height). ``low`` and ``high`` (3,) bound the cloud in the epoch's frame. Topocentric
    ones of a cloud without CRS are taken for the cloud's own. Raises InputError for geocentric cameras of a
    cloud without CRS; MethodError where the cameras stand so far from the cloud that their frame must be
    another.
    """
    if kind == "geocentric" and frame.crs is None:
        raise InputError(
            "cameras",
            "places on the globe, and a cloud without CRS",
            "the CRS of the cloud is needed",
            "add crs: EPSG:… to the epoch",
            code="cameras-no-crs",
        )
    if kind != "cloud" and frame.crs is not None:
        crs = pyproj.CRS.from_user_input(frame.crs).to_3d()
        ecef = SiteFrame(*reference).ecef_from_site.apply(centres) if reference is not None else centres
        from_ecef = pyproj.Transformer.from_crs(ECEF, crs, always_xy=True)
        # A CRS in feet has its heights in metres where it did not state any: the file has one unit for all three.
        metres = np.array([axis.unit_conversion_factor for axis in crs.axis_info])
        centres = np.column_stack(from_ecef.transform(*ecef.T)) * metres / frame.metres_per_unit
    matrix = frame.metres_per_unit * upright_rotation(frame.up)
    placed: F64 = centres @ matrix.T - np.array(frame.origin_m)
    size = max(float(np.linalg.norm(high - low)), 1e-9)
    away = np.linalg.norm(placed - np.clip(placed, low, high), axis=1)
    if not np.median(away) <= _FAR * size:
        raise MethodError(
            "cameras",
            f"cameras {np.median(away):.0f} m from a cloud of {size:.0f} m",
            f"up to {_FAR:g} times its size is allowed: they are in another frame",
            "export cameras and cloud in the same coordinates (of ODM: shots.geojson)",
            code="cameras-far",
        )
    return placed
