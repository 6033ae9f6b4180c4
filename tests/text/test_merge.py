"""Two people's edits put together: nothing that one did is lost without a word."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heritage.text.merge import merge

TABLE = json.loads(
    (Path(__file__).parents[2] / "viewer/tests/unit/merge-cases.json").read_text(encoding="utf-8")
)
FIELDS = ("dwell_s", "show", "narration")
value = st.one_of(
    st.integers(0, 3), st.sampled_from(["a", "b"]), st.fixed_dictionaries({"x": st.integers(0, 1)})
)
IDS = [f"s{k}" for k in range(8)]


@st.composite
def tours(draw: st.DrawFn) -> dict[str, Any]:
    ids = draw(st.lists(st.sampled_from(IDS[:5]), unique=True, max_size=5))
    return {
        "monument": draw(st.sampled_from(["gate", "hall"])),
        "stops": [{"id": id} | draw(st.dictionaries(st.sampled_from(FIELDS), value)) for id in ids],
    }


@st.composite
def edited(draw: st.DrawFn, tour: dict[str, Any], new: list[str]) -> dict[str, Any]:
    """A tour after a few of the things that people do."""
    tour = copy.deepcopy(tour)
    stops = tour["stops"]
    for act in draw(
        st.lists(st.sampled_from(["set", "drop", "move", "add", "remove", "monument"]), max_size=4)
    ):
        k = draw(st.integers(0, max(len(stops) - 1, 0)))
        if act == "monument":
            tour["monument"] = draw(st.sampled_from(["gate", "hall", "stele"]))
        elif act == "add":
            unused = [id for id in new if id not in [s["id"] for s in stops]]
            if unused:
                stops.insert(k, {"id": unused[0], "text": "new"})
        elif stops and act == "set":
            stops[k][draw(st.sampled_from(FIELDS))] = draw(value)
        elif stops and act == "drop":
            stops[k].pop(draw(st.sampled_from(FIELDS)), None)
        elif stops and act == "move":
            stops.insert(draw(st.integers(0, len(stops))), stops.pop(k))
        elif stops and act == "remove":
            stops.pop(k)
    return tour


@st.composite
def threes(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    base = draw(tours())
    return base, draw(edited(base, IDS[5:7])), draw(edited(base, IDS[6:]))


@given(threes())
def test_one_persons_edit_is_that_edit(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three
    assert merge(base, mine, base) == merge(base, base, mine)
    assert merge(base, mine, base).value == mine
    assert merge(base, theirs, theirs).value == theirs
    assert not merge(base, mine, base).clashes


@given(threes())
def test_it_does_not_matter_who_came_first(three: tuple[Any, Any, Any]) -> None:
    base, mine, theirs = three
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    mirrored = {(c.field, str(c.base), str(c.theirs), str(c.mine)) for c in other.clashes}
    assert {(c.field, str(c.base), str(c.mine), str(c.theirs)) for c in one.clashes} == mirrored
    if not one.clashes:
        assert one.value == other.value


@given(threes())
def test_no_edit_is_dropped_without_a_word(three: tuple[Any, Any, Any]) -> None:
    """Field by field against the definition: what one changed is in the result, or in a clash."""
    base, mine, theirs = three
    merged = merge(base, mine, theirs)
    was, result = _stops(base), _stops(merged.value)
    clashing = {tuple(clash.field.split("/")) for clash in merged.clashes}
    for own in (_stops(mine), _stops(theirs)):
        for id in own.keys() | was.keys():
            if any(field[:2] == ("stops", id) for field in clashing):
                continue
            if id in own and id not in was:
                assert result[id] == own[id]
            elif id in was and id not in own:
                assert id not in result
            elif id in result:
                for key in own[id].keys() | was[id].keys():
                    if own[id].get(key) != was[id].get(key):
                        assert _subset(own[id].get(key), was[id].get(key), result[id].get(key))
    ids = [stop["id"] for stop in merged.value["stops"]]
    assert len(ids) == len(set(ids))


@given(threes())
def test_who_moved_alone_finds_it_moved(three: tuple[Any, Any, Any]) -> None:
    """Where only one changed the order, and both kept the same stops, the order is theirs."""
    base, mine, theirs = three
    orders = [[stop["id"] for stop in one["stops"]] for one in three]
    merged = [stop["id"] for stop in merge(base, mine, theirs).value["stops"]]
    if orders[0] == orders[2] and set(orders[0]) == set(orders[1]):
        assert merged == orders[1]
    if orders[0] == orders[1] and set(orders[0]) == set(orders[2]):
        assert merged == orders[2]


def _stops(tour: dict[str, Any]) -> dict[str, Any]:
    return {stop["id"]: stop for stop in tour["stops"]}


def _subset(own: Any, was: Any, found: Any) -> bool:
    """Whether what one changed of a value is in the result; of mappings, key by key."""
    if isinstance(own, dict) and isinstance(was, dict) and isinstance(found, dict):
        return all(found.get(k) == own.get(k) for k in own.keys() | was.keys() if own.get(k) != was.get(k))
    return bool(own == found)


def _order(*ids: str) -> dict[str, Any]:
    return {"stops": [{"id": id} for id in ids]}


def test_two_people_append() -> None:
    """The most common case: each adds a stop at the end; both are there, whoever was first."""
    merged = merge(_order("a", "b"), _order("a", "b", "y"), _order("a", "b", "x"))
    assert (merged.value, merged.clashes) == (_order("a", "b", "x", "y"), ())


def test_different_stops_move() -> None:
    merged = merge(_order(*"abcde"), _order(*"bcdea"), _order(*"aebcd"))
    assert (merged.value, merged.clashes) == (_order(*"ebcda"), ())


def test_one_stop_moved_to_two_places_is_a_clash() -> None:
    merged = merge(_order(*"abcd"), _order(*"bcad"), _order(*"bcda"))
    assert [(c.field, c.base, c.mine, c.theirs) for c in merged.clashes] == [("stops/a/@position", 0, 2, 3)]


def test_a_stop_removed_by_one_and_changed_by_the_other_is_a_clash() -> None:
    changed = {"stops": [{"id": "a", "dwell_s": 5}, {"id": "b"}]}
    merged = merge(_order("a", "b"), changed, _order("b"))
    assert [(c.field, c.mine, c.theirs) for c in merged.clashes] == [
        ("stops/a", {"id": "a", "dwell_s": 5}, None)
    ]


def test_one_field_changed_by_both_is_a_clash_and_another_is_not() -> None:
    base = {"stops": [{"id": "a", "dwell_s": 5, "move": {"seconds": 4, "easing": "smooth"}}]}
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    mine["stops"][0] |= {"dwell_s": 6, "move": {"seconds": 5, "easing": "smooth"}}
    theirs["stops"][0] |= {"dwell_s": 7, "move": {"seconds": 4, "easing": "cut"}}
    merged = merge(base, mine, theirs)
    assert [(c.field, c.base, c.mine, c.theirs) for c in merged.clashes] == [("stops/a/dwell_s", 5, 6, 7)]
    assert merged.value["stops"][0]["move"] == {"seconds": 5, "easing": "cut"}
    whole = merge(base, mine, theirs, whole_items=True)
    assert [c.field for c in whole.clashes] == ["stops/a"]


def test_two_halves_of_a_view_are_no_view() -> None:
    """One turned the camera, the other stepped back: together it would look past what both meant."""
    base = {"stops": [{"id": "a", "view": {"eye_m": [0, -9, 2], "target_m": [0, 0, 2]}}]}
    mine, theirs = copy.deepcopy(base), copy.deepcopy(base)
    mine["stops"][0]["view"] = {"eye_m": [0, -9, 2], "target_m": [5, 0, 2]}
    theirs["stops"][0]["view"] = {"eye_m": [-30, -9, 2], "target_m": [0, 0, 2]}
    assert [clash.field for clash in merge(base, mine, theirs).clashes] == ["stops/a/view"]


def _edited(document: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """``document`` with fields set, or taken away (None); fields as the studio's page names them."""
    document = copy.deepcopy(document)
    tour = document["tour"]
    if "order" in change:
        stops = {stop["id"]: stop for stop in tour["stops"]}
        tour["stops"] = [stops.get(id, {"id": id}) for id in change["order"]]
    for field, one in change.items():
        *path, last = field.split("/")
        at = document if path[:1] == ["words"] else tour
        for key in path:
            at = next(s for s in at if s["id"] == key) if isinstance(at, list) else at.setdefault(key, {})
        if one is None:
            del at[last]
        elif field != "order":
            at[last] = one
    return document


@pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: case["name"])
def test_the_studios_page_merges_alike(case: dict[str, Any]) -> None:
    """The same cases hold for the page's merger in viewer/tests/unit/studio.test.ts."""
    base = TABLE["base"]
    merged = merge(base, _edited(base, case["mine"]), _edited(base, case["theirs"]))
    assert sorted(c.field.removeprefix("tour/") for c in merged.clashes) == case["clashes"]
    if not case["clashes"]:
        order = {"order": case["order"]} if "order" in case else {}
        changes = case["mine"] | case["theirs"] | order
        assert merged.value == _edited(base, changes)
