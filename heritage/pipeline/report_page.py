"""The report of one monument as an HTML page: every stage's counts, figures, pictures and warnings."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from heritage.model.placement_reason import said
from heritage.model.release import Histogram, MonumentEntry
from heritage.model.report import Report
from heritage.page.environment import templates
from heritage.page.words import amount
from heritage.pipeline.built import Built
from heritage.pipeline.stages import STAGES
from heritage.pipeline.stages.compare import comparison_told
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedSite

_ORDER = tuple(stage.name for stage in STAGES)
_CAPTIONS = {
    "before": "The cloud as it came.",
    "labels": "What was set aside: outliers red, fragments pink, vegetation green, ground yellow, halo light blue, "
    "low confidence dark blue, duplicates black.",
    "surface": "The surface.",
    "change": "Change: lost blue, gained orange, within the level of detection pale, not comparable grey.",
    "plan": "The points without the ground, laid on the footprint.",
}
_TEMPLATES = Path(__file__).parent / "templates"
_WIDTH, _HEIGHT = 640.0, 150.0


@dataclass(frozen=True)
class _Bar:
    x: float
    y: float
    w: float
    h: float
    kind: str


@dataclass(frozen=True)
class _Tick:
    x: float
    label: str


def report_page(
    into: ReleaseFolder, loaded: LoadedSite, monument: str, entry: MonumentEntry, built: Built, release: str
) -> bytes:
    """The page's bytes; its pictures are added to the release."""
    reports = sorted((r for r in built.reports.values() if r.monument == monument), key=_place)
    pictures = {report.fingerprint: _pictures(into, monument, report, built) for report in reports}
    comparisons = []
    for comparison in entry.comparisons:
        name = f"{comparison.reference}--{comparison.compared}"
        document = comparison_told(built.folder(f"compare:{monument}:{name}"), entry.placement.scale)
        bars, ticks = histogram_bars(document.histogram, document.lod95_m)
        comparisons.append({"document": document, "bars": bars, "ticks": ticks})
    first = loaded.site.languages[0]
    page = (
        templates(_TEMPLATES)
        .get_template("report.html")
        .render(
            title=entry.title.get("en") or entry.title.get(first) or next(iter(entry.title.values())),
            root="../../",
            release=release,
            placement=entry.placement,
            reasons=said(entry.placement.reasons),
            reports=reports,
            pictures=pictures,
            comparisons=comparisons,
            amount=partial(amount, language="en"),
        )
    )
    return page.encode()


def _place(report: Report) -> tuple[int, str]:
    return _ORDER.index(report.stage), report.subject or ""


def _pictures(into: ReleaseFolder, monument: str, report: Report, built: Built) -> list[dict[str, str]]:
    folder = built.store.stage_path(report.stage, report.fingerprint)
    shown = []
    for name in report.pictures:
        target = f"monuments/{monument}/report/{report.stage}-{report.subject or 'monument'}-{name}"
        into.add(target, folder / name)
        caption = _CAPTIONS[Path(name).stem]
        shown.append({"path": target, "alt": f"{report.subject or monument}: {caption}", "caption": caption})
    return shown


def histogram_bars(histogram: Histogram, lod95_m: float) -> tuple[list[_Bar], list[_Tick]]:
    """Bars of area by distance, on a square-root scale because change is a small part of a monument."""
    edges, areas = histogram.edges_m, histogram.area_m2
    low, high = edges[0], edges[-1]
    top = math.sqrt(max(areas, default=0.0)) or 1.0
    bars = []
    for left, right, area in zip(edges, edges[1:], areas, strict=False):
        x0, x1 = (_WIDTH * (e - low) / (high - low) for e in (left, right))
        height = _HEIGHT * math.sqrt(area) / top
        middle = (left + right) / 2
        kind = "same" if abs(middle) <= lod95_m else "more" if middle > 0 else "less"
        bars.append(
            _Bar(
                round(x0, 2),
                round(_HEIGHT - height, 2),
                round(max(x1 - x0 - 0.5, 0.5), 2),
                round(height, 2),
                kind,
            )
        )
    ticks = [
        _Tick(round(_WIDTH * f, 1), f"{1000 * (low + f * (high - low)):+.0f}")
        for f in (0.06, 0.25, 0.5, 0.75, 0.94)
    ]
    return bars, ticks
