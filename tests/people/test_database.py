"""The tables are what the models say, both ways; old and new versions meet without harm."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from heritage.model.errors import InputError, StoreError
from heritage.people import accounts
from heritage.people.database import Database, migrations
from heritage.people.place import sqlite_path
from heritage.people.tables import metadata

WORDS = "chín con rồng vàng"


def test_migrations_make_what_the_models_say(db: Database) -> None:
    with db.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_column_that_is_missing_would_be_seen(db: Database) -> None:
    """The comparison above can fail."""
    with db.writing() as connection:
        connection.execute(sa.text("ALTER TABLE people DROP COLUMN closed"))
    with db.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) != []


def test_down_and_up_again(db: Database) -> None:
    """Every migration can be undone, to the last table, and done again."""
    with db.writing() as connection:
        command.downgrade(migrations(connection), "base")
        assert set(sa.inspect(connection).get_table_names()) <= {"alembic_version"}
        command.upgrade(migrations(connection), "head")
        assert set(sa.inspect(connection).get_table_names()) == {*metadata.tables, "alembic_version"}


def test_opening_again_changes_nothing(opened: Callable[[], Database]) -> None:
    accounts.add(opened(), "Lê Thị Mai", ["curator"], WORDS, by="test")
    assert [a.person.name for a in accounts.everyone(opened())] == ["Lê Thị Mai"]


def test_a_database_of_a_newer_version_is_left_alone(opened: Callable[[], Database]) -> None:
    with opened().writing() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="revision 9999") as caught:
        opened()
    assert caught.value.problems[0].code == "accounts-newer"


def test_what_was_begun_and_failed_is_not_there(db: Database) -> None:
    def fail_half_way() -> None:
        with db.writing() as connection:
            accounts.insert(connection, "An", ["curator"], by="test")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        fail_half_way()
    assert accounts.everyone(db) == ()


def test_the_file_is_its_owners(tmp_path: Path) -> None:
    Database(tmp_path).close()
    assert stat.S_IMODE(sqlite_path(tmp_path).stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "url",
    [
        "", "mysql://u:s3cret@h/d", "postgresql://u:s3cret@h", "sqlite:////etc/s3cret", "postgresql+psycopg://u:s3cret@h/d",
        "postgresql+pg8000://u:s3cret@h:port/d",
    ],
)  # fmt: skip
def test_addresses_of_another_kind_are_refused_without_being_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(InputError, match=r"postgresql\+pg8000://user") as caught:
        Database(tmp_path, url)
    assert "s3cret" not in str(caught.value)


def test_a_database_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"postgresql://127\.0\.0\.1:9/hue") as caught:
        Database(tmp_path, "postgresql://curator:s3cret@127.0.0.1:9/hue")
    assert "s3cret" not in str(caught.value)


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    sqlite_path(tmp_path).parent.mkdir()
    sqlite_path(tmp_path).write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError, match=r"people\.sqlite"):
        Database(tmp_path)
