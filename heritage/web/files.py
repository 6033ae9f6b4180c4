"""Send bytes: with a validator, caching, ranges, and compressed where it helps."""

from __future__ import annotations

import gzip
import io
import os
import stat
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from threading import Lock
from typing import BinaryIO, Final

from cachetools import LRUCache, cached
from flask import Request, Response
from werkzeug.wsgi import wrap_file

from heritage.model.errors import InputError, StoreError
from heritage.web.conditional import decide
from heritage.web.errors import answer, not_found, refused

IMMUTABLE: Final = "public, max-age=31536000, immutable"
REVALIDATE: Final = "no-cache"
# What gzip makes smaller. Pictures, sound and fonts are compressed already; a tile's meshopt is made to be compressed once
# more on the way, by a quarter to a third.
COMPRESSIBLE: Final = (
    "text/",
    "application/geo+json",
    "application/json",
    "application/ld+json",
    "application/wasm",
    "image/svg+xml",
    "model/gltf-binary",
)
COMPRESSED_BYTES: Final = 8 * 2**20  # a longer file is sent as it is: the compressed one is held in memory
_HELD_BYTES: Final = 128 * 2**20  # of compressed files, those asked for last

_CHUNK_BYTES = 1 << 16


def send_file(
    request: Request, path: Path, root: Path, *, digest: str, size: int, kind: str, cache: str
) -> Response:
    """Answer with the plain file ``path`` below ``root``: SHA-256 ``digest``, ``size`` bytes, media type ``kind``.

    Raises InputError (404) where the file is missing, not plain, or reached through a link; StoreError where its
    size is not what was published.
    """
    _check(path, root, size)
    plain = partial(_opened, path)
    if not kind.startswith(COMPRESSIBLE) or size > COMPRESSED_BYTES:
        return _respond(request, digest, size, kind, cache, plain)
    if "Range" in request.headers or not request.accept_encodings["gzip"]:
        response = _respond(request, digest, size, kind, cache, plain)
    else:
        response = _compressed(request, _packed_file(path, digest), digest, kind, cache)
    response.vary.add("Accept-Encoding")
    return response


def send_bytes(
    request: Request, data: bytes, *, digest: str, kind: str, cache: str, vary: tuple[str, ...] = ()
) -> Response:
    """Answer with ``data``, whose SHA-256 is ``digest``; it depends on the request headers ``vary`` too."""
    if request.accept_encodings["gzip"] and "Range" not in request.headers:
        response = _compressed(request, _packed(data), digest, kind, cache)
    else:
        response = _respond(request, digest, len(data), kind, cache, partial(io.BytesIO, data))
    response.vary.update(("Accept-Encoding", *vary))
    return response


def _check(path: Path, root: Path, size: int) -> None:
    try:
        is_itself = path.resolve(strict=True) == root.resolve(strict=True) / path.relative_to(root)
        status = path.lstat()
    except OSError:
        raise not_found() from None
    if not is_itself or not stat.S_ISREG(status.st_mode):
        raise not_found()
    if status.st_size != size:
        found = f"{status.st_size} bytes instead of {size}"
        raise StoreError(
            str(path), found, "the file as published", "run `heritage store fsck`", code="store-damaged"
        )


def _compressed(request: Request, packed: bytes, digest: str, kind: str, cache: str) -> Response:
    response = _respond(request, f"{digest}-gzip", len(packed), kind, cache, partial(io.BytesIO, packed))
    if response.status_code == 200:  # a refusal is not compressed, and a 304 has nothing that could be
        response.headers["Content-Encoding"] = "gzip"
    return response


def _respond(
    request: Request, tag: str, size: int, kind: str, cache: str, opened: Callable[[], BinaryIO]
) -> Response:
    """The response to a GET or HEAD for the ``size`` bytes of the file ``opened``, which it closes."""
    decided = decide(request.headers, request.method, tag, size)
    if decided.status >= 400:
        response = answer(request, _unmet(decided.status))
        if decided.status == 416:
            response.headers["Content-Range"] = f"bytes */{size}"
        return response
    response = Response(status=decided.status, content_type=kind)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = cache
    response.set_etag(tag)
    if decided.status != 304:
        response.content_length = decided.stop - decided.start
        if decided.status == 206:
            response.headers["Content-Range"] = f"bytes {decided.start}-{decided.stop - 1}/{size}"
        if request.method == "GET":
            response.response = _body(request, opened(), decided.start, decided.stop, size)
            response.direct_passthrough = True
    return response


def _unmet(status: int) -> InputError:
    if status == 412:
        return refused(
            412, "changed", "If-Match", "another content", "the tag of what is here", "load it again"
        )
    return refused(416, "range", "Range", "bytes beyond the end", "bytes that exist", "ask for fewer")


def _opened(path: Path) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW), "rb")


def _body(request: Request, file: BinaryIO, start: int, stop: int, size: int) -> Iterable[bytes]:
    if (start, stop) == (0, size):
        # The server's own wrapper sends this without holding a thread, nor a copy of what is in memory already.
        return wrap_file(request.environ, file, _CHUNK_BYTES)

    def part() -> Iterator[bytes]:
        with file:
            file.seek(start)
            left = stop - start
            while left and (chunk := file.read(min(_CHUNK_BYTES, left))):
                left -= len(chunk)
                yield chunk

    return part()


@cached(LRUCache(_HELD_BYTES, getsizeof=len), key=lambda path, digest: digest, lock=Lock())
def _packed_file(path: Path, digest: str) -> bytes:
    return _packed(path.read_bytes())


def _packed(data: bytes) -> bytes:
    return gzip.compress(data, 6, mtime=0)
