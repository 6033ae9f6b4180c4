"""Plain values as YAML that this house's reader reads back as the same: scalars in the style asked for, and flow."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.resolver import VersionedResolver

WIDTH: Final = 110
_TEXT = "tag:yaml.org,2002:str"
_RESOLVER = VersionedResolver(version=(1, 2))
# What needs no quotes anywhere: words, begun by a letter, with nothing that means something to YAML.
_PLAIN = re.compile(r"[^\W\d_](?:[\w ./’'-]*[\w.])?")
_WORDS_OF_YAML = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}  # YAML 1.1 readers' too


def scalar(value: Any, style: str | None = None) -> str:
    """A text, number, truth, date or None on one line; ``style`` is the quote that stood there: ``'``, ``"``, none."""
    if isinstance(value, str):
        return _text(value, style)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")  # never with an exponent, which YAML readers differ about
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


def flow(value: Any) -> str:
    """Any plain value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def block(value: Any, indent: int, eol: str) -> str:
    """A mapping with one key a line and what is below it on that line, but a list of things with ids (stops, epochs) with
    one key of each a line; anything else as `flow`."""
    if not isinstance(value, Mapping) or not value:
        return flow(value)
    return f"{eol}{' ' * indent}".join(f"{flow(key)}:{below(one, indent, eol)}" for key, one in value.items())


def things(value: Any) -> bool:
    """Whether a value is a list of what has ids: stops, epochs, corrections."""
    return (
        isinstance(value, list | tuple)
        and bool(value)
        and all(isinstance(one, Mapping) and "id" in one for one in value)
    )


def below(value: Any, indent: int, eol: str) -> str:
    """What stands after the colon of a key at ``indent``: things below it, anything else beside it as `flow`."""
    if not things(value):
        return f" {flow(value)}"
    return "".join(f"{eol}{' ' * (indent + 2)}- {block(one, indent + 4, eol)}" for one in value)


def block_text(value: str, style: str, indent: int, eol: str) -> str | None:
    """A text as the block scalar ``style`` (``|`` or ``>``), its lines indented; None where it has to be quoted."""
    body, chomping = (value[:-1], "") if value.endswith("\n") else (value, "-")
    lines = body.split("\n")
    if (
        not _printable(value)
        or not lines[0].strip()
        or not lines[-1].strip()
        or any(line != line.strip() for line in lines)
        or "\t" in value
    ):
        return None
    if style == ">":
        if len(lines) > 1 or "  " in body:
            style = "|"
        else:
            lines = textwrap.wrap(body, WIDTH - indent, break_long_words=False, break_on_hyphens=False)
    margin = " " * indent
    return eol.join([f"{style}{chomping}", *(f"{margin}{line}" if line else "" for line in lines)])


def _text(value: str, style: str | None) -> str:
    if style == "'" and _printable(value) and not re.search(r"[\n\t]", value):
        return "'" + value.replace("'", "''") + "'"
    plain = _PLAIN.fullmatch(value) and "  " not in value and value.lower() not in _WORDS_OF_YAML
    if style != '"' and plain and _RESOLVER.resolve(ScalarNode, value, (True, False)) == _TEXT:
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c == " " or c.isprintable() else _escape(c) for c in quoted)


def _printable(value: str) -> bool:
    return all(c in "\n\t" or c.isprintable() for c in value)


def _escape(character: str) -> str:
    return f"\\U{ord(character):08x}"
