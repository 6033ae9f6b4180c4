"""Every hostile file ends in the right error, within 2 seconds of CPU and 200 MB (battery D1 to D5, E6, E43)."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import numpy as np
import pytest
from make import (
    SQUARE,
    Case,
    e57,
    e57_cases,
    feature,
    feature_cases,
    geojson,
    glb,
    gltf_cases,
    gltf_document,
    las,
    las_cases,
    layer_cases,
    mesh_cases,
    picture,
    picture_cases,
    ply,
    ply_cases,
)

from heritage.formats.cloud import open_cloud
from heritage.formats.image import read_image
from heritage.formats.model import read_model
from heritage.formats.vector import read_footprints
from heritage.model.documents import Footprints
from heritage.model.errors import HeritageError, InputError, Problem
from heritage.pipeline.check.footprints import plan_problems

SECONDS, BYTES = 2.0, 200_000_000


def read_cloud(path: Path) -> int:
    return sum(len(chunk) for chunk in open_cloud(path).chunks())


def read_layer(path: Path) -> object:
    return read_footprints(path.name, Footprints(source=path.name, height_m=None), base=path.parent)


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """E8: nothing named in a file is ever fetched."""

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def memory(field: str) -> int:
    """Bytes from /proc/self/status: VmRSS now, VmHWM since the last reset."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    raise AssertionError(field)


def refused(case: Case, folder: Path, read: Callable[[Path], object]) -> InputError:
    """The error ``read`` answers with; also checks its form, and what finding it cost."""
    path = case.write(folder)
    linux = sys.platform == "linux"
    if linux:
        Path("/proc/self/clear_refs").write_text("5")
        before = memory("VmRSS")
    start = time.process_time()
    with pytest.raises(InputError) as caught:
        read(path)
    seconds = time.process_time() - start
    if linux:
        assert memory("VmHWM") - before < BYTES
    assert seconds < SECONDS
    problem = caught.value.problems[0]
    assert problem.where
    assert problem.found
    assert "\n" not in str(problem)
    assert str(folder) not in str(problem)
    return caught.value


def named(cases: Iterator[Case]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in cases])


@named(iter([*las_cases(), *ply_cases(), *e57_cases()]))
def test_hostile_cloud(case: Case, tmp_path: Path) -> None:
    error = refused(case, tmp_path, read_cloud)

    assert error.problems[0].code == case.code
    assert "hostile" in error.problems[0].where or case.main in error.problems[0].where


@named(iter([*mesh_cases(), *gltf_cases()]))
def test_hostile_model(case: Case, tmp_path: Path) -> None:
    assert refused(case, tmp_path, read_model).problems[0].code == case.code


@named(picture_cases())
def test_hostile_picture(case: Case, tmp_path: Path) -> None:
    assert refused(case, tmp_path, read_image).problems[0].code == case.code


@named(layer_cases())
def test_hostile_layer(case: Case, tmp_path: Path) -> None:
    assert refused(case, tmp_path, read_layer).problems[0].code == case.code


@pytest.mark.parametrize(("name", "wrong", "words"), [pytest.param(*c, id=c[0]) for c in feature_cases()])
def test_hostile_feature_is_named_and_the_others_stay(
    name: str, wrong: dict[str, object], words: str, tmp_path: Path
) -> None:
    (tmp_path / "plans.geojson").write_bytes(geojson(feature(SQUARE, id="good", height=3), wrong))
    spec = Footprints(source="plans.geojson", height_m="height")

    def problems(used: Collection[str]) -> list[Problem]:
        table = read_footprints("plans.geojson", spec, base=tmp_path, used=used)
        assert "good" in {f.id for f in table.features}
        return [*table.problems, *plan_problems(table, tmp_path / "plans.geojson", used, None)]

    found = problems(["good"])
    assert any(words in str(p) and "feature 1" in p.where for p in found), found
    assert {p.severity for p in found} == {"warning"}
    assert "error" in {p.severity for p in problems(["good", "a", "None", "[1]"])}


def test_duplicate_ids_are_named(tmp_path: Path) -> None:
    (tmp_path / "plans.geojson").write_bytes(geojson(feature(SQUARE), feature(SQUARE)))

    table = read_footprints("plans.geojson", Footprints(source="plans.geojson"), base=tmp_path)

    assert ["stands here again" in p.found for p in table.problems] == [True]


@pytest.mark.parametrize(
    "source", ["/vsicurl/http://127.0.0.1/a.gpkg", "http://127.0.0.1/a", "postgresql://h/d#t"]
)
def test_remote_footprints_are_never_fetched(source: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_footprints(source, Footprints(source=source), base=tmp_path)

    assert caught.value.problems[0].code == "footprints-remote"


@pytest.mark.parametrize("source", ["../plans.geojson", "link.geojson"])
def test_footprints_stay_inside_the_site(source: str, tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "plans.geojson").write_bytes(geojson(feature(SQUARE)))
    (site / "link.geojson").symlink_to(tmp_path / "plans.geojson")

    with pytest.raises(InputError) as caught:
        read_footprints(source, Footprints(source=source), base=site)

    assert caught.value.problems[0].code == "file-outside"


def test_a_linked_buffer_outside_the_folder_is_refused(tmp_path: Path) -> None:
    document, body = gltf_document()
    document["buffers"] = [{"uri": "link.bin", "byteLength": len(body)}]
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret.bin").write_bytes(body)
    (folder / "link.bin").symlink_to(tmp_path / "secret.bin")
    (folder / "a.glb").write_bytes(glb(document, b""))

    with pytest.raises(InputError) as caught:
        read_model(folder / "a.glb")

    assert "own folder" in str(caught.value)


_TRIANGLE = ply(
    b"\0" * 36 + b"\3" + bytes([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0]),
    "element vertex 3", "property float x", "property float y", "property float z",
    "element face 1", "property list uchar int vertex_indices",
)  # fmt: skip


@pytest.mark.parametrize(
    ("name", "content", "read"),
    [
        ("a.las", las(20), read_cloud),
        ("a.laz", las(20, compressed=True), read_cloud),
        ("b.laz", las(20, version="1.2", point_format=3, compressed=True), read_cloud),
        (
            "a.ply",
            ply(bytes(range(120)), "element vertex 10", *(f"property float {a}" for a in "xyz")),
            read_cloud,
        ),
        ("a.e57", e57(20), read_cloud),
        ("a.glb", glb(*gltf_document()), read_model),
        ("m.ply", _TRIANGLE, read_model),
    ],
)
def test_every_truncation_is_noticed(
    name: str, content: bytes, read: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    read(path)
    # Every length of a small file; of the paged E57 every 37th.
    for length in range(0, len(content), 37 if name.endswith("e57") else 1):
        path.write_bytes(content[:length])
        with pytest.raises(HeritageError):
            read(path)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_truncated_picture_is_noticed_or_whole(kind: str, tmp_path: Path) -> None:
    """Behind the last pixel a PNG has 20 bytes of checksum and end, without which nothing is lost."""
    content = picture(kind)
    path = tmp_path / "a.png"
    path.write_bytes(content)
    whole = read_image(path)
    unnoticed = 0
    for length in (*range(0, len(content) - 40, 5), *range(len(content) - 40, len(content))):
        path.write_bytes(content[:length])
        try:
            read = read_image(path)
        except InputError:
            continue
        np.testing.assert_array_equal(read, whole)
        unnoticed += 1
    assert unnoticed <= 20
