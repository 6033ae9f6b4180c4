"""A YAML file with another value in it: what did not change stays as it is written, comments and all.

The new value is spliced into the text at the positions of the old one's nodes. A library's round trip would write
the whole file anew: quotes, long lines and indentation in its own way, and a change of one number as a difference of
thirty lines. Items of lists are known by their ``id``; a moved item takes its comments along.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from heritage.model.errors import MethodError
from heritage.text.positions import Positions, flows
from heritage.text.write_yaml import below, block, block_text, flow, scalar, things


@dataclass(frozen=True)
class _Splice:
    """``text`` instead of what stands from ``start`` to ``end``."""

    start: int
    end: int
    text: str


def edited(text: str, value: Mapping[str, Any], shown: str) -> str:
    """``text``, a valid document or nothing, with ``value`` in it. Dates are `date`, other values as JSON has them.

    Raises MethodError where the change cannot be written into this text.
    """
    if not text.strip():
        return block(value, 0, "\n") + "\n"
    editor = _Editor(text)
    root = _composed(text)
    changed = editor.spliced(editor.changes(root, value, 0), 0, len(text))
    if not _reads_back(editor, changed, value):
        raise MethodError(
            shown,
            "this change cannot be written into the file as it stands",
            "YAML with one key a line",
            "edit the file's text instead",
            code="edit-unwritable",
        )
    return changed


def _reads_back(editor: _Editor, text: str, value: Mapping[str, Any]) -> bool:
    try:
        return same(editor.value(_composed(text)), value)
    except YAMLError:
        return False


def same(a: Any, b: Any) -> bool:
    """Whether two plain values are the same: 5 and 5.0 are, 1 and true are not."""
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    if isinstance(a, list | tuple) and isinstance(b, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, int | float) and isinstance(b, int | float):
        return a == b
    return type(a) is type(b) and bool(a == b)


@lru_cache(maxsize=32)
def _composed(text: str) -> Node:
    """The nodes of a text. What was written is what is changed next, so it is kept; nobody changes a node."""
    node: Node = YAML(typ="safe", pure=True).compose(text)
    return node


class _Editor:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = Positions(text)
        self.eol = "\r\n" if "\r\n" in text else "\n"
        self._yaml = YAML(typ="safe", pure=True)

    def value(self, node: Node) -> Any:
        if isinstance(node, MappingNode):
            return {key.value: self.value(one) for key, one in node.value}
        if isinstance(node, SequenceNode):
            return [self.value(one) for one in node.value]
        if node.tag == "tag:yaml.org,2002:str":
            return node.value
        return self._yaml.constructor.construct_object(node)

    def spliced(self, splices: Sequence[_Splice], start: int, end: int) -> str:
        """The text from ``start`` to ``end`` with those splices that lie in it."""
        parts, at = [], start
        for splice in sorted(splices, key=lambda s: (s.start, s.end)):
            if start <= splice.start and splice.end <= end:
                parts += [self.text[at : splice.start], splice.text]
                at = splice.end
        return "".join([*parts, self.text[at:end]])

    def changes(self, node: Node, new: Any, after: int) -> list[_Splice]:
        """What turns ``node`` into ``new``; its text begins somewhere after ``after``, a key's colon or a dash."""
        if same(self.value(node), new):
            return []
        if isinstance(node, MappingNode) and isinstance(new, Mapping):
            kept = [key.value for key, _ in node.value if key.value in new]
            if kept:
                return self._flow_mapping(node, new) if node.flow_style else self._mapping(node, new)
        elif isinstance(node, SequenceNode) and isinstance(new, list | tuple) and new and node.value:
            plan = _plan([self.value(one) for one in node.value], new)
            if [at for at, _ in plan] == list(range(len(node.value))):
                pairs = zip(node.value, new, strict=True)
                return [s for one, value in pairs for s in self.changes(one, value, self.at.item(one))]
            if node.flow_style:
                return self._flow_sequence(node, plan)
            if all(self._has_own_line(one) for one in node.value):
                return [self._sequence(node, plan)]
        return [self._replaced(node, new, after)]

    def _has_own_line(self, item: Node) -> bool:
        """Whether a list's item begins a line with its dash, and nothing but spaces is between the two."""
        dash = self.at.dash(item)
        return dash < item.start_mark.index and self.at.begins_line(dash)

    def _mapping(self, node: MappingNode, new: Mapping[str, Any]) -> list[_Splice]:
        splices: list[_Splice] = []
        entries = node.value
        column = node.start_mark.column
        keep = [key.value in new for key, _ in entries]
        first = entries[0][0].start_mark.index
        is_beside_dash = not self.at.begins_line(first)
        for k, (key, one) in enumerate(entries):
            if keep[k] and isinstance(one, SequenceNode) and not one.value and things(new[key.value]):
                # An empty list can only be written in flow; what comes into it is not.
                start, end = self.at.colon(key), self.at.end(one)
                splices.append(_Splice(start, end, below(new[key.value], column, self.eol)))
            elif keep[k]:
                splices += self.changes(one, new[key.value], self.at.colon(key))
            elif any(keep[:k]):
                before = self.at.line_end(self.at.line(key) - len(self.eol))
                splices.append(_Splice(before, self.at.line_end(self.at.end(one, key)), ""))
            elif not is_beside_dash:
                splices.append(_Splice(self.at.line(key), self.at.next_line(self.at.end(one, key)), ""))
            elif k == 0:  # all that go before the first that stays, which comes beside the dash
                splices.append(_Splice(first, entries[keep.index(True)][0].start_mark.index, ""))
        old = {key.value: (key, one) for key, one in entries}
        for key, value in new.items():
            if key not in old:
                at = self.at.line_end(self.at.end(*reversed(old[_before(key, new, old)])))
                splices.append(_Splice(at, at, f"{self.eol}{' ' * column}{flow(key)}: {flow(value)}"))
        return splices

    def _flow_mapping(self, node: MappingNode, new: Mapping[str, Any]) -> list[_Splice]:
        ends = [(key.start_mark.index, self.at.end(one, key)) for key, one in node.value]
        keep = [key.value in new for key, _ in node.value]
        splices = self._flow_removed(ends, keep)
        for kept, (key, one) in zip(keep, node.value, strict=True):
            if kept:
                splices += self.changes(one, new[key.value], self.at.colon(key))
        old = {key.value for key, _ in node.value}
        last = max(end for kept, (_, end) in zip(keep, ends, strict=True) if kept)
        added = "".join(f", {flow(key)}: {flow(value)}" for key, value in new.items() if key not in old)
        return [*splices, _Splice(last, last, added)]

    def _flow_sequence(self, node: SequenceNode, plan: Sequence[tuple[int | None, Any]]) -> list[_Splice]:
        olds = [at for at, _ in plan if at is not None]
        if not olds or olds != sorted(olds):
            pieces = [flow(v) if at is None else self._piece(node.value[at], v) for at, v in plan]
            return [_Splice(node.start_mark.index, node.end_mark.index, "[" + ", ".join(pieces) + "]")]
        ends = [(one.start_mark.index, self.at.end(one)) for one in node.value]
        splices = self._flow_removed(ends, [k in olds for k in range(len(ends))])
        last: int | None = None
        for at, value in plan:
            if at is not None:
                splices += self.changes(node.value[at], value, 0)
                last = at
            elif last is None:
                start = ends[olds[0]][0]
                splices.append(_Splice(start, start, f"{flow(value)}, "))
            else:
                splices.append(_Splice(ends[last][1], ends[last][1], f", {flow(value)}"))
        return splices

    def _flow_removed(self, ends: Sequence[tuple[int, int]], keep: Sequence[bool]) -> list[_Splice]:
        splices = []
        for k, kept in enumerate(keep):
            if not kept:
                begun = any(keep[:k])
                splices.append(
                    _Splice(ends[k - 1][1], ends[k][1], "")
                    if begun
                    else _Splice(ends[k][0], ends[k + 1][0], "")
                )
        return splices

    def _piece(self, node: Node, new: Any) -> str:
        return self.spliced(self.changes(node, new, 0), node.start_mark.index, self.at.end(node))

    def _sequence(self, node: SequenceNode, plan: Sequence[tuple[int | None, Any]]) -> _Splice:
        """A list in block style, put together anew from its items: each with the lines above that belong to it."""
        dashes = [self.at.dash(one) for one in node.value]
        bodies = [
            (self.at.line_start(dash), self.at.line_end(self.at.end(one)))
            for dash, one in zip(dashes, node.value, strict=True)
        ]
        leads = [self.at.lead(bodies[0][0])]
        leads += [self.text[self.at.next_line(a[1]) : b[0]] for a, b in pairwise(bodies)]
        spaced = len(leads) > 1 and all(re.match(r"[ \t]*\r?\n", lead) for lead in leads[1:])
        margin = " " * (dashes[0] - self.at.line_start(dashes[0]))
        flowing = all(one.flow_style for one in node.value if isinstance(one, MappingNode))
        lines: list[str] = []
        for at, value in plan:
            if at is None:
                lead, item = "", flow(value) if flowing else block(value, len(margin) + 2, self.eol)
                body = f"{margin}- {item}"
            else:
                lead = leads[at]
                splices = self.changes(node.value[at], value, dashes[at] + 1)
                body = self.spliced(splices, *bodies[at])
            lead = re.sub(r"^([ \t]*\r?\n)+", "", lead) if not lines or spaced else lead
            lines.append((self.eol if spaced and lines else "") + lead + body)
        start = bodies[0][0] - len(leads[0])
        return _Splice(start, bodies[-1][1], self.eol.join(lines))

    def _replaced(self, node: Node, new: Any, after: int) -> _Splice:
        start, end = node.start_mark.index, self.at.end(node)
        if isinstance(node, ScalarNode) and not isinstance(new, Mapping | list | tuple):
            if start == end:
                return _Splice(after, after, " " + scalar(new))
            written = None
            if node.style in ("|", ">") and isinstance(new, str):
                inside = re.match(r"[^\n]*\n(?:[ \t]*\r?\n)*( *)", self.text[start:end])
                written = block_text(new, node.style, len(inside[1]), self.eol) if inside else None
            return _Splice(start, end, written or scalar(new, node.style))
        if isinstance(node, ScalarNode) or flows(node):
            return _Splice(start, end, flow(new)) if start != end else _Splice(after, after, " " + flow(new))
        return _Splice(after, end, " " + flow(new))


def _before(key: str, new: Mapping[str, Any], old: Mapping[str, Any]) -> str:
    """The key that stands before a new one and was there; the last one where none does."""
    keys = list(new)
    earlier = [k for k in keys[: keys.index(key)] if k in old]
    return earlier[-1] if earlier else [k for k in old if k in new][-1]


def _plan(old: Sequence[Any], new: Sequence[Any]) -> list[tuple[int | None, Any]]:
    """For every new item which old one it was, None where it is new."""
    ids, wanted = _ids(old), _ids(new)
    if ids is not None and wanted is not None:
        return [(ids.index(id) if id in ids else None, value) for id, value in zip(wanted, new, strict=True)]
    plan: list[tuple[int | None, Any]] = []
    matcher = difflib.SequenceMatcher(None, [flow(o) for o in old], [flow(n) for n in new], autojunk=False)
    for _, a, b, c, d in matcher.get_opcodes():
        plan += [(a + k if a + k < b else None, value) for k, value in enumerate(new[c:d])]
    return plan


def _ids(items: Sequence[Any]) -> list[str] | None:
    """The items' ids, where all have one of their own."""
    ids = [item.get("id") for item in items if isinstance(item, Mapping)]
    known = [id for id in ids if isinstance(id, str)]
    return known if len(known) == len(items) == len(set(known)) else None
