"""The benchmark's table."""

from __future__ import annotations

import datetime
import os
import platform

from bench.cases import Result
from bench.page import processor


def markdown(results: list[Result], points: int) -> str:
    """One section per row; times also as a ratio to ours."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    lines = [
        f"{points:,} captured points; {day}; {processor()}, {os.cpu_count()} cores, Python {platform.python_version()}. "
        "CPU seconds of the work alone: reading, imports and compiling are outside the clock. Peak memory is the process's.",
    ]
    for row in dict.fromkeys(result.row for result in results):
        own = [result for result in results if result.row == row]
        names = list(dict.fromkeys(name for result in own for name in result.figures))
        lines += ["", f"### {row}", ""]
        lines.append("| | CPU s | × ours | wall s | peak MB | " + " | ".join(names) + " |")
        lines.append("|---|---|---|---|---|" + "---|" * len(names))
        for result in own:
            if result.missing:
                lines.append(f"| {result.case} | not installed |")
                continue
            ratio = result.cpu_s / max(own[0].cpu_s, 1e-9)
            figures = " | ".join(_shown(result.figures.get(name)) for name in names)
            lines.append(
                f"| {result.case} | {result.cpu_s:.2f} | {ratio:.1f} | {result.wall_s:.2f} "
                f"| {result.peak_bytes / 1e6:.0f} | {figures} |"
            )
    return "\n".join(lines) + "\n"


def _shown(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
