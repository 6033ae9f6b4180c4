"""What a comparison came to, as the release says it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Final, TypeVar

from heritage.model.documents import View
from heritage.model.release import (
    Box,
    ComparisonDocument,
    ComparisonSettings,
    RegionEntry,
    RegionSum,
    ReleaseDocument,
)
from heritage.ops.comparison.compare import METHOD, Change
from heritage.ops.comparison.region import Region

_LISTED = 200  # regions; the smaller ones are only summed
_POWERS: Final = {"_m": 1, "_m2": 2, "_m3": 3}  # of a length, by the unit at the end of a name
D = TypeVar("D", bound=ReleaseDocument)


def comparison_document(
    change: Change, reference: str, compared: str, view: Callable[[Region], View]
) -> ComparisonDocument:
    """The release's document for the epochs ``reference`` and ``compared``; ``view`` says how a region is looked at."""
    same = set(ComparisonDocument.model_fields) & {field.name for field in fields(change)} - {"regions"}
    settings = set(ComparisonSettings.model_fields) & {field.name for field in fields(change.plan)}
    listed, rest = change.regions[:_LISTED], change.regions[_LISTED:]
    volumes = [region.volume_m3 for region in rest if region.volume_m3 is not None]
    return ComparisonDocument(
        reference=reference,
        compared=compared,
        method=METHOD,
        settings=ComparisonSettings(**{name: getattr(change.plan, name) for name in settings}),
        regions=tuple(_entry(f"r{i}", region, view(region)) for i, region in enumerate(listed, 1)),
        regions_left_out=RegionSum(
            count=len(rest),
            area_m2=math.fsum(region.area_m2 for region in rest),
            gained_m3=math.fsum(max(volume, 0.0) for volume in volumes),
            lost_m3=math.fsum(max(-volume, 0.0) for volume in volumes),
        ),
        **{name: getattr(change, name) for name in same},
    )


def in_true_metres(document: ComparisonDocument, scale: float) -> ComparisonDocument:
    """``document`` with every distance, area and volume in true metres, of which the monument frame's are ``scale``.

    Where things lie (centres, bounds, views) stays in the monument frame.
    """

    def told(value: Any, power: int) -> Any:
        if isinstance(value, tuple):
            return tuple(told(one, power) for one in value)
        return None if value is None else value * scale**power

    def scaled(part: D) -> D:
        update = {}
        for name in type(part).model_fields:
            value, power = getattr(part, name), _POWERS.get(name[name.rfind("_") :])
            if power is not None and name != "centre_m":
                update[name] = told(value, power)
        return part.model_copy(update=update)

    return scaled(document).model_copy(
        update={
            "settings": scaled(document.settings),
            "histogram": scaled(document.histogram),
            "regions": tuple(scaled(region) for region in document.regions),
            "regions_left_out": scaled(document.regions_left_out),
        }
    )


def _entry(id: str, region: Region, view: View) -> RegionEntry:
    same = set(RegionEntry.model_fields) & {field.name for field in fields(region)}
    return RegionEntry(
        id=id,
        kind="gained" if region.gained else "lost",
        bounds=Box(min=region.low_m, max=region.high_m),
        view=view,
        **{name: getattr(region, name) for name in same},
    )
