"""Accounts, passwords, invitations and the chain of events."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Callable

import argon2
import pytest
import sqlalchemy as sa
from standing_clock import Clock

from heritage.model.errors import BusyError, HeritageError, InputError
from heritage.model.limits import INVITATION_S
from heritage.people import accounts, events, invitations, passwords, sessions
from heritage.people.database import Database
from heritage.people.person import ROLES, checked_name, name_key
from heritage.people.secret import digest
from heritage.people.signing_in import forget
from heritage.people.tables import events as events_table
from heritage.people.tables import head as head_table

WORDS = "chín con rồng vàng"


def _code(error: pytest.ExceptionInfo[HeritageError]) -> str:
    return error.value.problems[0].code


@pytest.mark.parametrize("name", ["Lê Thị Mai", "नेहा", "محمد", "O’Neill-Đặng 2", "李"])
def test_names_of_any_script(db: Database, name: str) -> None:
    accounts.add(db, f"  {unicodedata.normalize('NFD', name)} ", ["curator"], WORDS, by="test")
    assert accounts.everyone(db)[0].person.name == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name", ["", " ", "a/b", "..", "a\x00b", "a\u200bb", "a\u202eb", "x" * 65, "\ufdfa" * 64, "\ud800"]
)
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(InputError) as caught:
        checked_name(name)
    assert _code(caught) == "name-strange"


@pytest.mark.parametrize("twin", ["MAI lê", "mai  lê", "ｍai lê", unicodedata.normalize("NFD", "Mai Lê")])
def test_names_that_look_alike_are_one(db: Database, twin: str) -> None:
    accounts.add(db, "Mai Lê", ["curator"], WORDS, by="test")
    with pytest.raises(InputError) as caught:
        accounts.add(db, twin, ["curator"], WORDS, by="test")
    assert _code(caught) == "name-taken"


def test_folding_is_stable() -> None:
    for name in ("ſt", "İ", "ǅ", "ﬃ", "ΐ", "Å"):
        assert name_key(name_key(name)) == name_key(name)


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaaaaaa", "x" * 501, "Nguyễn Văn An"])
def test_weak_passwords(password: str) -> None:
    with pytest.raises(InputError) as caught:
        passwords.hashed(password, "nguyễn văn an")
    assert _code(caught) == "password-weak"


def test_passwords_with_real_parameters() -> None:
    """F5: argon2id with RFC 9106's second recommended option: 64 MiB, 3 passes, 4 lanes, salt 16, tag 32 bytes."""
    stored = passwords.hashed(WORDS, "An")
    found = argon2.extract_parameters(stored)
    assert found == argon2.Parameters(argon2.Type.ID, 19, 16, 32, 3, 65_536, 4)
    assert passwords.is_right(stored, unicodedata.normalize("NFD", WORDS))
    assert not passwords.is_right(stored, WORDS + " ")
    assert not passwords.is_right(None, "nobody has this password")


def test_roles_are_checked(db: Database) -> None:
    for given in ([], ["curator", "owner"]):
        with pytest.raises(InputError) as caught:
            accounts.add(db, "An", given, WORDS, by="test")
        assert _code(caught) == "role-unknown"
    assert accounts.add(db, "An", ["translator", "curator", "curator"], WORDS, by="test").roles == (
        "curator",
        "translator",
    )


def test_there_is_always_an_administrator(db: Database) -> None:
    accounts.add(db, "An", ["administrator"], WORDS, by="test")
    for change in (
        lambda: accounts.set_roles(db, "An", ["curator"], by="test"),
        lambda: accounts.close(db, "An", by="test"),
    ):
        with pytest.raises(BusyError) as caught:
            change()
        assert _code(caught) == "last-administrator"
    assert accounts.everyone(db)[0].person.roles == ("administrator",)
    accounts.add(db, "Bình", ["administrator"], WORDS, by="test")
    accounts.close(db, "An", by="test")
    assert [a.closed is None for a in accounts.everyone(db)] == [False, True]


def test_two_administrators_who_close_each_other(opened: Callable[[], Database]) -> None:
    """At the same moment, from two processes: one of them stays."""
    first, second = opened(), opened()
    for name in ("An", "Bình"):
        accounts.add(first, name, ["administrator"], WORDS, by="test")
    start, refused = threading.Barrier(2), []

    def close(db: Database, name: str) -> None:
        start.wait()
        try:
            accounts.close(db, name, by="test")
        except BusyError:
            refused.append(name)

    both = [threading.Thread(target=close, args=pair) for pair in ((first, "An"), (second, "Bình"))]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(refused) == 1
    assert [a.person.name for a in accounts.everyone(first) if a.closed is None] == refused


def test_an_unknown_name(db: Database) -> None:
    for act in (accounts.close, accounts.reopen, sessions.end_all, forget):
        with pytest.raises(InputError, match="no account of that name"):
            act(db, "Ai", by="test")


def test_an_invitation_works_once(db: Database) -> None:
    secret = invitations.invite(db, ["translator"], by="An")
    assert [(i.roles, i.made_by) for i in invitations.standing(db)] == [(("translator",), "An")]
    with pytest.raises(InputError) as caught:
        invitations.accept(db, secret, "Bình", "short")
    assert _code(caught) == "password-weak"
    accounts.add(db, "Chi", ["curator"], WORDS, by="An")
    with pytest.raises(InputError) as caught:
        invitations.accept(db, secret, "chi", WORDS)
    assert _code(caught) == "name-taken"
    assert invitations.accept(db, secret, "Bình", WORDS).roles == ("translator",)
    with pytest.raises(InputError) as caught:
        invitations.accept(db, secret, "Dũng", WORDS)
    assert _code(caught) == "invitation-unknown"
    assert invitations.standing(db) == ()
    assert [a.person.name for a in accounts.everyone(db)] == ["Bình", "Chi"]


def test_invitations_expire_and_are_withdrawn(db: Database, time: Clock) -> None:
    late, taken_back = (
        invitations.invite(db, ["curator"], by="An"),
        invitations.invite(db, ["curator"], by="An"),
    )
    id = next(i.id for i in invitations.standing(db) if digest(taken_back).startswith(i.id))
    invitations.withdraw(db, id, by="An")
    with pytest.raises(InputError):
        invitations.withdraw(db, id, by="An")
    time.seconds += INVITATION_S
    for secret in (late, taken_back, "", id):
        with pytest.raises(InputError) as caught:
            invitations.accept(db, secret, "Bình", WORDS)
        assert _code(caught) == "invitation-unknown"


def test_no_secret_is_stored(db: Database) -> None:
    """Whoever steals a backup signs in with nothing from it."""
    person = accounts.add(db, "An", ["administrator"], WORDS, by="test")
    known = [
        sessions.start(db, person, "127.0.0.1", "browser"),
        invitations.invite(db, list(ROLES), by="An"),
        WORDS,
    ]
    with db.reading() as connection:
        tables = sa.inspect(connection).get_table_names()
        stored = str([list(connection.execute(sa.text(f"SELECT * FROM {t}"))) for t in tables])
    assert not [secret for secret in known if secret in stored]
    assert "An" in stored


def test_the_chain_of_events(db: Database) -> None:
    accounts.add(db, "An", ["administrator"], WORDS, by="the command line")
    accounts.set_roles(db, "An", ["administrator", "curator"], by="An")
    accounts.set_password(db, "An", WORDS + "!", by="An")
    with db.reading() as connection:
        found = [(e.sequence, e.who, e.action) for e in events.read(connection)]
        assert events.broken_at(connection) is None
        assert [e.sequence for e in events.read(connection, newest=2)] == [2, 3]
    assert found == [
        (1, "the command line", "account added"),
        (2, "An", "roles set"),
        (3, "An", "password set"),
    ]


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        (events_table.update().where(events_table.c.sequence == 2).values(who="Bình"), 3),
        (events_table.update().where(events_table.c.sequence == 3).values(who="Bình"), 3),
        (events_table.delete().where(events_table.c.sequence == 2), 2),
        (events_table.delete().where(events_table.c.sequence == 3), 3),
        (events_table.delete(), 1),
        (head_table.update().values(sequence=2), 3),
        (head_table.delete(), 3),
    ],
)
def test_tampering_is_found(db: Database, tamper: sa.UpdateBase, place: int) -> None:
    """I2: edited, removed, cut off: the place is named."""
    for name in ("An", "Bình", "Chi"):
        accounts.add(db, name, ["curator"], WORDS, by="test")
    with db.writing() as connection:
        connection.execute(tamper)
        assert events.broken_at(connection) == place


def test_accounts_that_nobody_made_are_found(db: Database) -> None:
    with db.writing() as connection:
        assert events.broken_at(connection) is None
    accounts.add(db, "An", ["curator"], WORDS, by="test")
    with db.writing() as connection:
        connection.execute(events_table.delete())
        connection.execute(head_table.delete())
        assert events.broken_at(connection) == 1
