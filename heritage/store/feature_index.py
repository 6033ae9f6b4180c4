"""Where each feature stands in the GeoJSON files of a release, so that it can be served as a slice of one.

An SQLite file that is written once with the release and only read afterwards. Boxes are degrees (west, south,
east, north); one across the antimeridian has its west above its east (RFC 7946 5.2). Times are whole numbers that sort
as the days do: year * 10000 + month * 100 + day.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Box = tuple[float, float, float, float]
Times = tuple[int | None, int | None]

_TABLES = """
CREATE TABLE item(n INTEGER PRIMARY KEY, collection TEXT, id TEXT, first INTEGER, length INTEGER,
  west REAL, south REAL, east REAL, north REAL, earliest INTEGER, latest INTEGER, timed INTEGER);
CREATE INDEX item_id ON item(collection, id);
CREATE VIRTUAL TABLE box USING rtree(k, west, east, south, north, +n);
"""


@dataclass(frozen=True)
class IndexedFeature:
    """One feature: its bytes in its collection's file, its box, and its time where it has one (None: open)."""

    collection: str
    id: str
    first: int
    length: int
    box: Box
    times: Times | None


@dataclass(frozen=True)
class Slice:
    """A feature found: ``n`` orders features, the bytes are in the collection's file; ``certain`` is whether its
    whole box lies inside the box that was asked for."""

    n: int
    first: int
    length: int
    certain: bool


def day_number(iso: str | None) -> int | None:
    """An ISO 8601 day, with a sign before the year 0, as a number that sorts as days do."""
    if iso is None:
        return None
    year, month, day = iso.rsplit("-", 2)
    return int(year) * 10_000 + int(month) * 100 + int(day)


def enclosing(boxes: Sequence[Box]) -> Box:
    """The box of all ``boxes``, of which there is one at least: across the antimeridian where that is narrower."""
    found = []
    for first in (-180.0, 0.0):  # the meridian that longitudes are counted from
        begin = [(west - first) % 360 for west, _, _, _ in boxes]
        end = [
            at + east - west + 360 * (west > east)
            for at, (west, _, east, _) in zip(begin, boxes, strict=True)
        ]
        low, high = min(begin), max(end)
        found.append((high - low, boxes[begin.index(low)][0], boxes[end.index(high)][2]))
    _, west, east = min(found, key=lambda one: one[0])
    return west, min(box[1] for box in boxes), east, max(box[3] for box in boxes)


def halves(box: Box) -> tuple[Box, ...]:
    """``box``, as the two on either side of the antimeridian where it lies across."""
    west, south, east, north = box
    if west > east:
        return (west, south, 180.0, north), (-180.0, south, east, north)
    return (box,)


def _moment(day: int | None, end: int) -> str | None:
    """A day's first or last second in RFC 3339, which knows the years 0 to 9999 only."""
    if day is None or not 0 <= day < 100_000_000:
        return None
    clock = ("00:00:00Z", "23:59:59Z")[end]
    return f"{day // 10_000:04d}-{day // 100 % 100:02d}-{day % 100:02d}T{clock}"


def write_feature_index(features: Iterable[IndexedFeature]) -> bytes:
    """The index's file. Features keep their order."""
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(_TABLES)
        for n, f in enumerate(features):
            timed = f.times is not None
            row = (n, f.collection, f.id, f.first, f.length, *f.box, *(f.times or (None, None)), timed)
            database.execute("INSERT INTO item VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", row)
            for west, south, east, north in halves(f.box):
                database.execute("INSERT INTO box VALUES (NULL,?,?,?,?,?)", (west, east, south, north, n))
        database.commit()
        return database.serialize()


class FeatureIndex:
    """The index of one release, for reading; safe in many threads."""

    def __init__(self, path: Path) -> None:
        self._uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"

    def one(self, collection: str, id: str) -> Slice | None:
        """The feature with an id; None where there is none."""
        found = self._rows(
            "SELECT n, first, length, 1 FROM item WHERE collection = ? AND id = ? ORDER BY n LIMIT 1",
            [collection, id],
        )
        return found[0] if found else None

    def extent(self, collection: str) -> tuple[Box, tuple[str | None, str | None]]:
        """The box of all features of a collection, and their first and last day (None: open or none has a time)."""
        query = (
            "SELECT min(west), min(south), max(east), max(north), min(earliest), max(latest), "
            "count(*) FILTER (WHERE timed AND earliest IS NULL), count(*) FILTER (WHERE timed AND latest IS NULL), "
            "count(*) FILTER (WHERE west > east) FROM item WHERE collection = ?"
        )
        with closing(sqlite3.connect(self._uri, uri=True)) as database:
            *box, first, last, open_first, open_last, across = database.execute(
                query, [collection]
            ).fetchone()
            west, south, east, north = box
            if across or east - west > 180:
                every = "SELECT west, south, east, north FROM item WHERE collection = ?"
                west, south, east, north = enclosing(database.execute(every, [collection]).fetchall())
        times = (None if open_first else _moment(first, 0), None if open_last else _moment(last, 1))
        return (west, south, east, north), times

    def within(self, collection: str, boxes: Sequence[Box], times: Times | None) -> list[Slice]:
        """Features whose boxes meet one of ``boxes`` (none given: all) and whose times meet ``times``, in order.

        Features without a time meet every time.
        """
        where, values = ["collection = ?"], [collection]  # type: list[str], list[object]
        inside = "1"
        if boxes:
            meet = " OR ".join(
                "(b.west <= ? AND b.east >= ? AND b.south <= ? AND b.north >= ?)" for _ in boxes
            )
            where.append(f"n IN (SELECT n FROM box AS b WHERE {meet})")  # noqa: S608
            for west, south, east, north in boxes:
                values += [east, west, north, south]
            # Of what lies across the antimeridian the shape decides.
            inside = " OR ".join(
                f"(west <= east AND west >= {w!r} AND east <= {e!r} AND south >= {s!r} AND north <= {n!r})"
                for w, s, e, n in boxes
            )
        if times is not None:
            first, last = times
            where.append("(NOT timed OR ((? IS NULL OR earliest IS NULL OR earliest <= ?) "
                         "AND (? IS NULL OR latest IS NULL OR latest >= ?)))")  # fmt: skip
            values += [last, last, first, first]
        return self._rows(
            f"SELECT n, first, length, ({inside}) FROM item WHERE {' AND '.join(where)} ORDER BY n",  # noqa: S608
            values,
        )

    def _rows(self, query: str, values: Sequence[object]) -> list[Slice]:
        with closing(sqlite3.connect(self._uri, uri=True)) as database:
            return [
                Slice(n, first, length, bool(certain))
                for n, first, length, certain in database.execute(query, list(values))
            ]


def read_slices(path: Path, slices: Iterable[Slice]) -> list[bytes]:
    """The bytes of features in their collection's file."""
    found = []
    with path.open("rb") as file:
        for one in slices:
            file.seek(one.first)
            found.append(file.read(one.length))
    return found


def feature_of(data: bytes) -> dict[str, object]:
    """A slice as a GeoJSON Feature."""
    value: dict[str, object] = json.loads(data)
    return value
