"""The sample site, which every stranger begins with, has no problem, and its mistakes would be found."""

from pathlib import Path

import pytest

from heritage.pipeline.check.site import check_site
from heritage.pipeline.reading import confined, verdicts
from heritage.pipeline.reading.verdicts import Verdicts
from heritage.pipeline.stages import STAGES
from heritage.sample.site import write_sample
from heritage.text.site import load_site


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A thin sample site."""
    root = tmp_path_factory.mktemp("check") / "site"
    write_sample(root, points=60_000)
    return root


def test_the_sample_is_flawless(sample: Path) -> None:
    loaded = load_site(sample)

    assert check_site(loaded, stages=STAGES, every_point=True) == ()
    assert len(loaded.monuments) == 4


def test_a_scan_cut_short_is_named(sample: Path) -> None:
    scan = sample / "monuments" / "thai-hoa" / "scans" / "2024.laz"
    whole = scan.read_bytes()
    scan.write_bytes(whole[: len(whole) // 2])
    try:
        problems = check_site(load_site(sample), every_point=True)
    finally:
        scan.write_bytes(whole)

    assert [problem.where.partition(",")[0] for problem in problems] == ["monuments/thai-hoa/scans/2024.laz"]
    assert problems[0].severity == "error"


def test_a_second_check_opens_no_file(sample: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_SETTLED_NS", 0)
    first = Verdicts()
    problems = check_site(load_site(sample), verdicts=first)

    def no_child(*_: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(confined.Confined, "__init__", no_child)
    assert check_site(load_site(sample), verdicts=Verdicts(first.content)) == problems
    with pytest.raises(AssertionError, match="a file was opened"):
        check_site(load_site(sample), verdicts=Verdicts())
