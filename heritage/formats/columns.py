"""Columns on disk: .npy files written and read by rows, so that only the rows asked for are ever in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from heritage.formats.arrays import damaged

_WINDOW_ROWS: Final = 4_000_000  # mapped at once while rows are gathered


def create_column(folder: Path, name: str, rows: int, dtype: npt.DTypeLike, width: int | None = None) -> None:
    """A column ``<name>.npy`` of ``rows`` zeros, or of ``rows`` times ``width``, for ``write_rows`` to fill."""
    shape = (rows,) if width is None else (rows, width)
    header = {"descr": np.lib.format.dtype_to_descr(np.dtype(dtype)), "fortran_order": False, "shape": shape}
    with (folder / f"{name}.npy").open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, header)
        # No byte of it takes room on the disk before it is written.
        stream.truncate(stream.tell() + int(np.prod(shape)) * np.dtype(dtype).itemsize)


@contextmanager
def written(folder: Path, name: str) -> Iterator[Callable[[int, npt.NDArray[Any]], None]]:
    """``write(start, values)`` for a column, which stays open meanwhile; see ``write_rows``."""
    with (folder / f"{name}.npy").open("r+b") as stream:
        shape, dtype = _header(folder, name, stream)
        first = stream.tell()

        def write(start: int, values: npt.NDArray[Any]) -> None:
            if values.dtype != dtype or values.shape[1:] != shape[1:]:
                raise ValueError(f"{values.dtype} {values.shape} for the column {name}: {dtype} {shape}")
            if not 0 <= start <= start + len(values) <= shape[0]:
                raise ValueError(f"rows {start} to {start + len(values)} of {shape[0]} of the column {name}")
            stream.seek(first + start * _row_bytes(shape, dtype))
            stream.write(np.ascontiguousarray(values).data)

        yield write


def write_rows(folder: Path, name: str, start: int, values: npt.NDArray[Any]) -> None:
    """Write ``values`` over the rows from ``start``. Several processes may write different rows at once.

    Raises ValueError for values of another dtype or width than the column's, or that run over its end.
    """
    with written(folder, name) as write:
        write(start, values)


def read_rows(folder: Path, name: str, start: int, stop: int) -> npt.NDArray[Any]:
    """Rows ``start`` to ``stop`` of a column. Raises StoreError where the file is missing or too short."""
    with _opened(folder, name) as stream:
        shape, dtype = _header(folder, name, stream)
        if not 0 <= start <= stop <= shape[0]:
            raise ValueError(f"rows {start} to {stop} of {shape[0]} of the column {name}")
        stream.seek(stream.tell() + start * _row_bytes(shape, dtype))
        values = np.fromfile(stream, dtype, (stop - start) * int(np.prod(shape[1:])))
    if len(values) != (stop - start) * int(np.prod(shape[1:])):
        raise damaged(folder / f"{name}.npy", "its end is missing")
    return values.reshape(stop - start, *shape[1:])


def gather_rows(folder: Path, name: str, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The rows at ``rows`` (n,), ascending. Raises ValueError where they are not, StoreError as ``read_rows``."""
    with _opened(folder, name) as stream:
        shape, dtype = _header(folder, name, stream)
        start = stream.tell()
    if len(rows) == 0:
        return np.empty((0, *shape[1:]), dtype)
    if rows[0] < 0 or rows[-1] >= shape[0] or (rows[1:] < rows[:-1]).any():
        raise ValueError(f"rows that are not ascending or not in 0..{shape[0] - 1}")
    path = folder / f"{name}.npy"
    if path.stat().st_size < start + shape[0] * _row_bytes(shape, dtype):
        raise damaged(path, "its end is missing")
    values = np.empty((len(rows), *shape[1:]), dtype)
    edges = np.searchsorted(rows, np.arange(0, shape[0] + _WINDOW_ROWS, _WINDOW_ROWS))
    for k, (first, last) in enumerate(zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)):
        if first == last:
            continue
        # A map of its own for each stretch: pages that were touched are let go again.
        base = k * _WINDOW_ROWS
        length = min(_WINDOW_ROWS, shape[0] - base)
        offset = start + base * _row_bytes(shape, dtype)
        window = np.memmap(path, dtype, "r", offset, (length, *shape[1:]))
        np.take(window, rows[first:last] - base, axis=0, out=values[first:last])
        del window
    return values


def column_kind(folder: Path, name: str) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Rows of a column, with its width where it has one, and its dtype."""
    with _opened(folder, name) as stream:
        return _header(folder, name, stream)


def _opened(folder: Path, name: str) -> BinaryIO:
    try:
        return (folder / f"{name}.npy").open("rb")
    except FileNotFoundError:
        raise damaged(folder / f"{name}.npy", "no such file") from None


def _header(folder: Path, name: str, stream: BinaryIO) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Shape and dtype; the stream then stands at the first row."""
    path = folder / f"{name}.npy"
    try:
        version = np.lib.format.read_magic(stream)
        if version != (1, 0):
            raise ValueError(f"version {version}")
        shape, fortran, dtype = np.lib.format.read_array_header_1_0(stream)
    except (ValueError, EOFError) as error:
        raise damaged(path, str(error)) from None
    if fortran or not shape or dtype.hasobject:
        raise damaged(path, "an array that is no column")
    return shape, dtype


def _row_bytes(shape: tuple[int, ...], dtype: np.dtype[Any]) -> int:
    return int(np.prod(shape[1:])) * dtype.itemsize
