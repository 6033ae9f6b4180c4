"""The labelled cloud of one epoch as LAZ: every source point, in source order, with class and reason."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from heritage.formats.blocks import Blocks
from heritage.formats.las_write import Labelled, write_las
from heritage.formats.source_order import in_source_order
from heritage.model.arrays import F64, PointCloud
from heritage.model.errors import InputError
from heritage.pipeline.build import planned
from heritage.pipeline.stages.clean import label_columns
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
    # Coordinates made metres are no longer those of a CRS in feet.
    crs = source.crs if source.metres_per_unit == 1 and source.up == "z" else None
    labels = store.stage_path("clean", by_key[key].fingerprint)
    origin = np.array(source.origin_m)
    with publish_file(target) as path:
        scratch = path.parent / "scratch"
        scratch.mkdir()
        return write_las(path, origin, _pieces(ingested, labels, origin, scratch), crs=crs)


def _pieces(ingested: Path, labels: Path, origin: F64, scratch: Path) -> Iterator[Labelled]:
    """The labelled points in the order of the source."""
    columns = {
        name: (ingested, f"cloud.{name}") for name in Blocks.open(ingested).names if name in {"xyz", "rgb"}
    }
    columns |= {name: (labels, name) for name in label_columns(labels)}
    for held in in_source_order(ingested, columns, scratch):
        cloud = PointCloud(origin, held["xyz"], held.get("rgb"))
        yield Labelled(cloud, held["classes"], held["reasons"], held.get("corrected"))
