"""The chunks of a LAZ file, checked before lazrs decodes them: it reserves whatever size a damaged one claims.

LASzip's open specification: points start with the place of the chunk table; the table states bytes (and, with
chunks of variable size, points) of each; a layered chunk is one raw point, its number of points, the sizes of
its layers, the layers.
"""

from __future__ import annotations

import struct
from typing import Any

import lazrs  # type: ignore[import-untyped]

from heritage.formats.las_bytes import LasBytes
from heritage.model.limits import LAZ_CHUNK_POINTS

_VARIABLE = 0xFFFFFFFF
_LAYERED_ITEMS = {10: 9, 11: 1, 12: 2, 13: 1}  # layers of POINT14, RGB14, RGBNIR14, WAVEPACKET14
_BYTE_ITEM = 14  # one layer for each extra byte
_COUNT_BYTE = 247


def check_chunks(b: LasBytes, record: bytes, start: int, point_bytes: int, points: int) -> None:
    """Raises InputError where the chunks do not hold exactly ``points``, as far as the format lets it be known
    (in chunks of the older, pointwise kind only to the chunk), or lie about their sizes.

    ``record`` is the content of the "laszip encoded" record; the points begin at byte ``start``.
    """
    if len(record) < 34:
        raise b.wrong(start, f"a LAZ record of {len(record)} bytes", "34 and more are needed")
    (chunk_points,) = struct.unpack_from("<I", record, 12)
    (count,) = struct.unpack_from("<H", record, 32)
    if len(record) < 34 + 6 * count:
        raise b.wrong(start, f"{count} items in a LAZ record of {len(record)} bytes", "all must be there")
    items = [struct.unpack_from("<HH", record, 34 + 6 * k) for k in range(count)]
    if sum(size for _, size in items) != point_bytes:
        found = f"points of {point_bytes} bytes, and of {sum(size for _, size in items)} in the LAZ record"
        raise b.wrong(105, found, "both must be the same")
    if chunk_points != _VARIABLE and not 0 < chunk_points <= LAZ_CHUNK_POINTS:
        raise b.wrong(start, f"chunks of {chunk_points} points", f"1 to {LAZ_CHUNK_POINTS} is allowed")
    layers = sum(size if kind == _BYTE_ITEM else _LAYERED_ITEMS.get(kind, 0) for kind, size in items)
    layered = any(kind in _LAYERED_ITEMS for kind, _ in items)
    at = start + 8
    seen = 0
    table = _table(b, record, start, point_bytes)
    for k, (stated, size) in enumerate(table):
        held = stated if chunk_points == _VARIABLE else min(chunk_points, points - seen)
        if layered:
            _check_layers(b, at, size, point_bytes, layers, held, k)
        elif size < point_bytes:
            raise b.wrong(at, f"chunk {k} of {size} bytes", f"{point_bytes} and more are needed")
        at += size
        seen += held
    surplus = chunk_points != _VARIABLE and (len(table) - 1) * chunk_points >= points
    if seen != points or surplus:
        found = f"{points} points are promised, {len(table)} chunks hold {seen}"
        raise b.wrong(_COUNT_BYTE if layered else 107, found, "both must agree")


def _table(b: LasBytes, record: bytes, start: int, point_bytes: int) -> list[tuple[int, int]]:
    """(points, bytes) of each chunk."""
    (place,) = b.unpack("q", start, "the place of the chunk table")
    if place == -1:
        # A writer that could not seek back put the place at the end of the file.
        (place,) = b.unpack("q", b.size - 8, "the place of the chunk table")
    if not start + 8 <= place <= b.size - 8:
        raise b.wrong(start, f"the chunk table is at byte {place}", f"{start + 8} to {b.size - 8} is allowed")
    (count,) = b.unpack("4xI", place, "the chunk table")
    # Every chunk starts with one point in full.
    most = (place - start - 8) // point_bytes
    if not 1 <= count <= most:
        raise b.wrong(place + 4, f"{count} chunks", f"1 to {most} fit between the header and the table")
    b.stream.seek(start)
    try:
        table: list[tuple[int, int]] = lazrs.read_chunk_table(b.stream, lazrs.LazVlr(record))
    except lazrs.LazrsError as error:
        raise b.wrong(place, f"the chunk table cannot be read ({error})", "a whole one is needed") from None
    total = sum(size for _, size in table)
    if total != place - start - 8:
        found = f"chunks of {total} bytes in all"
        raise b.wrong(place, found, f"{place - start - 8} lie between the header and the table")
    return table


def _check_layers(b: LasBytes, at: int, size: int, point_bytes: int, layers: int, held: int, k: int) -> None:
    head = point_bytes + 4 + 4 * layers
    if size < head:
        raise b.wrong(at, f"chunk {k} of {size} bytes", f"{head} and more are needed")
    numbers: tuple[Any, ...] = b.unpack(f"{point_bytes}x{1 + layers}I", at, f"chunk {k}")
    if numbers[0] != held:
        raise b.wrong(at + point_bytes, f"chunk {k} holds {numbers[0]} points", f"{held} are promised")
    if head + sum(numbers[1:]) != size:
        found = f"the layers of chunk {k} take {sum(numbers[1:])} bytes"
        raise b.wrong(at + point_bytes + 4, found, f"{size - head} are there")
