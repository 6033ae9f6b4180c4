"""Corrections in the frame that an epoch has now: they were drawn in the one it had then."""

from __future__ import annotations

import math
from typing import Any

from heritage.model.documents import Correction, CorrectionFrame, Corrections
from heritage.model.errors import InputError


def in_frame(written: Corrections, frame: CorrectionFrame, where: str) -> tuple[Correction, ...]:
    """The corrections with their regions where ``frame`` has them. ``where`` names the document in errors.

    Raises InputError where the axis or the unit is another one: the regions would lie anywhere.
    """
    then = written.frame
    if then.up != frame.up or not math.isclose(then.metres_per_unit, frame.metres_per_unit, rel_tol=1e-9):
        raise InputError(
            where,
            f"drawn when the file's up axis was {then.up} and its unit {then.metres_per_unit:g} m; "
            f"now they are {frame.up} and {frame.metres_per_unit:g} m",
            "corrections are for the frame that they were drawn in",
            "set `up` and `units` of the epoch as they were, or draw the corrections anew",
            code="correction-frame",
        )
    shift = [old - new for old, new in zip(then.origin_m, frame.origin_m, strict=True)]
    return tuple(_moved(one, shift) for one in written.corrections) if any(shift) else written.corrections


def _moved(one: Correction, shift: list[float]) -> Correction:
    def at(place: Any) -> tuple[float, ...]:
        return tuple(c + s for c, s in zip(place, shift, strict=True))

    if one.brush is not None:
        brush = one.brush.model_copy(update={"at_m": tuple(map(at, one.brush.at_m))})
        return one.model_copy(update={"brush": brush})
    assert one.lasso is not None  # noqa: S101 - one of the two, by the document
    return one.model_copy(update={"lasso": one.lasso.model_copy(update={"eye_m": at(one.lasso.eye_m)})})
