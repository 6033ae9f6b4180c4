"""The ways between a tour's stops, as they are carried in a release."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from heritage.model.documents import Stop, View
from heritage.model.release import Box, EpochEntry, MonumentEntry, Placement, ShownEntry, StopEntry
from heritage.ops.viewing.camera import orbit_of
from heritage.ops.viewing.detour import CLEARANCE_M, eyes_along
from heritage.ops.viewing.path import path_between
from heritage.ops.viewing.scenery import Scenery, pierced
from heritage.pipeline.pictures.sceneries import Sceneries
from heritage.pipeline.pictures.site_views import site_from
from heritage.pipeline.tours.flights import framed, with_flights

sys.path.append(str(Path(__file__).resolve().parents[1] / "ops"))
from test_viewing import GROUND, HALL

# The monument stands turned by a quarter, twice as large, and aside, so that frames cannot be mixed up.
QUARTER = np.array(
    [[0.0, -2.0, 0.0, 40.0], [2.0, 0.0, 0.0, -15.0], [0.0, 0.0, 2.0, 3.0], [0.0, 0.0, 0.0, 1.0]]
)
SOUTH = View(eye_m=(0, -20, 3), target_m=(0, -10, 3))
NORTH = View(eye_m=(0, 14, 3), target_m=(0, 24, 3))
CLOSE = View(eye_m=(0, 14, 3), target_m=(0, 16, 3))
INSIDE = View(eye_m=(0, 0, 3), target_m=(0, 2, 3))


class OneHall(Sceneries):
    """The hall of the viewing tests, where the monument stands."""

    def __init__(self, entry: MonumentEntry) -> None:
        super().__init__(Path(), [entry])
        placed = site_from(entry)
        self.placed = Scenery((placed.apply(vertices), triangles) for vertices, triangles in (GROUND, HALL))

    def scenery(self, _monument: str, _condition: str) -> Scenery | None:
        return self.placed


@pytest.fixture(scope="module")
def hall() -> OneHall:
    box = Box(min=(-5.0, -3.0, 0.0), max=(5.0, 3.0, 6.0))
    epoch = EpochEntry(
        id="2024", title={}, captured=None, method="photogrammetry", tileset="", bounds=box, points=1, triangles=1
    )  # fmt: skip
    entry = MonumentEntry(
        id="hall", title={}, html={}, reference_epoch="2024", bounds=box, view=SOUTH, epochs=(epoch,),
        placement=Placement(method="none", settled=True, site_from_monument=tuple(QUARTER.T.ravel()), scale=2.0, heading_deg=0.0),
    )  # fmt: skip
    return OneHall(entry)


def flown(hall: OneHall, to: View, **stop: object) -> StopEntry:
    """The second of two stops, the first of which looks from the south."""
    stops = [Stop.model_validate({"id": "a"}), Stop.model_validate({"id": "b", **stop})]
    entries = [
        StopEntry(id=s.id, title={}, html={}, text={}, show=ShownEntry(epoch="2024"), view=view,
                  move_s=s.move.seconds, easing=s.move.easing, dwell_s={})
        for s, view in zip(stops, (SOUTH, to), strict=True)
    ]  # fmt: skip
    entry = hall.monument("hall")
    assert entry is not None
    return with_flights(stops, entries, entry, hall)[1]


def test_a_released_flight_leads_around_the_hall_in_every_window(hall: OneHall) -> None:
    entry = hall.monument("hall")
    assert entry is not None
    stop = flown(hall, NORTH)
    assert stop.easing == "smooth"
    assert stop.via
    placed = site_from(entry)
    via = [orbit_of(*placed.apply(np.array([w.eye_m, w.target_m])), 45.0) for w in stop.via]
    starts, ends = framed([Stop.model_validate({"id": "x"})] * 2, [SOUTH, NORTH], entry)
    for start, end in zip(starts, ends, strict=True):
        assert pierced(hall.placed, eyes_along(path_between(start, end))) is not None
        eyes = eyes_along(path_between(start, end, via))
        assert pierced(hall.placed, eyes) is None
        # What is carried is rounded to a tenth of a millimetre.
        assert hall.placed.clearance(eyes).min() > CLEARANCE_M - 1e-3


def test_a_flight_takes_as_long_as_eyes_need_unless_its_curator_said_how_long(hall: OneHall) -> None:
    assert flown(hall, NORTH).move_s == 4
    assert flown(hall, CLOSE).move_s > 4  # what is looked at so near goes by fast
    assert flown(hall, CLOSE, move={"seconds": 5}).move_s == 5


def test_where_no_way_leads_the_picture_is_cut_unless_that_is_accepted(hall: OneHall) -> None:
    stop = flown(hall, INSIDE)
    assert (stop.easing, stop.move_s, stop.via) == ("cut", 0, ())
    accepted = flown(hall, INSIDE, accept={"flight-pierces": "the stone is meant to be passed"})
    assert (accepted.easing, accepted.move_s) == ("smooth", 4)
    assert flown(hall, INSIDE, move={"easing": "cut"}).via == ()


AROUND = [
    {"eye_m": [14, -12, 4], "target_m": [0, 0, 3]},
    {"eye_m": [14, 12, 4], "target_m": [0, 0, 3]},
]
THROUGH = [{"eye_m": [0, 0, 3], "target_m": [0, 10, 3]}]


def test_a_flight_drawn_by_hand_is_flown_as_it_is_drawn(hall: OneHall) -> None:
    there = flown(hall, NORTH, move={"seconds": 6, "via": AROUND})
    assert [(point.eye_m, point.target_m) for point in there.via] == [
        (tuple(map(float, point["eye_m"])), tuple(map(float, point["target_m"]))) for point in AROUND
    ]
    assert (there.easing, there.move_s) == ("smooth", 6)


def test_one_that_meets_a_wall_is_cut_unless_that_is_accepted(hall: OneHall) -> None:
    assert flown(hall, NORTH, move={"via": THROUGH}).easing == "cut"
    accepted = flown(hall, NORTH, move={"via": THROUGH}, accept={"flight-pierces": "into the dark"})
    assert accepted.easing == "smooth"
    assert [point.eye_m for point in accepted.via] == [(0.0, 0.0, 3.0)]
