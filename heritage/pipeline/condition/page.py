"""Write the condition report of every comparison of a monument, a page for each language of the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from heritage import __version__
from heritage.model.release import (
    AnnotationEntry,
    ComparisonDocument,
    ComparisonEntry,
    EpochEntry,
    MonumentEntry,
    RegionSum,
    TermEntry,
)
from heritage.page.environment import templates
from heritage.page.words import amount, number, spoken
from heritage.pipeline.built import Built
from heritage.pipeline.condition.maps import (
    Map,
    annotations_drawn,
    change_maps,
    condition_map,
    regions_drawn,
)
from heritage.pipeline.condition.rows import row, sums
from heritage.pipeline.condition.sections import section_figure, sections_of
from heritage.pipeline.condition.terms import styles
from heritage.pipeline.condition.words import words_in
from heritage.pipeline.drawings.sides import Side
from heritage.pipeline.pictures.change_colours import CHANGE, change_range
from heritage.pipeline.report_page import histogram_bars
from heritage.store import ReleaseFolder
from heritage.text.site import LoadedMonument, LoadedSite

STYLE = "condition.css"
_TEMPLATES = Path(__file__).parent / "templates"
LISTED = 40  # regions in the table; the others are summed, all are in the comparison's JSON


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
    sections = list(sections_of(into.path, entry, (reference, compared), document))
    bars, ticks = histogram_bars(document.histogram, document.lod95_m)
    template = templates(_TEMPLATES).get_template("condition.html")
    root = "../" * (base.count("/") + 1)
    pages = {}
    for language in loaded.site.languages:
        words = words_in(language)
        num, told = (partial(way, language=language) for way in (number, amount))
        say = partial(spoken, language=language, languages=loaded.site.languages)
        epochs = [_epoch(epoch, monument, built, say) for epoch in (reference, compared)]
        page = template.render(
            language=language,
            w=words,
            num=num,
            amount=told,
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
            sections=[section_figure(one, epochs, words) for one in sections],
            annotations=[row(a, comparison, vocabulary, words, num, told, say) for a in shown],
            condition_maps=[
                _condition_figure(one, shown, vocabulary, compared.id, root, words) for one in conditions
            ],
            sums=sums(shown, vocabulary, told, say),
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
