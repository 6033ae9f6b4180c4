"""Visitors' reports on both databases: limits, codes, the queue and its figures."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from standing_clock import Clock

from heritage.model.errors import InputError, ThrottledError
from heritage.model.limits import REPORT_LENGTH, REPORTS_A_DAY, REPORTS_OF_ADDRESS
from heritage.people import events, reports
from heritage.people import reports as module
from heritage.people.database import Database, migrations
from heritage.people.handling import Step, change, drop_photo, history
from heritage.people.punctuality import Figures, Share, figures
from heritage.people.reports import DAY_S, look_up, photos, queue, released, send
from heritage.people.tables import senders


def _send(db: Database, text: str = "Một viên ngói rơi", address: str = "192.0.2.1", **more: Any) -> str:
    told: dict[str, Any] = {
        "monument": "gate",
        "place_m": (1.5, -2.0, 3.25),
        "language": "vi",
        "answer_days": 14,
    }
    return send(db, text=text, address=address, **(told | more))[0]


def test_what_was_sent_is_looked_up_by_its_code(db: Database, time: Clock) -> None:
    code = _send(db, "  Một viên\u0000 ngói\u202e\nrơi  ")
    other = _send(db, place_m=None)
    found = look_up(db, code)
    assert found is not None
    assert (found.text, found.place_m, found.status) == ("Một viên ngói\nrơi", (1.5, -2.0, 3.25), "new")
    assert (found.made, found.due) == (time.seconds, time.seconds + 14 * DAY_S)
    typed = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert look_up(db, typed) == found
    assert look_up(db, other) != found
    for wrong in ("", code[:-1], code[::-1] + "0", "\ud800", "x" * 10_000):
        assert look_up(db, wrong) is None


@pytest.mark.parametrize("text", ["", " \n", "\u0000\u202e", "x" * (REPORT_LENGTH + 1)])
def test_texts_that_are_none(db: Database, text: str) -> None:
    with pytest.raises(InputError) as caught:
        _send(db, text)
    assert caught.value.problems[0].code == "report-text"


@pytest.mark.parametrize("place", [(float("nan"), 0, 0), (float("inf"), 0, 0), (0, 0, 1e9)])
def test_places_that_are_none(db: Database, place: tuple[float, float, float]) -> None:
    with pytest.raises(InputError) as caught:
        _send(db, place_m=place)
    assert caught.value.problems[0].code == "report-place"


def test_limits(db: Database, time: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day's limit for one address and for all; a refused one is not counted, and is not there."""
    for _ in range(REPORTS_OF_ADDRESS):
        _send(db)
    with pytest.raises(ThrottledError):
        _send(db)
    _send(db, address="192.0.2.2")
    assert REPORTS_A_DAY == 200
    monkeypatch.setattr(module, "REPORTS_A_DAY", REPORTS_OF_ADDRESS + 1)
    with pytest.raises(ThrottledError):
        _send(db, address="192.0.2.3")
    assert len(queue(db)) == REPORTS_OF_ADDRESS + 1
    time.seconds += DAY_S
    _send(db)
    with db.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(senders)) == 1


def test_limits_hold_at_the_same_moment(db: Database) -> None:
    start, refused = threading.Barrier(12), []

    def one() -> None:
        start.wait()
        try:
            _send(db)
        except ThrottledError:
            refused.append(1)

    threads = [threading.Thread(target=one) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(queue(db)), len(refused)) == (REPORTS_OF_ADDRESS, 12 - REPORTS_OF_ADDRESS)


def test_the_queue_and_its_figures(db: Database, time: Clock) -> None:
    """One answered on time, one late, one overdue, one open; what was answered first counts."""
    codes = [_send(db, f"number {n}", f"192.0.2.{n}", answer_days=10 + n) for n in range(4)]
    ids = [one.id for one in queue(db)]
    begun = time.seconds
    kept = {"by": "An", "assignee": "Mai"}
    change(db, ids[0], status="accepted", due=begun + 10 * DAY_S, answer=None, **kept)
    assert [one.assignee for one in queue(db) if one.status == "accepted"] == ["Mai"]
    change(db, ids[0], status="answered", due=begun + 10 * DAY_S, answer="Đã sửa", **kept)
    time.seconds = begun + 12 * DAY_S
    change(db, ids[0], status="answered", due=begun + 10 * DAY_S, answer="Đã sửa xong", **kept)
    change(db, ids[1], status="rejected", due=begun + 11 * DAY_S, answer="Không phải ngói", **kept)
    time.seconds = begun + 12 * DAY_S + 1
    # Decided are the two that were answered and the one that waits longer than promised.
    month = Share(datetime.fromtimestamp(begun, UTC).strftime("%Y-%m"), decided=3, on_time=1)
    assert figures(queue(db)) == Figures(2, overdue=1, answered=2, decided=3, on_time=1, months=(month,))
    found = look_up(db, codes[0])
    assert found is not None
    assert (found.answer, found.answered) == ("Đã sửa xong", begun)
    assert [one.text for one in queue(db) if one.status == "new"] == ["number 2", "number 3"]
    with db.reading() as connection:
        assert [e.who for e in events.read(connection)] == ["An"] * 4
        assert events.broken_at(connection) is None


@pytest.mark.parametrize(
    ("status", "answer"),
    [("answered", None), ("rejected", None), ("new", "x"), ("done", None), ("answered", " ")],
)
def test_states_that_contradict_themselves(db: Database, status: str, answer: str | None) -> None:
    _send(db)
    before = queue(db)
    with pytest.raises(InputError):
        change(db, before[0].id, by="An", status=status, assignee=None, due=1, answer=answer)
    assert queue(db) == before


@pytest.mark.parametrize("assignee", ["", "\ud800", "x" * 65])
def test_an_assignee_is_a_name(db: Database, assignee: str) -> None:
    _send(db)
    before = queue(db)
    with pytest.raises(InputError) as caught:
        change(db, before[0].id, by="An", status="accepted", assignee=assignee, due=1, answer=None)
    assert caught.value.problems[0].code == "name-strange"
    assert queue(db) == before


def test_a_report_that_is_not_there(db: Database) -> None:
    for id in (99, 2**31, 2**70):
        with pytest.raises(InputError) as caught:
            change(db, id, by="An", status="accepted", assignee=None, due=1, answer=None)
        assert caught.value.status == 404


def test_nothing_says_who_sent_it(db: Database) -> None:
    _send(db, address="203.0.113.77")
    with db.reading() as connection:
        assert "203.0.113.77" not in str(list(connection.execute(sa.select(reports.reports))))


def test_putting_off_the_date_makes_no_answer_punctual(db: Database, time: Clock) -> None:
    """The share counts against what the visitor was told; each month by itself, the newest first."""
    begun = time.seconds = int(datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp())
    _send(db, "late", answer_days=10)
    time.seconds += DAY_S
    _send(db, "still in time", "192.0.2.2", answer_days=60)
    _send(db, "punctual", "192.0.2.3", answer_days=10)
    ids = {one.text: one.id for one in queue(db)}
    told = {"by": "An", "assignee": None, "answer": None}
    change(db, ids["late"], status="accepted", due=begun + 90 * DAY_S, **told)
    time.seconds = begun + 11 * DAY_S  # the very second of the punctual one's promise
    for text in ("late", "punctual"):
        change(db, ids[text], status="answered", due=begun + 90 * DAY_S, **(told | {"answer": "done"}))
    assert figures(queue(db)) == Figures(
        1,
        overdue=0,
        answered=2,
        decided=2,
        on_time=1,
        months=(Share("2026-02", 1, 1), Share("2026-01", 1, 0)),
    )


def test_what_is_released_and_who_did_it(db: Database, time: Clock) -> None:
    code = _send(db, photo="a" * 32, position=(107.57, 16.47))
    _send(db, "another", "192.0.2.2")
    [first, _] = queue(db)
    assert (first.photo, first.position, first.shown) == ("a" * 32, (107.57, 16.47), "nothing")
    assert photos(db) == {"a" * 32}
    assert released(db) == ()
    state = {"status": "accepted", "assignee": "Mai", "due": 5, "answer": None}
    change(db, first.id, by="An", shown="all", **state)
    assert [one.id for one in released(db)] == [first.id]
    with pytest.raises(InputError) as caught:
        change(db, first.id, by="An", shown="everything", **state)
    assert caught.value.problems[0].code == "report-shown"
    assert drop_photo(db, first.id, by="Bình") == "a" * 32
    with pytest.raises(InputError):
        drop_photo(db, first.id, by="Bình")
    assert photos(db) == frozenset()
    change(db, first.id, by="An", **state)
    assert released(db) == ()
    at = time.seconds
    assert history(db, first.id) == (
        Step(at, "An", "report changed", "accepted", "Mai", 5, "all"),
        Step(at, "Bình", "report's photo removed", None, None, None, None),
        Step(at, "An", "report changed", "accepted", "Mai", 5, "nothing"),
    )
    assert history(db, queue(db)[-1].id) == ()
    with pytest.raises(InputError):
        history(db, 99)
    found = look_up(db, code)
    assert found is not None
    assert found.photo is None


def test_an_older_reports_promise_is_its_due_date(db: Database) -> None:
    """Before the third revision nobody wrote down what had been promised."""
    _send(db)
    before = queue(db)
    with db.writing() as connection:
        config = migrations(connection)
        command.downgrade(config, "0002")
        command.upgrade(config, "head")
    assert queue(db) == before
