"""The files behind the documents: clouds, models, footprints and control points, opened and looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from heritage.formats.cloud import open_cloud
from heritage.formats.gcp import read_gcps
from heritage.formats.model import read_model
from heritage.formats.vector import read_footprints
from heritage.model.errors import HeritageError, Problem
from heritage.pipeline.check_ids import unknown
from heritage.pipeline.source_kind import source_kind
from heritage.text.files import file_problem
from heritage.text.lines import visible
from heritage.text.site import LoadedMonument, LoadedSite


def footprint_problems(loaded: LoadedSite, *, read: bool) -> Iterator[Problem]:
    """The footprints' file, its features, and that every monument's footprint is among them."""
    spec = loaded.site.footprints
    if spec is None:
        return
    where = loaded.lines.where("footprints", "source")
    if "://" not in spec.source:
        outside = _outside(spec.source)
        problem = outside or file_problem(loaded.root, loaded.root / spec.source, where, "footprints")
