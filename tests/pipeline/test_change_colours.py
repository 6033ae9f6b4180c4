"""Change has one set of colours in everything that a build draws."""

import re
from pathlib import Path

import numpy as np

from heritage.pipeline import report_page
from heritage.pipeline.pictures.change_colours import CHANGE, tint
from heritage.pipeline.pictures.change_picture import _colours

LOST, GAINED = CHANGE[0][1], CHANGE[-1][1]


def test_lost_is_blue_gained_is_orange_and_within_the_level_of_detection_is_quiet() -> None:
    distance = np.array([-0.2, 0.1, 0.004, -0.004])
    lost, gained, *same = tint(distance, np.full(4, 0.005), 0.1)
    assert tuple(lost) == LOST
    assert tuple(gained) == GAINED
    assert all(np.ptp(colour) < 10 for colour in same)


def test_the_stages_own_picture_has_the_colours_of_the_viewer() -> None:
    change = np.array([[-0.2, 0.005], [0.2, 0.005], [np.nan, np.nan]], np.float32)
    lost, gained, unknown = _colours(change, 0.1)
    assert tuple(lost) == LOST
    assert tuple(gained) == GAINED
    assert len(set(unknown)) == 1


def test_the_stages_report_says_and_draws_change_in_the_same_colours() -> None:
    folder = Path(report_page.__file__).parent / "templates"
    named = re.findall(r"--(less|more): #(..)..(..);", (folder / "report.css").read_text("utf-8"))
    assert len(named) == 4  # by day and by night
    for name, red, blue in named:
        assert (int(blue, 16) > int(red, 16)) == (name == "less")
    assert "lost blue, gained orange" in report_page._CAPTIONS["change"]
