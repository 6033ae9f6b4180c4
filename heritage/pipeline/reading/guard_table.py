"""Footprints of a database, read in the confined child over the one connection that it is given. See `guard`."""

from __future__ import annotations

import importlib.util
import json
import socket
from collections.abc import Collection, Sequence
from typing import Final

from heritage.formats.postgis import credentials, table_of
from heritage.formats.vector import FootprintTable
from heritage.model import limits
from heritage.model.documents import Footprints
from heritage.model.errors import InputError
from heritage.pipeline.reading.confined import Allowance, Confined
from heritage.pipeline.reading.guard import PROGRAM
from heritage.pipeline.reading.guard_map import received_footprints

_CONNECT_S: Final = 10.0
_ANSWER_S: Final = 60.0


def guarded_table(
    source: str, spec: Footprints, *, used: Collection[str] | None = None, program: Sequence[str] = PROGRAM
) -> FootprintTable:
    """The footprints of the PostGIS table that ``source`` names.

    This process looks the host up and connects; the child, which can open no connection itself, speaks with the
    server. User and password go to it over its pipe, never to an argument, its environment or a message. Raises
    InputError as `heritage.formats.postgis.read_table` does, where nobody answers within 10 s, and where the driver
    is not installed.
    """
    if importlib.util.find_spec("pg8000") is None:
        raise InputError(
            "footprints.source",
            "a database, and the driver for it is not installed",
            "files need none",
            'install it: pip install "heritage[postgis]"',
            code="footprints-driver",
        )
    table = table_of(source, spec.layer)
    user, password = credentials(table)
    try:
        connection = socket.create_connection((table.host, table.port), _CONNECT_S)
    except OSError as error:
        raise InputError(
            table.shown,
            f"nobody answers there ({error.strerror or type(error).__name__})",
            "a running PostgreSQL that this machine can reach",
            "check host and port, and that the server listens",
            code="footprints-database",
        ) from None
    with connection:
        connection.settimeout(None)  # blocking for the child, which sets its own
        asked = {
            "connection": connection.fileno(),
            "seconds": _ANSWER_S,
            "url": table.url,
            "user": user,
            "password": password,
            "spec": spec.model_copy(update={"source": table.shown}).model_dump(),
            "used": None if used is None else sorted(used),
        }
        allowed = Allowance(limits.READER_BASE_S, limits.READER_MEMORY_BYTES)
        with Confined("table", table.label, allowed, program, connection) as child:
            child.ask(json.dumps(asked))
            return received_footprints(child)
