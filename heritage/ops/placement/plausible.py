"""Can a model of a monument stand where it was put? Its size, its place and its turn, against the survey.

A model in the wrong unit, about another origin or with another axis up is still a model: only beside what was
measured does it look wrong. A turn is judged by trying the 23 others that carry axes to axes: where one of them
brings model and survey much nearer to each other, the model is not turned as it was meant.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import permutations, product
from typing import Final

import numpy as np
from pydantic import Field
from scipy.spatial import cKDTree

from heritage.model.arrays import F64
from heritage.model.documents import Document, Positive
from heritage.model.report import Figure
from heritage.ops.source_frame import METRES

_SAMPLE: Final = 4_000
_STRAY: Final = (
    0.5  # percent at each end that do not count for a size: strays of a survey, flagpoles of a model
)
_FAR: Final = 0.1  # of the survey's diagonal: beyond, a place is no nearer than another


class PlausibleOptions(Document):
    """From where on size, place and turn of a state's model are taken for mistakes."""

    larger: Positive = Field(
        20.0, description="so many times as large as the survey is a mistake of units; 1 or more"
    )
    smaller: Positive = Field(
        0.002, description="so small a share of the survey's size is a mistake of units; 1 or less"
    )
    apart: float = Field(
        1.0, ge=0, description="a gap of so many diagonals of the larger of the two is a mistake of place"
    )
    better: float = Field(
        0.5, gt=0, lt=1, description="another turn with so small a share of the distance is the right one"
    )
    doubtful: float = Field(
        0.8, gt=0, lt=1, description="another turn with so small a share of the distance is worth a look"
    )


@dataclass(frozen=True)
class Finding:
    """What cannot be meant: ``found``, ``allowed`` and ``remedy`` as in an error."""

    found: str
    allowed: str
    remedy: str


@dataclass(frozen=True)
class Plausible:
    """``finding`` cannot be meant, ``doubt`` may be; both None where nothing speaks against size, place and turn."""

    finding: Finding | None
    doubt: Finding | None
    figures: tuple[Figure, ...]


def plausible(model: F64, survey: F64, options: PlausibleOptions | None = None) -> Plausible:
    """Points on the model (n, 3) beside points of the survey (m, 3), both in the monument frame, metres, z up."""
    chosen = options or PlausibleOptions()
    rng = np.random.default_rng(0)
    model, survey = (p[rng.permutation(len(p))[:_SAMPLE]] for p in (model, survey))
    (low, high), (survey_low, survey_high) = _box(model), _box(survey)
    own, measured = float(np.linalg.norm(high - low)), float(np.linalg.norm(survey_high - survey_low))
    ratio = own / max(measured, 1e-9)
    gap = float(np.linalg.norm(np.maximum(0, np.maximum(low - survey_high, survey_low - high))))
    figures = [
        Figure(
            name="size beside the survey", value=ratio, unit="1", method="diagonals of the bounding boxes"
        ),
        Figure(name="gap to the survey", value=gap, unit="m", method="between the bounding boxes"),
    ]
    if not chosen.smaller <= ratio <= chosen.larger:
        return Plausible(_wrong_size(own, measured, ratio), None, tuple(figures))
    if gap > chosen.apart * max(own, measured):
        found = f"the model lies {_metres(gap)} away from the survey, which is {_metres(measured)} across"
        allowed = "a state of a monument stands where the monument is"
        remedy = "export it about the survey's origin, or place it by control points"
        return Plausible(Finding(found, allowed, remedy), None, tuple(figures))
    share, turn = _better_turn(model, survey)
    figures.append(
        Figure(
            name="nearest of the other turns",
            value=share,
            unit="1",
            method="mean distance between model and survey, both ways, as a share of that as placed",
        )
    )
    said = _wrong_turn(share, turn) if share < chosen.doubtful else None
    sure = share < chosen.better
    return Plausible(said if sure else None, None if sure else said, tuple(figures))


def _wrong_size(own: float, measured: float, ratio: float) -> Finding:
    close = {name: abs(np.log(ratio * metres)) for name, metres in METRES.items() if name != "m"}
    unit = min(close, key=close.__getitem__)
    much = f"{ratio:.3g} times as large as" if ratio > 1 else f"{1 / ratio:.3g} times smaller than"
    found = f"the model is {_metres(own)} across, {much} the survey of {_metres(measured)}"
    hint = f"units: {unit} would fit; " if close[unit] < np.log(2) else ""
    return Finding(found, "a state is about as large as its monument", f"{hint}correct units, or the model")


def _wrong_turn(share: float, turn: F64) -> Finding:
    up = turn.T @ (0.0, 0.0, 1.0)
    axis = int(np.abs(up).argmax())
    found = f"{'the model is upside down' if up[2] < -0.5 else 'the model lies on its side'}: with "
    found += f"its {'-' if up[axis] < 0 else ''}{'xyz'[axis]} axis up"
    if up[2] > 0.5:
        degrees = round(float(np.degrees(np.arctan2(turn[1, 0], turn[0, 0])))) % 360
        found = f"the model is turned: {degrees} degrees further to the left"
    remedy = "correct up of the state, or the model" if up[2] < 0.5 else "turn the model"
    return Finding(
        f"{found} it would be {1 / share:.3g} times nearer to the survey",
        "a state is turned as its monument is",
        remedy,
    )


def _better_turn(model: F64, survey: F64) -> tuple[float, F64]:
    """The best of the other turns, and its mean distance as a share of the present one's.

    A turned model is laid on the survey's box, as nobody knows about which point it was turned; the present one may
    be as well, so that a shift is not taken for a turn.
    """
    tree, cap = cKDTree(survey), _FAR * float(np.linalg.norm(np.subtract(*_box(survey))))

    def distance(points: F64) -> float:
        there = np.minimum(tree.query(points)[0], cap).mean()
        back = np.minimum(cKDTree(points).query(survey)[0], cap).mean()
        return float(there + back)

    present = min(distance(model), distance(_laid(model, survey)))
    turns = [t for t in _turns() if not np.array_equal(t, np.eye(3))]
    found = [distance(_laid(model @ turn.T, survey)) for turn in turns]
    best = int(np.argmin(found))
    return found[best] / max(present, 1e-12), turns[best]


def _laid(points: F64, survey: F64) -> F64:
    """Points with the middle and the foot of the survey's box."""
    (low, high), (survey_low, survey_high) = _box(points), _box(survey)
    shift = (survey_low + survey_high - low - high) / 2
    shift[2] = survey_low[2] - low[2]
    return np.asarray(points + shift)


def _box(points: F64) -> tuple[F64, F64]:
    low, high = np.percentile(points, [_STRAY, 100 - _STRAY], axis=0)
    return low, high


def _turns() -> list[F64]:
    """The 24 rotations of a cube."""
    found = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0:
                found.append(turn)
    return found


def _metres(value: float) -> str:
    if value >= 1000:
        return f"{value / 1000:.3g} km"
    return f"{value:.3g} m"
