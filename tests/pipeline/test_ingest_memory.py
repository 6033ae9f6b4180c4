"""What ingest and export hold in memory is bounded by the piece, not by the cloud."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

# VmHWM is the peak of this program alone; ru_maxrss would start from that of the process it was forked from.
PROGRAM = """
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from heritage.formats.blocks import Blocks, create_column
from heritage.formats.reader import CloudReader
from heritage.formats.source_order import in_source_order
from heritage.model.source import Chunk, SourceHeader
from heritage.ops.source_frame import IngestOptions
from heritage.pipeline.stage import Job
from heritage.pipeline.stages.ingest import in_blocks

folder, points, size = Path(sys.argv[1]), int(sys.argv[2]), 100_000


def peak() -> int:
    return next(int(x.split()[1]) // 1024 for x in open("/proc/self/status") if x.startswith("VmHWM"))


def read(_: int) -> Iterator[Chunk]:
    random = np.random.default_rng(0)
    for _ in range(0, points, size):
        rgb = random.integers(0, 65_536, (size, 3), np.uint16)
        yield Chunk(random.uniform(0, 100, (size, 3)) * [1, 1, 0.01], rgb)


(folder / "made").mkdir()
(folder / "scratch").mkdir()
job = Job(folder / "made", "m", "e", IngestOptions(), {}, {}, {})
before = peak()
reader = CloudReader(SourceHeader("a.laz", "LAZ", points, unit="m", colour_bits=16), read)
in_blocks(job, reader, IngestOptions(), most=size, size=size)
ingested = peak()
columns = {name: (folder / "made", f"cloud.{name}") for name in ("xyz", "rgb")}
given = sum(len(p["xyz"]) for p in in_source_order(folder / "made", columns, folder / "scratch", size=size))
assert given == points == Blocks.open(folder / "made").rows
print(ingested - before, peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_does_not_grow_with_the_cloud(tmp_path: Path) -> None:
    taken = []
    for points in (500_000, 4_000_000):
        folder = tmp_path / str(points)
        folder.mkdir()
        run = subprocess.run(
            [sys.executable, "-c", PROGRAM, str(folder), str(points)],
            check=True,
            capture_output=True,
            text=True,
        )
        taken.append([int(value) for value in run.stdout.split()])

    # 3.5 million points more are 105 MB as the source's chunks, 66 MB as columns.
    assert taken[1][0] - taken[0][0] < 20, taken
    assert taken[1][1] - taken[0][1] < 20, taken
