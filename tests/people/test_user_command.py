"""`heritage user`, as it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from heritage.cli.main import cli
from heritage.model.errors import InputError, StoreError
from heritage.people import accounts, invitations, sessions
from heritage.people.database import Database
from heritage.people.signing_in import sign_in
from heritage.people.tables import events

WORDS = "chín con rồng vàng"


@pytest.fixture(autouse=True)
def site(tmp_path: Path) -> None:
    """A folder without site.yaml is not one to keep accounts in."""
    (tmp_path / "site.yaml").write_text("title: {en: Hue}\nlanguages: [en]\n")


@pytest.fixture
def run(tmp_path: Path, url: str | None):  # type: ignore[no-untyped-def]
    def one(command: str, *words: str, text: str = "") -> str:
        where = [] if url is None else ["--accounts", url]
        made = CliRunner().invoke(cli, ["user", command, str(tmp_path), *words, *where], input=text)
        if made.exception is not None and not isinstance(made.exception, SystemExit):
            raise made.exception
        assert made.exit_code == 0, made.output
        return made.output

    return one


def test_the_life_of_an_account(run, db: Database) -> None:  # type: ignore[no-untyped-def]
    assert run("add", "Lê Mai", "--role", "administrator", text=f"{WORDS}\n{WORDS}\n").endswith(
        "Lê Mai: administrator\n"
    )
    run("add", "An", "--role", "curator", "--role", "translator", "--password-stdin", text=f"{WORDS}\n")
    an = sign_in(db, "An", WORDS, "127.0.0.1")
    sessions.start(db, an, "127.0.0.1", "")
    listed = run("list").splitlines()
    assert [line.split(";")[0] for line in listed] == ["An: curator, translator", "Lê Mai: administrator"]
    assert [line.split("; ")[-1] for line in listed] == ["1 session(s)", "0 session(s)"]
    assert run("end-sessions", "an") == "1 session(s) ended\n"
    assert run("role", "An", "--role", "conservator") == "An: conservator\n"
    run("password", "An", "--password-stdin", text=WORDS + "!\n")
    assert sign_in(db, "An", WORDS + "!", "127.0.0.1").roles == ("conservator",)
    run("close", "An")
    assert "closed" in run("list").splitlines()[0]
    run("reopen", "An")
    assert "An (" not in run("events")
    assert len(run("events").splitlines()) == 9


def test_an_invitation_is_a_link(run, db: Database) -> None:  # type: ignore[no-untyped-def]
    link = run("invite", "--role", "translator", "--url", "https://hue.example").strip()
    start = "https://hue.example/studio/#invitation="
    assert link.startswith(start)
    assert invitations.accept(db, link.removeprefix(start), "An", WORDS).roles == ("translator",)


def test_refusals_are_one_line(run, db: Database) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match="too short"):
        run("add", "An", "--role", "curator", "--password-stdin", text="short\n")
    with pytest.raises(InputError, match="no account of that name"):
        run("close", "An")


def test_a_forged_record_is_an_error(run, db: Database) -> None:  # type: ignore[no-untyped-def]
    accounts.add(db, "An", ["administrator"], WORDS, by="test")
    with db.writing() as connection:
        connection.execute(events.update().values(who="nobody"))
    with pytest.raises(StoreError, match="record 1"):
        run("events")


def test_fsck_looks_at_the_accounts(tmp_path: Path, url: str | None, db: Database) -> None:
    where = [] if url is None else ["--accounts", url]
    accounts.add(db, "An", ["administrator"], WORDS, by="test")

    command = ["store", "fsck", str(tmp_path), *where]
    assert CliRunner().invoke(cli, command).exit_code == 0
    with db.writing() as connection:
        connection.execute(events.delete())
    with pytest.raises(StoreError, match="the accounts' record 1: it is not as it was written"):
        CliRunner().invoke(cli, command, standalone_mode=False, catch_exceptions=False)
