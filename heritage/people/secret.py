"""Random secrets (of sessions, invitations, journeys): handed out once, kept as their SHA-256 only."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

SHOWN: Final = 16  # characters of the digest by which a session or an invitation is named to people


def new_secret() -> str:
    """256 random bits, as they may stand in a cookie or an address."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored. A plain hash is enough: nobody guesses 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
