"""Clouds that are legal and odd, by lot, and what every stage makes of them (battery D9)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from heritage.formats.gltf_file import read_head
from heritage.model.errors import HeritageError
from heritage.model.report import Counts
from heritage.pipeline.build import planned
from heritage.pipeline.run import execute
from heritage.pipeline.stages.ingest import in_blocks
from heritage.store import Store

STAGES = ("ingest", "clean", "normals", "points", "mesh", "tile")
SECONDS = 60.0  # of CPU, for one stage and some thousand points; it takes less than one
SITE = """\
title: {en: Odd}
languages: [en]
crs: EPSG:32654
rights: {licence: CC0-1.0, holder: nobody}
"""
MONUMENT = """\
title: {en: Odd}
epochs: [{id: "1", source: scans/1.ply, up: z, units: m, method: photogrammetry}]
registration: {method: prior, prior: {lon: 139.7363, lat: 35.6367, heading_deg: 0}}
"""


@dataclass(frozen=True)
class Went:
    """How a cloud went: ``outcome`` of every stage ("done", a problem's code, or "skipped"), and its ``points``."""

    points: int
    outcome: dict[str, str]


def random_cloud(seed: int, block: int) -> tuple[np.ndarray, np.ndarray]:
    """Places (n, 3) float64 and colours (n, 3) uint8; sizes fall about ``block``, the most points of a block."""
    rng = np.random.default_rng(seed)
    sizes = [1, 2, 3, 9, 17, 21, 64, block - 1, block, block + 1, 2 * block, int(rng.integers(4, 3 * block))]
    n = int(rng.choice(sizes))
    pieces = [_piece(rng, -(-n // 3)) for _ in range(3)] if rng.random() < 0.6 else [_piece(rng, n)]
    xyz = np.concatenate(pieces)[:n] * 10.0 ** rng.uniform(-2, 2)
    xyz += rng.normal(0, rng.choice([0, 0, 0.001, 0.05]), (n, 3))
    step = rng.choice([0, 0, 0.001, 0.25, 2])
    xyz = np.round(xyz / step) * step if step else xyz
    if rng.random() < 0.2:
        xyz = xyz[rng.integers(0, n, n)]  # many more than once
    xyz += rng.choice([0, 0, 1e3, 1e7]) * np.array([1, -1, 0])
    if rng.random() < 0.15:
        xyz[: n // 2] += rng.choice([500, 8_000, 1e6]) * np.array([1, 0, 0])
    low = rng.integers(0, 200, 3)
    rgb = rng.integers(low, low + rng.choice([1, 2, 56]), (n, 3))
    return xyz[rng.permutation(n)] if rng.random() < 0.5 else xyz, rgb.astype(np.uint8)


def _piece(rng: np.random.Generator, n: int) -> np.ndarray:
    """A spot, a line, a rectangle, a ball's skin, a house or a volume of ``n`` points, some metres large, anyhow turned."""
    u, v, w = rng.uniform(0, 4, (3, n))
    nothing, ring = 0 * u, rng.normal(size=(n, 3))
    faces = [(u, v, nothing), (u, v, nothing + 3), (u, nothing, v), (u, nothing + 4, v), (nothing, u, v)]
    shapes = [
        (nothing, nothing, nothing),
        (u, nothing, nothing),
        (u, v, nothing),
        tuple((2 * ring / np.linalg.norm(ring, axis=1, keepdims=True)).T),
        tuple(np.choose(np.arange(n) % 5, [face[k] for face in faces]) for k in range(3)),
        (u, v, w),
    ]
    xyz = np.stack(shapes[rng.integers(len(shapes))], axis=1) + rng.uniform(-5, 5, 3)
    return xyz @ np.linalg.qr(rng.normal(size=(3, 3)))[0] if rng.random() < 0.5 else xyz


def write_ply(path: Path, xyz: np.ndarray, rgb: np.ndarray) -> None:
    """Doubles and bytes, binary."""
    colours = ("red", "green", "blue")
    rows = np.zeros(len(xyz), np.dtype([*((a, "<f8") for a in "xyz"), *((c, "u1") for c in colours)]))
    for k in range(3):
        rows["xyz"[k]], rows[colours[k]] = xyz[:, k], rgb[:, k]
    lines = (*(f"property double {a}" for a in "xyz"), *(f"property uchar {c}" for c in colours))
    head = ("ply", "format binary_little_endian 1.0", f"element vertex {len(xyz)}", *lines, "end_header", "")
    path.write_bytes("\n".join(head).encode() + rows.tobytes())


def put_through(site: Path, seed: int, block: int) -> Went:
    """Build the random cloud ``seed`` in the empty folder ``site`` up to its tiles.

    AssertionError where anything is lost on the way, where an error is none of ours or has more than one line, and where
    a stage takes too long.
    """
    assert in_blocks.__kwdefaults__["most"] == block
    scans = site / "monuments" / "odd" / "scans"
    scans.mkdir(parents=True)
    (site / "site.yaml").write_text(SITE)
    (scans.parent / "monument.yaml").write_text(MONUMENT)
    xyz, rgb = random_cloud(seed, block)
    write_ply(scans / "1.ply", xyz, rgb)
    store, outcome, counts = Store(site), {}, {}
    folders: dict[str, Path] = {}
    said: list[str] = []
    for one in planned(site):
        name = one.task.stage.name
        if name not in STAGES:
            continue
        if any(outcome.get(need.split(":")[0]) != "done" for need in one.task.needs.values()):
            outcome[name] = "skipped"
            continue
        start = time.process_time()
        try:
            report = execute(site, one, 1)
        except HeritageError as error:
            outcome[name] = error.problems[0].code
            said.append(str(error))
        else:
            outcome[name], counts[name] = "done", report.counts
            folders[name] = store.stage_path(name, one.fingerprint)
        assert time.process_time() - start < SECONDS, f"seed {seed}: {name} took too long"
    assert not any("\n" in line for line in said), f"seed {seed}: {said}"
    _nothing_lost(seed, len(xyz), counts, folders)
    return Went(len(xyz), outcome)


def _nothing_lost(
    seed: int, points: int, counts: dict[str, tuple[Counts, ...]], folders: dict[str, Path]
) -> None:
    for name, made in counts.items():
        for count in made:
            assert count.taken == count.given + sum(count.reasons.values()), f"seed {seed}, {name}: {count}"
    first = {name: made[0] for name, made in counts.items()}
    taken = points
    for name in ("ingest", "clean", "points", "normals"):
        if name not in first:
            continue
        assert first[name].taken == taken, f"seed {seed}: {name} got {first[name].taken} of {taken} points"
        if name == "ingest":
            taken = first[name].given
    if "clean" in first and "normals" in first:
        # Ground is a label of its own and is meshed with what is kept.
        kept = first["clean"].given + first["clean"].reasons.get("ground", 0)
        assert first["normals"].given == kept, f"seed {seed}: {first['normals']} of {kept}"
    if "mesh" in first and "tile" in first:
        assert first["tile"].taken == first["mesh"].given, f"seed {seed}: {first['tile']}, {first['mesh']}"
    if "points" in folders:
        shown = sum(_points(path) for path in (folders["points"] / "tiles").iterdir())
        assert shown == taken, f"seed {seed}: the tiles show {shown} of {taken} points"


def _points(path: Path) -> int:
    head = read_head(path)
    primitives = [p for mesh in head["meshes"] for p in mesh["primitives"]]
    return sum(head["accessors"][p["attributes"]["POSITION"]]["count"] for p in primitives)
