"""Recordings and pictures: taken in by what they are, not by what they are called, and given out as files only."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, request

from heritage.model.limits import MEDIA_UPLOAD_BYTES
from heritage.store.drafts import Drafts
from heritage.store.manifest import content_type, digest
from heritage.store.publish import ensure_folder, publish_named
from heritage.text.files import as_id
from heritage.text.media import HEAD_BYTES, KINDS
from heritage.web.errors import not_found, refused
from heritage.web.files import send_file
from heritage.web.studio.answers import said
from heritage.web.studio.people import person

_STEM = 100  # letters of its name that are kept; file systems take 255 with all that is added


ENDPOINT: Final = "studio.take_in"
"""The one address that long bodies are for."""


def register(studio: Blueprint, drafts: Drafts) -> None:
    """Add the routes."""

    @studio.post("/api/media")
    def take_in() -> Response:
        request.max_content_length = MEDIA_UPLOAD_BYTES
        given = request.files.get("file")
        if given is None or not given.filename:
            raise refused(
                400, "bad-request", "the body", "it has no file", "multipart with a part named file", ""
            )
        head = given.stream.read(HEAD_BYTES)
        given.stream.seek(0)
        name = Path(given.filename.replace("\\", "/")).name
        ending = Path(name).suffix.lower()
        fits = KINDS.get(ending)
        if fits is None or not fits(head):
            found = f"its content is no {ending}" if fits else "a kind of file that is not taken in"
            raise refused(415, "media-kind", "the file", found, ", ".join(KINDS), "save it as one of these")
        folder = drafts.site / "media"
        ensure_folder(folder, drafts.site)
        stem = ".".join(filter(None, map(as_id, Path(name).stem.split("."))))[:_STEM] or "upload"
        # The digest in its name: two files of one name never meet, and a file sent twice is there once.
        written = publish_named(folder, given.save, lambda file: f"{stem}-{digest(file)[:8]}{ending}")
        path = f"media/{written.name}"
        drafts.note(person().name, "upload", {"path": path})
        return said({"path": path}, 201)

    @studio.get("/files/<path:name>")
    def preview(name: str) -> Response:
        path = drafts.site / name
        parts = name.split("/")
        strange = any(not part or part.startswith(".") or "\0" in part or "\\" in part for part in parts)
        if strange or parts[0] != "media" or path.suffix.lower() not in KINDS or not path.is_file():
            raise not_found()
        status = path.stat()
        response = send_file(
            request,
            path,
            drafts.site,
            digest=_digest(path, status.st_size, status.st_mtime_ns),
            size=status.st_size,
            kind=content_type(name),
            cache="private, no-cache",
        )
        response.headers["Content-Disposition"] = "attachment"
        return response


@lru_cache(maxsize=1000)
def _digest(path: Path, size: int, changed: int) -> str:
    return digest(path)
