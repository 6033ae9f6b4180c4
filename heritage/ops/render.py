"""Draw meshes and clouds to small pictures without a graphics card: for reports, stills and looking at results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, F64, U8, Mesh, PointCloud, triple
from heritage.model.documents import View
from heritage.ops.meshes.rays import empty_scene, tensor

SKY: tuple[int, int, int] = (238, 240, 240)
_ASPECT = 1.5  # a picture's width over its height, on the safe side of the reports' 1.6
_MARGIN = 0.94  # a little air around what is shown
_SPLATS = 200_000  # points drawn at once


@dataclass(frozen=True)
class _Camera:
    """A pinhole looking from ``eye`` with orthonormal ``right``, ``up``, ``forward``; focal length in pixels."""

    eye: F64
    right: F64
    up: F64
    forward: F64
    focal_px: float

    @classmethod
    def of(cls, view: View, height: int) -> _Camera:
        eye = np.array(view.eye_m, np.float64)
        forward = np.array(view.target_m, np.float64) - eye
        forward /= np.linalg.norm(forward)
        # Looking straight up or down has no horizon: north is then up in the picture.
        pole = np.array([0.0, 1.0, 0.0]) if abs(forward[2]) > 0.9999 else np.array([0.0, 0.0, 1.0])
        right = np.cross(forward, pole)
        right /= np.linalg.norm(right)
        focal = height / 2 / np.tan(np.radians(view.fov_deg) / 2)
        return cls(eye, right, np.cross(right, forward), forward, float(focal))


def view_of(
    low: npt.ArrayLike,
    high: npt.ArrayLike,
    *,
    azimuth_deg: float = 215.0,
    elevation_deg: float = 18.0,
    fov_deg: float = 45.0,
) -> View:
    """A view that holds the box ``low``..``high`` (3,), metres, from compass direction ``azimuth_deg``.

    215 degrees is the south-west, where the light of an afternoon falls on most façades.
    """
    a, b = np.asarray(low, np.float64), np.asarray(high, np.float64)
    centre = (a + b) / 2
    azimuth, elevation = np.radians(azimuth_deg), np.radians(elevation_deg)
    back = np.array(
        [np.sin(azimuth) * np.cos(elevation), np.cos(azimuth) * np.cos(elevation), np.sin(elevation)]
    )
    right = np.array([-np.cos(azimuth), np.sin(azimuth), 0.0])
    corners = np.array([[x, y, z] for x in (a[0], b[0]) for y in (a[1], b[1]) for z in (a[2], b[2])]) - centre
    half = np.tan(np.radians(fov_deg) / 2) * _MARGIN
    # How far back each corner needs the eye to be, to lie inside the picture across and up.
    across = np.abs(corners @ right) / (half * _ASPECT) + corners @ back
    upward = np.abs(corners @ np.cross(back, right)) / half + corners @ back
    eye = centre + back * max(float(across.max()), float(upward.max()), 0.5)
    return View(
        eye_m=triple(eye, 3), target_m=triple(centre, 3), fov_deg=fov_deg, fit_m=(triple(a, 3), triple(b, 3))
    )


def render_surface(
    meshes: Sequence[Mesh],
    view: View,
    width: int,
    height: int,
    *,
    colours: Sequence[U8] | None = None,
    light: float = 0.35,
    background: tuple[int, int, int] = SKY,
    samples: int = 2,
) -> U8:
    """Ray-cast meshes: (height, width, 3) uint8 sRGB.

    All meshes and the view share one frame (metres, z up). Vertex colours come from ``colours`` (one (v, 3)
    per mesh) or ``Mesh.rgb``, else a neutral stone; ``light`` is how much shading is mixed in (0 none).
    ``samples`` squared rays per pixel.
    """
    wide, high = width * samples, height * samples
    camera = _Camera.of(view, high)
    scene = empty_scene()
    for mesh in meshes:
        local = mesh.vertices.astype(np.float64) + mesh.origin - camera.eye
        scene.add_triangles(tensor(local, np.float32), tensor(mesh.triangles, np.uint32))
    x, y = np.meshgrid(np.arange(wide) + 0.5 - wide / 2, high / 2 - np.arange(high) - 0.5)
    direction = (
        camera.forward + (x[..., None] * camera.right + y[..., None] * camera.up) / camera.focal_px
    ).astype(np.float32)
    rays = np.concatenate([np.zeros_like(direction), direction], axis=2)
    hit = scene.cast_rays(tensor(rays, np.float32))
    which, triangle = hit["geometry_ids"].numpy(), hit["primitive_ids"].numpy()
    uv, normal = hit["primitive_uvs"].numpy(), hit["primitive_normals"].numpy()
    picture = np.empty((high, wide, 3), np.float32)
    picture[:] = background
    for i, mesh in enumerate(meshes):
        mask = which == i
        if not mask.any():
            continue
        tints = _tints(mesh, None if colours is None else colours[i])
        corners = tints[mesh.triangles[triangle[mask]]]
        u, v = uv[mask][:, :1], uv[mask][:, 1:]
        colour = corners[:, 0] * (1 - u - v) + corners[:, 1] * u + corners[:, 2] * v
        n = normal[mask]
        n /= np.maximum(np.linalg.norm(n, axis=1, keepdims=True), 1e-12)
        sun = np.array([-0.45, -0.55, 0.7], np.float32)
        shade = 0.55 + 0.45 * np.abs(n @ sun)[:, None]
        picture[mask] = colour * (1 - light + light * shade)
    return _downsample(picture, samples)


def _tints(mesh: Mesh, given: U8 | None) -> F32:
    chosen = given if given is not None else mesh.rgb
    if chosen is None:
        return np.full((len(mesh.vertices), 3), 200, np.float32)
    return chosen.astype(np.float32)


def _downsample(picture: F32, samples: int) -> U8:
    h, w = picture.shape[0] // samples, picture.shape[1] // samples
    small = picture.reshape(h, samples, w, samples, 3).mean(axis=(1, 3))
    return np.asarray(np.clip(np.rint(small), 0, 255), np.uint8)


def render_points(
    cloud: PointCloud,
    view: View,
    width: int,
    height: int,
    *,
    colours: U8 | None = None,
    background: tuple[int, int, int] = SKY,
    radius_px: int = 1,
) -> U8:
    """Splat points, nearest first: (height, width, 3) uint8 sRGB. Frame and view as for ``render_surface``."""
    camera = _Camera.of(view, height)
    relative = cloud.xyz.astype(np.float64) + (cloud.origin - camera.eye)
    depth = relative @ camera.forward
    ahead = depth > 1e-3
    scale = camera.focal_px / depth[ahead]
    px = np.floor(width / 2 + (relative[ahead] @ camera.right) * scale).astype(np.int64)
    py = np.floor(height / 2 - (relative[ahead] @ camera.up) * scale).astype(np.int64)
    tint = colours if colours is not None else cloud.rgb
    rgb = (np.full((len(cloud), 3), 120, np.uint8) if tint is None else tint)[ahead]
    order = np.argsort(-depth[ahead], kind="stable")  # far to near: the last write wins
    px, py, rgb = px[order], py[order], rgb[order]
    picture = np.empty((height, width, 3), np.uint8)
    picture[:] = background
    reach = range(-radius_px, radius_px + 1)
    inside = (px >= radius_px) & (px < width - radius_px) & (py >= radius_px) & (py < height - radius_px)
    px, py, rgb = px[inside], py[inside], rgb[inside]
    offsets = np.array([(dy, dx) for dy in reach for dx in reach])
    # Point by point, so that a near point's whole splat covers a far one's; some at a time, as splats take memory.
    for start in range(0, len(px), _SPLATS):
        part = slice(start, start + _SPLATS)
        rows = (py[part, None] + offsets[:, 0]).ravel()
        columns = (px[part, None] + offsets[:, 1]).ravel()
        picture[rows, columns] = np.repeat(rgb[part], len(offsets), axis=0)
    return picture
