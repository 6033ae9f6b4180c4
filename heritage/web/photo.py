"""A visitor's photo, decoded by a confined child and written anew: this process never decodes a stranger's picture."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import heritage
from heritage.model.errors import InputError
from heritage.model.limits import (
    REPORT_PHOTO_BYTES,
    REPORT_PHOTO_CPU_S,
    REPORT_PHOTO_MEMORY_BYTES,
    REPORT_PHOTO_PX,
    REPORT_PHOTOS_AT_ONCE,
)
from heritage.web.errors import refused

_PROGRAM: Final = ("-P", "-B", "-m", "heritage.pipeline.reading.child_photo")
_WAITING: Final = 3  # times its seconds of computing, on a busy machine
_PATIENCE_S: Final = 20.0
_KEPT_VARIABLES: Final = ("PATH", "LD_LIBRARY_PATH", "LANG", "LC_ALL")
_BEGINS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_turns: Final = BoundedSemaphore(REPORT_PHOTOS_AT_ONCE)
_room: Final = BoundedSemaphore(2 * REPORT_PHOTOS_AT_ONCE)
"""Who is decoded or waits for it: each holds one of the server's eight threads, and the others are the site's."""


@dataclass(frozen=True)
class Photo:
    """A JPEG of pixels only; ``position`` is longitude and latitude in degrees (WGS 84), None where there is none."""

    jpeg: bytes
    position: tuple[float, float] | None


def clean(content: bytes, *, position: bool, memory_bytes: int = REPORT_PHOTO_MEMORY_BYTES) -> Photo:
    """``content`` as a new JPEG; its EXIF position is read only with ``position``.

    Raises InputError: 413 ``photo-too-large``, 415 ``photo-kind``, 422 ``photo-damaged``, 503 ``photo-busy``.
    """
    if len(content) > REPORT_PHOTO_BYTES:
        raise _too_large(f"{len(content)} bytes")
    if not content:
        raise _damaged("it is empty")
    if not content.startswith(_BEGINS):
        raise refused(
            415,
            "photo-kind",
            "the photo",
            "a kind of file that is not taken in",
            "JPEG, PNG, WebP",
            "save it as JPEG",
        )
    with _turn():
        told, jpeg = _made(content, position, memory_bytes)
    if told is None:
        raise _too_large("it takes too much to open it")
    if "problem" in told:
        problem = told["problem"]
        if problem is None or problem["code"] == "image-too-large":
            raise _too_large("it has too many pixels")
        if problem["code"] in ("image-format", "image-animated"):
            raise refused(
                415,
                "photo-kind",
                "the photo",
                problem["found"],
                "a single JPEG, PNG or WebP",
                "choose another",
            )
        raise _damaged("it is damaged")
    at = told["position"]
    return Photo(jpeg, None if at is None else (at[0], at[1]))


@contextmanager
def _turn() -> Iterator[None]:
    busy = refused(503, "photo-busy", "the photo", "too many are sent just now", "two at a time", "try again")
    if not _room.acquire(blocking=False):
        raise busy
    try:
        if not _turns.acquire(timeout=_PATIENCE_S):
            raise busy
        try:
            yield
        finally:
            _turns.release()
    finally:
        _room.release()


def _made(content: bytes, position: bool, memory_bytes: int) -> tuple[dict[str, Any] | None, bytes]:
    """What the child told, and the JPEG; None where it has died or taken too long."""
    given = [str(memory_bytes), str(REPORT_PHOTO_CPU_S), *(["position"] if position else [])]
    places = [str(Path(heritage.__file__).parent.parent), *(p for p in sys.path if os.path.isabs(p))]
    # Of this process's environment only what finds programs and libraries: it may hold secrets.
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    one = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    try:
        child = subprocess.run(  # noqa: S603
            [sys.executable, *_PROGRAM, *given],
            input=content,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env=kept | one | {"PYTHONPATH": os.pathsep.join(dict.fromkeys(places))},
            timeout=_WAITING * REPORT_PHOTO_CPU_S,
            check=False,
        )
        head, _, jpeg = child.stdout.partition(b"\n")
        told: dict[str, Any] = json.loads(head)
    except (subprocess.TimeoutExpired, ValueError):
        return None, b""
    return told, jpeg


def _damaged(found: str) -> InputError:
    return refused(422, "photo-damaged", "the photo", found, "a whole one", "take or choose another")


def _too_large(found: str) -> InputError:
    allowed = f"up to {REPORT_PHOTO_BYTES // 2**20} MiB and {REPORT_PHOTO_PX // 10**6} million pixels"
    return refused(413, "photo-too-large", "the photo", found, allowed, "make it smaller, or send none")
