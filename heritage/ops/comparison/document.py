"""What a comparison came to, as the release says it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields

from heritage.model.documents import View
from heritage.model.release import Box, ComparisonDocument, ComparisonSettings, RegionEntry, RegionSum
from heritage.ops.comparison.compare import METHOD, Change
from heritage.ops.comparison.regions import Region

_LISTED = 200  # regions; the smaller ones are only summed


def comparison_document(
    change: Change, reference: str, compared: str, view: Callable[[Region], View]
) -> ComparisonDocument:
    """The release's document for the epochs ``reference`` and ``compared``; ``view`` says how a region is looked at."""
    same = set(ComparisonDocument.model_fields) & {field.name for field in fields(change)} - {"regions"}
    settings = set(ComparisonSettings.model_fields) & {field.name for field in fields(change.plan)}
    listed, rest = change.regions[:_LISTED], change.regions[_LISTED:]
    return ComparisonDocument(
        reference=reference,
        compared=compared,
        method=METHOD,
        settings=ComparisonSettings(**{name: getattr(change.plan, name) for name in settings}),
        regions=tuple(_entry(f"r{i}", region, view(region)) for i, region in enumerate(listed, 1)),
        regions_left_out=RegionSum(
            count=len(rest),
            area_m2=math.fsum(region.area_m2 for region in rest),
            gained_m3=math.fsum(max(region.volume_m3, 0.0) for region in rest),
            lost_m3=math.fsum(max(-region.volume_m3, 0.0) for region in rest),
        ),
        **{name: getattr(change, name) for name in same},
    )


def _entry(id: str, region: Region, view: View) -> RegionEntry:
    same = ("area_m2", "volume_m3", "volume_sigma_m3", "mean_m", "median_m", "greatest_m", "centre_m")
    return RegionEntry(
        id=id,
        kind="gained" if region.volume_m3 > 0 else "lost",
        bounds=Box(min=region.low_m, max=region.high_m),
        view=view,
        **{name: getattr(region, name) for name in same},
    )
