"""YAML to plain values, strictly, with the line of every path: composing is where YAML turns dangerous.

ruamel.yaml (pure Python) does the scanning; this module composes its events. Aliases that multiply, repeated
keys of which the last wins, tags and endless nesting are not needed to describe a monument: each is an error.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner, ScannerError

from heritage.model.errors import InputError, Problem
from heritage.model.limits import YAML_DEPTH
from heritage.text.lines import Path, dotted, visible

TEXT = "tag:yaml.org,2002:str"


class _TooDeep(ScannerError):
    """Brackets in brackets beyond YAML_DEPTH."""


class _Scanner(Scanner):
    """Counts brackets where they are found.

    Counting them in the events would be late: the scanner looks 1,024 characters ahead for a key, at a cost
    that is squared in open brackets (0.4 s for a line of them).
    """

    def fetch_flow_collection_start(self, TokenClass: Any, to_push: str) -> None:
        if self.flow_level >= YAML_DEPTH:
            raise _TooDeep(problem_mark=self.reader.get_mark())
        super().fetch_flow_collection_start(TokenClass, to_push)


class Composer:
    """One pass over the events of one file: its value, the line of every path, and what is wrong with it."""

    def __init__(self, text: str, shown: str) -> None:
        self.shown = shown
        self.lines: dict[Path, int] = {}
        self.written: dict[Path, str] = {}
        """What stands in the file where YAML makes another type than text of it: ``1.10`` is not 1.1."""
        self.broken: set[Path] = set()
        """What was complained of already: its type is not complained of again."""
        self.problems: list[Problem] = []
        self._yaml = YAML(typ="safe", pure=True)
        self._yaml.Scanner = _Scanner
        self._events = self._guarded(text)

    def _guarded(self, text: str) -> Iterator[Event]:
        try:
            yield from self._yaml.parse(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            if isinstance(error, _TooDeep):
                self._too_deep(line)
            if "'\\t'" in (error.problem or ""):
                self._stop(
                    "yaml-tab",
                    line,
                    "a tab where only spaces may stand",
                    "spaces are allowed",
                    "use spaces to indent",
                )
            self._stop(
                "yaml-syntax",
                line,
                f"this is no YAML: {error.problem}",
                "YAML 1.2",
                "check colons, quotes and brackets",
            )
        except ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            self._stop(
                "text-encoding",
                line,
                f"the control character {visible(text[error.position])}",
                "printable text",
                "remove it",
            )

    def _stop(self, code: str, line: int, found: str, allowed: str, remedy: str = "") -> NoReturn:
        problem = Problem(code, f"{self.shown}:{line}", found, allowed, remedy)
        raise InputError.of([*self.problems, problem]) from None

    def _too_deep(self, line: int) -> NoReturn:
        self._stop(
            "yaml-depth",
            line,
            f"nesting deeper than {YAML_DEPTH} levels",
            f"up to {YAML_DEPTH} levels are allowed",
        )

    def _note(self, code: str, line: int, found: str, allowed: str, remedy: str = "") -> None:
        self.problems.append(Problem(code, f"{self.shown}:{line}", found, allowed, remedy))

    def document(self) -> object:
        """The value of the file's one document."""
        event = next(self._events)
        while not isinstance(event, DocumentStartEvent):
            if isinstance(event, StreamEndEvent):
                self._stop("yaml-empty", 1, "the file is empty", "a mapping (key: value) is allowed")
            event = next(self._events)
        if event.version or event.tags:
            line = event.start_mark.line + 1
            self._stop(
                "yaml-directive",
                line,
                "a YAML directive (%)",
                "none is allowed",
                "remove the line; YAML 1.2 is read",
            )
        value = self._value(next(self._events), ())
        for event in self._events:
            if isinstance(event, DocumentStartEvent):
                line = event.start_mark.line + 1
                self._stop(
                    "yaml-documents",
                    line,
                    "a second document (---)",
                    "one document per file",
                    "remove the line",
                )
        return value

    def _value(self, event: Event, path: Path) -> object:
        line = event.start_mark.line + 1
        self.lines.setdefault(path, line)
        if len(path) > YAML_DEPTH:
            self._too_deep(line)
        self._refuse_indirection(event, line)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event, path, line)

    def _refuse_indirection(self, event: Any, line: int) -> None:
        if isinstance(event, NodeEvent) and event.anchor is not None:
            sign = "*" if isinstance(event, AliasEvent) else "&"
            found = f"{sign}{visible(str(event.anchor))}"
            self._stop(
                "yaml-anchor", line, found, "anchors and aliases are not allowed", "write the value out"
            )
        if getattr(event, "ctag", None) is not None:
            tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
            self._note("yaml-tag", line, f"the tag {visible(tag)}", "tags are not allowed", "remove it")

    def _mapping(self, path: Path) -> dict[str, object]:
        mapping: dict[str, object] = {}
        for event in self._events:
            if isinstance(event, MappingEndEvent):
                break
            line = event.start_mark.line + 1
            if not isinstance(event, ScalarEvent):
                self._stop(
                    "yaml-key",
                    line,
                    "a key that is not plain text",
                    "text is allowed as a key",
                    "write key: value",
                )
            self._refuse_indirection(event, line)
            key = event.value
            here = (*path, key)
            if self._tag(event) != TEXT:
                found = f"the key {visible(key)} is not read as text" if key else "an empty key"
                whole = self.written.get((*path, next(reversed(mapping), "")), "")
                self._note("yaml-key", line, found, "text is allowed as a key", _for_a_key(key, whole))
                self.broken.add(here)
            if key in mapping:
                self._note(
                    "yaml-repeated-key",
                    line,
                    f"{dotted(here)} stands here again (first on line {self.lines[here]})",
                    "each key once",
                    "remove one of the two",
                )
                self._skip(next(self._events), here)
                continue
            self.lines[here] = line
            mapping[key] = self._value(next(self._events), here)
        return mapping

    def _skip(self, event: Event, path: Path) -> None:
        """Read past the value of a repeated key; its own problems count, its lines and texts do not."""
        lines, written = self.lines, self.written
        self.lines, self.written = {}, {}
        self._value(event, path)
        self.lines, self.written = lines, written

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        for event in self._events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, (*path, len(items))))
        return items

    def _tag(self, event: Any) -> str:
        return str(self._yaml.resolver.resolve(ScalarNode, event.value, event.implicit))

    def _scalar(self, event: Any, path: Path, line: int) -> object:
        node = ScalarNode(self._tag(event), event.value, event.start_mark, event.end_mark)
        if event.ctag is not None or node.tag == TEXT:
            return event.value
        self.written[path] = event.value
        try:
            return self._yaml.constructor.construct_object(node)
        except (ValueError, MarkedYAMLError):
            self.broken.add(path)
            # 2019-02-30 has the shape of a date, 5,000 digits that of a number, and << that of a merge.
            self._note(
                "yaml-scalar",
                line,
                f"{dotted(path)} is {visible(event.value)}, which is neither a true date nor a number",
                f"a date such as {date(2019, 3, 14)}, a number, or text in quotes",
            )
            return event.value


def _for_a_key(key: str, before: str) -> str:
    """What helps where ``key`` is none, after the value ``before``: ``{lon: 107,57}`` is a number cut in two."""
    if re.fullmatch(r"\d+", key) and re.fullmatch(r"[-+]?\d+", before):
        return f"write a decimal with a point: {before}.{key}"
    return f'write it in quotes: "{visible(key)}"'
