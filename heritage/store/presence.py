"""Who has what open: one small file for each open page, told again and again, forgotten when it stops telling.

``.heritage/presence/``, so that all servers of one site folder know the same. Nothing here is synced: after a power cut
nobody has a page open.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from heritage.store import fs
from heritage.store.publish import ensure_folder

FORGOTTEN_S = 30.0
MOST = 1000
"""Pages at once; of more nothing is told."""


@dataclass(frozen=True)
class Seen:
    """Somebody has ``stop`` of the document ``key`` open in their page ``page``."""

    name: str
    page: str
    key: str
    stop: str | None


class Presence:
    """The pages that are open at one site; ``clock`` gives seconds as the times of files do."""

    def __init__(self, site: Path, clock: Callable[[], float] = time.time) -> None:
        self._site = site
        self._root = site / ".heritage" / "presence"
        self._clock = clock

    def tell(self, who: int, seen: Seen) -> tuple[Seen, ...]:
        """Note what a page of the person ``who`` has open; all that is open now. Raises StoreError."""
        known = self._known()
        name = hashlib.sha256(f"{who} {seen.page}".encode()).hexdigest()[:32]
        if name in known or len(known) < MOST:
            ensure_folder(self._root, self._site)
            half = self._root / f".{os.getpid()}-{threading.get_ident()}"
            with fs.told(self._root):
                half.write_text(json.dumps(asdict(seen)), encoding="utf-8")
                half.rename(self._root / name)
            known[name] = seen
        return tuple(known[name] for name in sorted(known))

    def everyone(self) -> tuple[Seen, ...]:
        """All that is open now."""
        known = self._known()
        return tuple(known[name] for name in sorted(known))

    def _known(self) -> dict[str, Seen]:
        """By file; what has not been told for long is removed."""
        found, end = {}, self._clock() - FORGOTTEN_S
        for path in self._root.iterdir() if self._root.is_dir() else ():
            # Another server may be renewing or forgetting the same one.
            with suppress(OSError, ValueError, TypeError):
                if path.stat().st_mtime <= end:
                    path.unlink()
                elif not path.name.startswith("."):
                    found[path.name] = Seen(**json.loads(path.read_text(encoding="utf-8")))
        return found
