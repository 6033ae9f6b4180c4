"""ingest: what a file's coordinates become, and that everything decided on the way is said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heritage.model.arrays import Mesh
from heritage.model.errors import InputError, MethodError
from heritage.model.source import Chunk, SourceHeader, UpAxis
from heritage.ops.ingest import Ingested, ingest
from heritage.ops.source_frame import METRES, IngestOptions, upright_mesh, upright_rotation

UPS: tuple[UpAxis, ...] = get_args(UpAxis)
TRUE_METRES = {"m": 1, "mm": 1e-3, "cm": 1e-2, "km": 1e3, "ft": 0.3048, "us-ft": 0.3048006096, "in": 0.0254}


def run(
    xyz: np.ndarray, header: dict[str, object] | None = None, size: int = 4, **options: object
) -> Ingested:
    header = {"name": "a.ply", "format": "PLY", "points": len(xyz), "unit": "m"} | (header or {})
    return ingest(SourceHeader(**header), pieces(size, xyz=xyz), IngestOptions(**options))  # type: ignore[arg-type]


def pieces(size: int, **arrays: np.ndarray) -> Iterator[Chunk]:
    n = len(arrays["xyz"])
    for at in range(0, n, size):
        yield Chunk(**{name: values[at : at + size] for name, values in arrays.items()})  # type: ignore[arg-type]


@pytest.mark.parametrize("up", UPS)
def test_each_axis_becomes_up_by_a_proper_rotation(up: UpAxis) -> None:
    rotation = upright_rotation(up)
    axis = np.zeros(3)
    axis["xyz".index(up[-1])] = -1 if up[0] == "-" else 1

    np.testing.assert_array_equal(rotation @ axis, [0, 0, 1])
    np.testing.assert_array_equal(rotation @ rotation.T, np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1)


@pytest.mark.parametrize("unit", sorted(METRES))
def test_units_are_the_surveyors_own(unit: str) -> None:
    result = run(np.array([[1.0, 2.0, 3.0]]), units=unit)

    np.testing.assert_allclose(result.cloud.world(), [[TRUE_METRES[unit] * k for k in (1, 2, 3)]], rtol=1e-7)
    assert result.frame.metres_per_unit == pytest.approx(TRUE_METRES[unit], rel=1e-10)


@settings(max_examples=60, deadline=None)
@given(
    n=st.integers(1, 40),
    size=st.integers(1, 41),
    up=st.sampled_from(UPS),
    unit=st.sampled_from(sorted(METRES)),
    east=st.sampled_from([0.0, 9_000.0, 576_700.0, -648_123.4, 5_188_100.0]),
    seed=st.integers(0, 99),
)
def test_the_frame_says_how_to_get_back(
    n: int, size: int, up: UpAxis, unit: str, east: float, seed: int
) -> None:
    metres = METRES[unit]  # type: ignore[index]
    random = np.random.default_rng(seed)
    file = (random.uniform(-50, 50, (n, 3)) + np.array([east, -east, 0])) / metres

    result = run(file, size=size, up=up, units=unit)

    back = result.cloud.world() @ upright_rotation(up) / metres
    assert np.abs((back - file) * metres).max() < 5e-4
    assert result.counts.taken == result.counts.given == n
    assert result.frame.origin_m == tuple(result.cloud.origin)
    if abs(east) > 10_100:
        assert np.abs((back - file) * metres).max() < 8e-6, "half a float32 step within 256 m"


def test_the_origin_is_zero_near_and_round_far() -> None:
    near = run(np.array([[9_000.0, 0, 0], [9_010, 0, 0]]))
    far = run(np.array([[576_661.97, 5_188_114.06, 156.0], [576_768.25, 5_188_211.7, 169.0]]))
    given = run(np.array([[10.0, 20, 30]]), origin_m=(1, 2, 3))

    assert near.frame.origin_m == (0, 0, 0)
    assert far.frame.origin_m == (576_700, 5_188_100, 0)
    assert given.frame.origin_m == (1, 2, 3)
    np.testing.assert_array_equal(given.cloud.xyz, [[9, 18, 27]])


def colours(values: list[int], dtype: type) -> tuple[np.ndarray | None, float | None, str]:
    rgb = np.array(values, dtype).reshape(-1, 3)
    header = SourceHeader("a.las", "LAS", len(rgb), unit="m", colour_bits=16)
    result = ingest(header, pieces(1, xyz=np.zeros((len(rgb), 3)), rgb=rgb), IngestOptions())
    figure = next(f for f in result.figures if f.name == "colour_depth")
    return result.cloud.rgb, figure.value, " ".join(result.warnings)


def test_colour_depth_is_decided_over_the_whole_cloud() -> None:
    rgb, depth, _ = colours([10, 20, 255, 1, 2, 3], np.uint16)
    assert (rgb is not None and rgb.tolist(), depth) == ([[10, 20, 255], [1, 2, 3]], 8)

    # Only the last point shows that the fields are 16 bits wide in earnest.
    rgb, depth, _ = colours([10, 20, 255, 65535, 256, 65280], np.uint16)
    assert (rgb is not None and rgb.tolist(), depth) == ([[0, 0, 0], [255, 1, 255]], 16)

    rgb, depth, _ = colours([10, 20, 30], np.uint8)
    assert (rgb is not None and rgb.tolist(), depth) == ([[10, 20, 30]], 8)

    rgb, depth, warnings = colours([0] * 6, np.uint16)
    assert (rgb, depth) == (None, None)
    assert "black" in warnings


def test_normals_turn_along_and_unknown_ones_stay_zero() -> None:
    normal = np.array([[0, 1, 0], [0, 0, 0], [0, 0, 2]], np.float32)
    header = SourceHeader("a.ply", "PLY", 3, unit="m", has_normals=True)

    result = ingest(header, pieces(2, xyz=np.zeros((3, 3)), normal=normal), IngestOptions(up="y"))

    assert result.cloud.normal is not None
    np.testing.assert_allclose(result.cloud.normal, [[0, 0, 1], [0, 0, 0], [0, -1, 0]], atol=1e-7)


def test_points_the_file_calls_invalid_are_counted() -> None:
    header = SourceHeader("a.e57", "E57", 5, unit="m")
    chunks = [
        Chunk(np.ones((2, 3)), left_out={"invalid": 1}),
        Chunk(np.ones((1, 3)), left_out={"invalid": 1}),
    ]

    result = ingest(header, chunks, IngestOptions())

    assert (result.counts.taken, result.counts.given, result.counts.reasons) == (5, 3, {"invalid": 2})
    with pytest.raises(MethodError):
        ingest(header, chunks[:1], IngestOptions())


def test_no_valid_point_and_too_many_points_are_errors() -> None:
    header = SourceHeader("a.e57", "E57", 2, unit="m")

    with pytest.raises(InputError, match="none of its 2 points"):
        ingest(header, [Chunk(np.empty((0, 3)), left_out={"invalid": 2})], IngestOptions())
    with pytest.raises(InputError, match="more than the 2 points"):
        ingest(header, [Chunk(np.ones((3, 3)))], IngestOptions())
    with pytest.raises(InputError, match="up to 1 points"):
        ingest(header, [], IngestOptions(max_points=1))


def test_the_unit_comes_from_the_strongest_word() -> None:
    feet = {"crs": "EPSG:2263", "unit": None}  # New York, US survey feet
    one = np.array([[1000.0, 1000.0, 10.0]])

    by_crs = run(one, feet)
    by_curator = run(one, feet, units="m")
    assumed = run(one, {"unit": None})

    assert by_crs.frame.metres_per_unit == pytest.approx(1200 / 3937)
    assert by_crs.warnings == ()
    assert by_curator.frame.metres_per_unit == 1
    assert any("not that of its CRS" in w for w in by_curator.warnings)
    assert any("metres are assumed" in w for w in assumed.warnings)
    assert run(one, feet, units="us-ft").warnings == ()
    assert any("not that of its CRS" in w for w in run(one, feet, units="ft").warnings)
    with pytest.raises(InputError, match="one unit in plan and another in height"):
        run(one, {"crs": "EPSG:2263+5703", "unit": None})


@pytest.mark.parametrize(
    ("crs", "words"),
    [
        ("EPSG:4326", "degrees"),
        ("EPSG:4978", "geocentric"),
        ("EPSG:0", "no CRS known"),
        ("nonsense", "no CRS known"),
    ],
)
def test_coordinates_that_are_no_metres_are_refused(crs: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        run(np.ones((2, 3)), crs=crs)
    if crs.startswith("EPSG:4"):
        with pytest.raises(InputError, match=words):
            run(np.ones((2, 3)), {"crs": crs})


def test_the_curators_crs_wins_and_says_so() -> None:
    result = run(np.ones((2, 3)), {"crs": "EPSG:32649"}, crs="EPSG:32648")

    assert result.frame.crs is not None
    assert pyproj.CRS(result.frame.crs).to_epsg() == 32648
    assert any("the site's word is taken" in w for w in result.warnings)
    assert run(np.ones((2, 3)), {"crs": "EPSG:32648"}, crs="EPSG:32648").warnings == ()


@pytest.mark.parametrize(
    ("xyz", "size"),
    [
        (np.array([[1.0, 2, 3]]), [0, 0, 0]),
        (np.tile([[1.0, 2, 3]], (1000, 1)), [0, 0, 0]),
        (np.column_stack([np.arange(9.0), np.zeros(9), np.zeros(9)]), [8, 0, 0]),
        (np.array([[1e7, 1e7, 0], [1e7 + 1, 1e7, 0]]), [1, 0, 0]),
    ],
)
def test_degenerate_clouds_are_kept(xyz: np.ndarray, size: list[float]) -> None:
    result = run(xyz)

    figures = {f.name: f.value for f in result.figures}
    assert [figures[f"size_{a}"] for a in "xyz"] == size
    assert len(result.cloud) == len(xyz)


def test_clouds_too_wide_for_float32_are_refused_by_name() -> None:
    for xyz in ([[0.0, 0, 0], [1e6, 0, 0]], [[0.0, 0, 0], [1e300, 0, 0]]):
        with pytest.raises(InputError) as caught:
            run(np.array(xyz))
        assert caught.value.problems[0].code == "cloud-too-wide"
        assert caught.value.problems[0].where == "a.ply"


@pytest.mark.parametrize("n", [2**k + d for k in range(1, 11) for d in (-1, 0, 1)])
def test_counts_balance_for_every_size(n: int) -> None:
    xyz = np.random.default_rng(n).normal(size=(n, 3))

    for size in (1 if n < 300 else 7, 16, 64, n):
        result = run(xyz, size=size)
        assert result.counts.given == n
        np.testing.assert_array_equal(result.cloud.xyz, xyz.astype(np.float32))


def test_a_model_is_turned_and_scaled() -> None:
    mesh = Mesh(
        np.array([100.0, 200.0, 300.0]),
        np.array([[0, 0, 0], [1000, 0, 0], [0, 2000, 0]], np.float32),
        np.array([[0, 1, 2]], np.int32),
        normals=np.array([[0, 0, 1]] * 3, np.float32),
        name="gate",
    )

    upright = upright_mesh(mesh, "y", "mm")

    np.testing.assert_allclose(upright.origin, [0.1, -0.3, 0.2])
    np.testing.assert_allclose(upright.vertices, [[0, 0, 0], [1, 0, 0], [0, 0, 2]], atol=1e-6)
    assert upright.normals is not None
    np.testing.assert_allclose(upright.normals, [[0, -1, 0]] * 3, atol=1e-7)
    a, b, c = upright.vertices
    assert np.cross(b - a, c - a) @ upright.normals[0] > 0
    assert upright.name == "gate"
