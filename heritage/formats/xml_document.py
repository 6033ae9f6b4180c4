"""XML that somebody else wrote: bounded in size and depth, without declarations, names without their spaces."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from heritage.model.errors import InputError
from heritage.model.limits import EXCHANGE_BYTES, EXCHANGE_DEPTH


def read_xml(data: bytes, name: str) -> ET.Element:
    """The root element. Raises InputError for what is no XML, too large or deep, or declares a document type:
    by one a few bytes could name gigabytes or other files."""
    if len(data) > EXCHANGE_BYTES:
        raise _invalid(name, f"{len(data)} bytes", f"up to {EXCHANGE_BYTES} are allowed")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise _invalid(name, "XML in UTF-16 or with a DOCTYPE", "plain UTF-8 XML without declarations")
    builder = _Bounded(name)
    parser = ET.XMLParser(target=builder)  # noqa: S314 - no declarations, and its size is bounded
    try:
        parser.feed(data)
        root = parser.close()
    except ET.ParseError as error:
        line, column = error.position
        raise _invalid(f"{name}:{line}", f"no XML at column {column + 1}", "well-formed XML") from None
    except (LookupError, ValueError) as error:  # an encoding that nobody knows
        raise _invalid(name, f"XML that cannot be read: {str(error)[:60]}", "UTF-8 XML") from None
    assert isinstance(root, ET.Element)  # noqa: S101 - the parser has raised for a file without one
    return root


class _Bounded(ET.TreeBuilder):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.depth = name, 0

    def start(self, tag: str, attrs: dict[str, str]) -> ET.Element:
        self.depth += 1
        if self.depth > EXCHANGE_DEPTH:
            raise _invalid(self.name, f"nesting deeper than {EXCHANGE_DEPTH}", "a tour is not nested so deep")
        return super().start(tag.rpartition("}")[2], attrs)

    def end(self, tag: str) -> ET.Element:
        self.depth -= 1
        return super().end(tag.rpartition("}")[2])


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export it anew", code="exchange-invalid")
