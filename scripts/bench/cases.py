"""The rows of the benchmark: ours and the peers on one input, each in a process of its own."""

from __future__ import annotations

import importlib.util
import json
import math
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from bench import ours, peers

ENTRY = Path(__file__).resolve().parent.parent / "bench_geometry"


@dataclass(frozen=True)
class Result:
    """One case of one row. ``figures`` are what it says of its result; ``missing`` names a peer not installed;
    ``stopped``: it had not ended, and would have taken more than these figures."""

    row: str
    case: str
    cpu_s: float
    wall_s: float
    peak_bytes: int
    figures: dict[str, float]
    missing: str | None = None
    stopped: bool = False


@dataclass(frozen=True)
class Case:
    """``prepare`` reads the input, outside the clock; ``work`` is timed; ``judge`` measures the result."""

    name: str
    prepare: Callable[[Path], Any]
    work: Callable[[Any], Any]
    judge: Callable[[Path, Any], dict[str, float]]
    needs: str | None = None


ROWS: dict[str, tuple[Case, ...]] = {
    "outliers": (
        Case("Heritage", ours.cloud, ours.outliers, ours.recall),
        Case("Open3D", peers.o3d_cloud, peers.o3d_outliers, ours.recall),
    ),
    "outliers, the curve": (
        *(
            Case(
                f"Heritage, {sigmas:g} sigma", ours.cloud, partial(ours.outliers, sigmas=sigmas), ours.recall
            )
            for sigmas in (2, 4, 6, 10)
        ),
        *(
            Case(
                f"Open3D, {neighbours} neighbours, {sigmas:g} sigma, {passes} pass{'es' * (passes > 1)}",
                peers.o3d_cloud,
                partial(peers.o3d_outliers, sigmas=sigmas, neighbours=neighbours, passes=passes),
                ours.recall,
            )
            for neighbours, sigmas, passes in ((20, 2, 1), (20, 1, 1), (20, 0.5, 1), (8, 2, 1), (20, 2, 2))
        ),
    ),
    "surface": (
        Case("Heritage", ours.oriented, ours.surface, ours.accuracy),
        Case("Open3D Poisson, trimmed", ours.oriented, peers.o3d_surface, ours.accuracy),
        Case(
            "MeshLab Poisson (pymeshlab), trimmed",
            ours.oriented,
            peers.meshlab_surface,
            ours.accuracy,
            "pymeshlab",
        ),
    ),
    "simplify": (
        Case("Heritage", ours.dense, ours.simplified, ours.nearness),
        Case("fast-simplification", ours.dense, peers.fast_simplified, ours.nearness, "fast_simplification"),
        Case("Open3D", ours.dense, peers.o3d_simplified, ours.nearness),
    ),
    "unwrap 50k": (
        Case("Heritage", ours.reduced_50k, ours.unwrapped, ours.charts),
        Case("xatlas", ours.reduced_50k, peers.xatlas_unwrapped, ours.charts, "xatlas"),
    ),
    "unwrap 200k": (Case("Heritage", ours.reduced_200k, ours.unwrapped, ours.charts),),
    "tile": (
        Case("Heritage (meshopt + WebP)", ours.painted, ours.tile_bytes, ours.sent),
        Case("Draco + JPEG", ours.painted, peers.draco_bytes, ours.sent, "DracoPy"),
        # By SSIM and by the error of lightness as near to the picture as our WebP: decision 14.
        Case(
            "Draco + JPEG of quality 45",
            ours.painted,
            partial(peers.draco_bytes, quality=45),
            ours.sent,
            "DracoPy",
        ),
    ),
    "points": (
        Case("Heritage (3D Tiles 1.1)", ours.blocks, ours.point_tiles, ours.size),
        Case("py3dtiles (3D Tiles 1.0)", peers.las_file, peers.py3dtiles_tiles, ours.size, "py3dtiles"),
    ),
    "chain": (
        Case("Heritage", ours.cloud, ours.chain, ours.accuracy),
        Case("Open3D", peers.o3d_cloud, peers.o3d_chain, ours.accuracy),
    ),
}


def run_row(row: str, folder: Path, most: float | None = None) -> list[Result]:
    """Every case of a row, one after the other, in a fresh process with one thread for what can be told so. All but the
    first, which is ours, are stopped after ``most`` times the CPU seconds that it took."""
    first, *others = ROWS[row]
    own = _run(row, first, folder)
    return [own, *(_run(row, case, folder, most and most * own.cpu_s) for case in others)]


def _run(row: str, case: Case, folder: Path, most_s: float | None = None) -> Result:
    if case.needs and importlib.util.find_spec(case.needs) is None and shutil.which(case.needs) is None:
        return Result(row, case.name, 0, 0, 0, {}, missing=case.needs)
    print(f"{row}: {case.name}", file=sys.stderr, flush=True)
    command = [sys.executable, str(ENTRY), "--case", f"{row}/{case.name}", str(folder), str(most_s or 0)]
    begun = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if most_s and child.returncode == -signal.SIGXCPU:
        wall = time.perf_counter() - begun
        return Result(row, case.name, most_s, wall, 1024 * used.ru_maxrss, {}, stopped=True)
    if child.returncode:
        raise SystemExit(f"{row}: {case.name} ended with status {child.returncode}")
    told = json.loads(said.splitlines()[-1])
    return Result(row, case.name, told["cpu_s"], told["wall_s"], told["peak_bytes"], told["figures"])


def run_here(name: str, folder: str, most_s: str) -> None:
    """In the child: prepare, warm up (compiled code and caches), work against the clock, judge. 0 for ``most_s``: as long
    as it takes."""
    row, wanted = name.split("/", 1)
    case = next(case for case in ROWS[row] if case.name == wanted)
    given = case.prepare(Path(folder))
    ours.warm_up(row)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if float(most_s):
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time() + float(most_s)), hard))
    wall, cpu = time.perf_counter(), _cpu()
    result = case.work(given)
    cpu, wall = _cpu() - cpu, time.perf_counter() - wall
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))  # judging is not counted
    told = {"cpu_s": cpu, "wall_s": wall, "peak_bytes": _peak_bytes()}
    print(json.dumps({**told, "figures": case.judge(Path(folder), result)}))


def _peak_bytes() -> int:
    """Of this process since it began, or of its largest child. The largest that `getrusage` knows of this process may be
    the parent's, which made the input: Linux carries it over."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    own = 1024 * int(status.split("VmHWM:")[1].split()[0])
    return max(own, 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def _cpu() -> float:
    """Seconds of this process and of those it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system
