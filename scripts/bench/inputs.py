"""What the benchmark works on, made once: a captured monument with its truth."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np

from heritage.formats.arrays import load_cloud, load_mesh, save_array, save_cloud, save_mesh
from heritage.formats.cloud import open_cloud
from heritage.model.arrays import Mesh, PointCloud
from heritage.sample.site import write_sample

MONUMENT, EPOCH = "bia-dinh", "2023"


def prepared(root: Path, points: int) -> Path:
    """A folder with ``cloud`` (file order), ``labels`` and ``truth`` (the surfaces it was captured from)."""
    folder = root / f"{MONUMENT}-{points}"
    if folder.exists():
        return folder
    site, making = root / f"site-{points}", root / f".{MONUMENT}-{points}"
    shutil.rmtree(site, ignore_errors=True)
    shutil.rmtree(making, ignore_errors=True)
    write_sample(site, points=points, monuments={MONUMENT})
    (scan,) = (site / "monuments" / MONUMENT / "scans").iterdir()
    reader = open_cloud(scan)
    chunks = list(reader.chunks())
    xyz = np.concatenate([chunk.xyz for chunk in chunks])
    rgb = np.concatenate([chunk.rgb for chunk in chunks])
    if rgb.dtype == np.uint16:
        rgb = (rgb >> 8).astype(np.uint8)
    making.mkdir(parents=True)
    save_cloud(making, PointCloud(np.zeros(3), xyz.astype(np.float32), rgb))
    truth = site / "truth" / MONUMENT / EPOCH
    save_array(making, "labels", np.load(truth / "labels.npy"))
    for name in ("monument", "ground", "vegetation"):
        held = np.load(truth / f"{name}.npz")
        save_mesh(making, name, Mesh(held["origin"], held["vertices"], held["triangles"]))
    making.rename(folder)
    return folder


def oriented(folder: Path) -> Path:
    """Beside it, once: the points cleaned of everything but surface, with outward normals, as ours make them."""
    from heritage.model.arrays import REASONS
    from heritage.ops.cleaning.clean import clean
    from heritage.ops.normals.normals import estimate_normals

    made = folder / "oriented"
    if not made.exists():
        cloud = load_cloud(folder)
        kept = cloud.select(np.isin(clean(cloud).reasons, [REASONS["kept"], REASONS["ground"]]))
        _saved(made, lambda to: save_cloud(to, kept.with_(normal=estimate_normals(kept).normal)))
    return made


def dense(folder: Path) -> Mesh:
    """The surface of `oriented`, as ours make it."""
    from heritage.ops.surface.mesh import mesh_surface

    made = folder / "dense"
    if not made.exists():
        mesh = mesh_surface(load_cloud(oriented(folder))).mesh
        _saved(made, lambda to: save_mesh(to, "mesh", mesh))
    return load_mesh(made, "mesh")


def reduced(folder: Path, triangles: int) -> Mesh:
    """`dense` with so many triangles, as ours make it."""
    from heritage.ops.meshes.simplify import simplify

    made = folder / f"reduced-{triangles}"
    if not made.exists():
        mesh = simplify(dense(folder), triangles).mesh
        _saved(made, lambda to: save_mesh(to, "mesh", mesh))
    return load_mesh(made, "mesh")


def _saved(folder: Path, save: Callable[[Path], object]) -> None:
    making = folder.with_name(f".{folder.name}")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir()
    save(making)
    making.rename(folder)
