"""Numbers at places of a LAS file, refusing to read past its end."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, BinaryIO

from heritage.model.errors import InputError


@dataclass(frozen=True)
class LasBytes:
    """An open file of ``size`` bytes."""

    stream: BinaryIO
    name: str
    size: int

    def take(self, start: int, length: int, what: str) -> bytes:
        """``length`` bytes from ``start``. Raises InputError where the file does not have them."""
        if start < 0 or length < 0 or start + length > self.size:
            found = f"{what} is said to take bytes {start} to {start + length}"
            raise self.wrong(start, found, f"the file has {self.size}")
        self.stream.seek(start)
        return self.stream.read(length)

    def unpack(self, form: str, start: int, what: str) -> tuple[Any, ...]:
        """Little-endian numbers of a struct format."""
        form = "<" + form
        return struct.unpack(form, self.take(start, struct.calcsize(form), what))

    def wrong(self, at: int, found: str, allowed: str) -> InputError:
        """The error for what stands at a byte."""
        where = f"{self.name}, byte {at}"
        return InputError(where, found, allowed, "copy the file again, or export it anew", code="las-header")
