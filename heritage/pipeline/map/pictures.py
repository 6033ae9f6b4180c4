"""What lies on the ground: the drawn base map and the orthophoto, as pictures over the site frame."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pyproj
import shapely
from PIL import Image

from heritage.model.arrays import F64, U8
from heritage.model.documents import BaseLayer
from heritage.model.frames import SiteFrame
from heritage.model.release import MapImage
from heritage.ops.map.lay import lay
from heritage.ops.map.paint import paint
from heritage.pipeline.map.extent import pixel_from_site, raster_box
from heritage.pipeline.reading.guard_map import guarded_photo, guarded_shapes
from heritage.store import Writes
from heritage.text.site import LoadedSite

_CHANNELS = ("water", "green", "street")
_BASE_PX, _PHOTO_PX = 1536, 2048
_LEAST_PX = 1.6  # a thinner line would come and go
_FINEST_M = 0.15
_MARGIN_M = 20.0


def write_base_map(
    into: Writes, loaded: LoadedSite, frame: SiteFrame, low: F64, high: F64
) -> MapImage | None:
    """Draw the site's base layers; None where it names none."""
    layers = loaded.site.base_map
    if not layers:
        return None
    shapes = [_in_site(loaded, layer, frame) for layer in layers]
    boxes = np.array([shapely.total_bounds(np.concatenate(both)) for both in shapes])
    # No pixel is spent on land of which the layers say nothing.
    low = np.maximum(low, np.nanmin(boxes[:, :2], axis=0) - _MARGIN_M)
    high = np.minimum(high, np.nanmax(boxes[:, 2:], axis=0) + _MARGIN_M)
    if not (high > low).all():
        return None
    pixel_m, width, height = _grid(low, high, _FINEST_M, _BASE_PX)
    drawn = np.zeros((height, width, 3), np.uint8)
    for layer, (faces, lines) in zip(layers, shapes, strict=True):
        wide = max(layer.width_m, _LEAST_PX * pixel_m)
        areas = np.concatenate([faces, shapely.buffer(lines, wide / 2, quad_segs=4)])
        channel = drawn[:, :, _CHANNELS.index(layer.kind)]
        np.maximum(channel, paint(areas, low, pixel_m, width, height), out=channel)
    path = "map/base.webp"
    into.write(path, _webp(drawn, lossless=True))
    return _entry(path, low, pixel_m, width, height)


def write_photo(into: Writes, loaded: LoadedSite, frame: SiteFrame, low: F64, high: F64) -> MapImage | None:
    """Lay the orthophoto on the map's rectangle; None where the site names none, or it lies elsewhere."""
    spec = loaded.site.ground
    if spec is None or spec.photo is None:
        return None
    raster = guarded_photo(loaded.root / spec.photo, spec.photo_crs)
    height_m = loaded.site.ground_m
    own_low, own_high, own_pixel_m = raster_box(raster, frame, height_m)
    low, high = np.maximum(low, own_low), np.minimum(high, own_high)
    if (high <= low).any():
        return None
    pixel_m, width, height = _grid(low, high, own_pixel_m, _PHOTO_PX)

    def there(xy: F64) -> F64:
        return pixel_from_site(raster, frame, xy, height_m - frame.height_m)

    path = "map/photo.webp"
    into.write(path, _webp(lay(raster.values, there, low, pixel_m, width, height), lossless=False))
    return _entry(path, low, pixel_m, width, height)


def _in_site(loaded: LoadedSite, layer: BaseLayer, frame: SiteFrame) -> tuple[np.ndarray, np.ndarray]:
    """Polygons and lines of a layer in the site frame."""
    shapes = guarded_shapes(loaded.root / layer.source, layer)
    crs = pyproj.CRS.from_wkt(shapes.crs)

    def move(places: F64) -> F64:
        xyz = np.column_stack([places[:, :2], np.full(len(places), loaded.site.ground_m)])
        return frame.site_from_crs(crs, xyz)[:, :2]

    return shapely.transform(shapes.areas, move), shapely.transform(shapes.lines, move)


def _grid(low: F64, high: F64, finest_m: float, most_px: int) -> tuple[float, int, int]:
    pixel_m = max(finest_m, float((high - low).max()) / most_px)
    width, height = np.ceil((high - low) / pixel_m - 1e-9).astype(int)
    return pixel_m, int(width), int(height)


def _webp(picture: U8, *, lossless: bool) -> bytes:
    buffer = io.BytesIO()
    # exact: colours stay where alpha is 0, or edges would darken.
    Image.fromarray(picture).save(buffer, "WEBP", lossless=lossless, quality=80, method=4, exact=True)
    return buffer.getvalue()


def _entry(path: str, low: F64, pixel_m: float, width: int, height: int) -> MapImage:
    corner: Sequence[float] = (low + pixel_m * np.array([width, height])).tolist()
    return MapImage(url=path, min=(float(low[0]), float(low[1])), max=(corner[0], corner[1]), pixel_m=pixel_m)
