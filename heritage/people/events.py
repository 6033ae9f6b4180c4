"""Who did what to accounts: a chain of records in the database, each with the SHA-256 of the one before.

As the site's journal does (`store/journal.py`), the chain names an edited, removed or moved record, and a head
remembers the last one. Whoever may write the whole database can forge the whole chain: it shows tampering with
parts, not with everything.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from heritage.model.errors import StoreError
from heritage.people import clock
from heritage.people.tables import events, head, people

_START = "0" * 64


@dataclass(frozen=True)
class Event:
    """One record: ``at`` in seconds since 1970; ``sequence`` counts from 1 and is the order."""

    sequence: int
    at: int
    who: str
    action: str
    details: str
    previous: str

    @property
    def digest(self) -> str:
        """SHA-256 over all fields."""
        return hashlib.sha256(json.dumps(asdict(self), ensure_ascii=False).encode()).hexdigest()


def record(connection: Connection, who: str, action: str, details: Mapping[str, Any]) -> None:
    """Add one record, in the transaction of what it records."""
    last = connection.execute(sa.select(head)).one_or_none()
    text = json.dumps(details, ensure_ascii=False, sort_keys=True)
    previous = last.sha256 if last else _START
    event = Event(last.sequence + 1 if last else 1, clock.now(), who, action, text, previous)
    connection.execute(events.insert().values(asdict(event)))
    values = {"sequence": event.sequence, "sha256": event.digest}
    if last:
        connection.execute(head.update().values(values))
    else:
        connection.execute(head.insert().values(id=1, **values))


def read(connection: Connection, newest: int | None = None) -> tuple[Event, ...]:
    """The records in their order, or only the ``newest`` so many."""
    rows = connection.execute(sa.select(events).order_by(events.c.sequence.desc()).limit(newest))
    return tuple(reversed([Event(*row) for row in rows]))


def broken_at(connection: Connection) -> int | None:
    """The first sequence at which the chain does not hold, None where it does."""
    previous, count = _START, 0
    for event in read(connection):
        count += 1
        if (event.sequence, event.previous) != (count, previous):
            return count
        previous = event.digest
    last = connection.execute(sa.select(head)).one_or_none()
    known = (last.sequence, last.sha256) if last else (0, _START)
    if (
        count == 0
        and last is None
        and connection.execute(sa.select(people.c.id).limit(1)).first() is not None
    ):
        return 1  # every account was made by somebody
    return None if known == (count, previous) else count + (known[0] > count)


def demand_whole(connection: Connection) -> None:
    """Raise StoreError where the chain does not hold."""
    broken = broken_at(connection)
    if broken is not None:
        raise StoreError(
            f"the accounts' record {broken}",
            "it is not as it was written",
            "an unbroken chain",
            "compare with a backup",
            code="events-damaged",
        )
