"""Releases as the web reads them: what was read once is kept, because releases never change."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from heritage.model.errors import StoreError
from heritage.model.release import DataDocument, FileEntry, Release
from heritage.page import page as viewer
from heritage.store import Store
from heritage.store.manifest import content_type
from heritage.web.errors import not_found
from heritage.web.security import REPORTS

DOCUMENT = "release.json"


class Releases:
    """The releases of one site: the published ones, or for whoever reviews them all."""

    def __init__(self, store: Store, *, unpublished: bool = False, reports: bool = False) -> None:
        """``reports``: visitors may report, and the first page says so."""
        self._store = store
        self._unpublished = unpublished
        self._reports = reports
        self._files = lru_cache(maxsize=8)(self._read_files)
        self._document = lru_cache(maxsize=8)(self._read_document)
        self._data = lru_cache(maxsize=8)(self._read_data)
        self._page = lru_cache(maxsize=64)(self._render)

    def current(self) -> str | None:
        """The id of the release that is shown, None before the first."""
        return self._store.current()

    def file(self, release_id: str, path: str) -> tuple[Path, Path, FileEntry]:
        """A listed file of a release: its path, the release's folder, its entry. Raises InputError (404)."""
        folder = self._folder(release_id)
        entry = self._files(release_id).get(path)
        if entry is None:
            raise not_found()
        return folder / path, folder, entry

    def languages(self, release_id: str) -> tuple[str, ...]:
        """The release's languages, the first being its default."""
        return self._document(release_id).languages

    def monuments(self, release_id: str) -> dict[str, dict[str, str]]:
        """The release's monuments: title per language, by id."""
        return {one.id: one.title for one in self._document(release_id).monuments}

    def title(self, release_id: str) -> dict[str, str]:
        """The site's title per language."""
        return self._document(release_id).title

    def data(self, release_id: str) -> DataDocument | None:
        """The table of contents of the release's open data; None for a release made before there was any."""
        return self._data(release_id)

    def data_page(self, release_id: str, language: str) -> str:
        """The page about the open data in ``language``, below ``data/``; the first one where there is none."""
        own = f"{language}.html"
        return own if f"data/{own}" in self._files(release_id) else "index.html"

    def page(self, release_id: str, language: str) -> tuple[bytes, str]:
        """The first page in ``language``, and its SHA-256. Raises ViewerNotBuilt."""
        index = viewer.DIST / "index.html"
        return self._page(release_id, language, index.stat().st_mtime_ns if index.exists() else 0)

    def _folder(self, release_id: str) -> Path:
        try:
            folder = self._store.release_path(release_id)
        except StoreError:
            raise not_found() from None
        if not folder.is_dir() or not (self._unpublished or self._store.is_public(release_id)):
            raise not_found()
        return folder

    def _read_files(self, release_id: str) -> dict[str, FileEntry]:
        return {entry.path: entry for entry in self._store.manifest(release_id).files}

    def _read_document(self, release_id: str) -> Release:
        path = self._folder(release_id) / DOCUMENT
        try:
            return Release.model_validate_json(path.read_bytes(), strict=False)
        except (OSError, ValidationError) as error:
            raise StoreError(
                str(path),
                f"it cannot be read ({type(error).__name__})",
                "a release of this version",
                "build again",
                code="store-damaged",
            ) from error

    def _read_data(self, release_id: str) -> DataDocument | None:
        named = self._document(release_id).data
        if named is None:
            return None
        path, _, _ = self.file(release_id, named)
        return DataDocument.model_validate_json(path.read_bytes(), strict=False)

    def _render(self, release_id: str, language: str, built: int) -> tuple[bytes, str]:
        page = viewer.render_page(
            self._document(release_id),
            language,
            base=f"r/{release_id}/",
            reports=REPORTS.lstrip("/") if self._reports else None,
        ).encode()
        return page, hashlib.sha256(page).hexdigest()


@lru_cache(maxsize=256)
def _digest(path: Path, size: int, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def viewer_file(name: str) -> tuple[Path, Path, FileEntry]:
    """A file of the viewer's build: its path, the build's folder, its entry. Raises InputError (404)."""
    folder = viewer.DIST / "assets"
    parts = name.split("/")
    path = folder.joinpath(*parts)
    if any(part.startswith(".") or not part or "\0" in part for part in parts) or not path.is_file():
        raise not_found()
    status = path.stat()
    sha256 = _digest(path, status.st_size, status.st_mtime_ns)
    return path, folder, FileEntry(path=name, sha256=sha256, bytes=status.st_size, type=content_type(name))
