"""Where visitors' reports go, as the site's own file has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from heritage.model.documents import Site
from heritage.model.limits import REPORT_PHOTO_BYTES
from heritage.store.photos import Photos
from heritage.text.yaml import read_yaml

if TYPE_CHECKING:
    from heritage.people.database import Database

ENDPOINT: Final = "send_report"
"""The address of the public side that takes a long body: a photo."""
BODY_BYTES: Final = REPORT_PHOTO_BYTES + 100_000  # the words, and what multipart adds


@dataclass(frozen=True)
class ReportOptions:
    """Where reports and their photos go, and within how many days they are answered."""

    database: Database
    photos: Photos
    answer_days: int


def report_options(site: Path, accounts: str | None) -> ReportOptions | None:
    """As ``site.yaml`` has it; None where it does not want reports. Raises InputError where it cannot be read."""
    wanted = read_yaml(site / "site.yaml", Site, "site.yaml").document.reports
    if wanted is None:
        return None
    from heritage.people.database import Database
    from heritage.people.reports import photos

    database, kept = Database(site, accounts), Photos(site)
    kept.sweep(photos(database))
    return ReportOptions(database, kept, wanted.answer_days)
