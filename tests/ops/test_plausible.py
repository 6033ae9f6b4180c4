"""A model in the wrong unit, place or turn is noticed; a right one, a part of one and a moved one are not."""

from __future__ import annotations

import numpy as np
import pytest

from heritage.model.arrays import F64
from heritage.ops.placement.plausible import plausible


def hall(rng: np.random.Generator, points: int = 6_000) -> F64:
    """Points on a hall of 24 x 14 x 6 m with a porch on one long side and a hipped roof 5 m high."""
    side = rng.random((points, 2))
    which = rng.integers(0, 8, points)
    x, y, z = 24 * side[:, 0] - 12, 14 * side[:, 0] - 7, 6 * side[:, 1]
    walls = np.select(
        [(which == k)[:, None] for k in range(4)],
        [
            np.stack([x, np.full(points, -7.0), z], 1), np.stack([x, np.full(points, 7.0), z], 1),
            np.stack([np.full(points, -12.0), y, z], 1), np.stack([np.full(points, 12.0), y, z], 1),
        ],
    )  # fmt: skip
    a, b = 28 * side[:, 0] - 14, 18 * side[:, 1] - 9
    roof = np.stack([a, b, 6 + 5 * (1 - np.maximum(np.abs(a) / 14, np.abs(b) / 9))], 1)
    porch = np.stack([6 * side[:, 0] - 3, np.full(points, -11.0), 3 * side[:, 1]], 1)
    return np.where((which < 4)[:, None], walls, np.where((which == 7)[:, None], porch, roof))


@pytest.fixture(scope="module")
def survey() -> F64:
    """Half of the hall's surface is seen, with noise and a few strays."""
    rng = np.random.default_rng(1)
    points = hall(rng, 12_000)
    seen = points[(points[:, 0] > -4) | (points[:, 2] < 5)]
    strays = rng.uniform(-60, 60, (10, 3))
    return np.concatenate([seen + rng.normal(0, 0.03, seen.shape), strays])


@pytest.fixture(scope="module")
def model() -> F64:
    return hall(np.random.default_rng(2))


def test_a_right_model_is_left_alone(model: F64, survey: F64) -> None:
    assert plausible(model, survey).finding is None
    assert plausible(model, survey).doubt is None


def test_a_part_of_it_and_a_shifted_one_are_left_alone(model: F64, survey: F64) -> None:
    ridge = model[model[:, 2] > 9]
    for points in (ridge, model + np.array([1.5, -0.8, 0.4]), model[model[:, 0] > 0]):
        judged = plausible(points, survey)
        assert judged.finding is None
        assert judged.doubt is None


@pytest.mark.parametrize(("scale", "unit"), [(1000.0, "mm"), (100.0, "cm"), (39.37, "in"), (0.001, "km")])
def test_a_wrong_unit_is_named(model: F64, survey: F64, scale: float, unit: str) -> None:
    finding = plausible(model * scale, survey).finding
    assert finding is not None
    assert f"units: {unit} would fit" in finding.remedy
    assert "times" in finding.found


def test_kilometres_away(model: F64, survey: F64) -> None:
    finding = plausible(model + np.array([3_000.0, 4_000.0, 0.0]), survey).finding
    assert finding is not None
    assert "4.97 km away" in finding.found


@pytest.mark.parametrize(
    ("turn", "words"),
    [
        (((1, 0, 0), (0, -1, 0), (0, 0, -1)), "upside down: with its -z axis up"),
        (((1, 0, 0), (0, 0, -1), (0, 1, 0)), "on its side: with its"),
        (((1, 0, 0), (0, 0, 1), (0, -1, 0)), "on its side: with its"),
        (((0, -1, 0), (1, 0, 0), (0, 0, 1)), "is turned: 270 degrees"),
    ],
)
def test_a_wrong_turn_is_named(
    model: F64, survey: F64, turn: tuple[tuple[int, ...], ...], words: str
) -> None:
    finding = plausible(model @ np.array(turn, float).T, survey).finding
    assert finding is not None
    assert words in finding.found


def test_turned_by_half_is_a_doubt(model: F64, survey: F64) -> None:
    """But for its porch the hall is the same from both sides: worth a look, and no more."""
    judged = plausible(model @ np.diag([-1.0, -1.0, 1.0]), survey)
    assert judged.finding is None
    assert judged.doubt is not None
    assert "180 degrees" in judged.doubt.found
