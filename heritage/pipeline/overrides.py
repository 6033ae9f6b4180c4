"""What a monument's own file says of the stages' options."""

from __future__ import annotations

from collections.abc import Mapping

from heritage.model.documents import Monument


def overrides_of(stage: str, monument: Monument) -> tuple[str, Mapping[str, object]]:
    """The key of monument.yaml that overrides the options of the stage of that name, and what stands there."""
    # `compare` itself lists the pairs; `register` is the key, and a method of pydantic's models.
    key = "compare_options" if stage == "compare" else stage
    found: Mapping[str, object] = getattr(monument, "register_" if key == "register" else key)
    return key, found
