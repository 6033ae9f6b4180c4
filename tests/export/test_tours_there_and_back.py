"""A release's tour goes out by the command line and comes back as a tour that `heritage check` accepts."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import exchange_site
import numpy as np
import pyproj
import pytest
from click.testing import CliRunner, Result
from exchange_site import LAT, LON, TITLES, VIEWS, WORDS, write_site

from heritage.cli.main import cli
from heritage.export.iiif import export_iiif
from heritage.export.incoming import import_tour
from heritage.export.kml import export_kml
from heritage.export.svx import export_svx
from heritage.formats.glb import sized
from heritage.formats.gltf import write_plain_glb
from heritage.model.arrays import Mesh
from heritage.model.errors import InputError
from heritage.pipeline.check.site import check_site
from heritage.text.markdown import render
from heritage.text.site import LoadedTour, load_site

ROOT = Path(__file__).resolve().parents[2]
TARGETS = {"svx": "out", "kml": "out.kmz", "iiif": "out"}
DOCUMENTS = {"svx": "out/scene.svx.json", "kml": "out.kmz", "iiif": "out/manifest.json"}


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return write_site(tmp_path / "site")


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def _there_and_back(site: Path, kind: str, *more: str) -> tuple[LoadedTour, list[str], list[str]]:
    """The tour imported from what was exported, and the codes of what was lost on each way."""
    target = site.parent / TARGETS[kind]
    base = ("--base", "https://museum.example/hue") if kind == "iiif" else ()
    out = _run(
        "export", "tour", str(site), "gate-walk", "--format", kind, str(target), "--json", *base, *more
    )
    assert out.exit_code == 0, out.output
    back = _run(
        "import", "tour", str(site), str(site.parent / DOCUMENTS[kind]), "--id", "back", "--json", *more
    )
    assert back.exit_code == 0, back.output
    loaded = load_site(site)
    assert [p for p in check_site(loaded, read_sources=False) if p.severity == "error"] == []
    return loaded.tours["back"], _codes(out), _codes(back)


def _codes(result: Result) -> list[str]:
    problems = json.loads(result.stdout)
    assert all(problem["severity"] == "warning" for problem in problems)
    return sorted(problem["code"] for problem in problems)


def _assert_words(tour: LoadedTour) -> None:
    assert set(tour.words) == {"vi", "en", "fr"}
    assert tour.words["en"].tour.title == "Through the gate & <back>"
    for language, words in tour.words.items():
        assert list(words.stops) == list(WORDS)
        for one, passage in words.stops.items():
            assert passage.title == TITLES[one][language]
            assert render(passage.markdown) == render(WORDS[one][language])


def _assert_views(tour: LoadedTour, *, target: bool) -> None:
    for stop in tour.tour.stops:
        view, was = stop.view, VIEWS[stop.id]
        assert view is not None
        assert view.eye_m == pytest.approx(was.eye_m, abs=1e-6)
        if target:
            assert view.target_m == pytest.approx(was.target_m, abs=1e-6)
        along, before = (np.subtract(v.target_m, v.eye_m) for v in (view, was))
        assert np.allclose(along / np.linalg.norm(along), before / np.linalg.norm(before), atol=1e-6)


def test_svx(site: Path) -> None:
    tour, out, back = _there_and_back(site, "svx")
    assert tour.tour.monument == "gate"
    _assert_words(tour)
    _assert_views(tour, target=False)
    assert tour.words["en"].tour.markdown == "About it."
    first, second, third = tour.tour.stops
    assert [stop.show and (stop.show.epoch, stop.show.state) for stop in tour.tour.stops] == [
        ("2024", None), ("2024", None), (None, "1885"),
    ]  # fmt: skip
    assert (first.move.easing, second.move.easing, second.move.seconds) == ("cut", "linear", 2.5)
    assert first.annotations == ("dragon",)
    assert third.dwell_s is None
    assert (site / first.narration["vi"]).read_bytes() == b"ID3 vi"
    assert (site / first.captions["en"]).read_bytes().startswith(b"WEBVTT")
    models = site.parent / "out/models/gate"
    assert (models / "epoch-2024.glb").read_bytes() == b"glTF 2024"
    assert (models / "state-1885.glb").read_bytes() == b"glTF state"
    assert out == [
        "lost-comparison", "lost-detail", "lost-dwell", "lost-fov", "lost-language", "lost-narration", "lost-target",
    ]  # fmt: skip
    assert back == ["lost-target"]


@pytest.mark.parametrize("kind", ["svx", "iiif"])
def test_models_go_along_in_the_metres_that_views_are_in(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A monument whose frame counts in 2.5 m: its download is in true metres, its views are not."""
    corners = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], np.float32)
    plain = write_plain_glb(Mesh(np.zeros(3), corners, np.array([[0, 1, 2]], np.int32)))
    placement, files = exchange_site.placement().model_copy(update={"scale": 2.5}), exchange_site._files
    monkeypatch.setattr(exchange_site, "placement", lambda: placement)
    monkeypatch.setattr(
        exchange_site,
        "_files",
        lambda heights: {
            name: sized(plain, 2.5) if name.endswith("model.glb") else content
            for name, content in files(heights).items()
        },
    )

    tour, _, _ = _there_and_back(write_site(tmp_path / "site"), kind)

    _assert_views(tour, target=kind == "iiif")
    assert (tmp_path / "out/models/gate/epoch-2024.glb").read_bytes() == plain
    assert (tmp_path / "out/models/gate/state-1885.glb").read_bytes() == b"glTF state"


def test_kmz(site: Path) -> None:
    tour, out, back = _there_and_back(site, "kml", "--geoid-height", "-19.25")
    assert tour.tour.monument == "gate"  # the nearest
    _assert_words(tour)
    _assert_views(tour, target=True)
    assert [stop.dwell_s for stop in tour.tour.stops] == [10.0, 11.0, 12.0]
    assert [stop.move.easing for stop in tour.tour.stops] == ["cut", "linear", "linear"]
    assert [stop.view.fov_deg for stop in tour.tour.stops if stop.view] == pytest.approx([45, 45, 60])
    assert (site / tour.tour.stops[0].narration["en"]).read_bytes() == b"ID3 en"
    with zipfile.ZipFile(site.parent / "out.kmz") as packed:
        assert packed.namelist()[0] == "doc.kml"
        assert "media/gate.vi.mp3" in packed.namelist()
    assert out == ["lost-annotations", "lost-captions", "lost-comparison", "lost-model", "lost-normal"]
    assert back == []


def test_iiif(site: Path) -> None:
    tour, out, back = _there_and_back(site, "iiif")
    _assert_words(tour)
    _assert_views(tour, target=True)
    assert [stop.show and (stop.show.epoch, stop.show.state) for stop in tour.tour.stops] == [
        ("2024", None), ("2024", None), (None, "1885"),
    ]  # fmt: skip
    assert out == [
        "lost-annotations", "lost-captions", "lost-comparison", "lost-detail", "lost-normal", "lost-timing",
    ]  # fmt: skip
    assert back == []
    # The manifest names its recordings by web addresses; below its own, they lie beside it.
    assert (site / tour.tour.stops[0].narration["vi"]).read_bytes() == b"ID3 vi"
    manifest = json.loads((site.parent / "out/manifest.json").read_bytes())
    assert manifest["rights"] == "https://creativecommons.org/licenses/by/4.0/"
    place = manifest["navPlace"]["features"][0]["geometry"]["coordinates"]
    assert place == pytest.approx([LON, LAT], abs=1e-3)


def test_a_packed_folder_is_read_like_the_folder(site: Path) -> None:
    export_svx(site, "gate-walk", site.parent / "out")
    with zipfile.ZipFile(site.parent / "scene.zip", "w") as packed:
        for path in sorted((site.parent / "out").rglob("*")):
            packed.write(path, "bundle/" + path.relative_to(site.parent / "out").as_posix())
    made = import_tour(site, site.parent / "scene.zip")
    tour = load_site(site).tours[made.id]
    assert made.id == "qua-cua"  # the file's name says nothing
    _assert_words(tour)
    assert (site / tour.tour.stops[0].narration["en"]).read_bytes() == b"ID3 en"


def test_recordings_elsewhere_are_not_fetched(site: Path) -> None:
    export_iiif(site, "gate-walk", site.parent / "out", base="https://museum.example/hue")
    manifest = site.parent / "out/manifest.json"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(text.replace("https://museum.example/hue/media/", "https://elsewhere.example/media/"))
    made = import_tour(site, manifest, tour_id="back")
    assert [problem.code for problem in made.problems] == ["lost-narration"]
    assert "https://elsewhere.example/media/gate.vi.mp3" in made.problems[0].found
    assert load_site(site).tours["back"].tour.stops[0].narration == {}


def test_what_is_doubtful_about_views_is_said(site: Path) -> None:
    """A wide view, a leaning camera, one far away, one that only has a direction."""
    view = "<LookAt>{}<longitude>{}</longitude><latitude>16.469</latitude><range>30</range></LookAt>"
    camera = (
        "<Camera><longitude>107.578</longitude><latitude>16.469</latitude><altitude>9</altitude><tilt>80</tilt>"
        "<roll>9</roll><altitudeMode>relativeToGround</altitudeMode></Camera>"
    )
    steps = [view.format("<gx:horizFov>175</gx:horizFov>", 107.578), view.format("", 107.6), camera]
    flights = "".join(f"<gx:FlyTo><gx:duration>1</gx:duration>{step}</gx:FlyTo>" for step in steps)
    tour = f"<gx:Tour><name>T</name><gx:Playlist>{flights}</gx:Playlist></gx:Tour>"
    file = site.parent / "t.kml"
    file.write_text(f'<kml xmlns:gx="http://www.google.com/kml/ext/2.2">{tour}</kml>')
    made = import_tour(site, file, monument="gate", language="en")
    found = {problem.code: problem.found.rpartition(": ")[2] for problem in made.problems}
    assert found["lost-fov"] == "stop-1"
    assert found["exchange-far"] == "stop-2"
    assert found["lost-roll"] == found["lost-target"] == "stop-3"
    stops = load_site(site).tours[made.id].tour.stops
    assert stops[0].view is not None
    assert stops[0].view.fov_deg == 120
    assert [stop.dwell_s for stop in stops] == [0, 0, None]


def test_every_line_is_in_the_reference() -> None:
    sources = [*(ROOT / "heritage/formats").glob("*.py"), *(ROOT / "heritage/export").glob("*.py")]
    sources.append(ROOT / "heritage/pipeline/reading/tour_words.py")
    written = set(
        re.findall(r'"((?:lost|exchange)-[a-z-]+)"', "".join(p.read_text("utf-8") for p in sources))
    )
    listed = set(
        re.findall(r"`((?:lost|exchange)-[a-z-]+)`", (ROOT / "docs/reference/exchange.md").read_text("utf-8"))
    )
    assert written - {"exchange-invalid", "exchange-format"} == listed  # those two are errors


def test_heights_above_the_sea(site: Path) -> None:
    """The same tour with the sea 19.25 m below the ellipsoid stands 19.25 m higher above the sea."""
    altitudes = []
    for name, geoid in (("a.kml", 0.0), ("b.kml", -19.25)):
        export_kml(site, "gate-walk", site.parent / name, geoid_height_m=geoid)
        text = (site.parent / name).read_text(encoding="utf-8")
        altitudes.append(float(text.split("<altitude>")[1].split("<")[0]))
    assert altitudes[1] - altitudes[0] == pytest.approx(19.25)
    # Of a site whose heights are above the sea themselves nothing is asked.
    assert "lost-heights" not in {p.code for p in export_kml(site, "gate-walk", site.parent / "c.kml")}
    other = write_site(site.parent / "other", heights="ellipsoidal")
    codes = {p.code for p in export_kml(other, "gate-walk", site.parent / "d.kml")}
    # A machine with PROJ's grid of EGM96 knows them.
    grid = Path(pyproj.datadir.get_data_dir()) / "us_nga_egm96_15.tif"
    assert ("lost-heights" in codes) is not grid.exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nope", "--format", "svx", "new"], "tour-unknown"),
        (["gate-walk", "--format", "kml", "new.txt"], "export-format"),
        (["gate-walk", "--format", "kml", "site/site.yaml"], "export-format"),
        (["gate-walk", "--format", "svx", "site"], "target-exists"),
        (["gate-walk", "--format", "svx", "no/such/folder"], "target-missing"),
        (["gate-walk", "--format", "iiif", "new"], "export-base"),
        (["gate-walk", "--format", "iiif", "new", "--base", "ftp://x/"], "export-base"),
        (["gate-walk", "--format", "iiif", "new", "--base", "https://u@x/"], "export-base"),
    ],
)
def test_export_refuses(site: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: str) -> None:
    monkeypatch.chdir(site.parent)
    before = sorted(p.name for p in site.parent.iterdir())
    result = _run("export", "tour", "site", *arguments)
    assert isinstance(result.exception, InputError)
    assert [p.code for p in result.exception.problems] == [code]
    assert sorted(p.name for p in site.parent.iterdir()) == before


def test_nothing_is_overwritten_and_choices_are_named(site: Path) -> None:
    export_kml(site, "gate-walk", site.parent / "t.kml")
    import_tour(site, site.parent / "t.kml", tour_id="one")
    before = (site / "tours/one/tour.yaml").read_bytes()
    for options, code in (
        ({"tour_id": "one"}, "tour-exists"),
        ({"tour_id": "../x"}, "folder-id"),
        ({"monument": "hall"}, "monument-unknown"),
        ({"language": "de"}, "language-unlisted"),
        ({"number": 2}, "tour-number"),
    ):
        with pytest.raises(InputError) as error:
            import_tour(site, site.parent / "t.kml", **options)
        assert error.value.problems[0].code == code
    assert (site / "tours/one/tour.yaml").read_bytes() == before
    assert sorted(p.name for p in (site / "tours").iterdir()) == ["one"]
