"""Place a monument where a person has put it, and say how its walls stand on the ground plan there."""

from __future__ import annotations

from typing import Any

from heritage.model.documents import Pose
from heritage.model.errors import MethodError
from heritage.model.placement_reason import because, method_failed, said
from heritage.model.release import Placement
from heritage.ops.placement.place import heading_of
from heritage.ops.placement.pose import placed_at
from heritage.ops.placement.register_at import measure_at
from heritage.ops.placement.register_options import RegisterOptions
from heritage.pipeline.placement.by_footprint import Placed, ground_points, polygon, walls, walls_figures
from heritage.pipeline.placement.entry import frame_and_crs, wall_entries
from heritage.pipeline.stage import Job


def by_hand(job: Job, facts: dict[str, Any], options: RegisterOptions) -> Placed:
    """Exactly where ``registration.pose`` says. Raises MethodError where there is none."""
    if not facts["pose"]:
        raise MethodError(
            "registration", "no pose to place by", "method hand needs one", "write it under registration.pose",
            code="register-no-pose",
        )  # fmt: skip
    frame, crs = frame_and_crs(facts)
    placed = placed_at(Pose.model_validate(facts["pose"], strict=False), frame, crs)
    placement = Placement(
        method="hand",
        settled=True,
        reasons=(because("hand"),),
        site_from_monument=placed.columns,
        scale=placed.scale,
        heading_deg=heading_of(placed),
    )
    if "footprint" not in facts:
        return Placed(placement)
    plan = polygon(facts["footprint"])
    try:
        measured = measure_at(
            walls(job),
            None,
            plan,
            placed,
            options,
            beside=[polygon(text) for text in facts["beside"]],
            ground=ground_points(job),
        )
    except MethodError as error:
        reasons = (*placement.reasons, because("not-held"), method_failed(error))
        return Placed(placement.model_copy(update={"reasons": reasons}))
    placement = placement.model_copy(
        update={
            "reasons": (*placement.reasons, *measured.reasons),
            "rms_m": measured.rms_m,
            "iou": measured.iou,
            "sigma_m": measured.sigma_m,
            "footprint": str(facts["footprint_id"]),
        }
    )
    return Placed(
        placement,
        (*measured.figures, *walls_figures(measured.residuals)),
        tuple(said([reason]) for reason in measured.reasons if reason.code == "walls-lean"),
        plan,
        cells_m=measured.plan_m,
        cover=measured.score.cover,
        outside=measured.score.outside,
        walls=wall_entries(measured.residuals),
    )
