"""The report's table of annotations, and their sums by term."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from heritage.model.release import AnnotationEntry, ComparisonEntry, TermEntry


def row(
    annotation: AnnotationEntry,
    comparison: ComparisonEntry,
    vocabulary: Sequence[TermEntry],
    words: Mapping[str, str],
    num: partial[str],
    amount: partial[str],
    say: partial[str],
) -> dict[str, str]:
    """What the table says of an annotation: its term, its measure, and whether the compared epoch bears it out."""
    term = next((t for t in vocabulary if t.id == annotation.term), None)
    carried = next((c for c in annotation.carried if c.epoch == comparison.compared), None)
    verdict = words["all"]
    if carried is not None:
        verdict = words[carried.verdict].format(share=num(100 * carried.unchanged, 0))
    elif annotation.epoch is not None:
        verdict = words["own" if annotation.epoch == comparison.compared else "earlier"]
    return {
        "title": say(annotation.title) or annotation.id,
        "term": "" if term is None else say(term.label),
        "measure": _measure(annotation.area_m2, annotation.length_m, amount),
        "seen": annotation.epoch or words["all"],
        "verdict": verdict,
    }


def _measure(area_m2: float | None, length_m: float | None, amount: partial[str]) -> str:
    parts = [] if area_m2 is None else [f"{amount(area_m2, 3)} m²"]
    return ", ".join(parts if length_m is None else [*parts, f"{amount(length_m, 2)} m"])


def sums(
    annotations: Sequence[AnnotationEntry],
    vocabulary: Sequence[TermEntry],
    amount: partial[str],
    say: partial[str],
) -> list[dict[str, str]]:
    """By term of the vocabulary, in its order; terms that nothing has are left out."""
    rows = []
    for term in vocabulary:
        own = [a for a in annotations if a.term == term.id]
        if own:
            areas = [a.area_m2 for a in own if a.area_m2 is not None]
            lengths = [a.length_m for a in own if a.length_m is not None]
            measure = _measure(sum(areas) if areas else None, sum(lengths) if lengths else None, amount)
            rows.append({"term": say(term.label), "count": str(len(own)), "measure": measure})
    return rows
