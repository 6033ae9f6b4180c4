"""Text of a file in a message: one line that cannot write another, whatever the file holds."""

from __future__ import annotations


def printable(text: str) -> str:
    """``text`` with everything that is no visible sign escaped: line ends, terminal codes, turned writing."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
