"""JSON as requests may have it: what no file, database or page can hold is none, for every route alike."""

from __future__ import annotations

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider


class StrictJson(DefaultJSONProvider):
    """Refuses, as it refuses what is no JSON, half characters, numbers that are none, and endless nesting."""

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        """The value of ``s``. Raises ValueError."""
        try:
            value = super().loads(s, **kwargs)
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except RecursionError as error:
            raise ValueError("nested too deeply") from error
        return value
