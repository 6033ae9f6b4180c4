"""What opening a file found, kept while the file stays as it is: a second build need not open it again only to check.

A verdict is only ever "no error": the warnings that were found, often none. What was read is not kept, so whatever uses
the file still opens it in its confined child.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from heritage import __version__
from heritage.model.errors import Problem

CHECKS_VERSION: Final = 2  # raise when a check finds what it did not find before
_SETTLED_NS: Final = (
    2_000_000_000  # a file changed later may change again within one tick of its file system's clock
)
_STORED: Final = TypeAdapter(dict[str, tuple[Problem, ...]])


class Verdicts:
    """The verdicts of one check of a site; ``stored`` are those of the last one, as `content` gave them.

    A file counts as unchanged when its inode, size, and times of change (``ctime`` included, which nobody can set) are
    the same, as git does it. Whatever else an answer depends on is part of the question.
    """

    def __init__(self, stored: bytes = b"{}") -> None:
        try:
            self._last = _STORED.validate_json(stored)
        except ValidationError:  # of another version, or damaged: everything is opened again
            self._last = {}
        self._now: dict[str, tuple[Problem, ...]] = {}

    def of(
        self, question: Sequence[object], files: Sequence[Path], look: Callable[[], Iterable[Problem]]
    ) -> tuple[Problem, ...]:
        """The problems that ``look()`` finds, or found when ``question`` and ``files`` were the same as now."""
        before = [_stamp(path) for path in files]
        asked = [CHECKS_VERSION, __version__, *question, before]
        key = hashlib.sha256(json.dumps(asked, sort_keys=True, default=str).encode()).hexdigest()
        found = self._last.get(key)
        if found is None:
            began = time.time_ns()
            found = tuple(look())
            settled = all(stamp is None or began - stamp.changed_ns > _SETTLED_NS for stamp in before)
            same = before == [_stamp(path) for path in files]
            if not (settled and same) or any(problem.severity == "error" for problem in found):
                return found
        self._now[key] = found
        return found

    @property
    def content(self) -> bytes:
        """The verdicts that this check used or made: those of files that are gone are gone with them."""
        kept = {key: [asdict(problem) for problem in found] for key, found in self._now.items()}
        return json.dumps(kept, ensure_ascii=False, sort_keys=True).encode()


class _Stamp(NamedTuple):
    """A file's name and what changes when its content does."""

    name: str
    inode: int
    size: int
    modified_ns: int
    changed_ns: int


def _stamp(path: Path) -> _Stamp | None:
    """None where there is no such file."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _Stamp(path.as_posix(), status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
