# ruff: noqa: E501 (messages and documents stand here whole)
"""What a state must say of itself: certainty, evidence or the lack of it, and which surface is which part's."""

from pathlib import Path

import pytest

from heritage.model.errors import InputError
from heritage.text.site import load_site

MONUMENT = """\
title: {en: Gate}
epochs: [{id: "2024", source: scans/2024.ply}]
states:
  - id: "1885"
    source: models/1885.glb
    {}
"""


def loaded(root: Path, state: str) -> object:
    """The state whose last lines are ``state``."""
    (root / "site.yaml").write_text(
        "title: {en: Site}\nlanguages: [en]\ncrs: EPSG:32648\nrights: {licence: CC0-1.0}\n", encoding="utf-8"
    )
    folder = root / "monuments" / "gate"
    folder.mkdir(parents=True)
    (folder / "monument.yaml").write_text(MONUMENT.replace("{}", state), encoding="utf-8")
    return load_site(root).monuments["gate"].monument.states[0]


EVIDENCE = "evidence: [{label: A drawing}]"
PARTS = "parts: [{id: roof, named: [Roof]}, {id: base}]"


@pytest.mark.parametrize(
    ("state", "message"),
    [
        (EVIDENCE, "states[0]: the state has no certainty; documented, probable or conjectural is needed"),
        ("certainty: probable", "states[0]: the state has no evidence; what an interpretation rests on is needed"),
        ("certainty: probable\n    without_evidence: A guess", "the state is probable and has no source; without evidence"),
        (f"certainty: conjectural\n    without_evidence: A guess\n    {EVIDENCE}", "the state has evidence and without_evidence"),
        (f"{EVIDENCE}\n    {PARTS}", "the part roof has no certainty"),
        (f"certainty: probable\n    {PARTS}", "the part roof has no evidence"),
        (f"certainty: probable\n    {EVIDENCE}\n    parts: [{{id: a}}, {{id: b}}]", "the parts a, b have neither named nor source"),
        (f"certainty: probable\n    {EVIDENCE}\n    parts: [{{id: a}}, {{id: a, named: [x]}}]", "the part a stands here twice"),
        (f"certainty: probable\n    {EVIDENCE}\n    parts: [{{id: a, source: models/a.glb}}]", "the state's source belongs to no part"),
        (f"certainty: probable\n    {EVIDENCE}\n    parts: [{{id: a, source: models/a.glb, named: [x]}}]", "the part a has source and named"),
        (f"certainty: probable\n    {EVIDENCE}\n    placement: {{method: gcp}}", "method gcp without a file"),
        ("certainty: probable\n    evidence: [{label: 7}]", 'states[0].evidence[0].label is 7, which YAML does not read as text'),
        ("certainty: sure\n    " + EVIDENCE, "states[0].certainty is \"sure\"; documented, probable, conjectural are allowed"),
    ],
)  # fmt: skip
def test_a_state_that_does_not_say_what_it_rests_on(tmp_path: Path, state: str, message: str) -> None:
    with pytest.raises(InputError) as error:
        loaded(tmp_path, state)
    assert message in str(error.value)
    assert str(error.value).startswith("monuments/gate/monument.yaml:")
    assert "\n" not in str(error.value)


def test_parts_take_from_the_state_what_they_do_not_say(tmp_path: Path) -> None:
    state = loaded(
        tmp_path,
        "certainty: probable\n    author: A. Nguyen\n    evidence: [{label: {en: A drawing}}]\n    parts:\n"
        "      - {id: roof, named: [Roof], certainty: conjectural, without_evidence: Like its neighbours}\n"
        "      - {id: base, certainty: documented}\n",
    )
    roof, base = state.whole
    assert (roof.certainty, roof.evidence, roof.author) == ("conjectural", (), "A. Nguyen")
    assert (base.certainty, base.without_evidence) == ("documented", None)
    assert base.evidence[0].label == {"en": "A drawing"}


def test_a_state_without_parts_is_one(tmp_path: Path) -> None:
    (whole,) = loaded(tmp_path, f"certainty: documented\n    {EVIDENCE}").whole
    assert (whole.id, whole.certainty) == ("whole", "documented")
