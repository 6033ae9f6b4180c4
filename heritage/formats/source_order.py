"""Columns of a cloud in blocks, brought back into the order of its source without holding any of them whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.formats.arrays import damaged
from heritage.formats.blocks import ORDER
from heritage.formats.columns import column_kind, create_column, read_rows, written

_PIECE: Final = 1_000_000


def in_source_order(
    folder: Path, columns: Mapping[str, tuple[Path, str]], scratch: Path, *, size: int = _PIECE
) -> Iterator[dict[str, npt.NDArray[Any]]]:
    """The rows of ``columns``, given as name to (folder, column), in the order that ``order.npy`` of ``folder``
    names, ``size`` rows at a time.

    ``scratch`` is an empty folder with room for all columns, for a copy in which rows are already in their
    piece. Raises StoreError where ``order.npy`` is no order of all rows.
    """
    shape, _ = column_kind(folder, ORDER)
    rows = shape[0]
    held = {ORDER: (folder, ORDER), **columns}
    for name, (place, column) in held.items():
        shape, dtype = column_kind(place, column)
        create_column(scratch, name, rows, dtype, *shape[1:])
    free = np.arange(0, rows, size)
    limits = np.minimum(free + size, rows)
    with ExitStack() as stack:
        writes = {name: stack.enter_context(written(scratch, name)) for name in held}
        for start in range(0, rows, size):
            stop = min(start + size, rows)
            order = read_rows(folder, ORDER, start, stop)
            if order.min() < 0 or order.max() >= rows:
                raise _no_order(folder)
            piece = order // size
            by_piece = np.argsort(piece, kind="stable")
            counts = np.bincount(piece, minlength=len(free))
            if (free + counts > limits).any():
                raise _no_order(folder)
            cuts = np.concatenate([[0], np.cumsum(counts)]).tolist()
            for name, (place, column) in held.items():
                values = read_rows(place, column, start, stop)[by_piece]
                for k in np.flatnonzero(counts).tolist():
                    writes[name](int(free[k]), values[cuts[k] : cuts[k + 1]])
            free += counts
    for start in range(0, rows, size):
        stop = min(start + size, rows)
        to = read_rows(scratch, ORDER, start, stop) - start
        if (np.bincount(to, minlength=stop - start) != 1).any():
            raise _no_order(folder)
        given = {}
        for name in columns:
            values = read_rows(scratch, name, start, stop)
            given[name] = np.empty_like(values)
            given[name][to] = values
        yield given


def _no_order(folder: Path) -> Exception:
    return damaged(folder / f"{ORDER}.npy", "no order of all points")
