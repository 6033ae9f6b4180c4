"""Which of several placements is chosen, and which of the others are named."""

import numpy as np
import pytest

from heritage.model.placement_reason import said
from heritage.model.release import Candidate
from heritage.ops.placement.footprint_choice import Choice, FootprintPrior, choose, told_apart
from heritage.ops.placement.footprint_fit import Held, Score
from heritage.ops.placement.footprint_search import Pose
from heritage.ops.placement.footprint_trials import Trial
from heritage.ops.placement.register_options import RegisterOptions

NOTHING, ZERO = FootprintPrior(), np.zeros(2)


def _trial(heading_deg: float, east_m: float = 0.0, north_m: float = 0.0, cover: float = 0.9) -> Trial:
    pose = Pose(-float(np.radians(heading_deg)), east_m, north_m)
    return Trial(
        Held(pose, 0.0, np.zeros(0, np.int64), np.zeros(0), np.zeros(0)), Score(cover, 0.0, 0.0, 1.0)
    )


def _chosen(trials: list[Trial], costs: list[float], prior: FootprintPrior = NOTHING) -> Choice:
    return choose(trials, costs, ZERO, ZERO, prior, RegisterOptions(odds=30.0, turned_odds=300.0))


def test_placements_beside_each_other_are_one_and_the_fit_says_which() -> None:
    # Likelier by a little, and turned by ten degrees from where the walls lie on the lines.
    askew, right = _trial(10, 0.5, cover=0.6), _trial(0, cover=0.95)
    choice = _chosen([askew, right], [1.0, 1.3])
    assert choice.trial is right
    assert choice.candidates == choice.doubts == ()


def test_one_placement_is_as_likely_as_the_likeliest_of_those_beside_it() -> None:
    choice = _chosen(
        [_trial(10, 0.5, cover=0.7), _trial(0, cover=0.95), _trial(180)], [1.0, 4.0, 1.0 + np.log(310)]
    )
    assert choice.trial.score.cover == 0.95
    assert not choice.candidates


@pytest.mark.parametrize("other", [_trial(20), _trial(0, 0.9, 0.9), _trial(180)])
def test_what_is_turned_or_moved_farther_is_another_placement(other: Trial) -> None:
    choice = _chosen([_trial(0, cover=0.8), other], [1.0, 1.0 + np.log(29)])
    assert choice.trial.score.cover == 0.8
    assert len(choice.candidates) == 1
    assert choice.candidates[0].score == pytest.approx(1 / 29)
    (told,) = told_apart(Candidate(heading_deg=0, east_m=0, north_m=0, score=1), choice.candidates)
    assert told.code in ("others-turned", "others-moved")
    assert len(next(iter(told.figures.values()))) == 1


def test_what_is_less_likely_by_more_than_the_odds_is_not_named() -> None:
    assert not _chosen([_trial(0), _trial(0, 4.0)], [1.0, 1.0 + np.log(31)]).candidates


def test_what_is_turned_must_be_less_likely_by_more() -> None:
    """A house of Hue, its plan a rectangle to half a metre, had been settled back to front at odds of 40."""
    near, far = (_chosen([_trial(0), _trial(180)], [1.0, 1.0 + np.log(odds)]) for odds in (290, 310))
    assert [candidate.heading_deg for candidate in near.candidates] == [180]
    assert not far.candidates


def test_what_fits_far_worse_is_neither_chosen_nor_named_if_only_likelier() -> None:
    choice = _chosen([_trial(0, 4.0, cover=0.3), _trial(0, cover=0.9)], [1.0, 2.0])
    assert choice.trial.score.cover == 0.9
    assert choice.candidates == choice.doubts == ()


def test_likelier_beyond_doubt_is_chosen_though_it_fits_worse_and_that_is_said() -> None:
    choice = _chosen([_trial(0, 4.0, cover=0.3), _trial(90, cover=0.9)], [1.0, 21.0])
    assert choice.trial.score.cover == 0.3
    assert said(choice.doubts) == (
        "with heading 90.0° the walls fit much better, but all else that the survey shows excludes it"
    )


def test_a_placement_across_north_is_beside_one_before_it() -> None:
    assert not _chosen([_trial(355), _trial(5)], [1.0, 1.0]).candidates


def test_what_the_prior_excludes_is_not_chosen_and_said_where_it_fits_much_better() -> None:
    told = FootprintPrior(heading_deg=0.0, heading_sigma_deg=10.0)
    choice = _chosen([_trial(2, cover=0.5), _trial(180, cover=0.95)], [3.0, 0.0], told)
    assert choice.trial.score.cover == 0.5
    assert [doubt.code for doubt in choice.doubts] == ["better-but-prior"]


def test_what_the_prior_excludes_is_chosen_where_it_is_much_likelier_all_the_same_and_that_is_said() -> None:
    told = FootprintPrior(heading_deg=40.0, heading_sigma_deg=10.0)
    choice = _chosen([_trial(0), _trial(38)], [1.0, 1.0 + np.log(310)], told)
    assert choice.trial.held.pose.yaw == 0.0
    assert said(choice.doubts) == "it is 4 sigma from what was known beforehand"
    assert not choice.candidates


def test_of_placements_beside_each_other_the_fit_does_not_choose_one_that_is_much_less_likely() -> None:
    right, askew = _trial(0, cover=0.8), _trial(8, 0.5, cover=0.95)
    assert _chosen([right, askew], [1.0, 1.0 + np.log(31)]).trial is right
