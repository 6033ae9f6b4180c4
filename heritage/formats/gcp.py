"""Ground control points from a CSV file."""

from __future__ import annotations

import csv
import io
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from heritage.formats.reader import file_bytes
from heritage.model.errors import InputError, Problem
from heritage.model.limits import GCP_BYTES

_COLUMNS = ("name", "role", "x", "y", "z", "X", "Y", "Z")


@dataclass(frozen=True)
class ControlPoint:
    """``source`` x, y, z in the monument frame, metres; ``target`` X, Y, Z in the site's working CRS (east,
    north, height). ``control`` points are fitted to, ``check`` points only measure the fit."""

    name: str
    role: Literal["control", "check"]
    source: tuple[float, float, float]
    target: tuple[float, float, float]


def read_gcp(path: Path) -> tuple[ControlPoint, ...]:
    """Read ``name,role,x,y,z,X,Y,Z`` with a header line; UTF-8, comma or semicolon between columns.

    Lines that are blank or start with # are passed over. Raises InputError with every wrong line.
    """
    if file_bytes(path) > GCP_BYTES:
        raise InputError(
            path.name, "too large a file", f"up to {GCP_BYTES} bytes are allowed", code="gcp-invalid"
        )
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte {error.start} is no UTF-8"
        raise InputError(
            path.name, found, "UTF-8 is allowed", "save it as UTF-8", code="gcp-invalid"
        ) from None
    lines = [(k, line) for k, line in enumerate(text.splitlines(), 1) if line.strip() and line[0] != "#"]
    if not lines:
        raise InputError(
            path.name, "no control points", "a header line and points are needed", code="gcp-invalid"
        )
    number, head = lines[0]
    separator = ";" if head.count(";") > head.count(",") else ","
    columns = tuple(word.strip() for word in head.split(separator))
    if columns != _COLUMNS:
        found = f"the columns {', '.join(columns)}"
        raise InputError(
            f"{path.name}:{number}", found, f"{','.join(_COLUMNS)} is needed", code="gcp-invalid"
        )
    points: list[ControlPoint] = []
    problems: list[Problem] = []
    for number, line in lines[1:]:
        where = f"{path.name}:{number}"
        try:
            cells = next(csv.reader(io.StringIO(line), delimiter=separator))
        except csv.Error as error:
            problems.append(_problem(where, f"a line that is no CSV ({error})", "short cells are needed"))
            continue
        point = _point(where, cells)
        if isinstance(point, Problem):
            problems.append(point)
        elif any(point.name == other.name for other in points):
            problems.append(_problem(where, f"the point {point.name} stands here again", "each name once"))
        else:
            points.append(point)
    if not points and not problems:
        problems.append(_problem(f"{path.name}:{number}", "a header line and no points", "points are needed"))
    if problems:
        raise InputError.of(problems)
    return tuple(points)


def _point(where: str, cells: list[str]) -> ControlPoint | Problem:
    if len(cells) != len(_COLUMNS):
        return _problem(where, f"{len(cells)} columns", f"{len(_COLUMNS)} are needed: {','.join(_COLUMNS)}")
    name, role, *rest = (cell.strip() for cell in cells)
    if not name:
        return _problem(where, "a point without a name", "a name is needed")
    if role not in ("control", "check"):
        return _problem(where, f"the role {role!r}", "control or check is allowed")
    numbers: list[float] = []
    for column, cell in zip(_COLUMNS[2:], rest, strict=True):
        try:
            # Python takes 1_0 for ten; in a surveyor's table it is a slip.
            numbers.append(float(cell.replace("_", "?")))
        except ValueError:
            return _problem(where, f"{column} is {cell[:40]!r}", "a number with a decimal point is allowed")
        if not math.isfinite(numbers[-1]):
            return _problem(where, f"{column} is {cell}", "a finite number is allowed")
    x, y, z, east, north, height = numbers
    kind: Literal["control", "check"] = "control" if role == "control" else "check"
    return ControlPoint(name, kind, (x, y, z), (east, north, height))


def _problem(where: str, found: str, allowed: str) -> Problem:
    return Problem("gcp-invalid", where, found, allowed, "correct the line")
