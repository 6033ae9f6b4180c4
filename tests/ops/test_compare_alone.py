"""What stood free and is gone whole, or is new: found with its volume where the other survey looked, and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from manifold3d import Manifold
from test_compare_enclosed import FLOOR, _epoch

from heritage.ops.comparison.compare import Change, compare
from heritage.ops.comparison.plan import CompareOptions

# Pointed, so that nothing of it faces the floor; a ball on a stem, whose sides face nothing that is left.
URN = Manifold.cylinder(1.6, 0.25, 0.02, 48).translate((0.3, 0.2, -0.05))
LAMP = Manifold.cylinder(0.9, 0.08, 0.08, 24).translate((0, 0, -0.05)) + Manifold.sphere(0.3, 48).translate(
    (0, 0, 1.1)
)
ROOF = Manifold.cube((1.2, 1.2, 0.2)).translate((-0.6, -0.6, 1.5))


def _change(before, after) -> Change:
    options = CompareOptions(reach_m=0.6)
    return compare(after[1], before[0], after[0], 0.0001, options, reference=before[1])[2]


@pytest.mark.parametrize(("thing", "kind"), [(URN, "lost"), (URN, "gained"), (LAMP, "lost")])
def test_what_stood_free_is_found_with_its_volume(thing, kind):
    true = (thing - FLOOR).volume()
    there, empty = _epoch(FLOOR + thing, 1), _epoch(FLOOR, 2)

    change = _change(there, empty) if kind == "lost" else _change(empty, there)

    region = change.regions[0]
    assert region.alone
    assert region.gained == (kind == "gained")
    assert region.volume_by == "enclosed"
    assert abs(region.volume_m3) == pytest.approx(true, rel=0.03)
    assert abs(abs(region.volume_m3) - true) < 3 * region.volume_sigma_m3 < 0.1 * true
    low, high = np.array(thing.bounding_box()).reshape(2, 3)
    assert ((np.array(region.centre_m) > low) & (np.array(region.centre_m) < high)).all()
    assert all(abs(other.volume_m3) < 0.02 * true for other in change.regions[1:])


@pytest.mark.parametrize("role", ["reference", "compared"])
def test_where_the_other_survey_saw_nothing_it_is_not_comparable(role):
    """A hole in the other survey where the urn stands, as behind a scaffold: nothing says that the urn is gone."""
    away = lambda middle: np.hypot(middle[:, 0] - 0.3, middle[:, 1] - 0.2) > 0.4  # noqa: E731
    there, blind = _epoch(FLOOR + URN, 1), _epoch(FLOOR, 2, away)

    change = _change(there, blind) if role == "compared" else _change(blind, there)

    assert not any(region.alone for region in change.regions)
    assert change.gained_m3 + change.lost_m3 < 0.001


def test_a_roof_that_one_survey_saw_from_below_it_only_is_not_gone():
    """Floor all over in both surveys, the roof over it in the first only: from where the second stood it was not seen."""
    change = _change(_epoch(FLOOR + ROOF, 1), _epoch(FLOOR, 2))

    assert not any(region.alone for region in change.regions)
    assert change.lost_m3 < 0.001
