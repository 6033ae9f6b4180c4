"""The scene of an SVX document: its models, where they stand, and the way from its coordinates to theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

import numpy as np

from heritage.formats.json_document import Object, Reading
from heritage.formats.pose import z_up
from heritage.formats.printable import printable
from heritage.model.arrays import F64, Similarity, triple
from heritage.model.errors import InputError, Problem
from heritage.model.exchange import Condition, Mark, canonical
from heritage.model.limits import GLTF_DEPTH, GLTF_NODES

METRES: Final = {
    "mm": 0.001,
    "cm": 0.01,
    "m": 1.0,
    "km": 1000.0,
    "in": 0.0254,
    "ft": 0.3048,
    "yd": 0.9144,
    "mi": 1609.344,
}


@dataclass(frozen=True)
class Scene:
    """``monument_from_scene`` leads from scene units, y up, to metres of the model's own axes, y up."""

    setup: Object
    conditions: tuple[Condition, ...]
    visible: tuple[bool, ...]
    marks: tuple[Mark, ...]
    monument: str
    monument_from_scene: Similarity

    def to_monument(self, eye: F64, target: F64, up: F64) -> tuple[F64, F64, F64]:
        """Scene points ``eye`` and ``target`` and the direction ``up``, (3,) each, in the monument frame, z up."""
        there = self.monument_from_scene
        eye_m, target_m = there.apply(np.stack([eye, target]))
        return z_up(eye_m), z_up(target_m), z_up(there.rotation @ up)


def read_scene(read: Reading, document: Object, problems: list[Problem]) -> Scene:
    """The scene that the document opens with. Raises InputError naming the path of what is wrong."""
    scenes = read.objects(document.get("scenes"), "scenes")
    scene = read.index(document.get("scene"), scenes, "scene")
    setups = read.objects(document.get("setups"), "setups")
    setup = read.index(scene["setup"], setups, "scenes.setup") if "setup" in scene else {}
    # Without units Voyager takes millimetres (CVScene.ts).
    units = METRES.get(read.text(scene.get("units"), "scenes.units"), METRES["mm"])
    models = read.objects(document.get("models"), "models")
    placed = dict(_placed(read, document, scene, len(models)))
    conditions: list[Condition] = []
    marks: list[Mark] = []
    to_scene: list[Similarity] = []
    for k, model in enumerate(models):
        at = f"models[{k}]"
        node, matrix = placed.get(k, ({}, np.eye(4)))
        metres = METRES.get(read.text(model.get("units"), f"{at}.units"), units)
        conditions.append(_condition(read, model, node, at))
        to_scene.append(
            _similarity(matrix @ _own(read, model, metres / units, at), read, problems, conditions[-1].name)
        )
        marks += _marks(read, model, metres, at)
    model_from_scene, metres = Similarity.identity(), units
    if to_scene and all(np.allclose(other.matrix, to_scene[0].matrix) for other in to_scene):
        model_from_scene = to_scene[0].inverse()
        metres = METRES.get(read.text(models[0].get("units"), "models[0].units"), units)
    elif to_scene:
        found = "where its models stand: they are placed differently"
        allowed = "the scene's own axes were taken"
        problems.append(Problem("lost-placement", read.name, found, allowed, "look at the views", "warning"))
    monument_from_scene = Similarity(
        model_from_scene.rotation, model_from_scene.translation * metres, model_from_scene.scale * metres
    )
    return Scene(
        setup,
        tuple(conditions),
        tuple(model.get("visible") is not False for model in models),
        tuple(marks),
        next((_folder(one.uri) for one in conditions), ""),
        monument_from_scene,
    )


def _folder(uri: str) -> str:
    return PurePosixPath(uri).parent.name


def _placed(read: Reading, document: Object, scene: Object, models: int) -> Iterator[tuple[int, Any]]:
    """Model number to its node and the node's (4, 4) matrix in the scene."""
    nodes = read.objects(document.get("nodes"), "nodes")
    if len(nodes) > GLTF_NODES:
        read.refuse("nodes", f"{len(nodes)} nodes", f"up to {GLTF_NODES} are allowed")
    seen: set[int] = set()
    waiting = [(one, np.eye(4), 0) for one in read.items(scene.get("nodes"), "scenes.nodes")]
    while waiting:
        number, parent, depth = waiting.pop()
        node = read.index(number, nodes, "a node")
        if number in seen or depth > GLTF_DEPTH:
            read.refuse(f"nodes[{number}]", "nodes that hold each other", "a tree is allowed")
        seen.add(number)
        matrix = parent @ _matrix(read, node, f"nodes[{number}]")
        if "model" in node:
            model = node["model"]
            if isinstance(model, bool) or not isinstance(model, int) or not 0 <= model < models:
                read.refuse(f"nodes[{number}].model", "it counts to no model", "a model's number")
            yield model, (node, matrix)
        children = read.items(node.get("children"), f"nodes[{number}].children")
        waiting += [(child, matrix, depth + 1) for child in children]


def _matrix(read: Reading, node: Object, at: str) -> F64:
    if "matrix" in node:
        return np.array(read.numbers(node["matrix"], 16, f"{at}.matrix")).reshape(4, 4).T
    translation = np.array(read.numbers(node.get("translation", [0, 0, 0]), 3, f"{at}.translation"))
    scale = np.array(read.numbers(node.get("scale", [1, 1, 1]), 3, f"{at}.scale"))
    turn = read.numbers(node.get("rotation", [0, 0, 0, 1]), 4, f"{at}.rotation")
    matrix = np.eye(4)
    matrix[:3, :3] = _turned(read, turn, f"{at}.rotation") * scale
    matrix[:3, 3] = translation
    return matrix


def _turned(read: Reading, quaternion: tuple[float, ...], at: str) -> F64:
    length = float(np.linalg.norm(quaternion))
    if not 0 < length < 1e6:
        read.refuse(at, "a rotation of no length", "a unit quaternion is allowed")
    x, y, z, w = np.array(quaternion) / length
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def _own(read: Reading, model: Object, scale: float, at: str) -> F64:
    """The model's own neutral pose and its units, as CVModel2 applies them: T(units * t) R S(units)."""
    matrix = np.eye(4)
    turn = read.numbers(model.get("rotation", [0, 0, 0, 1]), 4, f"{at}.rotation")
    matrix[:3, :3] = _turned(read, turn, f"{at}.rotation") * scale
    matrix[:3, 3] = scale * np.array(
        read.numbers(model.get("translation", [0, 0, 0]), 3, f"{at}.translation")
    )
    return matrix


def _similarity(matrix: F64, read: Reading, problems: list[Problem], name: str) -> Similarity:
    try:
        return Similarity.from_matrix(matrix)
    except InputError:
        found = f"the placement of {printable(name[:60])}: it is stretched, flat or mirrored"
        allowed = "a turned, moved and evenly scaled model"
        problems.append(Problem("lost-placement", read.name, found, allowed, "look at the views", "warning"))
        return Similarity.identity()


def _condition(read: Reading, model: Object, node: Object, at: str) -> Condition:
    uris = [
        read.text(asset.get("uri"), f"{at}.derivatives.assets.uri")
        for derivative in read.objects(model.get("derivatives"), f"{at}.derivatives")
        for asset in read.objects(derivative.get("assets"), f"{at}.derivatives.assets")
        if asset.get("type") in {"Model", "Geometry", "Points"}
    ]
    uri = uris[-1] if uris else ""
    stem = PurePosixPath(uri).stem
    name = read.text(node.get("name"), "nodes.name")
    return Condition(name=name if name and name != "Model" else stem or "model", uri=uri)


def _marks(read: Reading, model: Object, metres: float, at: str) -> Iterator[Mark]:
    for k, one in enumerate(read.objects(model.get("annotations"), f"{at}.annotations")):
        here = f"{at}.annotations[{k}]"
        position = z_up(
            np.array(read.numbers(one.get("position", [0, 0, 0]), 3, f"{here}.position")) * metres
        )
        normal = z_up(np.array(read.numbers(one.get("direction", [0, 1, 0]), 3, f"{here}.direction")))
        texts = []
        for key in ("title", "lead"):
            held = read.object(one.get(f"{key}s"), f"{here}.{key}s")
            words = {canonical(k): read.text(v, f"{here}.{key}s") for k, v in held.items() if v}
            single = read.text(one.get(key), f"{here}.{key}")
            texts.append(words or ({"en": single} if single else {}))
        yield Mark(
            id=read.text(one.get("id"), f"{here}.id"),
            position_m=triple(position),
            title=texts[0],
            html=texts[1],
            normal=triple(normal),
        )
