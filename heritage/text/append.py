"""Add items to a list of a curators' YAML file; what stands there, comments included, stays as it is written."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

_WIDTH = 100_000  # lines are not folded anew


def appended(text: str, key: str, items: Sequence[Mapping[str, Any]]) -> str:
    """``text``, a valid document or nothing, with ``items`` at the end of the list ``key``.

    Lists inside an item are written on one line; text that YAML would read as something else gets quotes.
    """
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = _WIDTH
    yaml.indent(mapping=2, sequence=4, offset=2)
    document = yaml.load(text) if text.strip() else None
    if document is None:
        document = CommentedMap()
    if not document.get(key):
        document[key] = CommentedSeq()
    document[key].fa.set_block_style()
    for item in items:
        document[key].append(CommentedMap((name, _written(name, value)) for name, value in item.items()))
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _written(name: str, value: Any) -> Any:
    if isinstance(value, str):
        # An epoch called 2019 is text; ids that are words stay bare, as curators write them.
        return DoubleQuotedScalarString(value) if name == "epoch" or value[:1].isdigit() else value
    if isinstance(value, Mapping):
        found = CommentedMap((k, _written("", v)) for k, v in value.items())
        found.fa.set_block_style()
        return found
    if isinstance(value, (list, tuple)):
        row = CommentedSeq(_written("", one) for one in value)
        row.fa.set_flow_style()
        return row
    return value
