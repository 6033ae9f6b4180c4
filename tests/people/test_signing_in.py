"""Sessions and the throttle of signing in."""

from __future__ import annotations

import statistics
import threading
import time as clocks
from collections.abc import Callable
from pathlib import Path

import argon2
import pytest
import sqlalchemy as sa
from standing_clock import Clock

from heritage.model.errors import InputError, ThrottledError
from heritage.model.limits import (
    SESSION_IDLE_S,
    SESSION_S,
    SESSION_SEEN_S,
    SIGN_IN_ATTEMPTS_OF_ADDRESS,
    SIGN_IN_ATTEMPTS_OF_NAME,
    SIGN_IN_WINDOW_S,
)
from heritage.people import accounts, passwords, sessions
from heritage.people.database import Database
from heritage.people.network import network_of
from heritage.people.person import Person
from heritage.people.secret import digest
from heritage.people.signing_in import forget, sign_in
from heritage.people.tables import attempts

WORDS = "chín con rồng vàng"
HERE = "127.0.0.1"


@pytest.fixture
def an(db: Database, time: Clock) -> Person:
    return accounts.add(db, "An", ["administrator"], WORDS, by="test")


def _fail(db: Database, name: str = "An", address: str = HERE) -> None:
    with pytest.raises(InputError) as caught:
        sign_in(db, name, "wrong", address)
    assert (caught.value.status, caught.value.problems[0].code) == (401, "sign-in-failed")


def test_name_and_password(db: Database, an: Person) -> None:
    assert sign_in(db, " AN", WORDS, HERE) == an
    for name, password in (
        ("An", WORDS + "x"),
        ("Ai", WORDS),
        ("", ""),
        ("An", "\ud800"),
        ("\ud800", "\x00"),
    ):
        with pytest.raises(InputError, match="name or password is wrong"):
            sign_in(db, name, password, HERE)


def test_a_closed_account(db: Database, an: Person) -> None:
    accounts.add(db, "Bình", ["curator"], WORDS, by="test")
    secret = sessions.start(db, sign_in(db, "Bình", WORDS, HERE), HERE, "")
    accounts.close(db, "Bình", by="An")
    assert sessions.find(db, secret) is None
    with pytest.raises(InputError, match="name or password is wrong"):
        sign_in(db, "Bình", WORDS, HERE)
    accounts.reopen(db, "Bình", by="An")
    assert sessions.find(db, secret) is None
    assert sign_in(db, "Bình", WORDS, HERE).name == "Bình"


def test_guesses_at_a_name(db: Database, an: Person, time: Clock) -> None:
    """F5: ten in a quarter of an hour, from wherever; then not even the right one is looked at."""
    for n in range(SIGN_IN_ATTEMPTS_OF_NAME):
        _fail(db, address=f"192.0.2.{n}")
        time.seconds += 1
    with pytest.raises(ThrottledError) as caught:
        sign_in(db, "An", WORDS, HERE)
    assert caught.value.retry_after_s == SIGN_IN_WINDOW_S - SIGN_IN_ATTEMPTS_OF_NAME
    time.seconds += caught.value.retry_after_s - 1
    with pytest.raises(ThrottledError):
        sign_in(db, "An", WORDS, HERE)
    time.seconds += 1
    assert sign_in(db, "An", WORDS, HERE) == an


def test_names_that_do_not_exist_are_throttled_alike(db: Database, an: Person) -> None:
    for _ in range(SIGN_IN_ATTEMPTS_OF_NAME):
        _fail(db, "Ai")
    with pytest.raises(ThrottledError):
        sign_in(db, "ai", "wrong", HERE)
    assert sign_in(db, "An", WORDS, HERE) == an


def test_guesses_from_an_address(db: Database, an: Person) -> None:
    for n in range(SIGN_IN_ATTEMPTS_OF_ADDRESS):
        _fail(db, f"somebody {n}")
    with pytest.raises(ThrottledError):
        sign_in(db, "An", WORDS, HERE)
    assert sign_in(db, "An", WORDS, "192.0.2.1") == an


def test_a_line_of_ipv6_is_one_guesser(db: Database, an: Person) -> None:
    """Whoever has a line has 2^64 addresses; the next line is somebody else's."""
    for n in range(SIGN_IN_ATTEMPTS_OF_ADDRESS):
        _fail(db, f"somebody {n}", f"2001:db8:1:2:{n:x}::{n:x}")
    with pytest.raises(ThrottledError):
        sign_in(db, "An", WORDS, "2001:db8:1:2:ffff::1")
    assert sign_in(db, "An", WORDS, "2001:db8:1:3::1") == an


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:DB8:0:2:3:4:5:6", "2001:db8:0:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("::1", "::"),
        ("x" * 99, "x" * 45),
        ("", ""),
    ],
)
def test_whose_address_it_is(address: str, network: str) -> None:
    assert network_of(address) == network


def test_a_success_clears_that_name_only(db: Database, an: Person) -> None:
    """With an account of one's own, one does not get more guesses at others."""
    for n in range(SIGN_IN_ATTEMPTS_OF_ADDRESS - 1):
        _fail(db, f"somebody {n}")
    sign_in(db, "An", WORDS, HERE)
    _fail(db, "one more")
    with pytest.raises(ThrottledError):
        sign_in(db, "An", WORDS, HERE)


def test_guesses_at_the_same_moment_are_all_counted(opened: Callable[[], Database]) -> None:
    """Three times as many at once, by two processes: no more than the limit are looked at."""
    servers = [opened(), opened()]
    accounts.add(servers[0], "An", ["administrator"], WORDS, by="test")
    guesses = 3 * SIGN_IN_ATTEMPTS_OF_NAME
    start, answers = threading.Barrier(guesses), []

    def guess(n: int) -> None:
        start.wait()
        try:
            sign_in(servers[n % 2], "An", "wrong", HERE)
        except (InputError, ThrottledError) as error:
            answers.append(type(error))

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(guesses)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers.count(InputError) == SIGN_IN_ATTEMPTS_OF_NAME
    assert answers.count(ThrottledError) == guesses - SIGN_IN_ATTEMPTS_OF_NAME


def test_an_administrator_lets_somebody_in_again(db: Database, an: Person) -> None:
    for _ in range(SIGN_IN_ATTEMPTS_OF_NAME):
        _fail(db)
    forget(db, "an", by="test")
    assert sign_in(db, "An", WORDS, HERE) == an


def test_old_attempts_are_forgotten(db: Database, an: Person, time: Clock) -> None:
    for n in range(5):
        _fail(db, f"somebody {n}")
    time.seconds += SIGN_IN_WINDOW_S
    _fail(db)
    with db.reading() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(attempts)) == 1


def test_unknown_and_wrong_take_as_long_with_real_parameters(tmp_path: Path) -> None:
    """F5: the medians differ by less than a fifth; without a hash for nobody it is fifty times."""
    db = Database(tmp_path)
    accounts.add(db, "An", ["administrator"], WORDS, by="test")
    passwords._nobody.cache_clear()
    passwords.is_right(None, "")

    def median(name: str) -> float:
        times = []
        for n in range(3):
            begun = clocks.process_time()
            with pytest.raises(InputError):
                sign_in(db, name, f"wrong {n}", HERE)
            times.append(clocks.process_time() - begun)
        return statistics.median(times)

    known, unknown = median("An"), median("Ai")
    db.close()
    assert abs(known - unknown) < 0.2 * known, f"{1000 * known:.0f} ms and {1000 * unknown:.0f} ms"


def test_a_password_hashed_the_old_way_is_hashed_anew(
    db: Database, an: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(2, 16, 1))
    assert sign_in(db, "An", WORDS, HERE) == an
    monkeypatch.setattr(passwords, "is_outdated", lambda stored: pytest.fail("still outdated"))
    with db.reading() as connection:
        assert not argon2.PasswordHasher(2, 16, 1).check_needs_rehash(
            accounts.named(connection, "An").password
        )
    assert sign_in(db, "An", WORDS, HERE) == an


def test_sessions_expire_idle_and_absolutely(db: Database, an: Person, time: Clock) -> None:
    idle = sessions.start(db, an, HERE, "browser")
    busy = sessions.start(db, an, HERE, "browser")
    begun = time.seconds
    time.seconds = begun + SESSION_IDLE_S - 1
    assert sessions.find(db, busy) == an
    time.seconds = begun + SESSION_IDLE_S
    assert sessions.find(db, idle) is None
    assert accounts.everyone(db)[0].sessions == 1
    while time.seconds < begun + SESSION_S - SESSION_IDLE_S:
        assert sessions.find(db, busy) == an
        time.seconds += SESSION_IDLE_S - SESSION_SEEN_S
    assert sessions.find(db, busy) == an
    time.seconds = begun + SESSION_S - 1
    assert sessions.find(db, busy) == an
    time.seconds = begun + SESSION_S
    assert sessions.find(db, busy) is None


def test_signing_in_again_rotates(db: Database, an: Person) -> None:
    old = sessions.start(db, an, HERE, "")
    new = sessions.start(db, an, HERE, "", instead_of=old)
    assert (sessions.find(db, old), sessions.find(db, new)) == (None, an)


def test_sessions_are_listed_and_ended(db: Database, an: Person) -> None:
    binh = accounts.add(db, "Bình", ["curator"], WORDS, by="test")
    one, two, other = (sessions.start(db, p, HERE, "Firefox") for p in (an, an, binh))
    assert [(s.name, s.address, s.browser) for s in sessions.running(db, binh.id)] == [
        ("Bình", HERE, "Firefox")
    ]
    sessions.end_by_id(db, sessions.running(db, binh.id)[0].id, by="An")
    assert sessions.find(db, other) is None
    with pytest.raises(InputError):
        sessions.end_by_id(db, "0" * 16, by="An")
    sessions.end(db, one)
    assert (sessions.find(db, one), sessions.find(db, two)) == (None, an)
    assert sessions.end_all(db, "an", by="test") == 1
    assert sessions.find(db, two) is None
    assert sessions.running(db) == ()


def test_a_new_password_ends_the_other_sessions(db: Database, an: Person) -> None:
    mine, stolen = (sessions.start(db, an, HERE, "") for _ in range(2))
    accounts.set_password(db, "An", WORDS + "!", by="An", keep=digest(mine))
    assert (sessions.find(db, mine), sessions.find(db, stolen)) == (an, None)
    with pytest.raises(InputError):
        sign_in(db, "An", WORDS, HERE)


def test_roles_hold_from_the_next_request(db: Database, an: Person) -> None:
    accounts.add(db, "Bình", ["administrator"], WORDS, by="test")
    secret = sessions.start(db, an, HERE, "")
    accounts.set_roles(db, "An", ["translator"], by="Bình")
    assert sessions.find(db, secret) == Person(an.id, "An", ("translator",))


@pytest.mark.parametrize("forged", ["", "x", "a" * 43, "\x00", "é" * 5000, "' OR 1=1 --"])
def test_forged_secrets(db: Database, an: Person, forged: str) -> None:
    sessions.start(db, an, HERE, "")
    assert sessions.find(db, forged) is None
