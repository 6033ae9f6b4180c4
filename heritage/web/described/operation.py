"""What a route does beside what its row in the table says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from heritage.web.described.shapes import ANY, TEXT, Schema

JSON: Final = "application/json"
HTML: Final = "text/html; charset=utf-8"
FORM: Final = "multipart/form-data"
Parameters = Mapping[tuple[str, str], Schema]
"""Of queries and headers, by (place, name)."""
LANGUAGE: Final[Parameters] = {("query", "lang"): TEXT}
FILE: Final = {206: "A part of it", 304: "It is what If-None-Match says"}
STORE: Final = (503, 507)
"""How whatever writes may be refused."""


@dataclass(frozen=True)
class Operation:
    """``answer`` and ``body`` are schemas; of ``<kind>`` in their references the kind of document is put."""

    summary: str
    answer: Schema | None = None
    status: int = 200
    kind: str = JSON
    body: Schema | None = None
    sent: str = JSON
    refusals: tuple[int, ...] = ()
    others: Mapping[int, str] = field(default_factory=dict)
    parameters: Parameters = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    links: Callable[[str], dict[str, Any]] | None = None

    def shape(self, kind: str | None) -> Schema | None:
        """The schema of its answer, for a kind of document where it has one."""
        return None if self.answer is None else dict(_of(self.answer, kind))

    def takes(self, kind: str | None) -> Schema | None:
        """The schema of its body."""
        return None if self.body is None else dict(_of(self.body, kind))


def _of(schema: Any, kind: str | None) -> Any:
    if isinstance(schema, dict):
        return {key: _of(value, kind) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_of(value, kind) for value in schema]
    return schema.replace("<kind>", kind or "") if isinstance(schema, str) else schema


def file(summary: str) -> Operation:
    """Of a file: whole, in part, or unchanged."""
    return Operation(summary, ANY, kind="*/*", refusals=(404, 412, 416), others=FILE)


def page(summary: str, *refusals: int, parameters: Parameters | None = None) -> Operation:
    """Of a page for people."""
    return Operation(summary, TEXT, kind=HTML, refusals=refusals, parameters=parameters or {})
