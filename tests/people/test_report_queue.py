"""Visitors' reports on both databases: limits, codes, the queue and its figures."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from standing_clock import Clock

from heritage.model.errors import InputError, StoreError, ThrottledError
from heritage.model.limits import REPORT_LENGTH, REPORTS_A_DAY, REPORTS_OF_ADDRESS
from heritage.people import events, handling
from heritage.people import sending as module
from heritage.people.database import Database, migrations
from heritage.people.handling import Step, drop_photo, history
from heritage.people.punctuality import Figures, Share, figures
from heritage.people.reports import DAY_S, Report, look_up, one, photos, queue, released
from heritage.people.sending import Once, key_known, send, sent_before
from heritage.people.tables import reports as table
from heritage.people.tables import senders

_TOLD: Any = {
    "monument": "gate",
    "place_m": None,
    "text": "Một viên ngói rơi",
    "language": "vi",
    "address": "192.0.2.1",
    "answer_days": 14,
}


def _send(db: Database, text: str = "Một viên ngói rơi", address: str = "192.0.2.1", **more: Any) -> str:
    told: dict[str, Any] = {
        "monument": "gate",
        "place_m": (1.5, -2.0, 3.25),
        "language": "vi",
        "answer_days": 14,
    }
    return send(db, text=text, address=address, **(told | more)).code


def change(db: Database, id: int, **more: Any) -> Report:
    """As who has just read it."""
    return handling.change(db, id, expected=one(db, id).revision, **more)


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
        assert "203.0.113.77" not in str(list(connection.execute(sa.select(table))))


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


def test_who_saves_second_is_told_and_writes_nothing_over(opened: Callable[[], Database]) -> None:
    """Two people read the same revision; of their saves at the same moment, on two servers, one is there."""
    first, second = opened(), opened()
    _send(first, photo="a" * 32)
    [read] = queue(first)
    start, refused = threading.Barrier(2), []

    def save(db: Database, name: str) -> None:
        start.wait()
        state = {"status": "accepted", "assignee": name, "due": 5, "answer": None}
        try:
            handling.change(db, read.id, by=name, expected=read.revision, **state)
        except InputError as error:
            refused.append((name, error.status, error.problems[0].code))

    threads = [threading.Thread(target=save, args=each) for each in ((first, "An"), (second, "Mai"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [(late, status, code)] = refused
    [now] = queue(first)
    assert (status, code) == (412, "report-changed")
    assert {now.assignee, late} == {"An", "Mai"}
    assert now.revision == read.revision + 1
    assert len(history(first, read.id)) == 1
    drop_photo(first, read.id, by="An")
    assert one(first, read.id).revision == now.revision + 1


_ONCE = Once("k" * 22, ("gate", "text"))


def test_a_retry_is_told_the_same_and_is_not_there_twice(opened: Callable[[], Database], time: Clock) -> None:
    """Also on another server, after a restart, on another day, and where no more may be sent."""
    first, second = opened(), opened()
    assert not key_known(first, _ONCE.key)
    told = send(first, **_TOLD, once=_ONCE, position=(107.5, 16.5))
    assert told.first
    for _ in range(REPORTS_OF_ADDRESS - 1):
        _send(first)
    time.seconds += 100
    again = send(second, **(_TOLD | {"answer_days": 99}), once=_ONCE)
    assert again == told._replace(first=False) == sent_before(opened(), _ONCE, photo=False)
    assert key_known(second, _ONCE.key)
    assert not key_known(second, _ONCE.key[1:])
    found = look_up(second, again.code)
    assert found is not None
    assert found.due == told.due
    assert len(queue(second)) == REPORTS_OF_ADDRESS
    with pytest.raises(ThrottledError):
        send(second, **_TOLD, once=Once(_ONCE.key, ("gate", "other")))


def test_retries_at_the_same_moment(opened: Callable[[], Database]) -> None:
    databases = [opened(), opened()]
    start, told = threading.Barrier(8), []

    def retry(db: Database) -> None:
        start.wait()
        told.append(send(db, **_TOLD, once=_ONCE))

    threads = [threading.Thread(target=retry, args=(databases[n % 2],)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 8
    assert len({(each.code, each.due) for each in told}) == 1
    assert sum(each.first for each in told) == 1
    assert len(queue(databases[0])) == 1


def test_another_text_or_another_key_is_another_report(db: Database) -> None:
    """Parts do not run into each other, and what the table has gives neither key nor code."""
    every = [
        _ONCE,
        Once("l" * 22, _ONCE.words),
        Once(_ONCE.key, ("gate", "text2")),
        Once(_ONCE.key, ("gatet", "ext")),
        Once(_ONCE.key + "gate", ("text",)),
    ]
    codes = {
        send(db, **(_TOLD | {"address": f"192.0.2.{n}"}), once=each).code for n, each in enumerate(every)
    }
    assert len(codes) == len(queue(db)) == len(every)
    with db.reading() as connection:
        kept = str(list(connection.execute(sa.select(table))))
    assert _ONCE.key not in kept
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_the_table_lets_no_report_in_twice(db: Database) -> None:
    """Whatever the code above it does: the column is unique, but for those without a key."""
    _send(db)
    _send(db)
    send(db, **_TOLD, once=_ONCE)
    ids = [each.id for each in queue(db)]
    doubled = table.update().where(table.c.id.in_(ids)).values(once=_ONCE.stored)
    with pytest.raises(StoreError), db.writing() as connection:
        connection.execute(doubled)


def test_a_retry_and_its_photo(db: Database) -> None:
    """A retry without the photo is the same report; a photo that comes to words without one is not lost."""
    for n, (before, after, there) in enumerate(
        (("a", None, 1), ("a", "b", 1), (None, "b", 2), (None, None, 1))
    ):
        once = Once("k" * 22, (str(n),))
        told = _TOLD | {"address": f"192.0.2.{n}", "once": once}
        first, second = (send(db, **told, photo=each and each * 32) for each in (before, after))
        assert (first.code == second.code, second.first) == (there == 1, there == 2)
        assert (sent_before(db, once, photo=after is not None) is None) == (there == 2)
    assert sorted(str(each.photo)[0] for each in queue(db)) == ["N", "N", "a", "a", "b"]
