"""What is mistyped on the command line is told as what was typed, not as a fault of the disk or of Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from heritage.cli.main import cli
from heritage.export.outgoing import sea_above_ellipsoid
from heritage.model.errors import InputError
from heritage.store.backup import back_up

_TARGETS = [
    ["publish", "SITE", "TARGET"],
    ["backup", "SITE", "TARGET"],
    ["export", "cloud", "SITE", "gate", "2024", "TARGET"],
    ["export", "annotations", "SITE", "TARGET"],
    ["export", "tour", "SITE", "walk", "TARGET", "--format", "kml"],
    ["export", "elevation", "SITE", "gate", "2024", "--side", "north", "--out", "TARGET"],
    ["export", "section", "SITE", "gate", "2024", "--out", "TARGET"],
    ["report", "SITE", "gate", "2019", "2024", "--out", "TARGET"],
    ["check", "SITE", "--repairs", "TARGET"],
]


def told(*words: str) -> InputError:
    """The error of a command that is refused."""
    error = CliRunner().invoke(cli, list(words)).exception
    assert isinstance(error, InputError), error
    return error


@pytest.mark.parametrize("words", _TARGETS, ids=lambda words: " ".join(words[:2]))
def test_a_target_in_no_folder_is_a_mistyped_name(words: list[str], tmp_path: Path) -> None:
    site, target = tmp_path / "site", tmp_path / "none" / "out.file"
    site.mkdir()
    (site / "site.yaml").write_text("title: {en: Hue}\nlanguages: [en]\n")
    error = told(*(str({"SITE": site, "TARGET": target}.get(word, word)) for word in words))
    assert (error.problems[0].code, error.exit_code) == ("target-missing", 2)
    assert [path.name for path in tmp_path.iterdir()] == ["site"]


@pytest.mark.parametrize(
    "words",
    [
        ["backup", "SITE", "TARGET"],
        ["store", "fsck", "SITE"],
        ["user", "list", "SITE"],
        ["tour", "translate", "gate", "fr", "--site", "SITE"],
    ],
)
def test_a_folder_that_is_no_site_is_left_alone(words: list[str], tmp_path: Path) -> None:
    empty, target = tmp_path / "not-mounted", tmp_path / "site.tar"
    empty.mkdir()
    target.write_bytes(b"the last good one")
    error = told(*(str({"SITE": empty, "TARGET": target}.get(word, word)) for word in words))
    assert error.problems[0].code == "site-missing"
    assert not list(empty.iterdir())
    assert target.read_bytes() == b"the last good one"


def test_a_backup_of_no_site_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no site\.yaml"):
        back_up(tmp_path, tmp_path.parent / f"{tmp_path.name}.tar", {})


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    error = told("new", str(tmp_path / "file" / "site"))
    assert error.problems[0].code == "folder-expected"
    assert "Not a directory" in str(error)


def test_a_seed_is_no_negative_number(tmp_path: Path) -> None:
    made = CliRunner().invoke(cli, ["sample", str(tmp_path / "s"), "--seed", "-1"])
    assert made.exit_code == 2
    assert "--seed" in made.output


@pytest.mark.parametrize("height", [float("nan"), float("inf"), 1e9, -120.5])
def test_the_sea_is_nowhere_so_far_from_the_ellipsoid(height: float) -> None:
    with pytest.raises(InputError, match="--geoid-height"):
        sea_above_ellipsoid(None, (107.6, 16.5, 0.0), height)  # type: ignore[arg-type]
