"""What is painted into a IIIF Scene: models and cameras with their places."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from heritage.formats.json_document import Object, Reading
from heritage.formats.pose import rotation
from heritage.model.arrays import F64, Similarity
from heritage.model.errors import InputError
from heritage.model.exchange import canonical

_MODELS: Final = {"Model", "PhysicalObject"}
_CAMERAS: Final = {"PerspectiveCamera", "OrthographicCamera"}
_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
_ANNOTATIONS_MOST = 10_000


def kind(value: Any) -> str:
    """The type of an object, empty where it has none."""
    held = value.get("type") if isinstance(value, dict) else None
    return held if isinstance(held, str) else ""


def items_of(read: Reading, holder: Object, key: str) -> list[Object]:
    """The objects that ``holder`` lists under ``key``; strings there, references to elsewhere, are left out."""
    held = read.items(holder.get(key), key)
    if len(held) > _ANNOTATIONS_MOST:
        read.refuse(key, f"{len(held)} items", f"up to {_ANNOTATIONS_MOST} are allowed")
    return [one for one in held if isinstance(one, dict)]


def resource_of(body: Object) -> Object:
    """What a body is made of: the source of a SpecificResource, which older manifests give as a list."""
    for _ in range(8):
        if kind(body) not in {"SpecificResource", "Choice", "List"}:
            return body
        inner = body.get("source", body.get("items"))
        inner = inner[0] if isinstance(inner, list) and inner else inner
        if isinstance(inner, str):
            return {"id": inner}
        if not isinstance(inner, dict):
            return {}
        body = inner
    return body


def place_of(read: Reading, target: Any) -> F64:
    """(3,) the point that a target selects, the scene's origin where it selects none."""
    if isinstance(target, list):
        target = target[0] if target else None
    if not isinstance(target, dict):
        return np.zeros(3)
    held = target.get("selector")
    for selector in held if isinstance(held, list) else [held]:
        if isinstance(selector, dict) and (point := _point(read, selector)) is not None:
            return point
    return np.zeros(3)


def _point(read: Reading, selector: Object) -> F64 | None:
    if kind(selector) == "PointSelector":
        return np.array([read.number(selector.get(axis), f"PointSelector.{axis}", 0.0) for axis in "xyz"])
    if kind(selector) == "WktSelector":
        numbers = [float(one) for one in _NUMBER.findall(read.text(selector.get("value"), "WktSelector"))]
        points = np.array(numbers[: len(numbers) // 3 * 3]).reshape(-1, 3)
        if len(points) and np.isfinite(points).all():
            return np.asarray(np.unique(points, axis=0).mean(axis=0))
    return None


@dataclass(frozen=True)
class Placed:
    """(4, 4) the way from a resource's own axes to the scene's."""

    matrix: F64

    def similarity(self) -> Similarity | None:
        """It as a similarity, None where it stretches, flattens or mirrors."""
        try:
            return Similarity.from_matrix(self.matrix)
        except InputError:
            return None


@dataclass(frozen=True)
class Painting:
    """A painted model; ``id`` is its annotation's."""

    id: str
    uri: str
    label: dict[str, str]
    placed: Placed
    is_hidden: bool


@dataclass(frozen=True)
class Camera:
    """A painted camera in the scene: where it is, what it looks along or at, its up."""

    id: str
    label: dict[str, str]
    eye: F64
    along: F64
    up: F64
    target: F64 | None
    fov_deg: float | None
    is_orthographic: bool
    is_hidden: bool

    @property
    def shown(self) -> str:
        """Its name in a message."""
        return next(iter(self.label.values()), "") or self.id.rpartition("/")[2][:60]


@dataclass
class Painted:
    """Everything that the pages of ``scene`` paint. Raises InputError naming a value of the wrong type."""

    read: Reading
    scene: Object
    models: list[Painting] = field(default_factory=list)
    cameras: list[Camera] = field(default_factory=list)
    turned: list[str] = field(default_factory=list)
    """Cameras turned about several axes, in which the draft leaves the order open."""
    lights: int = 0
    sounds: int = 0

    def __post_init__(self) -> None:
        self._places: dict[str, F64] = {}
        annotations = list(self._annotations(self.scene))
        for one in annotations:
            self._places[self._id(one)] = place_of(self.read, one.get("target"))
        for one in annotations:
            self._add(one)

    def middle(self) -> F64:
        """(3,) mean of where the models stand, the origin without any."""
        return np.asarray(np.mean([one.placed.matrix[:3, 3] for one in self.models] or [np.zeros(3)], axis=0))

    def camera_in(self, scope: Any) -> Camera | None:
        """The camera that a scope means: by its annotation's or its own id, or painted in the content state it is."""
        named = scope if isinstance(scope, str) else scope.get("id") if isinstance(scope, dict) else None
        found = next((one for one in self.cameras if named and one.id == named), None)
        if found or not isinstance(scope, dict):
            return found
        target = scope.get("target")
        if isinstance(target, dict) and kind(target) == "Scene":
            inner = Painted(self.read, target)
            return inner.cameras[0] if inner.cameras else None
        return None

    def _annotations(self, scene: Object) -> Iterator[Object]:
        for page in items_of(self.read, scene, "items"):
            waiting = items_of(self.read, page, "items")
            while waiting:
                one = waiting.pop(0)
                if kind(one) in {"Choice", "List"}:
                    waiting = [*items_of(self.read, one, "items"), *waiting]
                elif self._is_painting(one):
                    yield one

    def _is_painting(self, one: Object) -> bool:
        held = one.get("motivation")
        return "painting" in (held if isinstance(held, list) else [held])

    def _id(self, one: Object) -> str:
        return self.read.text(one.get("id"), "annotation.id")

    def _add(self, one: Object) -> None:
        held = one.get("body")
        body = (held[0] if held else None) if isinstance(held, list) else held
        if isinstance(body, str):
            body = {"id": body}
        if not isinstance(body, dict):
            return
        resource = resource_of(body)
        behavior = one.get("behavior")
        states = behavior if isinstance(behavior, list) else [behavior]
        is_hidden = "hidden" in states or "disabled" in states
        placed = self._placed(one, body)
        label = self._label(resource.get("label"))
        if kind(resource) in _MODELS:
            uri = self.read.text(resource.get("id"), "Model.id")
            self.models.append(Painting(self._id(one), uri, label, Placed(placed), is_hidden))
        elif kind(resource) in _CAMERAS:
            self.cameras.append(self._camera(one, resource, placed, label, is_hidden))
        elif kind(resource).endswith("Light"):
            self.lights += 1
        elif kind(resource).endswith("Audio"):
            self.sounds += 1

    def _placed(self, one: Object, body: Object) -> F64:
        """Transforms in the order they are listed, about the local origin, then the place that is painted to."""
        matrix = np.eye(4)
        for transform in self.read.objects(body.get("transform"), "transform"):
            default = 1.0 if kind(transform) == "ScaleTransform" else 0.0
            x, y, z = (self.read.number(transform.get(a), f"{kind(transform)}.{a}", default) for a in "xyz")
            step = np.eye(4)
            if kind(transform) == "ScaleTransform":
                step[:3, :3] = np.diag([x, y, z])
            elif kind(transform) == "RotateTransform":
                angles = [math.radians(v) for v in (x, y, z)]
                # About the turned axes, as three.js does. The draft's "x, then y, then z" leaves that open
                # (IIIF/api, issue 2285); turned so, the whale of IIIF/3d faces what its manifest says it shows.
                step[:3, :3] = rotation(0, angles[0]) @ rotation(1, angles[1]) @ rotation(2, angles[2])
            elif kind(transform) == "TranslateTransform":
                step[:3, 3] = x, y, z
            matrix = step @ matrix
        matrix[:3, 3] += self._places[self._id(one)]
        return matrix

    def _camera(
        self, one: Object, resource: Object, placed: F64, label: dict[str, str], is_hidden: bool
    ) -> Camera:
        eye, along, up = placed[:3, 3], -placed[:3, 2], placed[:3, 1]
        if resource.get("lookAt") is None and self._is_turned_twice(one):
            self.turned.append(next(iter(label.values()), "") or self._id(one).rpartition("/")[2])
        length = float(np.linalg.norm(along))
        target = self._looked_at(resource.get("lookAt"))
        if target is not None and np.linalg.norm(target - eye) < 1e-9:
            target = None
        fov = None
        if resource.get("fieldOfView") is not None:
            fov = self.read.number(resource["fieldOfView"], "fieldOfView")
        return Camera(
            id=self._id(one),
            label=label,
            eye=eye,
            along=along / length if length > 0 else np.array([0.0, 0.0, -1.0]),
            up=up,
            target=target,
            fov_deg=fov,
            is_orthographic=kind(resource) == "OrthographicCamera",
            is_hidden=is_hidden,
        )

    def _is_turned_twice(self, one: Object) -> bool:
        body = one.get("body")
        body = body[0] if isinstance(body, list) and body else body
        turns = body.get("transform") if isinstance(body, dict) else None
        turns = [t for t in turns or () if isinstance(t, dict) and kind(t) == "RotateTransform"]
        return any(sum(bool(turn.get(axis)) for axis in "xyz") > 1 for turn in turns)

    def _looked_at(self, look_at: Any) -> F64 | None:
        if isinstance(look_at, list):
            look_at = look_at[0] if look_at else None
        if isinstance(look_at, str):
            return self._places.get(look_at)
        if not isinstance(look_at, dict):
            return None
        if (point := _point(self.read, look_at)) is not None:
            return point
        if look_at.get("selector") is not None:
            return place_of(self.read, look_at)
        named = look_at.get("id")
        return self._places.get(named) if isinstance(named, str) else None

    def _label(self, held: Any) -> dict[str, str]:
        words: dict[str, str] = {}
        if isinstance(held, dict):
            for language, texts in held.items():
                first = texts[0] if isinstance(texts, list) and texts else texts
                if isinstance(first, str) and first.strip() and language != "none":
                    words[canonical(language)] = first.strip()
        return words
