"""The annotations of the current release as one file."""

from __future__ import annotations

from pathlib import Path

from heritage.export.current import current_folder, ending_of
from heritage.model.errors import InputError
from heritage.store import publish_bytes

_ENDINGS = {ending: ending for ending in (".geojson", ".jsonld", ".csv")}


def export_annotations(site: Path, target: Path) -> None:
    """Write them to ``target``, by its ending. Raises InputError for another ending, and where there is none to write."""
    path = current_folder(site) / f"data/annotations{ending_of(target, _ENDINGS)}"
    if not path.exists():
        raise InputError(
            str(site),
            "its release has no annotations",
            "one at least is needed",
            "write monuments/<id>/annotations.yaml, and build",
            code="annotation-none",
        )
    publish_bytes(target, path.read_bytes())
