"""The plan of a placement as SVG: the footprint, and the monument's points laid on it."""

from __future__ import annotations

import numpy as np
from shapely import MultiPolygon, Polygon
from shapely.ops import unary_union

from heritage.model.arrays import PointCloud, Similarity
from heritage.model.release import Placement

_SIDE = 640.0
_DOTS = 3_000


def plan_drawing(cloud: PointCloud, placement: Placement, footprint: Polygon | MultiPolygon) -> str:
    """An SVG, north up, of ``footprint`` (site frame) and up to 3,000 points of ``cloud`` (monument frame) placed on it."""
    few = cloud.world()[:: max(1, len(cloud) // _DOTS)]
    points = Similarity.from_columns(placement.site_from_monument).apply(few)[:, :2]
    outline = unary_union(footprint)
    west, south, east, north = outline.bounds
    margin = 0.25 * max(east - west, north - south)
    west, south, east, north = west - margin, south - margin, east + margin, north + margin
    scale = _SIDE / max(east - west, north - south)
    inside = (points[:, 0] > west) & (points[:, 0] < east) & (points[:, 1] > south) & (points[:, 1] < north)
    dots = "".join(f"M{(x - west) * scale:.1f} {(north - y) * scale:.1f}h1" for x, y in points[inside])
    rings = [ring for p in getattr(outline, "geoms", [outline]) for ring in (p.exterior, *p.interiors)]
    path = "".join(
        "M"
        + "L".join(f"{(x - west) * scale:.1f} {(north - y) * scale:.1f}" for x, y, *_ in ring.coords)
        + "Z"
        for ring in rings
    )
    width, height = (east - west) * scale, (north - south) * scale
    bar = 10 ** np.floor(np.log10((east - west) / 3))
    font = 'font-family="sans-serif" font-size="14" fill="#23211d"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" role="img">'
        f'<rect width="100%" height="100%" fill="#faf8f4"/>'
        f'<path d="{path}" fill="#e9dfc8" stroke="#7a5c1e" stroke-width="2" fill-rule="evenodd"/>'
        f'<path d="{dots}" stroke="#1f6a8c" stroke-width="1.4" opacity="0.55"/>'
        f'<path d="M20 {height - 20:.0f}h{bar * scale:.1f}" stroke="#23211d" stroke-width="3"/>'
        f'<text x="20" y="{height - 28:.0f}" {font}>{bar:g} m, north up</text></svg>'
    )
