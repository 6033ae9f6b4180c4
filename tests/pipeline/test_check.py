# ruff: noqa: E501 (messages stand here whole, as they are printed)
"""What `heritage check` finds across the files of a site: every message, word for word."""

import os
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import Field

from heritage.cli.main import cli
from heritage.model.documents import Document
from heritage.model.errors import InputError
from heritage.pipeline.check.site import check_site
from heritage.pipeline.lint.tours import lint_tours
from heritage.pipeline.stage import Outcome, Stage
from heritage.pipeline.stages import STAGES
from heritage.text.site import load_site

SITE = """\
title: {en: A site, vi: Một nơi}
languages: [en, vi]
crs: EPSG:32648
footprints: {source: footprints.geojson, id: id, crs: EPSG:32648}
rights: {licence: CC0-1.0}
"""
MONUMENT = """\
title: {en: Gate, vi: Cổng}
footprint: gate
epochs:
  - {id: "2019", source: scans/2019.ply}
  - {id: "2024", source: scans/2024.ply}
states:
  - {id: "1885", source: models/1885.obj, frame: "2024", certainty: probable, evidence: [{label: A drawing}]}
compare:
  - {reference: "2019", compared: "2024"}
registration: {method: footprint, prior: {heading_deg: 10}}
"""
ANNOTATIONS = """\
annotations:
  - {id: dragon, title: {en: Dragon, vi: Rồng}, position_m: [0, 0, 1]}
"""
VOCABULARY = """\
terms:
  - {id: loss, label: {en: Loss, vi: Mất mát}}
  - {id: spalling, label: {en: Spalling, vi: Bong}, broader: loss}
  - {id: lichen, label: {en: Lichen, vi: Địa y}}
"""
TOUR = """\
monument: gate
stops:
  - id: approach
    show: {epoch: "2024"}
    narration: {en: media/approach.en.mp3}
    annotations: [dragon]
  - id: change
    compare: {left: {epoch: "2019"}, right: {epoch: "2024"}, mode: change}
"""
WORDS = "# A tour\n\n## approach\n\nWords. ![Gate](media/gate.png)\n\n## change\n\nMore words.\n"
SQUARE = "[[[775100, 1822300], [775120, 1822300], [775120, 1822310], [775100, 1822310], [775100, 1822300]]]"
FOOTPRINTS = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"id": "gate"}, '
    f'"geometry": {{"type": "Polygon", "coordinates": {SQUARE}}}}}]}}'
)
HEADER = "ply\nformat ascii 1.0\nelement vertex {}\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
CLOUD = HEADER.format(4) + "0 0 0\n1 0 0\n0 1 0\n0 0 1\n"


def silent_wav() -> bytes:
    """A recording: one second of silence."""
    data = b"\0" * 8000
    head = b"RIFF" + (36 + len(data)).to_bytes(4, "little") + b"WAVEfmt " + (16).to_bytes(4, "little")
    form = b"\1\0\1\0" + (8000).to_bytes(4, "little") * 2 + b"\1\0\x08\0"
    return head + form + b"data" + len(data).to_bytes(4, "little") + data


def write(root: Path, files: dict[str, str | bytes]) -> None:
    """Write files below ``root``."""
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site without a flaw."""
    write(
        tmp_path,
        {
            "site.yaml": SITE,
            "footprints.geojson": FOOTPRINTS,
            "monuments/gate/monument.yaml": MONUMENT,
            "monuments/gate/annotations.yaml": ANNOTATIONS,
            "vocabulary.yaml": VOCABULARY,
            "monuments/gate/scans/2019.ply": CLOUD,
            "monuments/gate/scans/2024.ply": CLOUD,
            "monuments/gate/models/1885.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n",
            "tours/walk/tour.yaml": TOUR.replace(".mp3", ".wav"),
            "tours/walk/en.md": WORDS,
            "tours/walk/vi.md": WORDS,
            "media/approach.en.wav": silent_wav(),
            "media/approach.en.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nWords.\n",
            "media/gate.png": b"\x89PNG\r\n\x1a\n",
            "media/bad.vtt": "no captions",
            "media/latin.vtt": "WEBVTT\n\nété".encode("latin-1"),
        },
    )
    return tmp_path


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace a piece of a file that is there."""
    path = root / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def found(root: Path, **options: object) -> list[str]:
    """Every problem, as the command line shows it."""
    problems = check_site(load_site(root), **options)
    return [f"{problem.severity}: {problem} [{problem.code}]" for problem in problems]


M, T, S = "monuments/gate/monument.yaml", "tours/walk/tour.yaml", "site.yaml"


def test_a_flawless_site_has_no_problems(root: Path) -> None:
    assert found(root, every_point=True) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        (S, "EPSG:32648\nf", "EPSG:4326\nf", "site.yaml:3: EPSG:4326 (WGS 84) is not projected: its unit is degree; a projected CRS in metres is allowed as the working CRS; use the UTM zone of the site, for instance EPSG:32648 for Hue [crs-not-projected]"),
        (S, "EPSG:32648\nf", "EPSG:2263\nf", "site.yaml:3: EPSG:2263 (NAD83 / New York Long Island (ftUS)) is in US survey foot; metres [crs-not-metres]"),
        (S, "EPSG:32648\nf", "utm48\nf", "site.yaml:3: 'utm48' is no CRS known to PROJ; an EPSG code such as EPSG:32648 [crs-unknown]"),
        (S, "[en, vi]", "[en, vi, en]", "site.yaml:2: the language en stands here again; each language once; remove it [id-repeated]"),
        (S, ", vi: Một nơi", ", fr: Un lieu, vi: x", "site.yaml:1: fr is no language of the site; en, vi (languages of site.yaml); add fr to languages [language-unlisted]"),
        (S, "footprints.geojson", "footprint.geojson", "site.yaml:4: footprints: there is no file footprint.geojson; an existing file; put it at footprint.geojson, or correct the path [file-missing]"),
        (S, "footprints.geojson", "../x/footprints.geojson", "site.yaml:4: footprints: ../x/footprints.geojson is no path inside the site's folder; files inside the site's folder; copy the file there [file-outside]"),
        (S, "footprints.geojson", "/etc/passwd", "site.yaml:4: footprints: /etc/passwd is no path inside the site's folder; files inside the site's folder; copy the file there [file-outside]"),
        (S, "footprints: {", "# {", f"{M}:2: the footprint is gate, and site.yaml names no footprints; footprints in site.yaml are needed; add footprints: there [footprint-unknown]"),
        (M, "footprint: gate", "footprint: gata", f'{M}:2: there is no footprint gata in footprints.geojson; gate is allowed; did you mean "gate"? [footprint-unknown]'),
        (M, "scans/2019.ply", "scans/2018.ply", f"{M}:4: epoch 2019: there is no file monuments/gate/scans/2018.ply; an existing file; put it at monuments/gate/scans/2018.ply, or correct the path [file-missing]"),
        (M, "scans/2019.ply", "monuments/gate/scans/2019.ply", f"{M}:4: epoch 2019: there is no file monuments/gate/monuments/gate/scans/2019.ply; an existing file; paths in monument.yaml begin in its own folder: write scans/2019.ply [file-missing]"),
        (M, "scans/2019.ply", "scans/2019.PLY", f"{M}:4: epoch 2019: there is no file monuments/gate/scans/2019.PLY; an existing file; did you mean 2019.ply? [file-missing]"),
        (M, "scans/2019.ply", "scans", f"{M}:4: epoch 2019: monuments/gate/scans is a folder; a file is allowed; name a file [file-not-plain]"),
        (M, '{id: "2024", source', '{id: "2019", source', f"{M}:5: the epoch 2019 stands here again (first on line 4); each id once; give it another id [id-repeated]"),
        (M, 'frame: "2024"', 'frame: "2042"', f'{M}:7: there is no epoch 2042; 2019, 2024 are allowed; did you mean "2024"? [epoch-unknown]'),
        (M, "models/1885.obj", "scans/2019.ply", f"{M}:7: the state 1885 is a cloud: scans/2019.ply; an interpreted state is a model (GLB, glTF, OBJ, or PLY with faces); list a survey under epochs [state-no-model]"),
        (M, "label: A drawing", "label: {en: A drawing, de: Zeichnung}", f"{M}:7: de is no language of the site; en, vi (languages of site.yaml); add de to languages [language-unlisted]"),
        (M, 'compared: "2024"', 'compared: "2019"', f"{M}:9: the epoch 2019 is compared with itself; two different epochs are allowed [compare-same]"),
        (M, 'compared: "2024"', 'compared: "2030"', f"{M}:9: there is no epoch 2030; 2019, 2024 are allowed [epoch-unknown]"),
        (M, "footprint: gate\n", 'reference_epoch: "1999"\n', f"{M}:2: there is no epoch 1999; 2019, 2024 are allowed [epoch-unknown]"),
        (S, "footprints: {source: footprints.geojson, id: id, crs: EPSG:32648}\n", "", f"{M}:2: the footprint is gate, and site.yaml names no footprints; footprints in site.yaml are needed; add footprints: there [footprint-unknown]"),
        (M, "method: footprint", "method: gcp", f"{M}:10: the method is gcp, and registration.gcp is missing; registration.gcp is needed; add gcp: gcp.csv, the control points [placement-incomplete]"),
        (M, "method: footprint", "method: gcp, gcp: gcp.csv", f"{M}:10: control points: there is no file monuments/gate/gcp.csv; an existing file; put it at monuments/gate/gcp.csv, or correct the path [file-missing]"),
        (M, "method: footprint", "method: crs", f"{M}:10: the method is crs, and scans/2019.ply says no CRS; the reference epoch's CRS is needed; add crs: EPSG:… to that epoch [placement-incomplete]"),
        (M, "method: footprint", "method: prior", f"{M}:10: the method is prior, and a position under registration.prior is missing; a position under registration.prior is needed; add prior: {{lon: …, lat: …}}, or {{photos: …}}, a folder of the survey's photos [placement-incomplete]"),
        (M, "heading_deg: 10", "lon: 107", f"{M}:10: registration.prior.lat is missing; lon and lat go together; add lat: … [placement-incomplete]"),
        (M, "scans/2024.ply", "scans/2024.ply, crs: WGS48", f'{M}:5: "WGS48" is no CRS known to PROJ; an EPSG code such as EPSG:32648 is allowed [crs-unknown]'),
        (M, ", vi: Cổng", "", f"{M}:1: the title in vi is missing; en is shown instead; add vi: … [language-missing]"),
        (M, "en: Gate, ", "", f"{M}:1: the title in en is missing; it is the site's first language, shown where another is missing; add en: … [language-missing]"),
        (M, "footprint: gate\n", "footprint: gate\ntype: {en: gate}\n", f"{M}:3: the type in vi is missing; en is shown instead; add vi: … [language-missing]"),
        (M, "footprint: gate\n", "footprint: gate\ntype: {en: gate, vi: cổng, fr: porte}\n", f"{M}:3: fr is no language of the site; en, vi (languages of site.yaml); add fr to languages [language-unlisted]"),
        (M, "footprint: gate\n", "footprint: gate\ndescription:\n  en: a\n  vi: '[x](http://a.example)'\n", f"{M}:5: a link to http://a.example; https:// and mailto: are allowed; write the whole https:// address [markdown-link]"),
        ("monuments/gate/annotations.yaml", "position_m", 'epoch: "1972", position_m', 'monuments/gate/annotations.yaml:2: there is no epoch 1972; 2019, 2024 are allowed [epoch-unknown]'),
        ("monuments/gate/annotations.yaml", "position_m: [0, 0, 1]", 'position_m: [0, 0, 1], term: spaling', 'monuments/gate/annotations.yaml:2: there is no term spaling in vocabulary.yaml; lichen, loss, spalling are allowed; did you mean "spalling"? [term-unknown]'),
        ("monuments/gate/annotations.yaml", "position_m: [0, 0, 1]", 'area_m: [[0, 0, 0], [2, 0, 2], [2.5, 0, 0], [0, 0, 1]]', "monuments/gate/annotations.yaml:2: the outline crosses or touches itself at [0.71, 0.00, 0.71]; a ring that meets itself nowhere is needed; give its points in their order around it, or make two areas of it [annotation-outline]"),
        ("vocabulary.yaml", "broader: loss", "broader: los", 'vocabulary.yaml:3: there is no term los; lichen, loss, spalling are allowed; did you mean "loss"? [term-unknown]'),
        ("vocabulary.yaml", "id: loss,", "id: loss, broader: spalling,", "vocabulary.yaml:2: loss is under spalling is under loss: a circle; a term has no way back to itself; take one out [term-circle]"),
        (T, "monument: gate", "monument: gates", f'{T}:1: there is no monument gates; gate is allowed; did you mean "gate"? [monument-unknown]'),
        (T, 'show: {epoch: "2024"}', 'show: {epoch: "1972"}', f"{T}:4: there is no epoch 1972 in {M}; 2019, 2024 are allowed [epoch-unknown]"),
        (T, 'show: {epoch: "2024"}', 'show: {state: "1886"}', f'{T}:4: there is no state 1886 in {M}; 1885 is allowed; did you mean "1885"? [state-unknown]'),
        (T, "[dragon]", "[dragn]", f'{T}:6: there is no annotation dragn in monuments/gate/annotations.yaml; dragon is allowed; did you mean "dragon"? [annotation-unknown]'),
        (T, 'right: {epoch: "2024"}', 'right: {epoch: "2019"}', f"{T}:8: 2019 is compared with itself; two different conditions are allowed; change one side [compare-same]"),
        (T, 'left: {epoch: "2019"}', 'left: {state: "1885"}', f"{T}:8: a change map of an interpreted state; a change map is measured, between two epochs; use the mode swipe, side or blend [compare-not-measured]"),
        (T, 'mode: change', 'mode: overlay', f"{T}:8: 2019 with 2024 laid over it; a state over an epoch: left epoch, right state; use the mode blend, or change the sides [overlay-sides]"),
        (T, 'left: {epoch: "2019"}, right: {epoch: "2024"}', 'left: {epoch: "2024"}, right: {epoch: "2019"}', f"{T}:8: no comparison of 2024 (left) with 2019 (right) is computed; allowed: 2019 with 2024; exchange left and right [compare-not-computed]"),
        (M, 'compare:\n  - {reference: "2019", compared: "2024"}\n', "", f'{T}:8: no comparison of 2019 (left) with 2024 (right) is computed; allowed: there is none yet; add {{reference: "2019", compared: "2024"}} to compare in {M} [compare-not-computed]'),
        (T, "media/approach.en.wav", "media/approach.fr.wav", f"{T}:5: narration: there is no file media/approach.fr.wav; an existing file; put it at media/approach.fr.wav, or correct the path [file-missing]"),
        (T, "media/approach.en.wav", "media/approach.en.vtt", f"{T}:5: narration: media/approach.en.vtt; files ending in .mp3, .m4a, .ogg, .opus, .wav are allowed [media-type]"),
        (T, "{en: media", "{fr: media", f"{T}:5: fr is no language of the site; en, vi (languages of site.yaml); add fr to languages [language-unlisted]"),
        (T, "    annotations: [dragon]", "    captions: {en: media/gate.png}", f"{T}:6: captions: media/gate.png; files ending in .vtt are allowed [media-type]"),
        (T, "    annotations: [dragon]", "    captions: {en: media/bad.vtt}", f"{T}:6: media/bad.vtt does not begin with WEBVTT; WebVTT is allowed; export it as WebVTT (.vtt) [captions-format]"),
        (T, "    annotations: [dragon]", "    captions: {en: media/latin.vtt}", f"{T}:6: media/latin.vtt is no UTF-8 text on line 3; UTF-8 is allowed; export it as WebVTT (.vtt) [captions-format]"),
        ("tours/walk/en.md", "media/gate.png", "media/gates.png", "tours/walk/en.md:3: a picture: there is no file media/gates.png; an existing file; put it at media/gates.png, or correct the path [file-missing]"),
    ],
)  # fmt: skip
def test_one_mistake_is_named(root: Path, name: str, old: str, new: str, message: str) -> None:
    edit(root, name, old, new)

    messages = found(root)

    assert [one.partition(": ")[2] for one in messages if one.partition(": ")[2] == message] == [message], (
        messages
    )


@pytest.mark.parametrize(
    ("place", "message"),
    [
        ("{lon: 107.5}", "stops[0].place has lon; either lon and lat, or at_m"),
        (
            "{lon: 107.5, lat: 16.4, at_m: [1, 2]}",
            "stops[0].place has lon, lat, at_m; either lon and lat, or at_m",
        ),
        ("{lon: 16.4, lat: 107.5}", "stops[0].place.lat is 107.5; -90..90 is allowed"),
    ],
)
def test_a_place_is_in_degrees_or_in_metres(root: Path, place: str, message: str) -> None:
    edit(root, T, "    annotations: [dragon]", f"    place: {place}")

    with pytest.raises(InputError) as caught:
        load_site(root)

    assert str(caught.value) == f"{T}:6: {message}"


def test_a_footprint_may_be_left_to_the_machine_where_there_are_some(root: Path) -> None:
    edit(root, M, "footprint: gate\n", "")
    assert found(root) == []
    edit(root, S, "footprints: {source: footprints.geojson, id: id, crs: EPSG:32648}\n", "")
    assert found(root) == [
        f"error: {M}:9: the method is footprint, and footprint is missing; footprint is needed; add footprints: to "
        "site.yaml, and footprint: and its id here where it is known [placement-incomplete]"
    ]


def test_photos_give_a_position_and_each_is_named_with_its_folder(root: Path) -> None:
    edit(
        root,
        M,
        "registration: {method: footprint, prior: {heading_deg: 10}}",
        "registration: {method: prior, prior: {photos: images/}}",
    )
    images = root / "monuments/gate/images"
    images.mkdir()
    assert found(root) == [
        "error: monuments/gate/images/: 0 pictures, none with a GPS position in its EXIF; one at least; give lon and lat under registration.prior [photos-no-position]"
    ]
    (images / "a.jpg").write_bytes(b"GIF89a")
    assert found(root) == [
        "error: monuments/gate/images/a.jpg: no picture that can be opened; JPEG, TIFF, WEBP, PNG are allowed; remove it from the folder [photo-invalid]"
    ]


def test_a_report_says_what_is_not_built(root: Path) -> None:
    """It printed nothing at all of a site that was not built, or whose scan had been replaced."""
    told = CliRunner().invoke(cli, ["report", str(root), "gate"])
    assert told.exit_code == 0
    assert told.output.startswith("not built of the files as they are now: ingest gate 2019, ")
    assert told.output.endswith("; run heritage build\n")


@pytest.mark.parametrize("content", [b"", b"<svg/>", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"])
def test_a_picture_that_no_browser_shows(root: Path, content: bytes) -> None:
    """Whatever it is called. One of another kind than its name says is shown, and well."""
    (root / "media/gate.png").write_bytes(content)
    assert found(root) == [
        f"error: tours/walk/{language}.md:3: a picture: media/gate.png holds none that browsers show; AVIF, GIF, JPEG, PNG, WebP are allowed; save it as JPEG, under a name that ends in .jpg [picture-kind]"
        for language in ("en", "vi")
    ]
    (root / "media/gate.png").write_bytes(b"RIFF\0\0\0\0WEBP")
    assert found(root) == []


def test_a_name_whose_accents_are_encoded_apart_is_found(root: Path) -> None:
    """A Mac, or an archive from one, writes them so; both names look the same."""
    there, written = (unicodedata.normalize(form, "quét sư tử.ply") for form in ("NFD", "NFC"))
    (root / "monuments/gate/scans" / there).write_text(CLOUD)
    edit(root, M, "scans/2019.ply", f"scans/{written}")
    assert found(root) == [
        f"error: {M}:4: epoch 2019: there is no file monuments/gate/scans/{written}; an existing file; {there} is there, "
        "with its accents encoded in another way: copy its name from there [file-missing]"
    ]


def test_what_is_missing_in_a_further_language_is_a_warning(root: Path) -> None:
    (root / "tours/walk/vi.md").unlink()
    (root / "media/approach.en.vtt").unlink()

    assert found(root) == [
        f"warning: {T}:1: the words in vi are missing; en is shown instead; add vi.md, or write untranslated: {{vi: why}} in tour.yaml [language-missing]",
    ]
    assert [str(problem) for problem in lint_tours(load_site(root), None)] == [
        f"{T}:5: the narration in en has no captions; who cannot hear needs them; add approach.en.vtt beside it, or write accept: {{captions-missing: why}} at the stop approach",
    ]


def test_what_is_missing_is_accepted_on_purpose(root: Path) -> None:
    (root / "tours/walk/vi.md").unlink()
    (root / "media/approach.en.vtt").unlink()
    edit(root, T, "monument: gate\n", "monument: gate\nuntranslated: {vi: follows in May}\n")
    edit(root, T, "    annotations: [dragon]", "    accept: {captions-missing: a drum is heard}")

    assert found(root) == []
    assert lint_tours(load_site(root), None) == ()

    write(
        root,
        {"tours/walk/vi.md": WORDS, "media/approach.en.vtt": "WEBVTT\n\n00:00.000 --> 00:01.000\nWords.\n"},
    )
    assert found(root) == [
        f"warning: {T}:2: vi is accepted as untranslated, and vi.md is there; what is missing can be accepted; remove it [accept-idle]",
    ]
    assert [problem.code for problem in lint_tours(load_site(root), None)] == ["accept-idle"]


def test_the_sites_first_language_cannot_be_done_without(root: Path) -> None:
    (root / "tours/walk/en.md").unlink()
    edit(root, T, "monument: gate\n", "monument: gate\nuntranslated: {en: why not, fr: nor this}\n")

    assert found(root) == [
        f"error: {T}:1: the words in en are missing; it is the site's first language, shown where another is missing; add en.md [language-missing]",
        f"error: {T}:2: fr is no language of the site; en, vi (languages of site.yaml); add fr to languages [language-unlisted]",
    ]


def test_words_about_the_whole_tour_are_accepted_in_the_tour(root: Path) -> None:
    picture = "# A tour\n\n<!-- en\n### A tour\n\nOld.\n-->\n\n![](media/gate.png)\n"
    write(root, {"tours/walk/vi.md": WORDS.replace("# A tour\n", picture)})

    problems = lint_tours(load_site(root), None)
    assert [(problem.code, problem.where) for problem in problems] == [
        ("picture-without-words", "tours/walk/vi.md:1"),
        ("translation-outdated", "tours/walk/vi.md:1"),
    ]
    assert str(problems[1]).endswith(
        "or write accept: {translation-outdated: why} below monument in tour.yaml"
    )

    accept = "monument: gate\naccept: {picture-without-words: an ornament, translation-outdated: a comma}\n"
    edit(root, T, "monument: gate\n", accept)
    assert lint_tours(load_site(root), None) == ()


QUESTION = "Words. ![Gate](media/gate.png)\n\n#### How many?\n\n- [ ] One\n- [x] Two\n"


def test_a_question_is_the_same_in_every_language(root: Path) -> None:
    asking = WORDS.replace("Words. ![Gate](media/gate.png)\n", QUESTION)
    write(root, {"tours/walk/en.md": asking})

    assert [str(problem) for problem in lint_tours(load_site(root), None)] == [
        "tours/walk/vi.md:3: the stop approach has a question in en and none in vi; en is shown instead; translate it, "
        "or write accept: {question-missing: why} at the stop approach"
    ]
    write(root, {"tours/walk/vi.md": asking.replace("- [ ] One\n- [x] Two", "- [x] Hai\n- [ ] Một")})
    assert found(root) == [
        "error: tours/walk/vi.md:3: the question of approach has 2 answers of which number 1 is right in vi; "
        "2 answers of which number 2 is right, as in en; give them the same order [question-differs]"
    ]
    write(root, {"tours/walk/vi.md": asking.replace("- [ ] One\n- [x] Two", "- [ ] Một\n- [x] Hai")})
    assert found(root) == []
    assert lint_tours(load_site(root), None) == ()


def test_a_question_takes_its_time(root: Path) -> None:
    asking = WORDS.replace("Words. ![Gate](media/gate.png)\n", QUESTION + "\nAn explanation. " * 50)
    write(root, {"tours/walk/en.md": asking, "tours/walk/vi.md": asking})
    edit(root, T, "    annotations: [dragon]", "    dwell_s: 4")
    edit(root, T, "    narration: {en: media/approach.en.wav}\n", "")

    first = lint_tours(load_site(root), None)[0]

    # 3 s to look, and 6 words (the picture's one among them), at 3 words a second; the explanation waits for an answer.
    assert first.found == "dwell_s is 4, and the words in en take 5 s to read"


def test_a_pair_in_the_wrong_order_is_a_warning(root: Path) -> None:
    edit(root, M, '{id: "2019", source', '{id: "2019", captured: 2024-05-02, source')
    edit(root, M, '{id: "2024", source', '{id: "2024", captured: 2019-03-14, source')

    assert found(root) == [
        f"warning: {M}:9: 2024 (2019-03-14) was captured before 2019 (2024-05-02); the earlier epoch is the reference: "
        "now what was lost reads as gained; exchange reference and compared [compare-order]"
    ]


def test_words_in_a_language_nobody_listed(root: Path) -> None:
    (root / "tours/walk/fr.md").write_text(WORDS)

    assert found(root) == [
        "error: tours/walk/fr.md: fr is no language of the site; en, vi (languages of site.yaml); add fr to languages [language-unlisted]"
    ]


def test_repeated_stops_are_named_by_the_structure(root: Path) -> None:
    edit(root, T, "id: change", "id: approach")
    for language in ("en", "vi"):
        edit(root, f"tours/walk/{language}.md", "## change\n\nMore words.\n", "")

    assert found(root) == [
        f"error: {T}:7: the stop approach stands here again (first on line 3); each id once; give it another id [id-repeated]"
    ]


def test_a_site_without_monuments_is_a_warning(tmp_path: Path) -> None:
    write(tmp_path, {"site.yaml": SITE.replace("footprints: {", "# {")})

    assert found(tmp_path) == [
        "warning: site.yaml:1: the site has no monument yet; one is needed to show something; write monuments/<id>/monument.yaml [site-empty]"
    ]


def test_links_out_of_the_site_are_refused(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.ply"
    outside.write_text(CLOUD)
    for name in (
        "monuments/gate/scans/2019.ply",
        "media/approach.en.wav",
        "media/gate.png",
        "footprints.geojson",
    ):
        (root / name).unlink()
        os.symlink(outside, root / name)

    assert {message.rpartition("[")[2] for message in found(root)} == {"file-outside]"}
    assert len(found(root)) == 5, "the picture stands in both languages"


class CleanOptions(Document):
    """Options of a stage, for the test."""

    outlier_m: float = Field(0.02, gt=0, le=1)
    keep: str = "all"


def test_overrides_of_options_are_checked_with_their_lines(root: Path) -> None:
    stage = Stage("clean", 1, CleanOptions, lambda job: Outcome())
    edit(root, M, "registration:", "clean:\n  outlier_m: 3\n  kep: x\nregistration:")

    assert found(root, stages=(stage,)) == [
        f"error: {M}:11: clean.outlier_m is 3; more than 0 and at most 1 is allowed [yaml-value]",
        f'error: {M}:12: unknown key clean.kep; outlier_m, keep are allowed; did you mean "keep"? [yaml-unknown-key]',
    ]


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)
def test_the_options_of_every_stage_are_checked(root: Path, stage: Stage) -> None:
    key = "compare_options" if stage.name == "compare" else stage.name
    edit(root, M, "registration:", f"{key}: {{no-such-option: 1}}\nregistration:")

    (problem,) = found(root, stages=STAGES, read_sources=False)
    assert f"unknown key {key}.no-such-option" in problem


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (HEADER.format(5) + "0 0 0\n1 0 0\n", ": the header promises 5 points, the file holds 2; both numbers must be the same; copy the file again from its source, or export it anew [cloud-count]"),
        (HEADER.format(0), ": the cloud has no points; at least one is needed; export it anew [cloud-empty]"),
        (HEADER.format(3) + "0 0 0\n1 nan 0\n0 1 0\n", ", point 1: its coordinates: 1.0, nan, 0.0; finite numbers are allowed; remove such points at the source [cloud-not-finite]"),
        (b"LASF" + b"\0" * 400, ", byte 0: the content is LAS, the ending says PLY; ending and content must agree; give the file the ending of its format, or copy it again [cloud-format]"),
        (b"", ": the file is empty; a file with content is needed; copy it again [file-empty]"),
    ],
)  # fmt: skip
def test_a_bad_cloud_is_named_by_its_path_in_the_site(root: Path, content: str | bytes, message: str) -> None:
    write(root, {"monuments/gate/scans/2019.ply": content})

    assert found(root, every_point=True) == [f"error: monuments/gate/scans/2019.ply{message}"]


BOW_TIE = SQUARE.replace("[775120, 1822300], [775120, 1822310]", "[775120, 1822310], [775119, 1822301]")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SQUARE, BOW_TIE, "footprints.geojson, feature 0 (gate): its plan is invalid: Self-intersection at 775110.27"),
        ('"Polygon"', '"Point"', "footprints.geojson, feature 0 (gate): a Point is given as footprint; a polygon is allowed; draw its outline; a monument without one can be placed by registration.prior [footprint-no-area]"),
        ('"id": "gate"', '"ref": "gate"', "footprints.geojson: no column 'id' for footprints.id; the layer has ref; name one of them in site.yaml under footprints.id [footprints-column]"),
        ('"features": [', '"features": [[', "footprints.geojson: no JSON"),
    ],
)  # fmt: skip
def test_bad_footprints_are_named(root: Path, old: str, new: str, message: str) -> None:
    edit(root, "footprints.geojson", old, new)

    messages = found(root)

    assert any(one.startswith(f"error: {message}") for one in messages), messages


def test_footprints_that_no_monument_uses_only_warn(root: Path) -> None:
    other = (
        FOOTPRINTS[FOOTPRINTS.index('{"type": "Feature",') : -2]
        .replace('"gate"', '"shed"')
        .replace(SQUARE, BOW_TIE)
    )
    edit(root, "footprints.geojson", '"features": [', f'"features": [{other}, ')

    assert [one.partition(":")[0] for one in found(root)] == ["warning"]


@pytest.mark.parametrize(
    ("period", "count"),
    [
        ('"1805~"', 0),
        ("1805/1832", 0),
        ("Nguyễn dynasty", 0),
        ("1805-1832", 1),
        ("19th century", 1),
        ('"1985-02-29"', 1),
    ],
)
def test_a_period_that_only_looks_like_edtf(root: Path, period: str, count: int) -> None:
    edit(root, M, "footprint: gate\n", f"footprint: gate\nperiod: {period}\n")

    messages = found(root)

    assert len(messages) == count
    assert all(
        one.startswith(f"warning: {M}:3: the period") and one.endswith("[period-words]") for one in messages
    )


def test_nothing_is_read_when_nothing_shall_be_read(root: Path) -> None:
    write(root, {"monuments/gate/scans/2019.ply": b"", "footprints.geojson": b"{"})

    assert found(root, read_sources=False) == []


def test_checking_writes_nothing(root: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}

    found(root, every_point=True)

    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_a_document_that_cannot_be_read_stops_the_check(root: Path) -> None:
    edit(root, M, "epochs:", "epoch:")

    with pytest.raises(InputError, match="unknown key epoch"):
        found(root)
