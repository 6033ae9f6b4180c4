"""What can be set about laying a monument on a footprint."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from heritage.model.documents import Document


class RegisterOptions(Document):
    """How a monument is fitted to its footprint."""

    evidence: Literal["auto", "walls", "outline"] = Field(
        "auto",
        description="what is laid on the footprint: standing surfaces, or the cloud's outline from above",
    )
    level: bool = Field(True, description="correct the up direction by walls and floors")
    cell_m: float = Field(0.25, gt=0, le=5, description="size of a wall cell in plan, metres")
    kerb_m: float = Field(0.2, ge=0, le=5, description="what is lower above the ground is no wall, metres")
    footprint_sigma_m: float = Field(
        0.15, gt=0, le=10, description="accuracy of the footprint's corners, 1 sigma, metres"
    )
    odds: float = Field(
        30.0,
        gt=1,
        description="a placement is settled if every other one is at least so many times less likely",
    )
    turned_odds: float = Field(
        300.0,
        gt=1,
        description="the same for one that is turned by more than 20 degrees: nobody sees that a monument stands back to front",
    )
    least_cover: float = Field(0.35, ge=0, le=1, description="less of the outline found is not settled")
    most_outside: float = Field(0.35, ge=0, le=1, description="more of the walls outside is not settled")
    most_sigma_m: float = Field(
        0.25,
        gt=0,
        description="corners less certain than this, by 1 sigma, are not settled, metres: 0.25 is half a metre at 95 %",
    )
