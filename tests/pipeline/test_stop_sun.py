"""The sunlight of a stop: a day and an hour in a curator's words, as the viewer takes them."""

from __future__ import annotations

from datetime import date

import pytest
from pydantic import ValidationError

from heritage.model.documents import Stop
from heritage.model.release import SunEntry
from heritage.pipeline.tours.resolve import sun_entry


def test_a_day_and_an_hour_become_minutes_after_midnight() -> None:
    stop = Stop.model_validate({"id": "dawn", "sun": {"day": date(2024, 6, 21), "time": "07:30"}})
    assert sun_entry(stop) == SunEntry(date="2024-06-21", minutes=450)
    assert sun_entry(Stop.model_validate({"id": "any"})) is None


@pytest.mark.parametrize("time", ["7:30", "24:00", "07:60", "07:30:00", "", 450])
def test_no_other_hour_is_taken(time: object) -> None:
    with pytest.raises(ValidationError):
        Stop.model_validate({"id": "dawn", "sun": {"day": date(2024, 6, 21), "time": time}})
