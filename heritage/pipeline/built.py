"""A finished plan: where each task's folder is and what it reported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from heritage.model.report import Report
from heritage.pipeline.plan import Planned
from heritage.store import Store


@dataclass(frozen=True)
class Built:
    """Tasks and reports by task key."""

    store: Store
    plan: Mapping[str, Planned]
    reports: Mapping[str, Report]

    def folder(self, key: str) -> Path:
        """The folder of a finished task."""
        planned = self.plan[key]
        return self.store.stage_path(planned.task.stage.name, planned.fingerprint)
