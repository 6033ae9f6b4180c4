"""The annotations of the current release as one file."""

from __future__ import annotations

from pathlib import Path

from heritage.export.current import current_folder
from heritage.model.errors import InputError
from heritage.store import publish_bytes

_ENDINGS = (".geojson", ".jsonld", ".csv")


def export_annotations(site: Path, target: Path) -> None:
    """Write them to ``target``, by its ending. Raises InputError for another ending, and where there is none to write."""
    if target.suffix.lower() not in _ENDINGS:
        allowed = f"{', '.join(_ENDINGS)} are allowed"
        raise InputError(str(target), f"the ending {target.suffix!r}", allowed, code="option-invalid")
    path = current_folder(site) / f"data/annotations{target.suffix.lower()}"
    if not path.exists():
        raise InputError(
            str(site),
            "its release has no annotations",
            "one at least is needed",
            "write monuments/<id>/annotations.yaml, and build",
            code="annotation-none",
        )
    publish_bytes(target, path.read_bytes())
