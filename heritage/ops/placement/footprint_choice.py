"""Choose among placements by what is known beforehand, and say whether the choice is safe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from heritage.model.arrays import F64
from heritage.model.placement_reason import PlacementCode, PlacementReason, because
from heritage.model.release import Candidate
from heritage.ops.placement.footprint_search import Expected
from heritage.ops.placement.footprint_trials import Trial
from heritage.ops.placement.register_options import RegisterOptions

_SIGMAS: Final = 3.0
_EXCLUDED: Final = _SIGMAS**2  # more surprising by that than the least surprising one
_WORSE: Final = 0.3  # of score: no fit beside the best. Where the prior leaves only such a one, it may err
_BEYOND_DOUBT: Final = 15.0  # of cost: odds of three million to one stand against any fit

_TURNED_DEG: Final = 20.0
_SAME_DEG: Final = 15.0  # nearer ones are one placement, of which the fit finds the best
_SAME_M: Final = 1.0


@dataclass(frozen=True)
class FootprintPrior:
    """What is known beforehand. ``heading_deg``: clockwise from north to the monument's +y, 1 sigma
    ``heading_sigma_deg``; ``position_m``: (east, north) of the cloud's middle in the site frame, 1 sigma
    ``position_sigma_m``; ``ground_m``: the ground's height in the site frame; ``scale``: metres per unit, None = unknown.
    """

    heading_deg: float | None = None
    heading_sigma_deg: float = 15.0
    position_m: tuple[float, float] | None = None
    position_sigma_m: float = 10.0
    ground_m: float = 0.0
    scale: float | None = 1.0

    def expected(self, centre: F64, middle: F64, sigmas: float = _SIGMAS) -> Expected | None:
        """The same for poses of a plan about ``centre`` (2,) of the site, whose cloud has its middle at ``middle`` (2,):
        within so many ``sigmas``. None where neither heading nor position is known."""
        if self.heading_deg is None and self.position_m is None:
            return None
        yaw = None
        if self.heading_deg is not None:
            yaw = (-float(np.radians(self.heading_deg)), sigmas * float(np.radians(self.heading_sigma_deg)))
        place = None
        if self.position_m is not None:
            x, y = np.array(self.position_m) - centre
            place = (float(x), float(y), sigmas * self.position_sigma_m + float(np.hypot(*middle)))
        return Expected(yaw, place)

    def surprise(self, heading_deg: float, east_m: float, north_m: float) -> float:
        """Sum of squared deviations in sigmas: chi squared of a placement under this prior."""
        total = 0.0
        if self.heading_deg is not None:
            turn = (heading_deg - self.heading_deg + 180) % 360 - 180
            total += (turn / self.heading_sigma_deg) ** 2
        if self.position_m is not None:
            away = np.hypot(east_m - self.position_m[0], north_m - self.position_m[1])
            total += float(away / self.position_sigma_m) ** 2
        return total


@dataclass(frozen=True, eq=False)
class Choice:
    """``trial`` is the chosen placement; ``candidates`` fit nearly as well, ``rivals`` the same as trials; ``doubts``
    speak against it besides: neither = safe."""

    trial: Trial
    candidates: tuple[Candidate, ...]
    rivals: tuple[Trial, ...]
    doubts: tuple[PlacementReason, ...]


def choose(
    trials: Sequence[Trial],
    costs: Sequence[float],
    centre: F64,
    middle: F64,
    prior: FootprintPrior,
    options: RegisterOptions,
) -> Choice:
    """The likeliest placement that ``prior`` allows. ``costs``: minus the logarithm of each one's likelihood, the prior
    included; ``centre`` (2,) of the footprint, site frame; ``middle`` (2,) of the cloud in the plan.

    A placement is excluded when it is 3 sigma more surprising than another one and not ``odds`` times likelier than all that
    are not, or fits far worse than the best of those that are left and is not likelier beyond doubt; candidates are those that
    are not ``odds`` times less likely, or not ``turned_odds`` times where they are turned by more than 20 degrees.
    """
    rows = [_described(trial, centre, middle) for trial in trials]
    surprise = [prior.surprise(row.heading_deg, row.east_m, row.north_m) for row in rows]
    near = [i for i in range(len(rows)) if surprise[i] <= min(surprise) + _EXCLUDED]
    # The costs hold the surprise already: a position four sigma off happens, and then the walls tell.
    likely = min(costs[i] for i in near) - float(np.log(options.odds))
    expected = [i for i in range(len(rows)) if i in near or costs[i] < likely]
    # What is inside a plan is on none of its lines: the likelihood alone cannot tell a hall on its terrace from one beside it.
    fit = max(expected, key=lambda i: rows[i].score)
    allowed = [
        i for i in expected
        if rows[i].score >= rows[fit].score - _WORSE or costs[i] < costs[fit] - _BEYOND_DOUBT
    ]  # fmt: skip
    likeliest = min(allowed, key=lambda i: costs[i])
    # Placements so near to each other are one: where the likelihood is too coarse to tell them apart, the fit is not.
    same = [
        i for i in allowed
        if _same(rows[i], rows[likeliest]) and costs[i] < costs[likeliest] + np.log(options.odds)
    ]  # fmt: skip
    best = max(same, key=lambda i: rows[i].score)

    def ruled_out(i: int) -> bool:
        by = options.turned_odds if _turned(rows[i], rows[best]) else options.odds
        return costs[i] >= costs[likeliest] + float(np.log(by))

    rivals = [i for i in allowed if i not in same and not ruled_out(i)]
    others = tuple(
        rows[i].model_copy(update={"score": float(np.exp(costs[likeliest] - costs[i]))}) for i in rivals
    )
    doubts: list[PlacementReason] = []
    if surprise[best] > _EXCLUDED:
        doubts.append(because("beyond-prior", sigmas=np.sqrt(surprise[best])))
    top = max(range(len(rows)), key=lambda i: rows[i].score)
    if rows[best].score < rows[top].score - _WORSE:
        code: PlacementCode = "better-but-survey" if top in expected else "better-but-prior"
        doubts.append(because(code, heading_deg=rows[top].heading_deg))
    return Choice(trials[best], others, tuple(trials[i] for i in rivals), tuple(doubts))


def _same(a: Candidate, b: Candidate) -> bool:
    near = np.hypot(a.east_m - b.east_m, a.north_m - b.north_m) < _SAME_M
    return bool(near) and not _turned(a, b, _SAME_DEG)


def _turned(a: Candidate, b: Candidate, by_deg: float = _TURNED_DEG) -> bool:
    return abs((a.heading_deg - b.heading_deg + 180) % 360 - 180) > by_deg


def told_apart(chosen: Candidate, others: Sequence[Candidate]) -> list[PlacementReason]:
    """What tells the others from the chosen one, and what would decide."""
    turned = [other for other in others if _turned(other, chosen)]
    moved = [o for o in others if o not in turned]
    told = []
    if turned:
        told.append(because("others-turned", headings_deg=[other.heading_deg for other in turned]))
    if moved:
        away_m = [np.hypot(o.east_m - chosen.east_m, o.north_m - chosen.north_m) for o in moved]
        told.append(because("others-moved", away_m=away_m))
    return told


def _described(trial: Trial, centre: F64, middle: F64) -> Candidate:
    pose = trial.held.pose
    east, north = pose.apply(middle[None])[0] + centre
    return Candidate(
        heading_deg=float(-np.degrees(pose.yaw) % 360),
        east_m=float(east),
        north_m=float(north),
        score=trial.score.value,
    )
