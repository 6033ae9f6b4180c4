"""The stages, as one literal tuple: what a build can do, in the order it does it."""

from __future__ import annotations

from heritage.pipeline.stage import Stage
from heritage.pipeline.stages.align import ALIGN
from heritage.pipeline.stages.ar import AR_STAGE
from heritage.pipeline.stages.clean import CLEAN
from heritage.pipeline.stages.compare import COMPARE
from heritage.pipeline.stages.ingest import INGEST
from heritage.pipeline.stages.mesh import MESH
from heritage.pipeline.stages.normals import NORMALS
from heritage.pipeline.stages.place import PLACE
from heritage.pipeline.stages.points import POINTS
from heritage.pipeline.stages.register import REGISTER
from heritage.pipeline.stages.tile import TILE

STAGES: tuple[Stage, ...] = (
    INGEST,
    CLEAN,
    NORMALS,
    MESH,
    ALIGN,
    REGISTER,
    PLACE,
    COMPARE,
    TILE,
    AR_STAGE,
    POINTS,
)
BY_NAME = {stage.name: stage for stage in STAGES}
