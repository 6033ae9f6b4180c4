"""Open a file that somebody else made in a confined child process, so that nothing in it can harm this one.

Readers check what a file claims before a library sees it; a library may still crash, loop or swell. Such a
child ends, and the caller gets an `InputError` that names the file. See `confine` for what the child cannot do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from heritage.formats.reader import CloudReader
from heritage.model import limits
from heritage.model.arrays import Mesh
from heritage.model.source import Chunk, SourceHeader
from heritage.pipeline.reading.confined import Allowance, Confined
from heritage.pipeline.reading.wire import Message

PROGRAM: Final = ("-m", "heritage.pipeline.reading.child")
_HEADER: Final = TypeAdapter(SourceHeader)


def guarded_cloud(
    path: Path, *, allowed: Allowance | None = None, program: Sequence[str] = PROGRAM
) -> CloudReader:
    """As `heritage.formats.cloud.open_cloud`, the file being opened and read by a child.

    Raises the reader's own InputError, else one with a code ``reader-…`` where the child died, took too long
    or too much memory. The first reading of the points goes on in the child that read the header; it ends
    with the last chunk, with the iterator, or with what this returned.
    """
    allowed = allowed or Allowance.of(path, limits.READER_MEMORY_BYTES)
    first = [Confined("cloud", path, allowed, program)]
    header = _header(first[0])

    def read(size: int) -> Iterator[Chunk]:
        if first:
            child = first.pop()
        else:
            child = Confined("cloud", path, allowed, program)
            _header(child)
        with child:
            yield from _chunks(child, size)

    return CloudReader(header, read)


def guarded_model(
    path: Path, *, allowed: Allowance | None = None, program: Sequence[str] = PROGRAM
) -> tuple[Mesh, ...]:
    """As `heritage.formats.model.read_model`, in a child; raises as ``guarded_cloud``."""
    allowed = allowed or Allowance.of(path, limits.READER_MODEL_MEMORY_BYTES)
    with Confined("model", path, allowed, program) as child:
        return tuple(child.sound(partial(_mesh, message)) for message in child.messages("mesh"))


def guarded_state(
    path: Path,
    named: Mapping[int, Sequence[str]],
    rest: int | None,
    *,
    allowed: Allowance | None = None,
    program: Sequence[str] = PROGRAM,
) -> tuple[Mesh, ...]:
    """As ``guarded_model``, the meshes shared out among the parts of a state by their names: see `claims.Claims`."""
    allowed = allowed or Allowance.of(path, limits.READER_MODEL_MEMORY_BYTES)
    with Confined("state", path, allowed, program) as child:
        child.ask(
            json.dumps({"named": {str(part): list(names) for part, names in named.items()}, "rest": rest})
        )
        return tuple(child.sound(partial(_mesh, message)) for message in child.messages("mesh"))


def _header(child: Confined) -> SourceHeader:
    document = dict(child.first("header").document)
    return child.sound(partial(_HEADER.validate_python, document))


def _chunks(child: Confined, size: int) -> Iterator[Chunk]:
    child.ask(str(size))
    for message in child.messages("chunk"):
        chunk = child.sound(partial(_chunk, message))
        if len(chunk) > size:
            raise child.failed("its reader gave more than was asked for")
        yield chunk


def _chunk(message: Message) -> Chunk:
    left_out = {str(reason): int(count) for reason, count in message.document["left_out"].items()}
    return Chunk(**message.arrays, left_out=left_out)


def _mesh(message: Message) -> Mesh:
    return Mesh(**message.arrays, name=str(message.document["name"])[:100])
