"""ingest, streamed: the same files however the source is cut, and the same cloud as all of it at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.formats.arrays import load_array, load_cloud
from heritage.formats.blocks import Blocks, save_blocks
from heritage.formats.reader import CloudReader
from heritage.model.errors import InputError
from heritage.model.source import Chunk, SourceHeader
from heritage.ops.ingest import ingest
from heritage.ops.source_frame import IngestOptions
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.ingest import INGEST, in_blocks

KINDS = ("normal", "tight", "far", "equal", "lattice", "line")


def points(kind: str, n: int, seed: int) -> np.ndarray:
    random = np.random.default_rng(seed)
    if kind == "tight":  # nearly all in one place of a wide cloud: it must be counted more than once
        xyz = random.normal(0, 0.01, (n, 3))
        xyz[:1] = 5_000
        return xyz
    if kind == "far":
        return random.normal(0, 30, (n, 3)) + np.array([576_700, 1_822_000, 4])
    if kind == "equal":
        return np.tile([[1.5, -2.0, 3.0]], (n, 1))
    if kind == "lattice":
        return random.integers(-3, 4, (n, 3)).astype(np.float64)
    xyz = random.normal(0, 10, (n, 3))
    return xyz * [1, 0, 0] if kind == "line" else xyz


def source(xyz: np.ndarray, seed: int, left_out: int = 0) -> CloudReader:
    """A source with all arrays, of which some stretches lack normals, as scans of one E57 may."""
    random = np.random.default_rng(seed)
    n = len(xyz)
    held = {
        "rgb": random.integers(0, 65_536, (n, 3), np.uint16),
        "confidence": random.random(n).astype(np.float32),
        "source_class": random.integers(0, 9, n).astype(np.uint8),
    }
    normal = random.normal(size=(n, 3)).astype(np.float32)
    normal[n // 3 : 2 * n // 3] = 0

    def read(size: int) -> Iterator[Chunk]:
        for at in range(0, n, size):
            cut = slice(at, at + size)
            arrays = {name: values[cut] for name, values in held.items()}
            if normal[cut].any():
                arrays["normal"] = normal[cut]
            yield Chunk(xyz[cut], **arrays)  # type: ignore[arg-type]
        if left_out:
            yield Chunk(np.empty((0, 3)), left_out={"invalid": left_out})

    return CloudReader(SourceHeader("a.e57", "E57", n + left_out, unit="m", colour_bits=16), read)


def job(folder: Path) -> Job:
    folder.mkdir()
    return Job(folder, "gate", "2024", IngestOptions(), {}, {}, {})


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@settings(max_examples=60, deadline=None)
@given(
    kind=st.sampled_from(KINDS),
    n=st.one_of(st.integers(1, 400), st.sampled_from([2**k + d for k in (6, 7, 9) for d in (-1, 0, 1)])),
    size=st.sampled_from([1, 63, 64, 65, 127, 128, 129, 1000]),
    most=st.sampled_from([1, 63, 64, 65, 128, 1000]),
    left_out=st.sampled_from([0, 5]),
    seed=st.integers(0, 99),
)
def test_streamed_is_what_the_whole_at_once_is(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    n: int,
    size: int,
    most: int,
    left_out: int,
    seed: int,
) -> None:
    if size == 1 or most == 1:
        n = min(n, 70)
    folder = tmp_path_factory.mktemp("ingest")
    reader = source(points(kind, n, seed), seed, left_out)
    whole = ingest(reader.header, reader.chunks(n), IngestOptions())
    (folder / "whole").mkdir()
    save_blocks(folder / "whole", whole.cloud.with_(origin=np.zeros(3)), most=most)

    settled = in_blocks(job(folder / "made"), reader, IngestOptions(), most=most, size=size)

    assert files(folder / "made") == files(folder / "whole")
    assert (settled.frame, settled.counts, settled.figures) == (whole.frame, whole.counts, whole.figures)
    assert settled.counts.taken == n + left_out == settled.counts.given + left_out
    made = load_cloud(folder / "made")
    back = np.empty((n, 3))
    back[load_array(folder / "made", "order")] = made.xyz + np.array(settled.frame.origin_m)
    assert np.abs(back - points(kind, n, seed)).max() < 5e-4
    for name in ("rgb", "normal", "confidence", "source_class"):
        held = getattr(whole.cloud, name)
        assert (held is None) == (getattr(made, name) is None)
        if held is not None:  # nothing but the order may change: a sum over all rows must not
            np.testing.assert_array_equal(
                getattr(made, name).astype(np.int64).sum(0), held.astype(np.int64).sum(0)
            )


def test_a_dense_place_in_a_wide_cloud_is_divided(tmp_path: Path) -> None:
    in_blocks(
        job(tmp_path / "made"), source(points("tight", 3000, 0), 0), IngestOptions(), most=200, size=700
    )

    blocks = Blocks.open(tmp_path / "made")
    assert len(blocks) > 15
    assert max(len(block) for block in blocks) <= 200


def test_errors_stay_what_they_were(tmp_path: Path) -> None:
    wide = source(np.array([[0.0, 0, 0], [1e6, 0, 0]]), 0)
    with pytest.raises(InputError) as caught:
        in_blocks(job(tmp_path / "wide"), wide, IngestOptions())
    assert caught.value.problems[0].code == "cloud-too-wide"
    with pytest.raises(InputError) as caught:
        in_blocks(job(tmp_path / "none"), source(np.empty((0, 3)), 0, 7), IngestOptions())
    assert caught.value.problems[0].code == "cloud-empty"
    with pytest.raises(InputError) as caught:
        in_blocks(job(tmp_path / "many"), source(np.zeros((3, 3)), 0), IngestOptions(max_points=2))
    assert caught.value.problems[0].code == "cloud-too-large"


def test_a_model_too_wide_for_its_unit_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "wall.obj"
    path.write_text("v 0 0 0\nv 30000 0 0\nv 0 0 5000\nf 1 2 3\n")  # 30 m in millimetres

    def run(name: str, options: IngestOptions) -> None:
        (tmp_path / name).mkdir()
        INGEST.run(Job(tmp_path / name, "gate", "2024", options, {}, {"source": path}, {"kind": "model"}))

    run("mm", IngestOptions(units="mm", up="z"))
    with pytest.raises(InputError) as caught:
        run("m", IngestOptions(up="z"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.where) == ("model-too-wide", "wall.obj")
    assert "30000 m across" in problem.found
    assert "set units" in problem.remedy
