"""Clouds that are legal and odd come through every reader as they are, or are refused by name (battery D7)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import laspy
import numpy as np
import pye57
import pytest
from make import ply

from heritage.formats.cloud import open_cloud
from heritage.model.errors import InputError
from heritage.ops.ingest import ingest
from heritage.ops.source_frame import IngestOptions

Cloud = np.ndarray


def _las(path: Path, xyz: Cloud) -> None:
    header = laspy.LasHeader(version="1.4", point_format=6)
    header.scales, header.offsets = np.full(3, 0.001), np.floor(xyz.min(0))
    las = laspy.LasData(header)
    las.xyz = xyz
    las.write(path)


def _binary_ply(path: Path, xyz: Cloud) -> None:
    lines = (f"element vertex {len(xyz)}", *(f"property double {a}" for a in "xyz"))
    path.write_bytes(ply(xyz.astype("<f8").tobytes(), *lines))


def _text_ply(path: Path, xyz: Cloud) -> None:
    lines = (f"element vertex {len(xyz)}", *(f"property double {a}" for a in "xyz"))
    rows = "\r\n".join(" ".join(f"{v:.17g}" for v in row) for row in xyz.tolist())
    path.write_bytes(ply(rows.encode(), *lines, form="ascii"))


def _e57(path: Path, xyz: Cloud) -> None:
    with pye57.E57(str(path), mode="w") as file:
        file.write_scan_raw({f"cartesian{a}": xyz[:, k].copy() for k, a in enumerate("XYZ")})


WRITERS: dict[str, Callable[[Path, Cloud], None]] = {
    "a.las": _las,
    "a.laz": _las,
    "binary.ply": _binary_ply,
    "text.ply": _text_ply,
    "a.e57": _e57,
}


def shapes() -> dict[str, Cloud]:
    """What a scanner may deliver and a method may trip over; steps of 1 mm, so that LAS holds them exactly."""
    random = np.random.default_rng(3)
    some = np.round(random.uniform(-5, 5, (300, 3)), 3)
    line = np.outer(np.arange(300) / 4, [1, 2, 0.5])
    plane = some * np.array([1, 1, 0]) + np.array([0, 0, 2])
    return {
        "one point": some[:1],
        "two points": some[:2],
        "all at one place": np.tile(some[:1], (300, 1)),
        "all at the origin": np.zeros((300, 3)),
        "collinear": line,
        "coplanar": plane,
        "a grid": np.stack(np.meshgrid(*[np.arange(7.0)] * 3), -1).reshape(-1, 3),
        "coordinates of 10^7 m": some + np.array([1e7, -1e7, 3e3]),
        "two clusters 10^6 m apart": np.concatenate([some, some + np.array([1e6, 0, 0])]),
        "one point astray by 20 km": np.concatenate([some, [[20_000.0, 0, 0]]]),
    }


TOO_WIDE = {"two clusters 10^6 m apart", "one point astray by 20 km"}


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("shape", shapes())
def test_degenerate_clouds(name: str, shape: str, tmp_path: Path) -> None:
    xyz = shapes()[shape]
    if name.endswith("e57"):
        xyz = xyz.astype(np.float32).astype(np.float64)  # pye57 writes single precision
    WRITERS[name](tmp_path / name, xyz)

    reader = open_cloud(tmp_path / name)
    read = np.concatenate([chunk.xyz for chunk in reader.chunks(77)])

    np.testing.assert_allclose(read, xyz, rtol=0, atol=1e-8)
    if shape in TOO_WIDE:
        with pytest.raises(InputError) as caught:
            ingest(reader.header, reader.chunks(77), IngestOptions(up="z"))
        assert caught.value.problems[0].code == "cloud-too-wide"
        return
    ingested = ingest(reader.header, reader.chunks(77), IngestOptions(up="z"))
    assert (ingested.counts.taken, len(ingested.cloud)) == (len(xyz), len(xyz))
    # float32 within 10 km of the origin.
    np.testing.assert_allclose(ingested.cloud.world(), xyz, rtol=0, atol=6e-4)


@pytest.mark.parametrize("name", ["a.las", "a.laz", "binary.ply", "a.e57"])
def test_a_million_points_at_one_place(name: str, tmp_path: Path) -> None:
    xyz = np.tile([[1.5, 2.25, -3.0]], (1_000_000, 1))
    WRITERS[name](tmp_path / name, xyz)

    chunks = list(open_cloud(tmp_path / name).chunks(300_000))

    assert sum(map(len, chunks)) == 1_000_000
    assert all((chunk.xyz == xyz[0]).all() for chunk in chunks)
