"""What cleaning looks for, and how closely.

Lengths are in the cloud's own median spacing unless an option is in metres, so a cloud of unknown scale is
cleaned like any other.
"""

from __future__ import annotations

from pydantic import Field

from heritage.model.documents import Document, Positive


class CleanOptions(Document):
    """What to look for. Each search can be switched off."""

    source_classes: bool = Field(
        True,
        description="believe the file's own ASPRS codes for ground (2), vegetation (3-5) and noise (7, 18)",
    )
    duplicates: bool = Field(True, description="points at exactly the place of an earlier one")
    confidence_min: float | None = Field(
        None, description="least confidence, in the source's own unit; default: no limit"
    )
    halo: bool = Field(
        True, description="sky-coloured points without a surface, as photogrammetry leaves at outlines"
    )
    halo_share: Positive = Field(
        0.5,
        le=1,
        description="least share of the sky in a halo point's colour; the rest is the surface's beside it",
    )
    halo_scatter: Positive = Field(0.04, description="least scatter (0 plane, 1 ball) around a halo point")
    outliers: bool = Field(
        True,
        description="points far from all others: statistical outlier removal over 20 neighbours, and pieces of fewer",
    )
    outlier_sigmas: Positive = Field(2.0, description="standard deviations above the mean neighbour distance")
    outlier_ratio: Positive = Field(
        2.0,
        description="and so many times its neighbours' own neighbour distance: thinly seen is no outlier",
    )
    fragments: bool = Field(True, description="small pieces that hang together with nothing")
    fragment_gap: Positive = Field(6.0, description="spacings between pieces")
    fragment_gap_m: Positive | None = Field(None, description="the same in metres")
    fragment_share: Positive = Field(
        0.01, description="a fragment has fewer points than this share of the largest piece"
    )
    fragment_extent: Positive = Field(
        0.25, description="and is smaller than this share of the largest piece's diagonal"
    )
    foliage_gap: Positive = Field(
        0.006,
        description="gap between pieces of foliage: share of the diagonal of what stands; fragment_gap where that is more",
    )
    vegetation: bool = Field(
        True, description="green and rough at two scales; without colour, very rough at both"
    )
    vegetation_green: Positive = Field(0.3, description="least share of green points around a point")
    vegetation_depth: Positive = Field(
        0.3,
        description="mean excess green (2g - r - b over r + g + b) of full foliage; paler green must be rougher in proportion",
    )
    vegetation_scatter: Positive = Field(
        0.08, description="least scatter (0 plane, 1 ball) around a green point, mean of two scales"
    )
    vegetation_scatter_alone: Positive = Field(
        0.25, description="least scatter at both scales where the cloud has no colour"
    )
    vegetation_piece: Positive = Field(
        0.15, description="a piece apart from the monument with this share of foliage is a plant as a whole"
    )
    ground: bool = Field(
        True, description="the lowest near-level surface; terraces and stairs are not ground"
    )
    ground_cell: Positive = Field(4.0, description="spacings between the nodes of the ground's grid")
    ground_cell_m: Positive | None = Field(None, description="the same in metres")
    ground_step: Positive = Field(
        0.5, description="spacings: a height difference between neighbouring nodes that is noise"
    )
    ground_step_m: Positive | None = Field(None, description="the same in metres")
    ground_slope: Positive = Field(0.15, description="rise over run that is still ground")
