"""Where things stand in a YAML text: what the marks of its nodes leave open, or say too late."""

from __future__ import annotations

import re
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode


class Positions:
    """Positions in ``text``, in characters from 0."""

    def __init__(self, text: str) -> None:
        self.text = text

    def lead(self, start: int) -> str:
        """The comments right above the line that begins at ``start``."""
        at = start
        while at and re.match(r"[ \t]*#", self.text[self.line_start(at - 1) : at]):
            at = self.line_start(at - 1)
        return self.text[at:start]

    def end(self, node: Node, key: Node | None = None) -> int:
        """Where a node's text ends: of collections in block style, and of block scalars, the marks say later."""
        if isinstance(node, ScalarNode):
            end = node.end_mark.index
            if node.style in ("|", ">"):
                keeps = "+" in self.text[node.start_mark.index : self.line_end(node.start_mark.index)]
                content = self.text[node.start_mark.index : end]
                cut = content.removesuffix("\n").removesuffix("\r") if keeps else content.rstrip()
                end = node.start_mark.index + len(cut)
            if key is not None and node.start_mark.index == node.end_mark.index:
                end = self.colon(key)
            return int(end)
        if flows(node) or not node.value:
            return int(node.end_mark.index)
        last = node.value[-1]
        return self.end(last[1], last[0]) if isinstance(node, MappingNode) else self.end(last)

    def colon(self, key: Node) -> int:
        """Just after a key's colon."""
        found = re.compile(r"\s*:").match(self.text, key.end_mark.index)
        return found.end() if found else int(key.end_mark.index)

    def dash(self, node: Node) -> int:
        """Where the dash of a list's item stands; of an item in brackets, where it begins."""
        before = self.text[: node.start_mark.index].rstrip()
        return len(before) - 1 if before.endswith("-") else int(node.start_mark.index)

    def item(self, node: Node) -> int:
        """Where the text of a list's item may begin."""
        at = self.dash(node)
        return at + 1 if at < node.start_mark.index else at

    def line(self, node: Node) -> int:
        """Where the line begins on which a node does."""
        return self.line_start(node.start_mark.index)

    def line_start(self, at: int) -> int:
        """Where the line of a position begins."""
        return self.text.rfind("\n", 0, at) + 1

    def line_end(self, at: int) -> int:
        """Where the line of a position ends, before its line end."""
        end = self.text.find("\n", at)
        end = len(self.text) if end < 0 else end
        return end - 1 if end > at and self.text[end - 1] == "\r" else end

    def next_line(self, at: int) -> int:
        """Where the line after that of a position begins."""
        end = self.text.find("\n", at)
        return len(self.text) if end < 0 else end + 1

    def begins_line(self, at: int) -> bool:
        """Whether only spaces stand before a position on its line."""
        return not self.text[self.line_start(at) : at].strip()


def flows(node: Any) -> bool:
    """Whether a mapping or list stands in brackets."""
    return bool(node.flow_style)
