"""Ids that stand twice, and ids that name nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal

from heritage.model.errors import Problem
from heritage.text.explain import nearest
from heritage.text.lines import Lines, visible

Named = Literal["monument", "epoch", "state", "annotation", "footprint", "term"]
_CODES: dict[Named, str] = {
    "monument": "monument-unknown",
    "epoch": "epoch-unknown",
    "state": "state-unknown",
    "annotation": "annotation-unknown",
    "footprint": "footprint-unknown",
    "term": "term-unknown",
}


def repeated(what: str, ids: Sequence[str], lines: Lines, key: str) -> Iterator[Problem]:
    """A problem for every id of the list under ``key`` that stands a second time."""
    for at, name in enumerate(ids):
        if name in ids[:at]:
            first = lines.where(key, ids.index(name), "id").rpartition(":")[2]
            found = f"the {what} {name} stands here again (first on line {first})"
            where = lines.where(key, at, "id")
            yield Problem("id-repeated", where, found, "each id once", "give it another id")


def unknown(what: Named, name: str, known: Collection[str], where: str, of: str = "") -> Iterator[Problem]:
    """A problem where ``name`` is not among ``known``."""
    if name in known:
        return
    listed = ", ".join(visible(one) for one in sorted(known)[:20]) + (", …" if len(known) > 20 else "")
    allowed = f"{listed} {'is' if len(known) == 1 else 'are'} allowed" if known else f"there is no {what} yet"
    found = f"there is no {what} {visible(name)}" + (f" in {of}" if of else "")
    yield Problem(_CODES[what], where, found, allowed, nearest(name, known))
