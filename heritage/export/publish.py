"""A static copy of the current release with the viewer: plain files that any web server can serve.

The page names its release, and every other file has its digest or its release in its path. So a copy is
renewed in place: new files first, `index.html` last, and at every moment the page there names files that are
whole. Visitors in the middle of the last copy keep its files; those before it are removed.
"""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from heritage.export.current import current_folder
from heritage.model.errors import InputError, StoreError
from heritage.model.paths import demand_folder_above
from heritage.model.release import Release
from heritage.page import page as viewer
from heritage.store import publish_bytes, publish_file
from heritage.store.manifest import MANIFEST, SIDECAR, content_type, differences, read_manifest
from heritage.store.publish import ensure_folder, publish_folder, retire_folder, sweep, temporary_folder

_BASE = re.compile(r'<meta name="heritage-base" content="r/([^"/]+)/">')
_PACKED_ALREADY = ("image/", "audio/", "video/", "font/woff2", "model/vnd.usdz+zip")


def publish(site: Path, target: Path) -> str:
    """Copy the current release of ``site`` to ``target``, a folder or a ``.zip``; the release's id.

    The folder may be a copy made before. Raises InputError where nothing is published yet or ``target`` is
    something else, StoreError where the release is damaged or ``target`` cannot be written.
    """
    folder = current_folder(site)
    current = folder.name
    if damage := tuple(differences(folder, read_manifest(folder), verify=True)):
        raise StoreError.of(damage)
    page = _page(folder, current)
    if target.suffix.lower() == ".zip":
        _write_zip(folder, current, page, target)
    else:
        _write_folder(folder, current, page, target)
    return current


def _page(folder: Path, release_id: str) -> bytes:
    path = folder / "release.json"
    try:
        release = Release.model_validate_json(path.read_bytes(), strict=False)
    except (OSError, ValidationError) as error:
        raise StoreError(
            str(path), f"it cannot be read ({type(error).__name__})", "a release of this version", "build again",
            code="store-damaged",
        ) from error  # fmt: skip
    # A static host sends no policy of ours: the page brings it.
    return viewer.render_page(release, release.languages[0], base=f"r/{release_id}/", policy=True).encode()


def _release_files(folder: Path) -> Iterator[str]:
    yield from (entry["path"] for entry in read_manifest(folder)["files"])
    yield from (MANIFEST, SIDECAR)


def _assets() -> dict[str, bytes]:
    """The viewer's files by name. Names carry a digest: equal names have equal content. The studio needs its server."""
    built = viewer.DIST / "assets"
    paths = sorted(p for p in built.rglob("*") if p.is_file() and not p.name.startswith("studio"))
    files = {p.relative_to(built).as_posix(): p.read_bytes() for p in paths}
    name, content = viewer.stylesheet()
    return files | {name: content}


def _to_data(release_id: str) -> bytes:
    """The page at ``data/``: an address to keep, which leads to the open data of the release that is shown."""
    target = f"../r/{release_id}/data/index.html"
    text = (
        f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Open data</title>\n'
        f'<meta http-equiv="refresh" content="0; url={target}">\n<a href="{target}">Open data</a>\n'
    )
    return text.encode()


def _write_zip(folder: Path, release_id: str, page: bytes, target: Path) -> None:
    with publish_file(target) as path, zipfile.ZipFile(path, "w") as packed:

        def put(name: str, content: bytes) -> None:
            # Without times, so that equal releases give equal files.
            entry = zipfile.ZipInfo(name)
            entry.external_attr = 0o644 << 16
            is_packed = content_type(name).startswith(_PACKED_ALREADY)
            packed.writestr(entry, content, zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED)

        put("index.html", page)
        put("data/index.html", _to_data(release_id))
        put(viewer.SERVICE_WORKER, viewer.service_worker())
        for name, content in _assets().items():
            put(f"assets/{name}", content)
        for name in _release_files(folder):
            put(f"r/{release_id}/{name}", (folder / name).read_bytes())


def _write_folder(folder: Path, release_id: str, page: bytes, target: Path) -> None:
    before = _copy_before(target)
    releases, assets = target / "r", target / "assets"
    for needed in (target, releases, assets):
        ensure_folder(needed, target.parent)
    sweep(target, releases, assets)
    if not (releases / release_id).is_dir():
        with temporary_folder(releases) as temporary:
            for name in _release_files(folder):
                (temporary / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(folder / name, temporary / name)
            publish_folder(temporary, releases / release_id)
    for name, content in _assets().items():
        path = assets / name
        if not (path.is_file() and path.read_bytes() == content):
            ensure_folder(path.parent, assets)
            publish_bytes(path, content)
    ensure_folder(target / "data", target)
    publish_bytes(target / "data" / "index.html", _to_data(release_id))
    publish_bytes(target / viewer.SERVICE_WORKER, viewer.service_worker())
    publish_bytes(target / "index.html", page)
    for old in sorted(releases.iterdir()):
        if old.name not in (release_id, before):
            retire_folder(old)


def _copy_before(target: Path) -> str | None:
    """The release that a copy at ``target`` shows. Raises InputError where ``target`` is something else."""
    demand_folder_above(target)
    if not target.exists():
        return None
    if target.is_dir():
        index = target / "index.html"
        shown = _BASE.search(index.read_text(encoding="utf-8", errors="replace")) if index.is_file() else None
        if shown:
            return shown[1]
        # What an interrupted first copy leaves.
        if not index.exists() and all(
            p.name in ("r", "assets", "data", viewer.SERVICE_WORKER) or p.name.startswith(".tmp-")
            for p in target.iterdir()
        ):
            return None
    raise InputError(
        str(target), "it is no copy of a site", "a new folder, or one that `heritage publish` made", "choose another",
        code="target-foreign",
    )  # fmt: skip
