"""The child that reads one file somebody else made: ``python -m heritage.pipeline.reading.child``, started by `guard`.

It confines itself, then opens the file and writes messages (`wire`) to the standard output it was given. What
libraries print goes nowhere, so that none can flood anybody.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, fields
from functools import partial
from pathlib import Path
from typing import Any

from heritage.pipeline.reading.confine import confine

Send = Callable[..., None]
Serve = Callable[[Path, Send], None]
_STDIN, _STDOUT, _STDERR = 0, 1, 2


def _cloud(path: Path, send: Send) -> None:
    from heritage.formats.cloud import open_cloud

    reader = open_cloud(path)
    send("header", asdict(reader.header))
    size = sys.stdin.readline()
    if not size:
        return  # only the header was wanted
    for chunk in reader.chunks(int(size)):
        send("chunk", {"left_out": dict(chunk.left_out)}, _arrays(chunk))


def _model(path: Path, send: Send) -> None:
    from heritage.formats.model import read_model

    for mesh in read_model(path):
        send("mesh", {"name": mesh.name}, _arrays(mesh))


def _state(path: Path, send: Send) -> None:
    from heritage.formats.claims import Claims
    from heritage.formats.model import read_model

    asked = json.loads(sys.stdin.readline())
    claims = Claims({int(part): names for part, names in asked["named"].items()}, asked["rest"])
    for mesh in read_model(path, claims):
        send("mesh", {"name": mesh.name}, _arrays(mesh))


def _tour(path: Path, send: Send) -> None:
    from heritage.pipeline.reading.child_tour import serve_tour

    serve_tour(path, send)


def _photos(path: Path, send: Send) -> None:
    from heritage.pipeline.reading.child_photos import serve_photos

    serve_photos(path, send)


def _mapped(name: str) -> Serve:
    """A kind that `child_map` serves, asked by one line of JSON."""

    def serve(path: Path, send: Send) -> None:
        from heritage.pipeline.reading import child_map

        getattr(child_map, f"serve_{name}")(path, send, json.loads(sys.stdin.readline()))

    return serve


_KINDS: Mapping[str, Serve] = {
    "cloud": _cloud,
    "model": _model,
    "state": _state,
    "tour": _tour,
    "photos": _photos,
    **{name: _mapped(name) for name in ("footprints", "table", "shapes", "heights", "photo")},
}


def _arrays(value: Any) -> dict[str, Any]:
    import numpy as np

    held = {field.name: getattr(value, field.name) for field in fields(value)}
    return {name: array for name, array in held.items() if isinstance(array, np.ndarray)}


def _peak_bytes() -> int:
    """The most memory that this program held; 0 where the system does not say. (``ru_maxrss`` would begin with that of
    the process it was forked from.)"""
    try:
        held = Path("/proc/self/status").read_text(encoding="ascii").split("VmHWM:")[1]
    except (OSError, IndexError):
        return 0
    return 1024 * int(held.split()[0])


def main(arguments: Sequence[str], kinds: Mapping[str, Serve] = _KINDS) -> None:
    """``arguments``: the kind of file, its path, bytes of memory, seconds of CPU."""
    kind, path, memory_bytes, cpu_seconds = arguments
    nowhere, pipe = os.open(os.devnull, os.O_RDWR), os.dup(_STDOUT)
    os.dup2(nowhere, _STDOUT)
    confine(int(memory_bytes), int(cpu_seconds))
    from heritage.model.errors import HeritageError
    from heritage.pipeline.reading import wire

    send = partial(wire.send, partial(os.write, pipe))
    send("ready", {})
    # Until here an error is ours and shall be seen; from here on it may be the file's.
    os.dup2(nowhere, _STDERR)
    try:
        kinds[kind](Path(path), send)
        send("end", {"peak_bytes": _peak_bytes()})
    except HeritageError as error:
        send("error", {"error": type(error).__name__, "problems": [asdict(p) for p in error.problems]})
    except MemoryError:
        send("memory", {})
    except BaseException as error:  # a panic of a library in Rust is no Exception
        first = (str(error).strip().splitlines() or [""])[0]
        send("failed", {"found": f"{type(error).__name__}: {first[:200]}".rstrip(": ")})
    # Not by way of interpreter and libraries, which a damaged file may have left in any state.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
