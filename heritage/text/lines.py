"""Where in a file something stands, so that a problem found much later can still name its line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from heritage.model.errors import Problem

Key = str | int
Path = tuple[Key, ...]


@dataclass(frozen=True)
class Lines:
    """Line numbers (from 1) of every key path of one file.

    ``shown`` is the file's name as messages give it: relative to the site folder, with forward slashes.
    """

    shown: str
    numbers: Mapping[Path, int]

    def where(self, *path: Key) -> str:
        """``file:line`` of ``path``, or of its nearest ancestor where the path itself was not written."""
        while path and path not in self.numbers:
            path = path[:-1]
        return f"{self.shown}:{self.numbers.get(path, 1)}"


def dotted(path: Path) -> str:
    """``("stops", 2, "view")`` as ``stops[2].view``."""
    text = ""
    for key in path:
        if isinstance(key, int):
            text += f"[{key}]"
        else:
            text += f".{visible(key)}" if text else visible(key)
    return text


def visible(text: str, most: int = 60) -> str:
    """``text`` fit for one line of a message: control and direction marks escaped, the end cut off.

    A message goes to a terminal and to a log; a value with a line break or a right-to-left override in it
    must not be able to write a line of its own there.
    """
    shown = "".join(
        c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text[: most + 1]
    )
    return shown if len(shown) <= most else shown[:most] + "…"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems of one file (``where`` is ``file:line``) from its top to its end."""
    return sorted(problems, key=lambda problem: int(problem.where.rpartition(":")[2]))
