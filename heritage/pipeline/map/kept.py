"""The map of a site is kept beside the stages: a release whose map has not changed copies the last one's files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final

from heritage import __version__
from heritage.model.release import MapEntry, MonumentEntry
from heritage.pipeline.ground import Ground, footprints_digest
from heritage.pipeline.map.write import write_map
from heritage.pipeline.plan import Planned, library_versions, source_digest
from heritage.store import ReleaseFolder, Store
from heritage.text.site import LoadedSite

STAGE: Final = "map"
MAP_VERSION: Final = 2  # raise when the same inputs make other files
_ENTRY: Final = "entry.json"
_FILES: Final = "files"
# A map shows where monuments stand and how high their surveys reach.
_SHOWN: Final = ("register", "tile")
_LIBRARIES: Final = ("numpy", "shapely", "pyproj", "pillow", "scipy")


def map_fingerprint(loaded: LoadedSite, ground: Ground, plan: Collection[Planned]) -> str:
    """SHA-256 of all that the map is made from."""
    site = loaded.site
    rasters = (site.ground.dem, site.ground.photo) if site.ground else ()
    sources = [name for name in (*rasters, *(layer.source for layer in site.base_map)) if name]
    content = {
        "version": MAP_VERSION,
        "heritage": __version__,
        "libraries": library_versions(_LIBRARIES),
        "frame": ground.frame.ecef_from_site.columns,
        "crs": site.crs,
        "heights": site.heights,
        "ground_m": site.ground_m,
        "ground": site.ground and site.ground.model_dump(mode="json"),
        "base_map": [layer.model_dump(mode="json") for layer in site.base_map],
        "sources": {name: source_digest(loaded.root / name) for name in sources},
        "footprints": footprints_digest(ground),
        "owners": {id: m.monument.footprint for id, m in loaded.monuments.items()},
        "stages": sorted(p.fingerprint for p in plan if p.task.stage.name in _SHOWN),
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def kept_map(
    into: ReleaseFolder,
    loaded: LoadedSite,
    ground: Ground,
    monuments: Sequence[MonumentEntry],
    store: Store,
    fingerprint: str,
) -> MapEntry:
    """Put the map named ``fingerprint`` into a release; it is made where it is not kept yet."""
    if not store.has_stage(STAGE, fingerprint):
        with store.stage(STAGE, fingerprint) as folder:
            entry = write_map(
                _Plain(folder / _FILES), loaded, ground, monuments, ground.frame.ecef_from_site.columns
            )
            (folder / _ENTRY).write_bytes(entry.model_dump_json().encode())
    kept = store.stage_path(STAGE, fingerprint)
    for path in sorted(p for p in (kept / _FILES).rglob("*") if p.is_file()):
        into.add(path.relative_to(kept / _FILES).as_posix(), path)
    return MapEntry.model_validate_json((kept / _ENTRY).read_bytes(), strict=False)


class _Plain:
    """A folder that files are written into, as into a release's."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def write(self, relative: str, data: bytes) -> None:
        """Make the file ``relative``."""
        target = self._path / relative
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
