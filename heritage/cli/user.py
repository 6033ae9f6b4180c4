"""Commands about the accounts of an institution: who may use the studio, and as what."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from heritage.cli.group import cli
from heritage.model.paths import demand_site
from heritage.people.person import ROLES, local_person

if TYPE_CHECKING:
    from heritage.people.database import Database

_SITE = click.argument("site", type=click.Path(path_type=Path))
_NAME = click.argument("name")
_ROLES = click.option(
    "--role",
    "roles",
    multiple=True,
    required=True,
    type=click.Choice(ROLES),
    help="May be given several times.",
)
_PASSWORD = click.option(
    "--password-stdin", is_flag=True, help="Read the password's line from standard input instead of asking."
)


def accounts_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--accounts``: where the accounts are. In the environment it is not seen by others of the machine."""
    return click.option(
        "--accounts",
        envvar="HERITAGE_ACCOUNTS",
        show_envvar=True,
        help="postgresql+pg8000://user:password@host/database; default: SITE/.heritage/people.sqlite.",
    )(command)


@cli.group("user")
def user_group() -> None:
    """Accounts: who may use the studio, and as what."""


def _on_accounts(command: Callable[..., None]) -> Callable[..., None]:
    """A command on SITE's accounts: it is given their database, open."""

    @_SITE
    @accounts_option
    @wraps(command)
    def opened(site: Path, accounts: str | None, **rest: Any) -> None:
        from heritage.people.database import Database

        if accounts is None:
            demand_site(site)
        with Database(site, accounts) as database:
            command(database, **rest)

    return opened


def _me() -> str:
    return f"{local_person().name} (command line)"[-64:]


def _asked_password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user_group.command("add")
@_on_accounts
@_NAME
@_ROLES
@_PASSWORD
def add(database: Database, name: str, roles: tuple[str, ...], password_stdin: bool) -> None:
    """Make an account for NAME. From the first one on, the studio of SITE asks for name and password."""
    from heritage.people import accounts

    person = accounts.add(database, name, roles, _asked_password(password_stdin), by=_me())
    click.echo(f"{person.name}: {', '.join(person.roles)}")


@user_group.command("invite")
@_on_accounts
@_ROLES
@click.option("--url", default="http://localhost:8000/", show_default=True, help="The address of the server.")
def invite(database: Database, roles: tuple[str, ...], url: str) -> None:
    """Print a link with which one person makes an account of their own, once, within a week."""
    from heritage.people import invitations

    secret = invitations.invite(database, roles, by=_me())
    click.echo(f"{url.rstrip('/')}/studio/#invitation={secret}")


@user_group.command("list")
@_on_accounts
def list_(database: Database) -> None:
    """Every account with its roles, and how many sessions it has."""
    from heritage.people import accounts

    for one in accounts.everyone(database):
        since = datetime.fromtimestamp(one.made, UTC).date()
        state = "closed" if one.closed is not None else f"{one.sessions} session(s)"
        how = "password" if one.has_password else f"OpenID Connect, {one.issuer}"
        click.echo(f"{one.person.name}: {', '.join(one.person.roles)}; since {since}; {how}; {state}")


@user_group.command("role")
@_on_accounts
@_NAME
@_ROLES
def role(database: Database, name: str, roles: tuple[str, ...]) -> None:
    """Give NAME these roles, and no others."""
    from heritage.people import accounts

    person = accounts.set_roles(database, name, roles, by=_me())
    click.echo(f"{person.name}: {', '.join(person.roles)}")


@user_group.command("password")
@_on_accounts
@_NAME
@_PASSWORD
def password(database: Database, name: str, password_stdin: bool) -> None:
    """Give NAME a new password, and let who was locked out try again. Ends the sessions."""
    from heritage.people import accounts
    from heritage.people.signing_in import forget

    accounts.set_password(database, name, _asked_password(password_stdin), by=_me())
    forget(database, name, by=_me())


@user_group.command("close")
@_on_accounts
@_NAME
def close(database: Database, name: str) -> None:
    """Let NAME in no more, and end the sessions. The history keeps the name."""
    from heritage.people import accounts

    accounts.close(database, name, by=_me())


@user_group.command("reopen")
@_on_accounts
@_NAME
def reopen(database: Database, name: str) -> None:
    """Undo `close`."""
    from heritage.people import accounts

    accounts.reopen(database, name, by=_me())


@user_group.command("end-sessions")
@_on_accounts
@_NAME
def end_sessions(database: Database, name: str) -> None:
    """End every session of NAME: a laptop was lost, a browser was left open."""
    from heritage.people import sessions

    count = sessions.end_all(database, name, by=_me())
    click.echo(f"{count} session(s) ended")


@user_group.command("events")
@_on_accounts
def events_(database: Database) -> None:
    """Who did what to accounts, oldest first; exit 3 where the chain of the records does not hold."""
    from heritage.people import events

    with database.reading() as connection:
        found = events.read(connection)
    for event in found:
        at = datetime.fromtimestamp(event.at, UTC).isoformat(sep=" ", timespec="seconds")
        click.echo(f"{event.sequence} {at} {event.who}: {event.action} {event.details}")
    with database.reading() as connection:
        events.demand_whole(connection)
