"""Write the condition report of every comparison of a monument, a page for each language of the site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from heritage import __version__
from heritage.formats.drawing import Layer, svg
from heritage.model.release import (
    AnnotationEntry,
    ComparisonDocument,
    ComparisonEntry,
    EpochEntry,
    MonumentEntry,
    RegionEntry,
    RegionSum,
    TermEntry,
)
from heritage.ops.viewing.section import upright
from heritage.pipeline.built import Built
from heritage.pipeline.condition.maps import (
    Map,
    annotations_drawn,
    change_maps,
    condition_map,
    regions_drawn,
)
from heritage.pipeline.condition.terms import styles
from heritage.pipeline.condition.words import number, words_in
from heritage.pipeline.drawings.elevation import bar_m
from heritage.pipeline.drawings.section import Profile, profile_of
from heritage.pipeline.drawings.sides import Side
from heritage.pipeline.report_page import histogram_bars
from heritage.pipeline.stills import CHANGE, change_range
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedMonument, LoadedSite

STYLE = "condition.css"
_TEMPLATES = Path(__file__).parent / "templates"
LISTED = 40  # regions in the table; the others are summed, all are in the comparison's JSON
_SECTIONS = 3
_HALF_M = (0.75, 3.0)  # least and greatest half width of a section through a region
_PAPER_MM = (150.0, 85.0)
_SCALES = (1, 2, 5, 10, 20, 25, 50, 100, 200, 500, 1000)

Section = tuple[RegionEntry | None, list[Profile]]


def condition_reports(
    into: ReleaseFolder,
    loaded: LoadedSite,
    monument: LoadedMonument,
    entry: MonumentEntry,
    vocabulary: Sequence[TermEntry],
    built: Built,
    release: str,
) -> MonumentEntry:
    """``entry`` with the pages of its comparisons' reports; its tiles, sidecars and annotations are in ``into``."""
    comparisons = tuple(
        comparison.model_copy(
            update={
                "reports": _written(into, loaded, monument, entry, comparison, vocabulary, built, release)
            }
        )
        for comparison in entry.comparisons
    )
    if comparisons:
        into.write(STYLE, (_TEMPLATES / STYLE).read_bytes())
    return entry.model_copy(update={"comparisons": comparisons})


def _written(
    into: ReleaseFolder,
    loaded: LoadedSite,
    monument: LoadedMonument,
    entry: MonumentEntry,
    comparison: ComparisonEntry,
    vocabulary: Sequence[TermEntry],
    built: Built,
    release: str,
) -> dict[str, str]:
    text = (into.path / comparison.sidecar).read_bytes()
    document = ComparisonDocument.model_validate_json(text, strict=False)
    base = comparison.sidecar.removesuffix(".json")
    compared = next(e for e in entry.epochs if e.id == comparison.compared)
    reference = next(e for e in entry.epochs if e.id == comparison.reference)
    maps, _ = change_maps(into, entry, comparison, document, base)
    shown = [a for a in entry.annotations if _holds(a, comparison)]
    conditions = [found for one in maps if (found := condition_map(into, compared, one, shown, base))]
    sections = list(_sections(into.path, entry, (reference, compared), document))
    bars, ticks = histogram_bars(document.histogram, document.lod95_m)
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    template = environment.get_template("condition.html")
    root = "../" * (base.count("/") + 1)
    pages = {}
    for language in loaded.site.languages:
        words, num = words_in(language), partial(number, language=language)
        say = partial(_say, language=language, languages=loaded.site.languages)
        epochs = [_epoch(epoch, monument, built, say) for epoch in (reference, compared)]
        page = template.render(
            language=language,
            w=words,
            num=num,
            say=say,
            root=root,
            style=STYLE,
            monument=say(entry.title) or entry.id,
            site=say(dict(loaded.site.title)),
            release=words["release"].format(release=release, generator=f"Heritage {__version__}"),
            document=document,
            listed=document.regions[:LISTED],
            rest=_rest(document),
            epochs=epochs,
            range_mm=1000 * change_range(document),
            stops=[(round(50 + 50 * at, 1), "#{:02x}{:02x}{:02x}".format(*rgb)) for at, rgb in CHANGE],
            maps=[_change_figure(one, document, root, words) for one in maps],
            bars=bars,
            ticks=ticks,
            sections=[_section_figure(one, document, epochs, entry, words) for one in sections],
            annotations=[_row(a, comparison, vocabulary, words, num, say) for a in shown],
            condition_maps=[
                _condition_figure(one, shown, vocabulary, compared.id, root, words) for one in conditions
            ],
            sums=_sums(shown, vocabulary, num, say),
            steps=_steps(entry.id, comparison, built),
        )
        path = f"{base}/report.{language}.html"
        into.write(path, page.encode())
        pages[language] = path
    return pages


def _rest(document: ComparisonDocument) -> RegionSum:
    """The regions below the table's end and those that the comparison did not list, together."""
    others, before = document.regions[LISTED:], document.regions_left_out
    return RegionSum(
        count=before.count + len(others),
        area_m2=before.area_m2 + sum(r.area_m2 for r in others),
        gained_m3=before.gained_m3 + sum(max(r.volume_m3 or 0.0, 0.0) for r in others),
        lost_m3=before.lost_m3 + sum(max(-(r.volume_m3 or 0.0), 0.0) for r in others),
    )


def _say(texts: Mapping[str, str], language: str, languages: Sequence[str]) -> str:
    return next((texts[one] for one in (language, *languages, *texts) if one in texts), "")


def _holds(annotation: AnnotationEntry, comparison: ComparisonEntry) -> bool:
    """Whether it was drawn in one of the two epochs, or belongs to all."""
    return annotation.epoch in (None, comparison.reference, comparison.compared)


def _epoch(epoch: EpochEntry, monument: LoadedMonument, built: Built, say: partial[str]) -> dict[str, object]:
    document = next(e for e in monument.monument.epochs if e.id == epoch.id)
    digests = built.plan[f"ingest:{monument.id}:{epoch.id}"].digests
    return {
        "entry": epoch,
        "title": say(epoch.title) or epoch.id,
        "source": document.source,
        "digest": next(iter(digests.values()), ""),
    }


def _seen_from(side: Side, words: Mapping[str, str]) -> str:
    if side.true_deg is None:
        return words["top"]
    return words["side"].format(side=words[side.name], degrees=round(side.true_deg))


def _change_figure(
    of: Map, document: ComparisonDocument, root: str, words: Mapping[str, str]
) -> dict[str, str]:
    caption = _seen_from(of.side, words)
    return {
        "caption": caption,
        "svg": regions_drawn(of, document.regions, root, f"{words['maps']}: {caption}"),
    }


def _condition_figure(
    of: Map,
    annotations: Sequence[AnnotationEntry],
    vocabulary: Sequence[TermEntry],
    compared: str,
    root: str,
    words: Mapping[str, str],
) -> dict[str, str]:
    seen = _seen_from(of.side, words)
    caption = words["map-of"].format(side=seen[:1].lower() + seen[1:])
    drawn = annotations_drawn(
        of, annotations, styles(vocabulary), root, caption, f"p-{of.side.name}", compared
    )
    return {"caption": caption, "svg": drawn}


def _sections(
    folder: Path, entry: MonumentEntry, epochs: Sequence[EpochEntry], document: ComparisonDocument
) -> Iterator[Section]:
    """Square to the largest regions; through the middle where there is none."""
    scale = entry.placement.scale
    for region in document.regions[:_SECTIONS]:
        centre = np.array(region.centre_m)
        facing = (np.array(region.view.eye_m) - np.array(region.view.target_m))[:2]
        length = float(np.linalg.norm(facing))
        way = facing / length if length > 0.05 else np.array([1.0, 0.0])
        size = float((np.array(region.bounds.max) - np.array(region.bounds.min)).max())
        half = float(np.clip(0.7 * size, _HALF_M[0] / scale, _HALF_M[1] / scale))
        plane = upright(centre[:2] - half * way, centre[:2] + half * way)
        window = np.array([0.0, centre[2] - half]), np.array([2 * half, centre[2] + half])
        yield region, [profile_of(folder, entry, epoch, plane, window) for epoch in epochs]
    if not document.regions:
        low, high = np.array(entry.bounds.min), np.array(entry.bounds.max)
        middle = (low + high) / 2
        plane = upright(np.array([middle[0], low[1]]), np.array([middle[0], high[1]]))
        yield None, [profile_of(folder, entry, epoch, plane) for epoch in epochs]


def _section_figure(
    section: Section,
    document: ComparisonDocument,
    epochs: Sequence[Mapping[str, object]],
    entry: MonumentEntry,
    words: Mapping[str, str],
) -> dict[str, str]:
    region, profiles = section
    names = [f"{epoch['title']}" for epoch in epochs]
    layers = [Layer(name, profile.lines) for name, profile in zip(names, profiles, strict=True)]
    lines = [line for layer in layers for line in layer.lines]
    wide, high = (np.ptp(np.concatenate(lines), axis=0) if lines else np.ones(2)).tolist()
    scale = next(
        (s for s in _SCALES if 1000 * wide / s <= _PAPER_MM[0] and 1000 * high / s <= _PAPER_MM[1]),
        _SCALES[-1],
    )
    caption = words["section-middle"] if region is None else words["section"].format(id=region.id)
    return {"caption": caption, "svg": svg(layers, scale, caption, (), bar_m(max(wide, 60 * scale / 1000)))}


def _row(
    annotation: AnnotationEntry,
    comparison: ComparisonEntry,
    vocabulary: Sequence[TermEntry],
    words: Mapping[str, str],
    num: partial[str],
    say: partial[str],
) -> dict[str, str]:
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
        "measure": _measure(annotation.area_m2, annotation.length_m, num),
        "seen": annotation.epoch or words["all"],
        "verdict": verdict,
    }


def _measure(area_m2: float | None, length_m: float | None, num: partial[str]) -> str:
    parts = [] if area_m2 is None else [f"{num(area_m2, 3)} m²"]
    return ", ".join(parts if length_m is None else [*parts, f"{num(length_m, 2)} m"])


def _sums(
    annotations: Sequence[AnnotationEntry],
    vocabulary: Sequence[TermEntry],
    num: partial[str],
    say: partial[str],
) -> list[dict[str, str]]:
    """By term of the vocabulary, in its order; terms that nothing has are left out."""
    rows = []
    for term in vocabulary:
        own = [a for a in annotations if a.term == term.id]
        if own:
            areas = [a.area_m2 for a in own if a.area_m2 is not None]
            lengths = [a.length_m for a in own if a.length_m is not None]
            measure = _measure(sum(areas) if areas else None, sum(lengths) if lengths else None, num)
            rows.append({"term": say(term.label), "count": str(len(own)), "measure": measure})
    return rows


def _steps(monument: str, comparison: ComparisonEntry, built: Built) -> list[dict[str, str]]:
    """Every task that this comparison rests on."""
    pair = f"{comparison.reference}--{comparison.compared}"
    wanted = {comparison.reference, comparison.compared, pair}
    return [
        {
            "stage": planned.task.stage.name,
            "subject": planned.task.subject,
            "version": str(planned.task.stage.version),
            "fingerprint": planned.fingerprint,
        }
        for planned in built.plan.values()
        if planned.task.monument == monument and planned.task.subject in wanted
    ]
