"""The benchmark's table."""

from __future__ import annotations

import datetime
import os
import platform
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.page import processor

if TYPE_CHECKING:
    from bench.cases import Result

ABOUT = "CPU seconds of the work alone: reading, imports and compiling are outside the clock. Peak memory is the process's."


def sections(results: list[Result], points: int) -> dict[str, str]:
    """By row, its table with what it was measured on; times also as a ratio to ours."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    made = {}
    for row in dict.fromkeys(result.row for result in results):
        own = [result for result in results if result.row == row]
        names = list(dict.fromkeys(name for result in own for name in result.figures))
        lines = [
            f"{points:,} captured points; {day}; {processor()}, {os.cpu_count()} cores at a load of "
            f"{os.getloadavg()[2]:.0f}, Python {platform.python_version()}.",
            "",
        ]
        lines.append("| | CPU s | × ours | wall s | peak MB | " + " | ".join(names) + " |")
        lines.append("|---|---|---|---|---|" + "---|" * len(names))
        for result in own:
            if result.missing:
                lines.append(f"| {result.case} | not installed |")
                continue
            ratio = result.cpu_s / max(own[0].cpu_s, 1e-9)
            figures = " | ".join(_shown(result.figures.get(name)) for name in names)
            more = "more than " if result.stopped else ""
            lines.append(
                f"| {result.case}{', stopped' if more else ''} | {more}{result.cpu_s:.2f} | {more}{ratio:.1f} "
                f"| {more}{result.wall_s:.2f} | {more}{result.peak_bytes / 1e6:.0f} | {figures} |"
            )
        made[row] = "\n".join(lines)
    return made


def merged(page: str, measured: Mapping[str, str]) -> str:
    """The table ``page`` with its sections replaced by those ``measured`` anew; rows it does not have yet come last."""
    head, *old = re.split(r"^### ", page, flags=re.MULTILINE)
    kept = {row: text.strip() for row, text in (section.split("\n", 1) for section in old)}
    return "\n\n".join(
        [head.strip(), *(f"### {row}\n\n{text}" for row, text in {**kept, **measured}.items())]
    )


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
