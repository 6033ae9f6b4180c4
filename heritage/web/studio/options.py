"""How a studio is opened: on one's own machine, or for an institution with accounts."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from heritage.model.errors import InputError
from heritage.people.place import sqlite_path
from heritage.people.secret import new_secret

if TYPE_CHECKING:
    from heritage.model.documents import OpenID
    from heritage.people.database import Database
    from heritage.people.openid import Provider

OPENID: Final = "/studio/api/openid"  # from here to the provider, and back to where it was told
OPENID_RETURN: Final = f"{OPENID}/return"


@dataclass(frozen=True)
class StudioOptions:
    """``token`` lets in, once, the person who started the server: no accounts are needed on one's own machine.

    With ``accounts`` people sign in by name instead. ``origin`` is what visitors' browsers call this server where it
    is not the request's own Host: ``https://hue.example``. With ``provider`` they may sign in there as well.
    """

    token: str | None = field(default=None, repr=False)
    accounts: Database | None = field(default=None, repr=False)
    origin: str | None = None
    provider: Provider | None = field(default=None, repr=False)


def studio_options(
    site: Path,
    host: str,
    *,
    public_url: str | None,
    trusted_hosts: Sequence[str] | None,
    accounts: str | None,
    openid: OpenID | None = None,
    openid_secret: str | None = None,
) -> StudioOptions:
    """The studio of a server that listens on ``host``: with accounts where there are some, else for one's own machine.

    ``accounts`` is the URL of their database, None for the site's own; with ``openid`` accounts come from its provider
    as well. Raises InputError where others could reach a studio without accounts, or one whose passwords would travel in
    the clear, and where the provider is not reached over TLS or would not know where people come back to.
    """
    origin = origin_of(public_url)
    provider = None if openid is None else _provider(openid, openid_secret, origin)
    is_public = not _is_local(host) or (origin is not None and not _is_local(urlsplit(origin).hostname or ""))
    is_public |= any(not _is_local(name.lstrip(".")) for name in trusted_hosts or ())
    database = _accounts(site, accounts, needed=openid is not None)
    if database is None:
        if is_public:
            raise InputError(
                f"the studio at {public_url or host}",
                "others can reach it, and there are no accounts",
                "a studio without accounts at 127.0.0.1",
                "make the first account with `heritage user add`, or leave out --host, --url and --trusted-host",
                code="studio-needs-accounts",
            )
        return StudioOptions(token=new_secret(), origin=origin)
    if is_public and not (origin or "").startswith("https://"):
        database.close()
        raise InputError(
            f"the studio at {public_url or host}",
            "others can reach it, and passwords would travel in the clear",
            "an address with https, which a proxy before the server gives",
            "name that address with --url https://…",
            code="studio-needs-tls",
        )
    return StudioOptions(accounts=database, origin=origin, provider=provider)


def _provider(openid: OpenID, secret: str | None, origin: str | None) -> Provider:
    from heritage.people.openid import Provider

    if origin is None:
        raise InputError(
            "the OpenID provider",
            "it would not know where people come back to",
            "the address that visitors use",
            "name it with --url",
            code="openid-needs-url",
        )
    return Provider(openid, secret, f"{origin}{OPENID_RETURN}")


def _accounts(site: Path, url: str | None, *, needed: bool) -> Database | None:
    """The database, where it has an account; the site's own is not made by asking."""
    if url is None and not needed and not sqlite_path(site).is_file():
        return None
    from heritage.people.accounts import everyone
    from heritage.people.database import Database

    database = Database(site, url)
    if needed or everyone(database):
        return database
    database.close()
    return None


def origin_of(public_url: str | None) -> str | None:
    """Scheme, host and port of the address that visitors use, as browsers say it in Origin."""
    if public_url is None:
        return None
    parts = urlsplit(public_url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _is_local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost" or host.lower().endswith(".localhost")
