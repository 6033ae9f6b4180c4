"""What a release knows of how well a survey's surface is known."""

from __future__ import annotations

from heritage.model.documents import Epoch
from heritage.model.release import SurveyAccuracy
from heritage.pipeline.built import Built
from heritage.pipeline.stages.align import alignment


def survey_accuracy(built: Built, monument: str, epoch: Epoch, scale: float) -> SurveyAccuracy:
    """The accuracy of an epoch from the reports of its finished stages, whose metres are ``scale`` true ones, and from its
    surveyor."""
    figures = {figure.name: figure.value for figure in built.reports[f"mesh:{monument}:{epoch.id}"].figures}
    aligned = f"align:{monument}:{epoch.id}"
    _, alignment_m = alignment(built.folder(aligned) if aligned in built.plan else None)

    def true(value: float | None) -> float | None:
        return None if value is None else value * scale

    return SurveyAccuracy(
        spacing_m=true(figures.get("spacing")),
        noise_m=true(figures.get("points_to_surface_p95")),
        alignment_m=alignment_m * scale,
        stated_m=epoch.accuracy_m,
    )
