"""What a comparison came to, as the release says it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import fields

from heritage.model.documents import View
from heritage.model.release import Box, ComparisonDocument, ComparisonSettings, RegionEntry, RegionSum
from heritage.ops.comparison.compare import METHOD, Change
from heritage.ops.comparison.region import Region

_LISTED = 200  # regions; the smaller ones are only summed


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


def _entry(id: str, region: Region, view: View) -> RegionEntry:
    same = set(RegionEntry.model_fields) & {field.name for field in fields(region)}
    return RegionEntry(
        id=id,
        kind="gained" if region.gained else "lost",
        bounds=Box(min=region.low_m, max=region.high_m),
        view=view,
        **{name: getattr(region, name) for name in same},
    )
