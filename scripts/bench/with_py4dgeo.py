"""M3C2 by py4dgeo: `python with_py4dgeo.py CASE INPUT.npz OUTPUT.npz`, with the Python that has py4dgeo.

It stands alone, so that py4dgeo can live in an environment of its own.
"""

import json
import sys
import time

import numpy as np
import py4dgeo


def distances(given):
    """Core points and their normals are given."""
    epochs = tuple(py4dgeo.Epoch(given[name].astype(np.float64)) for name in ("before", "after"))
    m3c2 = py4dgeo.M3C2(
        epochs=epochs,
        corepoints=given["at"].astype(np.float64),
        corepoint_normals=given["direction"],
        cyl_radius=float(given["radius"]),
        max_distance=float(given["reach"]),
        registration_error=0.0,
    )
    distance, uncertainty = m3c2.run()
    return {"distance": distance, "lod": uncertainty["lodetection"]}


def normals(given):
    """Multi-scale normals of the compared epoch."""
    epoch = py4dgeo.Epoch(given["after"].astype(np.float64))
    m3c2 = py4dgeo.M3C2(
        epochs=(epoch, epoch),
        corepoints=given["at"].astype(np.float64),
        normal_radii=given["normal_radii"].tolist(),
        cyl_radius=1.0,
    )
    return {"direction": m3c2.directions()}


if __name__ == "__main__":
    case, source, target = sys.argv[1:]
    py4dgeo.set_num_threads(1) if hasattr(py4dgeo, "set_num_threads") else None
    with np.load(source) as held:
        given = {name: held[name] for name in held.files}
    cpu, wall = time.process_time(), time.perf_counter()
    found = {"distances": distances, "normals": normals}[case](given)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    np.savez(target, **found)
    with open("/proc/self/status", encoding="ascii") as status:
        peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    print(json.dumps({"cpu_s": cpu, "wall_s": wall, "peak_mb": peak / 1e3}))
