"""What a release says of a survey's accuracy: from the reports where there are figures, from the surveyor, else nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from heritage.model.documents import Epoch
from heritage.model.release import EpochEntry, Placement, SurveyAccuracy
from heritage.model.report import Figure, Report
from heritage.page.environment import templates
from heritage.pipeline.built import Built
from heritage.pipeline.entries.survey_accuracy import survey_accuracy
from heritage.store import Store

REPORT = Path(__file__).parents[2] / "heritage/pipeline/templates"


def accuracy(
    tmp_path: Path, epoch: dict[str, object], *figures: Figure, scale: float = 1.0
) -> SurveyAccuracy:
    report = Report(stage="mesh", version=1, fingerprint="", figures=figures)
    built = Built(Store(tmp_path), {}, {"mesh:gate:2024": report})
    return survey_accuracy(
        built, "gate", Epoch.model_validate({"id": "2024", "source": "a.ply", **epoch}), scale
    )


def test_a_cloud_has_its_spacing_and_scatter_and_what_its_surveyor_states(tmp_path: Path) -> None:
    found = accuracy(
        tmp_path,
        {"accuracy_m": 0.004},
        Figure(name="spacing", value=0.02, unit="m"),
        Figure(name="points_to_surface_p95", value=0.007, unit="m"),
    )

    assert found == SurveyAccuracy(spacing_m=0.02, noise_m=0.007, alignment_m=0.0, stated_m=0.004)


def test_metres_are_true_ones_whatever_the_cloud_counts_in(tmp_path: Path) -> None:
    spacing = Figure(name="spacing", value=0.02, unit="m")
    assert accuracy(tmp_path, {"accuracy_m": 0.004}, spacing, scale=2.5) == SurveyAccuracy(
        spacing_m=0.05, alignment_m=0.0, stated_m=0.004
    )


def test_of_a_model_nothing_is_known(tmp_path: Path) -> None:
    found = accuracy(tmp_path, {}, Figure(name="points sampled on the model", value=4e5, unit="points"))

    assert found == SurveyAccuracy()


def test_a_release_from_before_there_was_an_accuracy_is_read(tmp_path: Path) -> None:
    box = {"min": [0, 0, 0], "max": [1, 1, 1]}
    old = {"id": "a", "title": {}, "captured": None, "method": "laser", "tileset": "t", "bounds": box}

    entry = EpochEntry.model_validate({**old, "points": 1, "triangles": 1}, strict=False)

    assert entry.accuracy is None


@pytest.mark.parametrize(("scale", "told"), [(2.5, True), (0.9996, False)])
def test_the_report_says_what_the_metres_of_its_steps_are(scale: float, told: bool) -> None:
    """Placement and comparisons are in true metres above them."""
    placement = Placement(
        method="none", settled=True, site_from_monument=(0.0,) * 16, scale=scale, heading_deg=0.0
    )
    report = Report(stage="mesh", version=1, fingerprint="f", figures=())
    page = templates(REPORT).get_template("report.html")
    text = page.render(
        placement=placement,
        reports=[report],
        pictures={"f": []},
        comparisons=[],
        reasons="",
        root="",
        title="",
        release="",
    )
    assert ("one is 2.5 true metres" in text) == told
