"""Idempotency-Key: what a sender names a request by, so that sending it again does nothing twice."""

from __future__ import annotations

import re
from typing import Final

from heritage.web.errors import refused

HEADER: Final = "Idempotency-Key"
_VISIBLE: Final = re.compile(r"[\x21-\x7e]+")


def checked_key(key: str, *, least: int = 1, most: int = 200) -> str:
    """``key``. Raises InputError (400) where it is none."""
    if not least <= len(key) <= most or not _VISIBLE.fullmatch(key):
        raise refused(
            400, "idempotency-key", HEADER, "it is none", f"{least} to {most} visible characters", ""
        )
    return key
