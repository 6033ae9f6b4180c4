"""The child that makes a visitor's photo anew: ``python -m heritage.pipeline.reading.child_photo BYTES SECONDS [position]``.

It takes the file from its standard input and confines itself before it looks at it. To its standard output it writes
one line of JSON, and after it the new JPEG. Only the server starts it (`web/photo.py`).
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from typing import Any

from heritage.pipeline.reading.confine import confine

_STDOUT, _STDERR = 1, 2


def main(memory_bytes: int, cpu_seconds: int, position: bool) -> None:
    """Answer on what was the standard output; what libraries print goes nowhere."""
    content = sys.stdin.buffer.read()
    pipe, nowhere = os.dup(_STDOUT), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, _STDOUT)
    os.dup2(nowhere, _STDERR)
    from heritage.formats.photo import clean_photo
    from heritage.model.errors import InputError

    confine(memory_bytes, cpu_seconds)
    jpeg, told = b"", dict[str, Any]()
    try:
        photo = clean_photo(content, position=position)
        at = photo.position
        jpeg, told["position"] = photo.jpeg, None if at is None else [at.lon_deg, at.lat_deg]
    except InputError as error:
        told["problem"] = asdict(error.problems[0])
    except MemoryError:
        told["problem"] = None
    with os.fdopen(pipe, "wb") as out:
        out.write(json.dumps(told).encode() + b"\n" + jpeg)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["position"])
