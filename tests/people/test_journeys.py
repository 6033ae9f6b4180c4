"""On the way to an OpenID provider and back, on both databases."""

from __future__ import annotations

import pytest
from standing_clock import Clock

from heritage.model.errors import InputError
from heritage.model.limits import JOURNEY_S, JOURNEYS
from heritage.people import accounts
from heritage.people import journeys as journeys_module
from heritage.people.database import Database
from heritage.people.journeys import arrive, depart, person_of
from heritage.people.openid import Identity, Journey

JOURNEY = Journey("s" * 43, "n" * 43, "v" * 43)


def _identity(subject: str = "1", name: str = "An", roles: tuple[str, ...] = ("curator",)) -> Identity:
    return Identity("https://id.example", subject, name, roles)  # type: ignore[arg-type]


def test_a_journey_ends_once(db: Database, time: Clock) -> None:
    secret, late = depart(db, JOURNEY), depart(db, JOURNEY)
    assert arrive(db, secret) == JOURNEY
    assert arrive(db, secret) is None
    assert arrive(db, "") is None
    time.seconds += JOURNEY_S
    assert arrive(db, late) is None


def test_strangers_neither_fill_the_database_nor_keep_people_out(
    db: Database, time: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the ceiling the oldest are forgotten, and whoever comes now comes in."""
    assert JOURNEYS == 1000
    monkeypatch.setattr(journeys_module, "JOURNEYS", 3)
    begun = []
    for _ in range(4):
        begun.append(depart(db, JOURNEY))
        time.seconds += 1
    assert [arrive(db, secret) for secret in begun] == [None, JOURNEY, JOURNEY, JOURNEY]


def test_the_same_person_has_one_account_with_the_roles_of_today(db: Database) -> None:
    first = person_of(db, _identity())
    again = person_of(db, _identity(name="An, married", roles=("administrator", "translator")))
    assert (again.id, again.name, again.roles) == (first.id, "An", ("administrator", "translator"))
    assert [a.issuer for a in accounts.everyone(db)] == ["https://id.example"]


def test_a_name_that_somebody_has_gets_a_number(db: Database) -> None:
    """Whoever calls themselves like another does not get their account."""
    accounts.add(db, "Mai", ["administrator"], "chín con rồng vàng", by="test")
    names = [
        person_of(db, _identity(str(n), name)).name
        for n, name in enumerate(["MAI", "mai", "\u202e", "../", "x" * 90])
    ]
    assert names == ["MAI (2)", "mai (3)", "?", "? (2)", "x" * 58]


def test_without_a_role_and_closed(db: Database) -> None:
    with pytest.raises(InputError) as caught:
        person_of(db, _identity(roles=()))
    assert (caught.value.status, caught.value.problems[0].code) == (403, "openid-no-role")
    assert accounts.everyone(db) == ()
    accounts.add(db, "Mai", ["administrator"], "chín con rồng vàng", by="test")
    person_of(db, _identity())
    accounts.close(db, "An", by="test")
    with pytest.raises(InputError) as caught:
        person_of(db, _identity())
    assert caught.value.problems[0].code == "account-closed"
