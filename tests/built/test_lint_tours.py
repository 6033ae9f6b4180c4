"""The tour linter on the built sample: a tour with one fault of every kind, and the sample's own without any.

Needs a built sample: scripts/test makes one and names it in HERITAGE_SAMPLE.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import get_args

import pytest

from heritage.model.documents import FindingCode
from heritage.pipeline.entries.annotations import annotations_as_written
from heritage.pipeline.lint.pace import PACE
from heritage.pipeline.lint.places import PLACES
from heritage.pipeline.lint.sections import SECTIONS
from heritage.pipeline.lint.surfaces import ReleaseSurfaces
from heritage.pipeline.lint.tours import lint_tours
from heritage.pipeline.lint.views import VIEWS
from heritage.pipeline.lint.words import WORDS as WORDS_CODES
from heritage.store import Store
from heritage.text.site import load_site

HALL = "fit_m: [[-8.7, -8.6, 0], [8.7, 8.6, 11.2]]"
NORTH = f"view: {{eye_m: [0, 27, 3], target_m: [0, 0, 4.6], {HALL}}}"
TOUR = f"""\
monument: thai-hoa
stops:
  - id: start
    view: {{eye_m: [0, -26, 3], target_m: [0, 0, 4.6], {HALL}}}
    accept: {{flight-fast: I was in a hurry}}
  - id: behind
    view: {{eye_m: [0, 27, 3], target_m: [-4.9, -6.4, 0.8], fit_m: [[-5.4, -6.7, 0.4], [-4.3, -6.2, 1.2]]}}
    move: {{easing: cut}}
  - id: before
    view: {{eye_m: [0, -11, 3], target_m: [0, -4, 3]}}
    move: {{easing: cut}}
  - id: below
    view: {{eye_m: [0, -9, -3], target_m: [0, -2, -1]}}
  - id: marked
    {NORTH}
    annotations: [stair]
    move: {{easing: cut}}
  - id: around
    view: {{eye_m: [0, -14, 3], target_m: [0, -24, 3]}}
    move: {{seconds: 20}}
  - id: whirl
    view: {{eye_m: [0, -26, 3], target_m: [0, 0, 4.6], {HALL}}}
    move: {{seconds: 1}}
  - id: brief
    {NORTH}
    move: {{easing: cut}}
    dwell_s: 1
  - id: late
    {NORTH}
    move: {{easing: cut}}
    narration: {{en: media/hoang-thanh-approach.en.mp3}}
    captions: {{en: media/late.vtt}}
  - id: picture
    {NORTH}
    move: {{easing: cut}}
  - id: untold
    {NORTH}
    move: {{easing: cut}}
  - id: retold
    {NORTH}
    move: {{easing: cut}}
  - id: uncut
    section: {{across: z, at_m: 40}}
    {NORTH}
    move: {{easing: cut}}
  - id: unnamed
    show: {{state: "1844"}}
    {NORTH}
    move: {{easing: cut}}
  - id: uncaptioned
    {NORTH}
    move: {{easing: cut}}
    narration: {{en: media/uncaptioned.mp3}}
  - id: unasked
    {NORTH}
    move: {{easing: cut}}
  - id: astray
    place: {{lon: 107.6, lat: 16.6}}
    {NORTH}
    move: {{easing: cut}}
"""
WORDS = "# Broken\n\n" + "\n".join(
    f"## {stop}\n\n{text}\n"
    for stop, text in {
        "start": "One.",
        "behind": "Two.",
        "below": "Three.",
        "marked": "Four.",
        "before": "Five.",
        "around": "Six.",
        "whirl": "Seven.",
        "brief": "So many words that nobody on earth reads all of them in the course of one single second.",
        "late": "Eight.",
        "picture": "![](media/picture.jpg)",
        "untold": "Ten.",
        "retold": "Eleven.",
        "uncut": "Thirteen.",
        "unnamed": "Twelve.",
        "uncaptioned": "Fourteen.",
        "unasked": "Fifteen.\n\n#### Which?\n\n- [ ] This\n- [x] That",
        "astray": "Sixteen.",
    }.items()
)
FRENCH = "# Casse\n\n" + "\n".join(
    f"## {stop}\n\n{text}\n"
    for stop, text in {
        **dict.fromkeys(("start", "behind", "before", "below", "marked", "around", "whirl"), "Mots."),
        **dict.fromkeys(
            ("brief", "late", "picture", "uncut", "unnamed", "uncaptioned", "unasked", "astray"), "Mots."
        ),
        "untold": "<!-- en\nTen.\n-->",
        "retold": "<!-- en\nElf.\n-->\n\nOnze.",
    }.items()
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample's documents, without its scans, and the broken tour."""
    named = os.environ.get("HERITAGE_SAMPLE")
    if not named:
        pytest.skip("needs a built sample site: run scripts/test, or name one in HERITAGE_SAMPLE")
    copy = tmp_path_factory.mktemp("lint") / "site"
    shutil.copytree(named, copy, ignore=shutil.ignore_patterns(".heritage", "scans", "models", "truth*"))
    (copy / ".heritage").symlink_to(Path(named).resolve() / ".heritage")
    return copy


def write_broken(site: Path) -> None:
    """The tour with one fault of every kind, and what makes its recording late and its state nameless."""
    folder = site / "tours" / "broken"
    folder.mkdir(exist_ok=True)
    (folder / "tour.yaml").write_text(TOUR)
    (folder / "en.md").write_text(WORDS)
    (folder / "fr.md").write_text(FRENCH)
    (site / "media" / "late.vtt").write_text("WEBVTT\n\n00:00.000 --> 01:40.000\nToo late.\n")
    shutil.copy(site / "media" / "hoang-thanh-approach.en.mp3", site / "media" / "uncaptioned.mp3")
    monument = site / "monuments" / "thai-hoa" / "monument.yaml"
    kept = [
        line for line in monument.read_text().splitlines() if "1844~" not in line and "thuyết" not in line
    ]
    monument.write_text("\n".join(kept) + "\n")


def test_the_samples_own_tours_have_no_findings(site: Path) -> None:
    assert [str(p) for p in lint_tours(load_site(site), Store(site).current_folder())] == []


def test_one_fault_of_every_kind_is_found_where_it_stands(site: Path) -> None:
    write_broken(site)
    problems = [p for p in lint_tours(load_site(site), Store(site).current_folder()) if "broken" in p.where]

    lines = TOUR.splitlines()

    def line_of(stop: str, key: str) -> int:
        start = lines.index(f"  - id: {stop}")
        return next(i for i in range(start, len(lines)) if lines[i].lstrip(" -").startswith(f"{key}:")) + 1

    found = {(p.code, p.where.removeprefix("tours/broken/")) for p in problems}
    assert found == {
        ("view-hidden", f"tour.yaml:{line_of('behind', 'view')}"),
        ("view-enclosed", f"tour.yaml:{line_of('below', 'view')}"),
        ("annotation-hidden", f"tour.yaml:{line_of('marked', 'annotations')}"),
        ("flight-pierces", f"tour.yaml:{line_of('below', 'id')}"),
        ("flight-fast", f"tour.yaml:{line_of('whirl', 'move')}"),
        ("stop-too-short", f"tour.yaml:{line_of('brief', 'dwell_s')}"),
        ("captions-length", f"tour.yaml:{line_of('late', 'narration')}"),
        ("captions-missing", f"tour.yaml:{line_of('uncaptioned', 'narration')}"),
        ("question-missing", f"fr.md:{FRENCH.splitlines().index('## unasked') + 1}"),
        ("place-far", f"tour.yaml:{line_of('astray', 'place')}"),
        ("picture-without-words", f"en.md:{WORDS.splitlines().index('## picture') + 1}"),
        ("translation-empty", f"fr.md:{FRENCH.splitlines().index('## untold') + 1}"),
        ("translation-outdated", f"fr.md:{FRENCH.splitlines().index('## retold') + 1}"),
        ("section-empty", f"tour.yaml:{line_of('uncut', 'section')}"),
        ("state-without-name", f"tour.yaml:{line_of('unnamed', 'show')}"),
        ("accept-idle", f"tour.yaml:{line_of('start', 'accept')}"),
    }
    assert (
        {code for code, _ in found} - {"accept-idle"}
        == {*PACE, *PLACES, *SECTIONS, *VIEWS, *WORDS_CODES}
        == {*get_args(FindingCode)}
    )
    assert {p.severity for p in problems} == {"warning"}


def test_every_finding_can_be_accepted_where_it_stands(site: Path) -> None:
    write_broken(site)
    accepted = TOUR.replace("    accept: {flight-fast: I was in a hurry}\n", "")
    for stop, code in {
        ("behind", "view-hidden"),
        ("below", "view-enclosed"),
        ("below", "flight-pierces"),
        ("marked", "annotation-hidden"),
        ("whirl", "flight-fast"),
        ("brief", "stop-too-short"),
        ("late", "captions-length"),
        ("picture", "picture-without-words"),
        ("untold", "translation-empty"),
        ("retold", "translation-outdated"),
        ("uncut", "section-empty"),
        ("unnamed", "state-without-name"),
        ("uncaptioned", "captions-missing"),
        ("unasked", "question-missing"),
        ("astray", "place-far"),
    }:
        lines = accepted.splitlines()
        at = lines.index(f"  - id: {stop}") + 1
        if lines[at].startswith("    accept: {"):
            lines[at] = lines[at].replace("{", f"{{{code}: on purpose, ")
        else:
            lines.insert(at, f"    accept: {{{code}: on purpose}}")
        accepted = "\n".join(lines) + "\n"
    (site / "tours" / "broken" / "tour.yaml").write_text(accepted)
    problems = lint_tours(load_site(site), Store(site).current_folder())
    assert [str(p) for p in problems if "broken" in p.where] == []


def test_five_lines_have_no_findings_before_they_are_built(site: Path) -> None:
    """The linter looks from where the build will put the camera: inside through the door, at the stele."""
    folder = site / "tours" / "five-lines"
    folder.mkdir()
    (folder / "tour.yaml").write_text(
        "monument: bia-dinh\nstops:\n  - id: house\n  - id: stone\n    annotations: [stele]\n"
    )
    for language in ("vi", "en", "fr"):
        (folder / f"{language}.md").write_text("# T\n\n## house\n\nA.\n\n## stone\n\nB.\n")
    found = [str(p) for p in lint_tours(load_site(site), Store(site).current_folder()) if "five" in p.where]
    assert found == []


def test_an_annotation_is_looked_for_where_the_files_have_it_before_it_is_released(site: Path) -> None:
    """Behind the hall it is hidden, before its steps it is seen."""
    folder = site / "tours" / "not-released"
    folder.mkdir()
    (folder / "tour.yaml").write_text(
        "monument: thai-hoa\nstops:\n  - id: hall\n"
        f"    view: {{eye_m: [0, -26, 3], target_m: [0, 0, 4.6], {HALL}}}\n    annotations: [yesterday]\n"
    )
    for language in ("vi", "en", "fr"):
        (folder / f"{language}.md").write_text("# T\n\n## hall\n\nA.\n")
    file = site / "monuments" / "thai-hoa" / "annotations.yaml"
    before = file.read_text()

    def found(at: str) -> list[str]:
        file.write_text(
            f"{before.rstrip()}\n  - id: yesterday\n    title: {{vi: A, en: A, fr: A}}\n    {at}\n"
        )
        problems = lint_tours(load_site(site), Store(site).current_folder())
        return [p.code for p in problems if "not-released" in p.where]

    try:
        assert found("position_m: [0, 14, 3]") == ["annotation-hidden"]
        assert found("position_m: [0, -14, 3]") == []
    finally:
        file.write_text(before)
        shutil.rmtree(folder)


def test_annotations_of_the_files_stand_where_the_build_has_put_them(site: Path) -> None:
    """Points, lines and areas."""
    loaded, folder = load_site(site), Store(site).current_folder()
    assert folder is not None
    shapes = set()
    for entry in ReleaseSurfaces(folder).release.monuments:
        built = {one.id: one for one in entry.annotations}
        written = annotations_as_written(folder, loaded.monuments[entry.id], entry, built)
        assert [one.id for one in written] == [*built]
        for one in written:
            there = built[one.id]
            assert (one.position_m, one.normal) == (there.position_m, there.normal)
            assert one.vertices_m == there.vertices_m
            shapes.add(there.shape)
    assert shapes == {"point", "line", "area"}


def test_the_page_of_findings_says_what_they_say(site: Path) -> None:
    """Code, place and words of every row; figures depend on how finely the sample was measured."""
    write_broken(site)
    page = (Path(__file__).parents[2] / "docs/reference/tour-findings.md").read_text()
    table = [line for line in page.splitlines() if line.startswith("| `")]
    rows = {code: told for code, *told in (line.strip("| ").split(" | ") for line in table)}
    found: dict[str, list[str]] = {}
    for p in lint_tours(load_site(site), Store(site).current_folder()):
        if "broken" in p.where:
            where = p.where.removeprefix("tours/broken/")
            remedy = p.remedy.partition(", or write accept: ")[0]  # said above the table
            found.setdefault(f"`{p.code}`", [f"`{where}`", p.found, f"{p.allowed}; {remedy}"])

    def worded(told: list[str]) -> list[str]:
        where, *messages = told
        return [where, *(re.sub(r"-?\d+(\.\d+)?", "0", message) for message in messages)]

    untold = rows.pop("`language-missing`")  # the broken tour has every language that it must have
    assert untold[0] == "`tour.yaml:1`"
    assert {code: worded(told) for code, told in rows.items()} == {
        code: worded(told) for code, told in found.items()
    }


def test_without_a_release_only_time_and_words_are_judged(site: Path) -> None:
    write_broken(site)
    codes = {p.code for p in lint_tours(load_site(site), None) if "broken" in p.where}
    assert codes <= {*PACE, *WORDS_CODES}
    assert "stop-too-short" in codes
