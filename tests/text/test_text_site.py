"""A site folder: names are ids, links stay inside, every problem of every file at once (battery E7)."""

import os
import re
import unicodedata
from pathlib import Path

import pytest

from heritage.model.documents import Comparing, Monument, Registration, Site, Tour
from heritage.model.errors import InputError
from heritage.text.new import write_new_site
from heritage.text.site import load_site
from heritage.text.yaml import parse_yaml, read_yaml

NAMES = [
    "%2e%2e%2f",
    "a\\b",
    "CON",
    "gate.",
    "gate ",
    " gate",
    "Gate",
    "g\u0430te",  # Cyrillic a
    "gate\u200f",
    "gate\u202egpj",
    unicodedata.normalize("NFC", "Huế"),
    unicodedata.normalize("NFD", "Huế"),
    "gate\n",
    "x" * 65,
    "x" * 250,
    "ngo_mon",
    "a;b",
    "~",
    "$(id)",
]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A new site with the template's monument and tour in place."""
    root = tmp_path / "site"
    write_new_site(root)
    for kind, names in (("monuments", ["monument.yaml"]), ("tours", ["tour.yaml", "en.md"])):
        (root / kind / "gate").mkdir()
        for name in names:
            (root / kind / "gate" / name).write_bytes((root / "templates" / name).read_bytes())
    return root


def messages(root: Path) -> list[str]:
    """All problems of a site."""
    with pytest.raises(InputError) as caught:
        load_site(root)
    return [f"{problem} [{problem.code}]" for problem in caught.value.problems]


def test_a_new_site_and_its_templates_are_valid(site: Path) -> None:
    loaded = load_site(site)

    assert loaded.site.languages == ("en",)
    assert loaded.monuments["gate"].monument.reference.id == "2024"
    assert loaded.monuments["gate"].folder == site / "monuments" / "gate"
    assert loaded.tours["gate"].words["en"].stops["approach"].title == "Across the moat"
    assert (
        read_yaml(site / "templates" / "monument.yaml", Monument, "m").document
        == loaded.monuments["gate"].monument
    )
    assert read_yaml(site / "templates" / "tour.yaml", Tour, "t").document == loaded.tours["gate"].tour


@pytest.mark.parametrize(
    ("name", "model"), [("site", Site), ("templates/monument", Monument), ("templates/tour", Tour)]
)
def test_the_commented_lines_of_the_templates_are_valid_too(tmp_path: Path, name: str, model: type) -> None:
    write_new_site(tmp_path / "site")
    text = (tmp_path / "site" / f"{name}.yaml").read_text(encoding="utf-8")
    # Sentences begin with a capital; what is left are keys and list items.
    uncommented = re.sub(r"^( *)# ( *(?:[a-z_]+:|- ))", r"\1\2", text, flags=re.MULTILINE)

    before, after = parse_yaml(text, model, "x").document, parse_yaml(uncommented, model, "x").document

    assert len(after.model_fields_set) >= len(before.model_fields_set)
    assert after != before
    assert "\n# -" not in uncommented


def test_the_templates_name_every_choice(tmp_path: Path) -> None:
    write_new_site(tmp_path / "site")
    lines = "".join(
        (tmp_path / "site" / "templates" / name).read_text() for name in ("monument.yaml", "tour.yaml")
    )

    for written, model, key in [
        ("  method: none ", Registration, "method"),
        ("mode: swipe}", Comparing, "mode"),
    ]:
        named = re.search(rf"{re.escape(written)} *# (.*)", lines)
        assert named is not None
        assert named[1].split(" | ") == model.model_json_schema()["properties"][key]["enum"]


def test_a_new_site_overwrites_nothing(site: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}

    with pytest.raises(InputError, match="the folder is not empty"):
        write_new_site(site)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(InputError, match="this is a file"):
        write_new_site(tmp_path / "file")

    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_a_folder_without_site_yaml(tmp_path: Path) -> None:
    assert messages(tmp_path) == [
        f"{tmp_path}: no site.yaml here; a site folder; "
        "make one with `heritage new` or `heritage sample` [site-missing]"
    ]


@pytest.mark.parametrize("kind", ["monuments", "tours"])
def test_only_ids_are_folder_names(site: Path, kind: str) -> None:
    for name in NAMES:
        (site / kind / name).mkdir()

    found = messages(site)

    assert len(found) == len(NAMES)
    assert all(message.endswith("[folder-id]") for message in found)
    assert all(message.isprintable() for message in found)
    assert any(
        "Huế: the folder's name is no id" in m and m.endswith("for instance to hue [folder-id]")
        for m in found
    )


def test_links_out_of_the_site_are_refused(site: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "monument.yaml").write_bytes((site / "templates" / "monument.yaml").read_bytes())
    (outside / "fr.md").write_bytes((site / "templates" / "en.md").read_bytes())
    os.symlink(outside, site / "monuments" / "linked")
    os.symlink(outside / "fr.md", site / "tours" / "gate" / "fr.md")
    os.symlink("annotations.yaml", site / "monuments" / "gate" / "annotations.yaml")

    assert [message.partition(":")[0] + message[message.rindex(" [") :] for message in messages(site)] == [
        "monuments/gate/annotations.yaml [file-unreadable]",
        "monuments/linked [folder-expected]",
        "tours/gate/fr.md [file-outside]",
    ]


def test_all_files_are_read_before_anything_is_said(site: Path) -> None:
    (site / "site.yaml").write_text("title: {en: A}\nlanguages: [en]\ncrs: x\nrights: {licence: 1}\n")
    (site / "monuments" / "gate" / "monument.yaml").write_text("title: {en: A}\nepochs: []\n")
    (site / "monuments" / "hall").mkdir()
    (site / "monuments" / "stray.yaml").write_text("")
    (site / "tours" / "gate" / "en.md").write_text("no title\n")
    (site / "tours" / "gate" / "README.md").write_text("")
    (site / "tours" / "gate" / "tour.yml").write_text("")

    assert [message[message.rindex("[") + 1 : -1] for message in messages(site)] == [
        "yaml-type",
        "yaml-value",
        "file-missing",
        "folder-expected",
        "file-unknown",
        "words-language",
        "words-no-title",
        "words-missing-stop",
    ]


def test_what_the_system_leaves_behind_is_passed_over(site: Path) -> None:
    (site / "monuments" / ".DS_Store").write_bytes(b"\0")
    (site / "monuments" / "..x").mkdir()
    (site / ".heritage").mkdir()

    assert list(load_site(site).monuments) == ["gate"]
