"""The labelled cloud of one epoch as LAZ: every source point, in source order, with class and reason."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from heritage.formats.arrays import load_array, load_cloud
from heritage.formats.las import write_las
from heritage.model.errors import InputError
from heritage.pipeline.build import planned
from heritage.pipeline.stages.ingest import source_frame
from heritage.store import Store
from heritage.store.publish import publish_file


def export_cloud(site: Path, monument: str, epoch: str, target: Path) -> int:
    """Write the cloud to ``target`` (.laz or .las) and return the number of points.

    Coordinates are those of the source, z up and in metres. Raises InputError for an epoch that does not exist,
    is a model and not a cloud, or is not built yet.
    """
    if target.suffix.lower() not in {".laz", ".las"}:
        raise InputError(
            str(target),
            f"the ending {target.suffix or '(none)'}",
            ".laz and .las are allowed",
            code="export-format",
        )
    by_key = {p.task.key: p for p in planned(site)}
    key = f"clean:{monument}:{epoch}"
    if key not in by_key:
        known = sorted(k.removeprefix("clean:").replace(":", " ") for k in by_key if k.startswith("clean:"))
        raise InputError(
            f"{monument} {epoch}",
            "no cloud of that name",
            f"{', '.join(known)} are allowed",
            code="epoch-unknown",
        )
    store = Store(site)
    for needed in (f"ingest:{monument}:{epoch}", key):
        if not store.has_stage(by_key[needed].task.stage.name, by_key[needed].fingerprint):
            raise InputError(
                f"{monument} {epoch}",
                "it is not built as its files are now",
                remedy="run `heritage build` first",
                code="epoch-not-built",
            )
    ingested = store.stage_path("ingest", by_key[f"ingest:{monument}:{epoch}"].fingerprint)
    source = source_frame(ingested)
    cloud = load_cloud(ingested).with_(origin=np.array(source.origin_m))
    # Coordinates made metres are no longer those of a CRS in feet.
    crs = source.crs if source.metres_per_unit == 1 and source.up == "z" else None
    labels = store.stage_path("clean", by_key[key].fingerprint)
    with publish_file(target) as path:
        write_las(path, cloud, load_array(labels, "classes"), load_array(labels, "reasons"), crs=crs)
    return len(cloud)
