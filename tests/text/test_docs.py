"""Documentation is a test: examples are valid, links lead somewhere, the reference is the code's."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from heritage.model.documents import (
    Annotations,
    Corrections,
    FindingCode,
    Monument,
    OpenID,
    Site,
    Tour,
    Vocabulary,
)
from heritage.model.errors import InputError
from heritage.text.words import parse_words
from heritage.text.yaml import parse_yaml

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")])
MODELS = {
    "site.yaml": Site,
    "vocabulary.yaml": Vocabulary,
    "monument.yaml": Monument,
    "annotations.yaml": Annotations,
    "2024.yaml": Corrections,
    "tour.yaml": Tour,
    "openid.yaml": OpenID,
}
HEREDOC = re.compile(r"^cat > (\S+) <<'END'\n(.*?)^END$", re.DOTALL | re.MULTILINE)
TUTORIAL = (ROOT / "docs" / "tutorial" / "first-site.md").read_text(encoding="utf-8")


def yaml_examples() -> list:
    """Every YAML example of the documentation, by page and file."""
    found = []
    for page in PAGES:
        for block in re.findall(
            r"^```yaml\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE
        ):
            found.append(pytest.param(block, id=f"{page.stem}: {block.splitlines()[0]}"))
    return found


@pytest.mark.parametrize("block", yaml_examples())
def test_yaml_examples_are_valid(block: str) -> None:
    first = block.splitlines()[0]
    assert first.startswith("# "), "the first line names the file"

    parse_yaml(block, MODELS[first.rpartition("/")[2].removeprefix("# ")], first)


def test_the_files_of_the_tutorial_are_valid() -> None:
    files = HEREDOC.findall(TUTORIAL)

    assert len(files) == 5
    for name, text in files:
        if name.endswith(".md"):
            assert list(parse_words(text, ("front", "roof"), name).stops) == ["front", "roof"]
        else:
            parse_yaml(text, MODELS[name.rpartition("/")[2]], name)


def test_the_message_of_the_tutorial_is_the_real_one() -> None:
    text = dict(reversed(HEREDOC.findall(TUTORIAL)))["my-site/monuments/stele-house/monument.yaml"]
    with pytest.raises(InputError) as caught:
        parse_yaml(text.replace('"2023"', "2023"), Monument, "monuments/stele-house/monument.yaml")

    (problem,) = caught.value.problems
    assert f"{problem.severity}: {problem} [{problem.code}]\n" in TUTORIAL


def test_the_words_of_the_how_to_are_valid() -> None:
    page = (ROOT / "docs" / "how-to" / "write-a-tour.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"^```markdown\n(.*?)^```", page, re.DOTALL | re.MULTILINE)

    words = parse_words(block, ("approach", "then-and-now"), "en.md")

    assert words.stops["approach"].title == "Across the moat"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        target, _, heading = link.partition("#")
        if ":" in target:
            continue
        path = (page.parent / target) if target else page
        assert path.exists(), link
        if heading:
            headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
            assert heading in {re.sub(r"[^\w -]", "", one.lower()).replace(" ", "-") for one in headings}, (
                link
            )


def test_the_reference_is_that_of_the_code() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "generate_reference"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert run.returncode == 0, run.stderr


def test_every_finding_about_tours_has_its_place_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "tour-findings.md").read_text(encoding="utf-8")
    sections = re.findall(r"^## ([a-z-]+)$", page, re.MULTILINE)
    rows = re.findall(r"^\| `([a-z-]+)` \|", page, re.MULTILINE)

    assert set(sections) == set(rows) == {*get_args(FindingCode), "language-missing", "accept-idle"}
