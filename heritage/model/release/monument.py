"""One monument."""

from __future__ import annotations

from pydantic import Field

from heritage.model.documents import Credit, Rights, View, Words
from heritage.model.release.annotation import AnnotationEntry
from heritage.model.release.base import Box, Period, ReleaseDocument
from heritage.model.release.comparison import ComparisonEntry
from heritage.model.release.condition import EpochEntry, StateEntry
from heritage.model.release.placement import Placement


class MonumentEntry(ReleaseDocument):
    """One monument."""

    id: str
    title: dict[str, str]
    html: dict[str, str] = Field(description="description per language, sanitised HTML")
    period: str | None = None
    built: Period | None = Field(None, description="the period worked out, where it is EDTF")
    type: Words | None = Field(
        None, description="what kind of building; a text is the same in every language"
    )
    protection: str | None = None
    rights: Rights | None = Field(None, description="where they differ from the site's")
    credits: tuple[Credit, ...] = ()
    footprint: str | None = None
    reference_epoch: str
    placement: Placement
    bounds: Box
    view: View
    epochs: tuple[EpochEntry, ...]
    states: tuple[StateEntry, ...] = ()
    comparisons: tuple[ComparisonEntry, ...] = ()
    annotations: tuple[AnnotationEntry, ...] = ()
    report: str | None = None
    plan: str | None = Field(None, description="its `PlacementPlan`; none in older releases")

    @property
    def newest(self) -> EpochEntry:
        """The survey that the monument opens with: the last by date, of equal ones the last named."""
        return max(reversed(self.epochs), key=lambda epoch: epoch.captured or "")

    def condition(self, id: str) -> EpochEntry | StateEntry | None:
        """The epoch or state with that id."""
        conditions: list[EpochEntry | StateEntry] = [*self.epochs, *self.states]
        return next((c for c in conditions if c.id == id), None)
