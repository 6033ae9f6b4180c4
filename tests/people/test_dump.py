"""Accounts leave one database as text and come into another, of either kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from heritage.model.errors import InputError
from heritage.people import accounts, events, invitations, sessions
from heritage.people.database import Database
from heritage.people.dump import dump, load
from heritage.people.handling import change
from heritage.people.reports import look_up, queue
from heritage.people.sending import Once, send, sent_before
from heritage.people.signing_in import sign_in
from heritage.people.tables import metadata

WORDS = "chín con rồng vàng"
HERE = "127.0.0.1"
ONCE = Once("k" * 22, ("gate",))


@pytest.fixture
def filled(tmp_path: Path) -> bytes:
    """The dump of an SQLite database in which something has happened."""
    (tmp_path / "elsewhere").mkdir()
    db = Database(tmp_path / "elsewhere")
    accounts.add(db, "Lê Mai", ["administrator"], WORDS, by="test")
    accounts.add(db, "O’Neill 李", ["curator", "translator"], WORDS, by="test")
    accounts.close(db, "O’Neill 李", by="Lê Mai")
    invitations.invite(db, ["translator"], by="Lê Mai")
    send(
        db,
        monument="gate",
        place_m=None,
        text="a\u2028b\u0085\nc",
        language="vi",
        address=HERE,
        answer_days=14,
        once=ONCE,
    )
    [sent] = queue(db)
    state = {"status": "accepted", "assignee": None, "due": sent.due, "answer": None}
    change(db, sent.id, by="Lê Mai", expected=0, **state)
    sessions.start(db, sign_in(db, "Lê Mai", WORDS, HERE), HERE, "")
    content = dump(db)
    db.close()
    return content


def test_everything_that_lasts_comes_back(db: Database, filled: bytes) -> None:
    assert load(db, filled) == 2
    assert dump(db) == filled
    assert [(one.text, one.revision) for one in queue(db)] == [("a\u2028b\nc", 1)]
    # A retry of what was sent before the backup is still known for one, and gets the code that finds it.
    before = sent_before(db, ONCE, photo=False)
    assert before is not None
    assert look_up(db, before.code) == queue(db)[0]
    assert [(a.person.name, a.person.roles, a.closed is None, a.sessions) for a in accounts.everyone(db)] == [
        ("Lê Mai", ("administrator",), True, 0),
        ("O’Neill 李", ("curator", "translator"), False, 0),
    ]
    with db.reading() as connection:
        assert events.broken_at(connection) is None


def test_life_goes_on(db: Database, filled: bytes) -> None:
    """New rows are numbered after the old ones, the chain goes on, passwords hold."""
    load(db, filled)
    sign_in(db, "Lê Mai", WORDS, HERE)
    assert accounts.add(db, "Bình", ["curator"], WORDS, by="Lê Mai").id == 3
    with db.reading() as connection:
        assert events.broken_at(connection) is None


@pytest.mark.parametrize(
    "fill",
    [
        lambda db: accounts.add(db, "Bình", ["administrator"], WORDS, by="test"),
        lambda db: send(
            db, monument="gate", place_m=None, text="a", language="vi", address=HERE, answer_days=14
        ),
    ],
)
def test_a_database_with_accounts_or_reports_is_left_alone(
    db: Database, filled: bytes, fill: Callable[[Database], object]
) -> None:
    fill(db)
    before = dump(db)
    with pytest.raises(InputError) as caught:
        load(db, filled)
    assert caught.value.problems[0].code == "accounts-exist"
    assert dump(db) == before


@pytest.mark.parametrize(
    "spoil",
    [
        lambda lines: [],
        lambda lines: ["x"],
        lambda lines: ["[]"],
        lambda lines: ['{"format": "heritage-accounts"}'],
        lambda lines: [json.dumps({"format": "heritage-accounts", "revision": "9999"})],
        lambda lines: [*lines, '{"table": "nothing", "row": {}}'],
        lambda lines: [*lines, '{"table": "people", "row": {"id": 9}}'],
        lambda lines: [*lines, '{"table": "people", "row": {"nothing": 9}}'],
        lambda lines: [*lines, lines[1]],
        lambda lines: [*lines, '{"table": "roles", "row": {"person": 99, "role": "curator"}}'],
    ],
)
def test_a_dump_that_is_none_changes_nothing(
    opened: Callable[[], Database], filled: bytes, spoil: Callable[[list[str]], list[str]]
) -> None:
    db = opened()
    with pytest.raises(InputError) as caught:
        load(db, "\n".join(spoil(filled.decode().split("\n")[:-1])).encode())
    assert caught.value.problems[0].code == "accounts-strange"
    again = opened()
    assert accounts.everyone(again) == ()
    with again.reading() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}
