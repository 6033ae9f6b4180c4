"""Tables that people open in a spreadsheet: CSV in which no cell is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

# What spreadsheets take for a formula, in either width, and what they skip before one.
_FORMULA: Final = "=+-@\uff1d\uff0b\uff0d\uff20\t\r\n"


def spreadsheet(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> bytes:
    """CSV (RFC 4180), a line of ``columns`` and one for each of ``rows``: UTF-8 with its mark, None as an empty cell.

    A text that a spreadsheet would compute has an apostrophe before it; numbers are as they are.
    """
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.lstrip(" ")[:1] in tuple(_FORMULA) else value
