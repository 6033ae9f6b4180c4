"""The benchmarks' page: every table stands between marks of its own."""

from __future__ import annotations

import platform
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "explanation" / "benchmarks.md"


def between(mark: str, page: Path = PAGE) -> str:
    """What stands between ``<!-- mark -->`` and ``<!-- /mark -->``. Raises ValueError where the page has no such marks."""
    _, rest = page.read_text(encoding="utf-8").split(f"<!-- {mark} -->", 1)
    inside, _ = rest.split(f"<!-- /{mark} -->", 1)
    return inside.strip()


def put(mark: str, text: str, page: Path = PAGE) -> None:
    """Put a table between ``<!-- mark -->`` and ``<!-- /mark -->``. Raises ValueError where the page has no such marks."""
    start, end = f"<!-- {mark} -->", f"<!-- /{mark} -->"
    before, rest = page.read_text(encoding="utf-8").split(start, 1)
    _, after = rest.split(end, 1)
    page.write_text(f"{before}{start}\n\n{text.rstrip()}\n\n{end}{after}", encoding="utf-8")


def processor() -> str:
    """What the machine computes with; Python alone does not know it on Linux."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    named = (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())
