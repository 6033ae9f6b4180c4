"""Strict YAML: everything dangerous or ambiguous is an error with its line, and quickly so (battery E1)."""

import time
from datetime import date

import pytest

from heritage.model.documents import Document, Epoch, Site, Tour
from heritage.model.errors import InputError
from heritage.text.yaml import parse_yaml, read_yaml

ALIAS_BOMB = "a: &a [x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)
SITE = "title: {en: A}\nlanguages: [en]\ncrs: EPSG:32648\nrights: {licence: CC0}\n"


class Anything(Document):
    """Takes one value of any type."""

    value: object = None


def problems_of(text: str, model: type[Document] = Site, shown: str = "site.yaml") -> list[str]:
    """The problems of a text, as the command line shows them."""
    with pytest.raises(InputError) as caught:
        parse_yaml(text, model, shown)
    return [f"{problem} [{problem.code}]" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (ALIAS_BOMB, 1, "yaml-anchor"),
        ("title: {en: A}\nlanguages: &l [en]\n", 2, "yaml-anchor"),
        ("title: *l\n", 1, "yaml-anchor"),
        ("[" * 5000, 1, "yaml-depth"),
        ("{a: " * 5000, 1, "yaml-depth"),
        ("- " * 5000, 1, "yaml-depth"),
        ("? " * 5000, 1, "yaml-key"),
        ("\n".join(" " * n + "a:" for n in range(1000)), 34, "yaml-depth"),
        (SITE + "crs: EPSG:4326\n", 5, "yaml-repeated-key"),
        (SITE.replace("{en: A}", "!!str A"), 1, "yaml-tag"),
        (SITE + "description: !!python/object/apply:os.system [ls]\n", 5, "yaml-tag"),
        ("%YAML 1.1\n---\n" + SITE, 2, "yaml-directive"),
        (SITE + "---\n" + SITE, 5, "yaml-documents"),
        ("title:\n\ten: A\n", 2, "yaml-tab"),
        ("title: {en: A}\nlanguages: [en\ncrs: x\n", 3, "yaml-syntax"),
        ("title: a: b\n", 1, "yaml-syntax"),
        ("title: {en: A}\nrights: \x07\n", 2, "text-encoding"),
        ("", 1, "yaml-empty"),
        ("# only a comment\n", 1, "yaml-empty"),
        (SITE + "<<: {a: b}\n", 5, "yaml-key"),
        (SITE + "2019: x\n", 5, "yaml-key"),
        (SITE + "[a]: b\n", 5, "yaml-key"),
        (SITE + "ground_m: " + "9" * 5000 + "\n", 5, "yaml-scalar"),
        ("- a\n- b\n", 1, "yaml-type"),
        ("just words", 1, "yaml-type"),
    ],
)
def test_hostile_yaml_is_an_error_with_its_line_within_50_ms(text: str, line: int, code: str) -> None:
    parse_yaml(SITE, Site, "site.yaml")  # the first call of a process builds the schema
    spent = []
    for _ in range(3):  # the garbage of other tests may be collected in one of them
        began = time.process_time()
        found = problems_of(text)
        spent.append(time.process_time() - began)

    assert min(spent) < 0.05
    assert any(one.startswith(f"site.yaml:{line}: ") and one.endswith(f"[{code}]") for one in found), found


@pytest.mark.parametrize(
    ("content", "where", "code"),
    [
        (b"\xef\xbb\xbf" + SITE.encode(), "site.yaml:1", "text-encoding"),
        (SITE.encode("utf-16"), "site.yaml:1", "text-encoding"),
        (SITE.encode("utf-16-le"), "site.yaml:1", "text-encoding"),
        (SITE.encode() + b"# \x00\n", "site.yaml:5", "text-encoding"),
        (b"title: {vi: Hu\xe9}\n", "site.yaml:1", "text-encoding"),
        (b"a: " + b"b" * 2_000_000, "site.yaml", "text-too-big"),
    ],
)
def test_bytes_that_are_no_utf8_text(tmp_path, content: bytes, where: str, code: str) -> None:
    path = tmp_path / "site.yaml"
    path.write_bytes(content)

    with pytest.raises(InputError) as caught:
        read_yaml(path, Site, "site.yaml")

    assert [(p.where, p.code) for p in caught.value.problems] == [(where, code)]


def test_a_missing_file_is_an_input_error(tmp_path) -> None:
    with pytest.raises(InputError, match=r"^site\.yaml: the file is missing"):
        read_yaml(tmp_path / "site.yaml", Site, "site.yaml")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("12:30:45", "12:30:45"),
        ("'2019'", "2019"),
        ("1.5", 1.5),
        ("0o17", 15),
        ("017", 17),
        ("~", None),
        ("true", True),
        ("2019-03-14", date(2019, 3, 14)),
    ],
)
def test_scalars_are_read_as_yaml_1_2(written: str, value: object) -> None:
    assert parse_yaml(f"value: {written}\n", Anything, "x.yaml").document.value == value


def test_a_repeated_list_does_not_vanish() -> None:
    text = "monument: gate\nstops:\n  - {id: a}\nstops:\n  - {id: b, dwell_s: -1}\n"

    assert problems_of(text, Tour, "tour.yaml") == [
        "tour.yaml:4: stops stands here again (first on line 2); "
        "each key once; remove one of the two [yaml-repeated-key]"
    ]


def test_lines_are_those_of_the_keys() -> None:
    text = (
        "# c\nmonument: gate\n\nstops:\n  - id: a\n    view:\n      eye_m: [0, 0, 1]\n"
        "      target_m:\n        - 0\n        - 0\n        - 0\n"
    )
    lines = parse_yaml(text, Tour, "tour.yaml").lines

    assert lines.where("stops") == "tour.yaml:4"
    assert lines.where("stops", 0) == "tour.yaml:5"
    assert lines.where("stops", 0, "view", "target_m", 2) == "tour.yaml:11"
    assert lines.where("stops", 0, "show", "epoch") == "tour.yaml:5", "nearest ancestor that is written"


def test_a_date_that_is_none_is_said_once() -> None:
    assert problems_of('id: "2019"\nsource: a.laz\ncaptured: 2019-02-30\n', Epoch, "m.yaml") == [
        "m.yaml:3: captured is 2019-02-30, which is neither a true date nor a number; "
        "a date such as 2019-03-14, a number, or text in quotes [yaml-scalar]"
    ]


def test_a_message_cannot_forge_a_line_of_its_own() -> None:
    (found,) = problems_of(SITE + '"bad\\nsite.yaml:1: all good\\u202e": 1\n')

    assert "\n" not in found
    assert "\u202e" not in found
    assert "bad\\nsite.yaml:1: all good\\u202e" in found
