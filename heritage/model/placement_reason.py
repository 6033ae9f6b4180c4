"""Why a monument stands where it does, and what speaks against it: codes with figures, told in the reader's language.

The catalogues ``assets/i18n/placement/`` say them in three languages; `said` in English, for reports and the command line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final, Literal, get_args

from pydantic import Field

from heritage.model.documents.base import Document
from heritage.model.errors import MethodError

PlacementCode = Literal[
    # what it was placed by
    "walls", "outline", "among", "points", "upright", "blunders", "crs", "heights-unstated", "heights-ellipsoidal",
    "heights-orthometric", "prior", "heading-assumed", "scale-assumed", "photos", "photos-left-out", "frame", "none",
    "crs-unsaid",
    # a person's word, and what the walls say of it
    "hand", "settled", "walls-agree", "walls-missing", "walls-elsewhere", "walls-lean", "not-held",
    # doubts
    "others-turned", "others-moved", "other-footprints", "beyond-prior", "better-but-survey", "better-but-prior",
    "little-cover", "much-outside", "coarse-corners", "no-footprint-fits", "few-points", "points-disagree", "no-checks",
    # what the method said where it failed: the codes of its errors
    "register-no-walls", "register-too-few", "register-none-near", "register-no-footprint", "footprint-no-polygon",
]  # fmt: skip


class PlacementReason(Document):
    """One reason. What a figure's unit is, the end of its name says: ``_m``, ``_deg``, ``_share`` (of 1); without, it counts."""

    code: PlacementCode
    figures: dict[str, float | tuple[float, ...]] = Field({}, description="that its sentence tells")
    names: dict[str, str] = Field(
        {}, description="of ground plans, points, surveys and CRSs that its sentence names"
    )


def because(code: PlacementCode, **values: float | Iterable[float] | str) -> PlacementReason:
    """The reason ``code`` with the values that its sentence has blanks for."""
    names = {name: value for name, value in values.items() if isinstance(value, str)}
    figures = {
        name: float(value) if isinstance(value, (float, int)) else tuple(float(v) for v in value)
        for name, value in values.items()
        if not isinstance(value, str)
    }
    return PlacementReason(code=code, figures=figures, names=names)


def method_failed(error: MethodError) -> PlacementReason:
    """The reason that ``error`` is; it is raised again where it is none that a placement goes on from."""
    code = error.problems[0].code
    if code not in get_args(PlacementCode):
        raise error
    return PlacementReason.model_validate({"code": code})


ENGLISH: Final[dict[PlacementCode, str]] = {
    "walls": "by its walls on the ground plan",
    "outline": "by the outline of its points on the ground plan, for hardly a wall was seen",
    "among": "on the ground plan {footprint}, chosen among {tried}",
    "points": "by {control} control points",
    "upright": "kept upright",
    "blunders": "left out as blunders: {points}",
    "crs": "by the survey’s own coordinates, {crs}",
    "heights-unstated": "nothing says what its heights are above: they are taken as they are",
    "heights-ellipsoidal": "its heights are ellipsoidal ({crs}) and taken as they are",
    "heights-orthometric": "its heights are orthometric ({crs}) and taken as they are",
    "prior": "by a rough position alone, nothing was measured",
    "heading-assumed": "heading 0° was assumed",
    "scale-assumed": "scale 1 was assumed",
    "photos": "the position is that of {used} of {photos} photos by their EXIF, known to {sigma_m}",
    "photos-left-out": "photos far from all others were left out: {left_out}",
    "frame": "in the frame of the survey {epoch}",
    "none": "nothing places it: no control points, coordinates, ground plan or position",
    "crs-unsaid": "its coordinates are those of a map, but nothing says in which coordinate system",
    "hand": "where a person has put it",
    "settled": "a person has settled it",
    "walls-agree": "the walls agree with the ground plan there",
    "walls-missing": "hardly a wall stands on the ground plan there",
    "walls-elsewhere": "the walls fit best {away_m} and {turned_deg} from there",
    "walls-lean": "walls lean by {lean_deg} as placed there: correct up in the pose",
    "not-held": "it was not held against the ground plan",
    "others-turned": "turned to heading {headings_deg} it fits nearly as well: a heading that is known would decide",
    "others-moved": "moved by {away_m} it fits nearly as well: a position that is known would decide",
    "other-footprints": "it fits nearly as well on {footprints}: naming its ground plan would decide",
    "beyond-prior": "it is {sigmas} sigma from what was known beforehand",
    "better-but-survey": "with heading {heading_deg} the walls fit much better, but all else that the survey shows excludes it",
    "better-but-prior": "with heading {heading_deg} the walls fit much better, but what was known beforehand excludes it",
    "little-cover": "only {cover_share} of the ground plan’s edges have a wall on them",
    "much-outside": "{outside_share} of the walls are outside the ground plan",
    "coarse-corners": "its corners are known to {sigma_m} only",
    "no-footprint-fits": "no ground plan near it fits beyond doubt",
    "few-points": "{control} control points are too few to find a blunder among them",
    "points-disagree": "the control points disagree by {per_axis_m} per axis, where {stated_m} was stated",
    "no-checks": "without check points the accuracy is judged by the points that made it",
    "register-no-walls": "too little wall or outline was seen to lay on one",
    "register-too-few": "too few points are left to lay on one",
    "register-none-near": "none is within reach of the position",
    "register-no-footprint": "there is none",
    "footprint-no-polygon": "the ground plan is no polygon",
}


def said(reasons: Iterable[PlacementReason]) -> str:
    """``reasons`` in English, in one line."""
    return "; ".join(_filled(reason) for reason in reasons)


def _filled(reason: PlacementReason) -> str:
    def value(blank: re.Match[str]) -> str:
        name = blank[1]
        if name in reason.names:
            return reason.names[name]
        found = reason.figures[name]
        return ", ".join(_figure(name, v) for v in (found if isinstance(found, tuple) else (found,)))

    return re.sub(r"\{(\w+)\}", value, ENGLISH[reason.code])


def _figure(name: str, value: float) -> str:
    if name.endswith("_m"):
        return f"{1000 * value:.3g} mm" if 0 < abs(value) < 1 else f"{value:.2f} m"
    if name.endswith("_deg"):
        return f"{value:.1f}°"
    return f"{value:.0%}" if name.endswith("_share") else f"{value:.1f}".removesuffix(".0")
