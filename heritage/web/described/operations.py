"""One entry for every route; a route without one fails a test. The open data's are in its own definition."""

from __future__ import annotations

from typing import Final

from heritage.web.described.documents import DOCUMENTS
from heritage.web.described.people import PEOPLE
from heritage.web.described.public import PUBLIC
from heritage.web.described.work import WORK

OPERATIONS: Final = {**PUBLIC, **DOCUMENTS, **WORK, **PEOPLE}
