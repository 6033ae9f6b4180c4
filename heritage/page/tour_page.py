"""A tour as a page of plain HTML: its words, stills, recordings and transcripts, for whoever does without the 3D map."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from heritage.model.documents import SectionPlane
from heritage.model.release import (
    EpochEntry,
    MonumentEntry,
    PlaceEntry,
    Release,
    StateEntry,
    StopEntry,
    TourDocument,
)
from heritage.page.page import TEMPLATES, environment
from heritage.page.words import direction, number, own_name, spoken, spoken_in, words

STYLE = "tour.css"
# From tours/<id>/<language>.html to the release, and from there to the page with the map.
_RELEASE, _ROOT = "../../", "../../../../"
LETTERS = "ABCDEFGH"
MAP = "https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=19/{lat}/{lon}"
_PICTURE = re.compile(r'(<img[^>]*?\ssrc=")(?=media/)')


def tour_style() -> bytes:
    """The style sheet of the pages of tours."""
    return (TEMPLATES / STYLE).read_bytes()


def tour_page(
    release: Release,
    monument: MonumentEntry,
    tour: TourDocument,
    language: str,
    *,
    stills: Mapping[str, str],
    transcripts: Mapping[str, Sequence[str]],
    ranges_mm: Mapping[str, int],
) -> str:
    """The page of ``tour`` in ``language``, to stand at ``tours/<id>/<language>.html`` of the release.

    By stop: ``stills`` are addresses in the release, ``transcripts`` the lines of what is said, ``ranges_mm`` how far the
    colours of a change map reach.
    """
    say = words(language)
    stops = [
        {
            "id": stop.id,
            "language": _other(stop.title, language, release.languages),
            "title": spoken(stop.title, language, release.languages),
            "html": _PICTURE.sub(rf"\1{_RELEASE}", spoken(stop.html, language, release.languages)),
            "still": _RELEASE + stills[stop.id],
            "section": _section(stop, monument, language, release.languages),
            "shown": shown(stop, monument, language, release.languages, ranges_mm.get(stop.id)),
            "grounds": _grounds(_state(stop, monument), language, release.languages),
            "audio": stop.narration.get(language),
            "transcript": transcripts.get(stop.id, ()),
            "question": _question(stop, language, release.languages),
            "place": _place(stop.place),
        }
        for stop in tour.stops
    ]
    return environment.get_template("tour.html").render(
        language=language,
        direction=direction(language),
        page={"tag": language, "direction": direction(language)},
        ours=_marked(spoken_in(language), language),
        others=[other for other in tour.title if other != language],
        name=own_name,
        words=say,
        site=spoken(release.title, language, release.languages),
        site_language=_other(release.title, language, release.languages),
        title=tour.title[language],
        html=_PICTURE.sub(rf"\1{_RELEASE}", tour.html[language]),
        monument=spoken(monument.title, language, release.languages),
        monument_language=_other(monument.title, language, release.languages),
        stops=stops,
        rights=release.rights,
        tour=tour.id,
        up=_RELEASE,
        root=_ROOT,
        style=f"../{STYLE}",
    )


def shown(
    stop: StopEntry, monument: MonumentEntry, language: str, languages: Sequence[str], range_mm: int | None
) -> str:
    """What the stop's still shows, in one sentence: never a conjecture as if it were measured."""
    say = words(language)
    if stop.compare is None:
        id = stop.show and (stop.show.epoch or stop.show.state)
        return _condition(monument, str(id), language, languages, whole=True)
    left, right = (
        _condition(monument, str(side.epoch or side.state), language, languages, whole=False)
        for side in (stop.compare.left, stop.compare.right)
    )
    if stop.compare.mode == "change":
        return say["change"].format(left=left, right=right, range=range_mm)
    if stop.compare.mode == "overlay":
        return say["overlay"].format(left=left, right=right, opacity=round(100 * stop.compare.position))
    return say["beside"].format(left=left, right=right)


def _condition(
    monument: MonumentEntry, id: str, language: str, languages: Sequence[str], *, whole: bool
) -> str:
    say = words(language)
    found = monument.condition(id)
    if isinstance(found, EpochEntry):
        return say["measured"].format(when=found.captured) if found.captured else say["surveyed"]
    title = spoken(found.title, language, languages) if found is not None and found.title else id
    if isinstance(found, StateEntry):
        mixed = len({part.certainty for part in found.parts}) > 1
        sure = say["partly"].format(certainty=say[found.certainty]) if mixed else say[found.certainty]
        return f"{title}. {say['interpreted'].format(certainty=sure)}" if whole else f"{title} ({sure})"
    return title


def section_conditions(
    stop: StopEntry, monument: MonumentEntry, language: str, languages: Sequence[str]
) -> dict[str, str]:
    """What a stop's section cuts, by id in the order of the screen, each with its date or its certainty."""
    sides = [stop.show] if stop.compare is None else [stop.compare.left, stop.compare.right]
    names = {}
    for side in sides:
        id = str((side and (side.epoch or side.state)) or monument.reference_epoch)
        found = monument.condition(id)
        name = _condition(monument, id, language, languages, whole=False)
        title = spoken(found.title, language, languages) if isinstance(found, EpochEntry) else ""
        names[id] = f"{title} ({name[:1].lower()}{name[1:]})" if title else name
    return names


def section_place(plane: SectionPlane, language: str) -> str:
    """Where a plane is, in words."""
    say = words(language)

    def at(value: float) -> str:
        return number(value, 2, language)

    if plane.from_m is not None and plane.to_m is not None:
        ends = {"from": plane.from_m, "to": plane.to_m}
        return say["cut-line"].format(**{key: "; ".join(map(at, end)) for key, end in ends.items()})
    key = "cut-level" if plane.across == "z" else "cut-across"
    return say[key].format(axis=plane.across, at=at(plane.at_m or 0.0))


def _section(
    stop: StopEntry, monument: MonumentEntry, language: str, languages: Sequence[str]
) -> dict[str, str] | None:
    """The address of a stop's section and what is seen in it."""
    if stop.section is None:
        return None
    conditions = section_conditions(stop, monument, language, languages)
    return {
        "picture": _RELEASE + stop.section.pictures[language],
        "shown": words(language)["cut-of"].format(
            cut=section_place(stop.section.plane, language), conditions="; ".join(conditions.values())
        ),
    }


def _other(texts: Mapping[str, str], language: str, languages: Sequence[str]) -> dict[str, str] | None:
    """The language that ``texts`` are told in where it is not ``language``, and how it is written."""
    return _marked(next((one for one in (language, *languages, *texts) if one in texts), language), language)


def _marked(told: str, language: str) -> dict[str, str] | None:
    """How words in ``told`` are marked on a page in ``language``: not at all if that is the same."""
    return None if told == language else {"tag": told, "direction": direction(told)}


def _question(stop: StopEntry, language: str, languages: Sequence[str]) -> dict[str, object] | None:
    """The stop's question in ``language``, else in the first of ``languages`` that has it, with its answer in words."""
    told = next((one for one in (language, *languages) if one in stop.question), None)
    if told is None:
        return None
    question = stop.question[told]
    answer = words(language)["right answer"].format(
        letter=LETTERS[question.right], answer=question.answers[question.right]
    )
    return {
        "language": _marked(told, language),
        "asks": question.asks,
        "html": _PICTURE.sub(rf"\1{_RELEASE}", question.html),
        "answers": question.answers,
        "right": answer,
        "because": _PICTURE.sub(rf"\1{_RELEASE}", question.because),
    }


def _place(place: PlaceEntry | None) -> dict[str, str] | None:
    """Where to stand, in degrees, and a map of it."""
    if place is None:
        return None
    lat, lon = f"{place.lat_deg:.6f}", f"{place.lon_deg:.6f}"
    return {"degrees": f"{lat}, {lon}", "map": MAP.format(lat=lat, lon=lon)}


def _grounds(
    state: StateEntry | None, language: str, languages: Sequence[str]
) -> tuple[dict[str, object], ...]:
    """What each part of an interpretation is called, how sure it is, and what it rests on."""
    if state is None:
        return ()
    say = words(language)

    def told(text: str | Mapping[str, str]) -> str:
        return text if isinstance(text, str) else spoken(text, language, languages)

    # A release from before there were parts has none.
    return tuple(
        {
            "title": told(part.title) if len(state.parts) > 1 and part.title else "",
            "certainty": say[part.certainty],
            "evidence": [{"label": told(one.label), "url": one.url} for one in part.evidence],
            "none": told(part.without_evidence) if part.without_evidence is not None else "",
        }
        for part in state.parts
    )


def _state(stop: StopEntry, monument: MonumentEntry) -> StateEntry | None:
    """The interpretation a stop shows, alone or beside a survey."""
    sides = [stop.show] if stop.compare is None else [stop.compare.left, stop.compare.right]
    for side in sides:
        found = monument.condition(side.state) if side is not None and side.state else None
        if isinstance(found, StateEntry):
            return found
    return None
