"""Two people's changes to one document, put together field by field: three-way, on plain values.

What only one changed is theirs; what both changed alike is changed once; what both changed differently is a clash,
which a person decides. Items of lists are known by their ``id`` (stops, epochs, annotations): items added by both are
all kept, and the order is merged too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from heritage.text.edit import same

Path = tuple[str, ...]
POSITION: Final = "@position"
ONE_VALUE: Final = frozenset(
    [
        "brush",
        "compare",
        "decided",
        "frame",
        "lasso",
        "opening",
        "place",
        "placement",
        "pose",
        "prior",
        "section",
        "show",
        "sun",
        "view",
    ]
)
"""Keys whose mappings are one thing: half a camera of one and half of another is a view that nobody meant."""


class _Absent:
    """Where a key is not there."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final = _Absent()


@dataclass(frozen=True)
class Clash:
    """One field that both changed. ``field`` is its path, list items by id; a value that is not there is None."""

    field: str
    base: Any
    mine: Any
    theirs: Any


@dataclass(frozen=True)
class Merged:
    """``value`` has everything that did not clash; of a clash it has theirs."""

    value: Any
    clashes: tuple[Clash, ...]


def merge(base: Any, mine: Any, theirs: Any, *, whole_items: bool = False) -> Merged:
    """``mine`` and ``theirs``, both made from ``base``, as one value.

    With ``whole_items`` an item of a list that both touched is a clash, even where the fields differ.
    """
    merger = _Merger(whole_items)
    return Merged(merger.merged(base, mine, theirs, ()), tuple(merger.clashes))


class _Merger:
    def __init__(self, whole_items: bool) -> None:
        self.whole_items = whole_items
        self.clashes: list[Clash] = []

    def merged(self, base: Any, mine: Any, theirs: Any, path: Path) -> Any:
        if _same(mine, theirs) or _same(base, mine):
            return theirs
        if _same(base, theirs):
            return mine
        whole = bool(path) and path[-1] in ONE_VALUE
        if not whole and isinstance(mine, Mapping) and isinstance(theirs, Mapping):
            return self._mapping(base if isinstance(base, Mapping) else {}, mine, theirs, path)
        lists = [_by_id(one) for one in (base, mine, theirs)]
        if lists[1] is not None and lists[2] is not None:
            return self._items(lists[0] or {}, lists[1], lists[2], path)
        return self._clash(base, mine, theirs, path)

    def _mapping(
        self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], path: Path
    ) -> dict[str, Any]:
        found = {}
        for key in (*theirs, *(key for key in (*mine, *base) if key not in theirs)):
            if key not in found:
                three = (base.get(key, ABSENT), mine.get(key, ABSENT), theirs.get(key, ABSENT))
                found[key] = self.merged(*three, (*path, key))
        return {key: one for key, one in found.items() if one is not ABSENT}

    def _items(
        self, base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any], path: Path
    ) -> list[Any]:
        found = {}
        for id in sorted({*base, *mine, *theirs}):
            three = (base.get(id, ABSENT), mine.get(id, ABSENT), theirs.get(id, ABSENT))
            here = (*path, id)
            both = not _same(three[0], three[1]) and not _same(three[0], three[2])
            # Two new items with one id are two things; their fields put together would be neither.
            whole = self.whole_items or three[0] is ABSENT
            if whole and both and not _same(three[1], three[2]):
                found[id] = self._clash(*three, here)
            else:
                found[id] = self.merged(*three, here)
        kept = {id for id, one in found.items() if one is not ABSENT}
        order = self._order(list(base), list(mine), list(theirs), kept, path)
        return [found[id] for id in order]

    def _order(
        self, base: list[str], mine: list[str], theirs: list[str], kept: set[str], path: Path
    ) -> list[str]:
        """The kept ids: those that nobody moved as they were, and in the gaps between what each put there."""
        moved = [_moved(base, mine), _moved(base, theirs)]
        stable = [id for id in base if id in kept and id not in moved[0] | moved[1]]
        gaps = []
        for order, own in zip((mine, theirs), moved, strict=True):
            placed: dict[str, list[str]] = {}
            anchor = ""
            for id in order:
                if id in stable:
                    anchor = id
                elif id in kept and id in own:
                    placed.setdefault(anchor, []).append(id)
            gaps.append(placed)
        anchors = [{id: anchor for anchor, ids in gap.items() for id in ids} for gap in gaps]
        for id in sorted(anchors[0].keys() & anchors[1].keys()):
            if anchors[0][id] != anchors[1][id] and mine != theirs:
                three = [order.index(id) if id in order else None for order in (base, mine, theirs)]
                self.clashes.append(Clash("/".join((*path, id, POSITION)), *three))
                gaps[0][anchors[0][id]].remove(id)
        result = []
        for anchor in ("", *stable):
            result += [anchor] if anchor else []
            result += _woven(gaps[0].get(anchor, []), gaps[1].get(anchor, []))
        return result

    def _clash(self, base: Any, mine: Any, theirs: Any, path: Path) -> Any:
        shown = [None if one is ABSENT else one for one in (base, mine, theirs)]
        self.clashes.append(Clash("/".join(path), *shown))
        return theirs


def _same(a: Any, b: Any) -> bool:
    return a is b if ABSENT in (a, b) else same(a, b)


def _by_id(value: Any) -> dict[str, Any] | None:
    """A list's items by their ids; None where it is no list of such items, each with its own."""
    if not isinstance(value, list | tuple):
        return None
    found = {
        item["id"]: item for item in value if isinstance(item, Mapping) and isinstance(item.get("id"), str)
    }
    return found if len(found) == len(value) else None


def _moved(base: Sequence[str], order: Sequence[str]) -> set[str]:
    """What is new in ``order``, and the fewest of the others that have to move to get there from ``base``."""
    known = [base.index(id) for id in order if id in base]
    # The longest increasing run stays (patience sorting); the rest moved.
    tails: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for k, value in enumerate(known):
        at = bisect_left(tails, value)
        before.append(ends[at - 1] if at else -1)
        tails[at : at + 1] = [value]
        ends[at : at + 1] = [k]
    stay = set()
    k = ends[-1] if ends else -1
    while k >= 0:
        stay.add(base[known[k]])
        k = before[k]
    return {id for id in order if id not in stay}


def _woven(a: Sequence[str], b: Sequence[str]) -> list[str]:
    """Both sequences as one, the same whichever comes first: each keeps its order where they agree."""
    if not set(a) & set(b):
        return [*a, *b] if list(a) <= list(b) else [*b, *a]
    # What stands in both divides them; in what they order differently, the smaller sequence's order holds.
    first, second = sorted((list(a), list(b)))
    common = [id for id in first if id in second]
    if [id for id in second if id in common] != common:
        second = [id for id in second if id not in common]
        common = []
    result: list[str] = []
    for id in common:
        pieces = [_until(one, id) for one in (first, second)]
        result += [*_woven(*pieces), id]
        first, second = first[len(pieces[0]) + 1 :], second[len(pieces[1]) + 1 :]
    return [*result, *_woven(first, second)]


def _until(ids: Sequence[str], end: str) -> list[str]:
    return list(ids[: list(ids).index(end)])
