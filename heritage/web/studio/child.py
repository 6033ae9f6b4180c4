"""Work that opens geometry, asked of a child process, one at a time: the process that answers the public never opens any."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Hashable, Sequence
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from heritage.web.errors import refused
from heritage.web.studio.answers import Refusal

WAIT_S: Final = 120.0
_PATIENCE_S: Final = 20.0
_KEPT: Final = 100

Answer = TypeVar("Answer")


class Child(Generic[Answer]):
    """Runs commands of `heritage` that print JSON. ``what`` it is called in refusals; ``sound`` makes of what is printed the
    answer, and may refuse it: then it is not kept."""

    def __init__(self, what: str, sound: Callable[[Any], Answer]) -> None:
        self._what = what
        self._sound = sound
        self._turn = Lock()
        self._known: dict[Hashable, Answer] = {}

    def ask(self, command: Sequence[str], given: str = "", *, key: Hashable = None) -> Answer:
        """The answer to ``command``, which reads ``given``. With a ``key``, for as long as it is the same, the answer is
        worked out once. Raises a refusal (503) where others are long before it, and where none comes within two minutes."""
        if key is not None and key in self._known:
            return self._known[key]
        if not self._turn.acquire(timeout=_PATIENCE_S):
            raise self._refusal("store-busy", "it works for somebody else", "one at a time", "try again")
        try:
            if key is not None and key in self._known:
                return self._known[key]
            answer = self._sound(self.printed(command, given))
            if key is not None:
                while len(self._known) >= _KEPT:
                    self._known.pop(next(iter(self._known)))
                self._known[key] = answer
            return answer
        finally:
            self._turn.release()

    def printed(self, command: Sequence[str], given: str) -> Any:
        """What ``command`` prints, read as JSON."""
        try:
            child = subprocess.run(  # noqa: S603
                [sys.executable, "-m", "heritage", *command],
                input=given.encode(), capture_output=True, timeout=WAIT_S, check=False,
            )  # fmt: skip
            return json.loads(child.stdout)
        except (subprocess.TimeoutExpired, ValueError) as error:
            raise self._refusal(
                "child-failed", "it gave no answer", "a site that was built", "build once, then try again"
            ) from error

    def _refusal(self, code: str, found: str, allowed: str, remedy: str) -> Refusal:
        return Refusal(refused(503, code, self._what, found, allowed, remedy))
