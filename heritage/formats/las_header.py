"""The LAS header read by ourselves, so that nothing it claims reaches a library unchecked.

Layout: ASPRS LAS 1.4 R15, tables 3 and 4; LAZ: the record "laszip encoded" and the chunk table behind the
points (LASzip's open specification). laspy believes 2^32 records, any point count and a scale of zero.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

import pyproj

from heritage.formats.las_bytes import LasBytes
from heritage.formats.laz_chunks import check_chunks
from heritage.formats.reader import file_bytes, plausible_count
from heritage.model.limits import HEADER_BYTES, LAS_VLRS
from heritage.model.source import Unit

_SMALLEST_HEADER = {0: 227, 1: 227, 2: 227, 3: 235, 4: 375}
_POINT_BYTES = (20, 28, 26, 34, 57, 63, 30, 36, 38, 59, 67)
_VLR_HEADER, _EVLR_HEADER = 54, 60
_REMEDY = "set crs in monument.yaml"
_PROJECTED_KEY, _GEOGRAPHIC_KEY, _VERTICAL_KEY = 3072, 2048, 4096
_PLAN_UNIT_KEY, _HEIGHT_UNIT_KEY = 3076, 4099
_UNITS: dict[int, Unit] = {1025: "mm", 1033: "cm", 9001: "m", 9002: "ft", 9003: "us-ft", 9036: "km"}


@dataclass(frozen=True)
class Record:
    """A variable length record: whose, which, and where its content lies in the file."""

    user: str
    id: int
    start: int
    length: int


@dataclass(frozen=True)
class LasFacts:
    """What a checked header says. ``scale``, ``offset``, ``low``, ``high`` per axis in file coordinates.

    ``unit`` is that of a CRS without a code; ``plan_unit`` and ``height_unit`` are what the GeoTIFF keys state besides."""

    version: str
    point_format: int
    points: int
    compressed: bool
    scale: tuple[float, float, float]
    offset: tuple[float, float, float]
    low: tuple[float, float, float]
    high: tuple[float, float, float]
    crs: str | None
    unit: Unit | None
    plan_unit: Unit | None
    height_unit: Unit | None
    notes: tuple[str, ...]


def read_las_header(path: Path) -> LasFacts:
    """Read and check the header of a LAS or LAZ file. Raises InputError naming the byte that is wrong."""
    size = file_bytes(path)
    with path.open("rb") as stream:
        return _read(LasBytes(stream, path.name, size))


def _read(b: LasBytes) -> LasFacts:
    if b.take(0, 4, "the signature") != b"LASF":
        raise b.wrong(0, "no LAS signature", "the file must start with LASF")
    major, minor = b.unpack("BB", 24, "the version")
    if major != 1 or minor not in _SMALLEST_HEADER:
        raise b.wrong(24, f"LAS version {major}.{minor}", "1.0 to 1.4 are allowed")
    header, start, count, form, length, legacy = b.unpack("HIIBHI", 94, "the header")
    if not _SMALLEST_HEADER[minor] <= header <= min(b.size, HEADER_BYTES):
        raise b.wrong(
            94,
            f"a header of {header} bytes",
            f"{_SMALLEST_HEADER[minor]} and more are allowed, and the file has {b.size}",
        )
    if not header <= start <= b.size:
        raise b.wrong(
            96,
            f"points from byte {start}",
            f"{header} to {b.size} is allowed: behind the header and inside the file",
        )
    # Bit 7 marks LAZ; old writers also set bit 6.
    compressed, point_format = bool(form & 0x80), form & 0x3F
    if point_format >= len(_POINT_BYTES):
        raise b.wrong(104, f"point format {point_format}", "0 to 10 are allowed")
    if length < _POINT_BYTES[point_format]:
        raise b.wrong(
            105,
            f"points of {length} bytes",
            f"format {point_format} takes {_POINT_BYTES[point_format]} and more",
        )
    points = legacy
    if minor == 4:
        (points,) = b.unpack("Q", 247, "the number of points")
        if legacy not in (0, points):
            raise b.wrong(
                107,
                f"{legacy} points, and {points} at byte 247",
                "both numbers must be the same, or the first 0",
            )
    records = _records(b, header, count, start, extended=False)
    behind = [b.size]  # where what follows the points may begin
    if minor >= 3:
        behind += b.unpack("Q", 227, "the waveforms")
    if minor == 4:
        first, extended = b.unpack("QI", 235, "the extended records")
        if extended:
            behind.append(first)
            records += _records(b, first, extended, b.size, extended=True)
    scale, offset, low, high = _numbers(b)
    plausible_count(f"{b.name}, byte {247 if minor == 4 else 107}", points)
    if compressed:
        laz = next((r for r in records if (r.user, r.id) == ("laszip encoded", 22204)), None)
        if laz is None:
            raise b.wrong(104, "compressed points without a record 'laszip encoded'", "one is needed")
        check_chunks(b, b.take(laz.start, laz.length, "the LAZ record"), start, length, points)
    else:
        # Writers may leave some bytes behind the points, but no whole one. 0 stands for no waveforms.
        end = min((place for place in behind if place >= start + points * length), default=b.size)
        held = (end - start) // length
        if held != points:
            raise b.wrong(
                247 if minor == 4 else 107,
                f"{points} points are promised, the file holds {held}",
                "both must agree",
            )
    return LasFacts(
        f"1.{minor}", point_format, points, compressed, scale, offset, low, high, *_crs(b, records)
    )


def _records(b: LasBytes, start: int, count: int, end: int, *, extended: bool) -> list[Record]:
    if count > LAS_VLRS:
        raise b.wrong(
            243 if extended else 100, f"{count} variable length records", f"up to {LAS_VLRS} are allowed"
        )
    records, at = [], start
    for k in range(count):
        user, record = b.unpack("2x16sH", at, f"variable length record {k}")
        (length,) = b.unpack("Q" if extended else "H", at + 20, f"variable length record {k}")
        body = at + (_EVLR_HEADER if extended else _VLR_HEADER)
        if body + length > end:
            raise b.wrong(
                at + 20, f"variable length record {k} ends at byte {body + length}", f"it must end by {end}"
            )
        name = user.split(b"\0")[0].decode("latin-1")
        records.append(Record(name, record, body, length))
        at = body + length
    return records


Triple = tuple[float, float, float]


def _numbers(b: LasBytes) -> tuple[Triple, Triple, Triple, Triple]:
    values = struct.unpack("<12d", b.take(131, 96, "scale, offset and bounds"))
    for k, axis in enumerate("xyz"):
        # A nanometre to a kilometre a step: what any survey in any unit can mean. 0 would flatten it.
        if not 1e-9 <= values[k] <= 1e3:
            raise b.wrong(131 + 8 * k, f"the scale of {axis} is {values[k]}", "1e-9 to 1000 is allowed")
        # Further out, float64 cannot tell one step from the next.
        if not abs(values[3 + k]) <= values[k] * 2**52:
            found = f"the offset of {axis} is {values[3 + k]}"
            raise b.wrong(155 + 8 * k, found, f"up to {values[k] * 2**52:g} is allowed with this scale")
    x1, x0, y1, y0, z1, z0 = values[6:]
    return values[:3], values[3:6], (x0, y0, z0), (x1, y1, z1)


# CRS, unit, plan unit, height unit, notes
Coordinates = tuple[str | None, Unit | None, Unit | None, Unit | None, tuple[str, ...]]


def _crs(b: LasBytes, records: list[Record]) -> Coordinates:
    """The CRS as WKT or EPSG code (WKT first, as LAS 1.4 says), and units that it does not say itself; what cannot be
    understood becomes a note."""
    projection = {r.id: r for r in records if r.user == "LASF_Projection"}
    if 2112 in projection:
        record = projection[2112]
        wkt = (
            b.take(record.start, min(record.length, HEADER_BYTES), "the CRS")
            .split(b"\0")[0]
            .decode("utf-8", "replace")
            .strip()
        )
        return _known(b.name, wkt) if wkt else (None, None, None, None, ())
    if 34735 not in projection:
        return None, None, None, None, ()
    keys = _geo_keys(b, projection[34735])
    code = keys.get(_PROJECTED_KEY) or keys.get(_GEOGRAPHIC_KEY)
    vertical = keys.get(_VERTICAL_KEY)
    plan, height = (_UNITS.get(keys.get(key, 0)) for key in (_PLAN_UNIT_KEY, _HEIGHT_UNIT_KEY))
    notes = tuple(
        f"{b.name}: its {what} are in the unit EPSG:{keys[key]}, which is not read; set units in monument.yaml"
        for key, what in ((_PLAN_UNIT_KEY, "coordinates"), (_HEIGHT_UNIT_KEY, "heights"))
        if keys.get(key, 9001) not in _UNITS
    )
    if code is None:
        note = f"{b.name}: the header's CRS has no EPSG code; it is not used, {_REMEDY}"
        return None, plan, None, height, (note, *notes)
    return _known(b.name, f"EPSG:{code}+{vertical}" if vertical else f"EPSG:{code}", plan, height, notes)


def _geo_keys(b: LasBytes, record: Record) -> dict[int, int]:
    """GeoTIFF keys whose value stands in the directory itself and is an EPSG code (1024 to 32766)."""
    count = record.length // 8
    values = struct.unpack(f"<{4 * count}H", b.take(record.start, 8 * count, "the GeoTIFF keys"))
    entries = [values[k : k + 4] for k in range(4, len(values), 4)]
    return {key: value for key, place, _, value in entries if place == 0 and 1024 <= value <= 32766}


def _known(
    name: str, text: str, plan: Unit | None = None, height: Unit | None = None, notes: tuple[str, ...] = ()
) -> Coordinates:
    try:
        pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        note = f"{name}: the header's CRS is none PROJ knows; it is not used, {_REMEDY}"
        return None, plan, None, height, (note, *notes)
    return text, None, plan, height, notes
