"""How a studio is opened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class StudioOptions:
    """``token`` lets the person in who started the server: no accounts are needed on one's own machine."""

    token: str | None = None
