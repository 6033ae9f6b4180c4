"""What visitors report is taken in: within limits, and once however often it is sent."""

from __future__ import annotations

import hashlib
import math
import secrets
from dataclasses import dataclass
from typing import Final, NamedTuple

import sqlalchemy as sa

from heritage.model.errors import InputError, ThrottledError
from heritage.model.limits import LOCAL_COORDINATE_M, REPORTS_A_DAY, REPORTS_OF_ADDRESS
from heritage.people import clock
from heritage.people.database import Database
from heritage.people.network import network_of
from heritage.people.reports import DAY_S, checked_text
from heritage.people.secret import digest
from heritage.people.tables import reports, senders

_SIGNS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none is read as another
_CODE_LENGTH: Final = 12  # 60 bits: with a thousand reports, one guess in 10^15 finds one


class Sent(NamedTuple):
    """What a sender is told: the code, when the answer is due (seconds since 1970), whether the photo had a position.

    ``first`` is False for a retry: the report was there already.
    """

    code: str
    due: int
    located: bool
    first: bool


@dataclass(frozen=True)
class Once:
    """What tells a retry from another report: the sender's own key, and the words that were sent with it.

    The code comes of both, so that a retry gets the same one although no code is kept. Other words under the same key
    are another report: nothing that somebody wrote is lost for a key. The photo is not among it, as a browser that
    was closed has the draft's words still and its photo no more.
    """

    key: str
    words: tuple[str, ...]

    @property
    def secret(self) -> bytes:
        """32 bytes that only who sent it can make again."""
        every = hashlib.sha256()
        for part in (each.encode("utf-8", "surrogatepass") for each in (self.key, *self.words)):
            every.update(len(part).to_bytes(8) + part)
        return every.digest()

    @property
    def stored(self) -> str:
        """As the table has it; neither key nor code can be made of it."""
        return _key_digest(self.key) + hashlib.sha256(self.secret).hexdigest()[:32]

    @property
    def code(self) -> str:
        """The 60 bits to look the answer up by."""
        bits = int.from_bytes(hashlib.sha256(b"code" + self.secret).digest())
        return "".join(_SIGNS[bits >> 5 * i & 31] for i in range(_CODE_LENGTH))


def _key_digest(key: str) -> str:
    return digest(f"key {key}")[:32]


def send(
    db: Database,
    *,
    monument: str,
    place_m: tuple[float, float, float] | None,
    text: str,
    language: str,
    address: str,
    answer_days: int,
    photo: str | None = None,
    position: tuple[float, float] | None = None,
    once: Once | None = None,
) -> Sent:
    """Take in a report; what is there already, by ``once``, is told again. ``photo`` names one that is kept.

    Raises InputError for an empty or too long text and a place far away, ThrottledError.
    """
    said = checked_text(text)
    if place_m is not None and not all(math.isfinite(v) and abs(v) <= LOCAL_COORDINATE_M for v in place_m):
        raise InputError(
            "the place",
            "it is far away",
            f"within {LOCAL_COORDINATE_M:.0f} m",
            "choose it on the model",
            code="report-place",
        )
    now = clock.now()
    due, (x, y, z) = now + answer_days * DAY_S, place_m or (None, None, None)
    with db.writing() as connection:
        if once is not None and (row := _row_of(connection, once)) is not None:
            if _same(row, photo=photo is not None):
                return _told_before(row, once)
            once = None  # its key is taken
        code = once.code if once else "".join(secrets.choice(_SIGNS) for _ in range(_CODE_LENGTH))
        connection.execute(senders.delete().where(senders.c.at <= now - DAY_S))
        _demand_room(connection, address, now)
        connection.execute(senders.insert().values(address=network_of(address), at=now))
        told = {"monument": monument, "text": said, "language": language[:35], "x_m": x, "y_m": y, "z_m": z}
        lon, lat = position or (None, None)
        told |= {"photo": photo, "lon_deg": lon, "lat_deg": lat, "promised": due}
        told |= {"once": None if once is None else once.stored}
        connection.execute(
            reports.insert().values(**told, code=digest(code), status="new", made=now, due=due)
        )
    return Sent(_shown(code), due, position is not None, first=True)


def sent_before(db: Database, once: Once, *, photo: bool) -> Sent | None:
    """What was told when the same was sent under the same key; None where it never was. ``photo``: one comes now."""
    with db.reading() as connection:
        row = _row_of(connection, once)
    return None if row is None or not _same(row, photo=photo) else _told_before(row, once)


def key_known(db: Database, key: str) -> bool:
    """Whether anything was sent under this key: what comes may be a retry."""
    begun = _key_digest(key)
    query = sa.select(reports.c.id).where(reports.c.once.startswith(begun)).limit(1)
    with db.reading() as connection:
        return connection.scalar(query) is not None


def _row_of(connection: sa.Connection, once: Once) -> sa.Row[tuple[object, ...]] | None:
    return connection.execute(sa.select(reports).where(reports.c.once == once.stored)).one_or_none()


def _same(row: sa.Row[tuple[object, ...]], *, photo: bool) -> bool:
    """Whether nothing is lost by taking one for the other: a photo that comes to words without one is new."""
    return row.photo is not None or not photo


def _told_before(row: sa.Row[tuple[object, ...]], once: Once) -> Sent:
    return Sent(_shown(once.code), row.promised, row.lon_deg is not None, first=False)


def _shown(code: str) -> str:
    return "-".join(code[i : i + 4] for i in range(0, _CODE_LENGTH, 4))


def demand_room(db: Database, address: str) -> None:
    """Raise ThrottledError where ``address`` may send no more today; `send` asks again."""
    with db.reading() as connection:
        _demand_room(connection, address, clock.now())


def _demand_room(connection: sa.Connection, address: str, now: int) -> None:
    for mine, limit in (
        (senders.c.address == network_of(address), REPORTS_OF_ADDRESS),
        (sa.true(), REPORTS_A_DAY),
    ):
        count = sa.select(sa.func.count()).select_from(senders).where(mine, senders.c.at > now - DAY_S)
        if (connection.scalar(count) or 0) >= limit:
            raise _throttled()


def _throttled() -> ThrottledError:
    error = ThrottledError(
        "the report",
        "there were too many today",
        f"{REPORTS_OF_ADDRESS} a day from one address, {REPORTS_A_DAY} from all",
        "try again tomorrow, or telephone",
        code="report-throttled",
    )
    error.retry_after_s = DAY_S
    return error
