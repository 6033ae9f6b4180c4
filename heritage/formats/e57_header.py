"""The outside of an E57 file, checked before libE57 opens it: lengths, and XML that declares no entities."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from heritage.formats.reader import file_bytes
from heritage.model.errors import InputError
from heritage.model.limits import E57_XML_BYTES

_PAGE, _CONTENT = 1024, 1020  # every page ends with a 4-byte checksum of its content


def check_e57_file(path: Path) -> None:
    """Raises InputError where the file header (ASTM E2807, 7.2) disagrees with the file, or its XML declares
    a DOCTYPE, by which a few bytes could name gigabytes or other files. Checksums are libE57's to verify."""
    size = file_bytes(path)
    with path.open("rb") as stream:
        header = stream.read(48)
        if len(header) < 48 or header[:8] != b"ASTM-E57":
            raise _wrong(path.name, 0, "no E57 file header", "48 bytes that start with ASTM-E57")
        length, xml, xml_length, page = struct.unpack("<4Q", header[16:])
        if length != size:
            raise _wrong(
                path.name, 16, f"the header says {length} bytes, the file has {size}", "both must be the same"
            )
        if page != _PAGE or size % _PAGE:
            raise _wrong(
                path.name, 40, f"pages of {page} bytes in a file of {size}", f"whole pages of {_PAGE} bytes"
            )
        if not 48 <= xml < size or xml % _PAGE >= _CONTENT:
            raise _wrong(
                path.name, 24, f"the XML part is said to start at byte {xml}", f"48 to {size} is allowed"
            )
        if not 0 < xml_length <= min(E57_XML_BYTES, size):
            raise _wrong(
                path.name,
                32,
                f"an XML part of {xml_length} bytes",
                f"1 to {min(E57_XML_BYTES, size)} is allowed",
            )
        text = _content(stream, xml, xml_length)
        if len(text) < xml_length:
            raise _wrong(
                path.name,
                32,
                f"an XML part of {xml_length} bytes, {len(text)} are there",
                "both must be the same",
            )
    if b"\0" in text or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise _wrong(
            path.name, xml, "an XML part in UTF-16 or with a DOCTYPE", "plain UTF-8 XML without declarations"
        )


def _content(stream: BinaryIO, start: int, length: int) -> bytes:
    """``length`` bytes of content from a place in the file, checksums taken out."""
    skip = start % _PAGE
    pages = -(-(skip + length) // _CONTENT)
    stream.seek(start - skip)
    raw = stream.read(pages * _PAGE)
    content = b"".join(raw[at : at + _CONTENT] for at in range(0, len(raw), _PAGE))
    return content[skip : skip + length]


def _wrong(name: str, at: int, found: str, allowed: str) -> InputError:
    return InputError(
        f"{name}, byte {at}", found, allowed, "copy the file again from its source", code="e57-header"
    )
