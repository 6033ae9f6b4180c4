"""Terms and annotations from outside: SKOS files, and what was drawn in the viewer."""

import json

import pytest

from heritage.export.drawn import import_annotations
from heritage.export.vocabulary import import_vocabulary
from heritage.formats.skos import read_skos
from heritage.model.errors import InputError
from heritage.text.site import load_site

SITE = """\
title: {en: A site, vi: Một nơi}
languages: [en, vi]
crs: EPSG:32648
rights: {licence: CC0-1.0}
"""
MONUMENT = 'title: {en: Gate, vi: Cổng}\nepochs:\n  - {id: "2019", source: scans/a.ply}\n'
NOTES = """\
# Mapped by hand.
annotations:
  - id: dragon       # on the ridge
    title: {en: Dragon, vi: Rồng}
    position_m: [0, 0, 1]
"""
VOCABULARY = "# Ours.\nterms:\n  - {id: loss, label: {en: Loss, vi: Mất}}\n"
TURTLE = """\
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix x: <https://example.org/terms/> .
x:decay a skos:Concept ; skos:prefLabel "Decay"@en, "Hư hại"@vi, "Verfall"@de ; skos:narrower x:flaking .
x:flaking a skos:Concept ; skos:prefLabel "Flaking"@en-GB ; skos:definition "Thin flakes come off."@en .
x:loss a skos:Concept ; skos:prefLabel "Loss"@en ; skos:broader x:decay .
x:riss a skos:Concept ; skos:prefLabel "Riss"@de .
"""


@pytest.fixture
def site(tmp_path):
    folder = tmp_path / "monuments" / "gate"
    folder.mkdir(parents=True)
    (tmp_path / "site.yaml").write_text(SITE, "utf-8")
    (tmp_path / "vocabulary.yaml").write_text(VOCABULARY, "utf-8")
    (folder / "monument.yaml").write_text(MONUMENT, "utf-8")
    (folder / "annotations.yaml").write_text(NOTES, "utf-8")
    return tmp_path


def turned(text, kind):
    import rdflib

    return rdflib.Graph().parse(data=text, format="turtle").serialize(format=kind).encode()


@pytest.mark.parametrize("name", ["a.ttl", "a.rdf", "a.jsonld"])
def test_a_vocabulary_says_the_same_in_each_of_its_formats(name):
    data = TURTLE.encode() if name.endswith("ttl") else turned(TURTLE, "xml" if "rdf" in name else "json-ld")
    found = {c.uri.rpartition("/")[2]: c for c in read_skos(data, name)}

    assert found["decay"].labels == {"en": "Decay", "vi": "Hư hại", "de": "Verfall"}
    assert found["flaking"].broader == found["loss"].broader == "https://example.org/terms/decay"
    assert found["flaking"].definitions == {"en": "Thin flakes come off."}


def test_terms_are_added_and_what_stood_there_stays_as_written(site):
    (site / "v.ttl").write_text(TURTLE, "utf-8")
    count, problems = import_vocabulary(site, site / "v.ttl")
    text = (site / "vocabulary.yaml").read_text("utf-8")
    terms = {term.id: term for term in load_site(site).vocabulary.terms}

    assert (count, [p.code for p in problems]) == (3, ["term-left-out"])
    assert text.startswith(VOCABULARY)
    assert list(terms) == ["loss", "decay", "flaking", "loss-2"]
    assert terms["flaking"].label == {"en": "Flaking"}
    assert (terms["flaking"].broader, terms["loss-2"].broader) == ("decay", "decay")
    assert import_vocabulary(site, site / "v.ttl")[0] == 0
    assert (site / "vocabulary.yaml").read_text("utf-8") == text


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.txt", b"", "an ending nobody knows"),
        ("a.ttl", b"no turtle at all", "no turtle that can be read"),
        ("a.ttl", b"", "no skos:Concept in it"),
        ("a.rdf", b'<!DOCTYPE r [<!ENTITY a "b">]><r/>', "XML with a DOCTYPE"),
        ("a.rdf", '<!DOCTYPE r [<!ENTITY a "b">]><r/>'.encode("utf-16"), "XML with a DOCTYPE"),
        ("a.json", b'{"@context": "http://127.0.0.1:9/x", "@id": "a"}', "would have to be fetched"),
        ("a.json", b'[{"@context": [{"@import": "http://127.0.0.1:9/x"}]}]', "would have to be fetched"),
    ],
)
def test_what_is_no_vocabulary_is_refused(name, data, words):
    with pytest.raises(InputError, match=words):
        read_skos(data, name)


def drawn(*annotations, monument="gate"):
    return json.dumps(
        {"format": "heritage-annotations-1", "monument": monument, "annotations": list(annotations)}
    )


AREA = {
    "id": "patch",
    "title": {"en": "A patch", "vi": "Một mảng"},
    "area_m": [[0, 0, 0], [1, 0, 0], [1, 0, 1.5]],
    "epoch": "2019",
    "term": "loss",
}


def test_what_was_drawn_comes_to_the_end_and_comments_stay(site):
    (site / "d.json").write_text(drawn(AREA), "utf-8")

    assert import_annotations(site, site / "d.json") == ("gate", 1)
    text = (site / "monuments/gate/annotations.yaml").read_text("utf-8")
    assert text.startswith(NOTES)
    last = load_site(site).monuments["gate"].annotations.annotations[-1]
    assert (last.id, last.epoch, last.term) == ("patch", "2019", "loss")
    assert last.area_m == ((0, 0, 0), (1, 0, 0), (1, 0, 1.5))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (drawn(AREA, monument="gait"), "there is no monument gait"),
        (drawn({**AREA, "id": "dragon"}), "dragon stand in"),
        (drawn({**AREA, "term": "los"}), 'did you mean "loss"'),
        (drawn({**AREA, "epoch": "2020"}), "there is no epoch 2020"),
        (drawn({**AREA, "area_m": [[0, 0, 0], [2, 0, 2], [2.5, 0, 0], [0, 0, 1]]}), "crosses or touches"),
        (drawn({**AREA, "line_m": [[0, 0, 0], [1, 0, 0]]}), "exactly one of"),
        (drawn(), "annotations"),
        ("no json", "it is no JSON"),
        ("[]", "d.json"),
    ],
)
def test_a_wrong_file_of_drawings_changes_nothing(site, content, words):
    (site / "d.json").write_text(content, "utf-8")
    with pytest.raises(InputError) as error:
        import_annotations(site, site / "d.json")

    assert words in str(error.value)
    assert (site / "monuments/gate/annotations.yaml").read_text("utf-8") == NOTES


def test_a_monument_without_annotations_gets_its_file(site):
    (site / "monuments/gate/annotations.yaml").unlink()
    (site / "d.json").write_text(drawn(AREA), "utf-8")
    import_annotations(site, site / "d.json")

    assert load_site(site).monuments["gate"].annotations.annotations[0].id == "patch"


def test_a_vocabulary_of_ours_in_another_encoding_is_told_with_its_line(site):
    (site / "vocabulary.yaml").write_bytes("# À nous\n".encode("latin-1") + VOCABULARY.encode())
    (site / "a.ttl").write_text(TURTLE, "utf-8")

    with pytest.raises(InputError, match=r"vocabulary\.yaml:1: byte 0xc0 is no UTF-8"):
        import_vocabulary(site, site / "a.ttl")
