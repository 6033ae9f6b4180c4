"""What every stage says about its work: counts that balance, figures with units, warnings, cost."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from heritage.model.documents import Document
from heritage.model.errors import MethodError


class Figure(Document):
    """One measured number. ``value`` None means it could not be measured; ``method`` then says why."""

    name: str
    value: float | None
    unit: str
    method: str = ""


class Counts(Document):
    """In = out + every dropped or relabelled reason."""

    of: str = Field(description="what is counted: points, triangles")
    taken: int
    given: int
    reasons: dict[str, int] = Field(default_factory=dict)


class Report(Document):
    """``report.json`` of one stage's folder."""

    stage: str
    version: int
    fingerprint: str
    monument: str | None = None
    subject: str | None = Field(None, description="the epoch, state or pair the stage worked on")
    options: dict[str, object] = Field(default_factory=dict)
    counts: tuple[Counts, ...] = ()
    figures: tuple[Figure, ...] = ()
    warnings: tuple[str, ...] = ()
    pictures: tuple[str, ...] = Field((), description="image files in the stage's folder")
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
    versions: dict[str, str] = Field(default_factory=dict)


def balanced(of: str, taken: int, given: int, reasons: Mapping[str, int]) -> Counts:
    """Counts that add up. Raises MethodError when something was lost without a reason."""
    if taken != given + sum(reasons.values()):
        raise MethodError(
            of,
            f"{taken} went in, {given} came out and {dict(reasons)} were accounted for",
            "in = out + reasons",
            "this is a defect of Heritage: please report it",
            code="counts-unbalanced",
        )
    return Counts(of=of, taken=taken, given=given, reasons=dict(reasons))
