"""Tilesets that keep every rule of the format and cannot be true are refused where they are made, published and kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from heritage.formats.tiles3d import TILESET, tileset_json, write_tileset
from heritage.formats.tileset_check import count_triangles
from heritage.model.errors import MethodError
from heritage.model.limits import TILE_BYTES, TILE_TRIANGLES
from heritage.model.tiles import Tile, TileTree
from heritage.model.tileset import tileset_problem
from heritage.pipeline.entries.tileset import copied_tileset
from heritage.store import Store
from heritage.store.fsck import fsck

Document = dict[str, Any]
SIZES = {f"tiles/{i}.glb": 1_000 for i in range(4)}


def _tree(error_m: float = 0.5) -> TileTree:
    low, high = np.zeros(3), np.array([4.0, 4.0, 2.0])
    leaf = Tile("tiles/2.glb", low, high / 2, 0.0, 0.0)
    inner = Tile("tiles/1.glb", low, high / 2, 0.1, 0.1, (leaf,))
    other = Tile("tiles/3.glb", high / 2, high, 0.0, 0.0)
    return TileTree(Tile("tiles/0.glb", low, high, error_m, error_m, (inner, other)), max(6.0, error_m))


def _problem(document: object, **about: dict[str, int]) -> str:
    sizes = about.get("sizes", SIZES)
    return str(tileset_problem("t.json", json.dumps(document).encode(), sizes, about.get("triangles")))


def _set(*path: str | int, to: object) -> Callable[[Document], None]:
    def tamper(document: Document) -> None:
        inside: Any = document
        for key in path[:-1]:
            inside = inside[key]
        inside[path[-1]] = to

    return tamper


INNER = ("root", "children", 0)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (_set("root", "geometricError", to=2e8), "above the whole's 6 m"),
        (_set(*INNER, "geometricError", to=0.6), "tiles/1.glb: a geometric error of 0.6 m, above the 0.5 m of tiles/0.glb"),
        (_set("root", "children", 1, "geometricError", to=0.1), "tiles/3.glb: a geometric error of 0.1 m with nothing finer"),
        (_set(*INNER, "geometricError", to=float("nan")), "root.children.0.geometricError: Input should be"),
        (_set("root", "geometricError", to=-1.0), "root.geometricError: Input should be greater than or equal to 0"),
        (_set("root", "geometricError", to="0.5"), "root.geometricError: Input should be a valid number"),
        (_set(*INNER, "boundingVolume", "box", 0, to=9.0), "tiles/1.glb: bounds that reach 6 m beyond those of tiles/0.glb"),
        (_set(*INNER, "content", "uri", to="tiles/9.glb"), "tiles/9.glb: its content is not there"),
        (_set("root", "children", 1, "contents", to=[]), "root.children.1.contents: Extra inputs"),
    ],
)  # fmt: skip
def test_what_cannot_be_true_is_named(tamper: Callable[[Document], None], said: str) -> None:
    document = tileset_json(_tree(), None)
    assert _problem(document) == "None"
    tamper(document)
    assert said in _problem(document)


def test_an_error_may_be_as_large_as_the_bounds_and_no_larger() -> None:
    assert _problem(tileset_json(_tree(6.0), None)) == "None"  # 4, 4 and 2 m: 6 m from corner to corner
    said = _problem(tileset_json(_tree(2e8), None))
    assert "tiles/0.glb: a geometric error of 2e+08 m in bounds 6 m across" in said


def test_tiles_too_large_for_a_visitor_are_named() -> None:
    document = tileset_json(_tree(), None)
    assert "16.8 MB; up to 16.8 MB" in _problem(document, sizes=SIZES | {"tiles/2.glb": TILE_BYTES + 1})
    assert _problem(document, triangles={"tiles/2.glb": TILE_TRIANGLES}) == "None"
    assert "500,001 triangles" in _problem(document, triangles={"tiles/2.glb": TILE_TRIANGLES + 1})


def _glb(path: Path, *counts: int) -> None:
    document = {
        "asset": {"version": "2.0"},
        "accessors": [{"count": 3 * count} for count in counts],
        "meshes": [
            {"primitives": [{"indices": k} for k in range(len(counts))]},
            {"primitives": [{"mode": 0}]},
        ],
    }
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    head = np.array([2, 20 + len(text), len(text)], "<u4").tobytes()
    path.write_bytes(b"glTF" + head + b"JSON" + text)


def _made(folder: Path) -> None:
    (folder / "tiles").mkdir(parents=True)
    for i in range(4):
        _glb(folder / "tiles" / f"{i}.glb", 5, 7)


def test_neither_stage_nor_release_takes_it_and_fsck_finds_it(tmp_path: Path) -> None:
    made = tmp_path / "site" / "made"
    _made(made)
    assert count_triangles(made / "tiles" / "0.glb") == 12
    with pytest.raises(MethodError, match="geometric error of 2e"):
        write_tileset(made, _tree(2e8))

    good = write_tileset(made, _tree()).read_bytes()
    store, place = Store(tmp_path / "site"), list(np.eye(4).ravel())
    with store.writer("build"), store.release("0001-first") as release:
        copied_tileset(release, made, "monuments/gate", place)
    assert fsck(store).sound

    blot = json.loads(good)
    blot["geometricError"] = blot["root"]["geometricError"] = 202_815_728.0
    (made / TILESET).write_text(json.dumps(blot))
    with store.writer("build"), pytest.raises(MethodError) as caught, store.release("0002-second") as release:
        copied_tileset(release, made, "monuments/gate", place)
    assert caught.value.problems[0].code == "tileset-implausible"
    # An earlier version had no such check: its release is whole, and wrong.
    with store.writer("build"), store.release("0003-third") as release:
        for i in range(4):
            release.add(f"monuments/gate/tiles/{i}.glb", made / "tiles" / f"{i}.glb")
        release.add(f"monuments/gate/{TILESET}", made / TILESET)
    (found,) = fsck(store).damage
    assert found.code == "tileset-implausible"
    assert "2.02816e+08 m in bounds 6 m across" in found.found
