"""Camera centres of OpenSfM's ``reconstruction.json`` and of ODM's ``shots.geojson``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.transform import Rotation

from heritage.model.errors import InputError

Centre = tuple[float, float, float]


def read_opensfm(path: Path) -> tuple[list[Centre], Centre | None]:
    """The centres, and longitude, latitude and height of the reference where one is named.

    Of several reconstructions in a file each is in a frame of its own unless it has the same reference: the one
    with the most shots is taken, with all that share its reference.
    """
    try:
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _invalid(path.name, f"byte {error.start} is no UTF-8", "UTF-8 is allowed") from None
    except json.JSONDecodeError as error:
        raise _invalid(f"{path.name}:{error.lineno}", f"no JSON ({error.msg})", "a JSON document") from None
    except RecursionError:
        raise _invalid(path.name, "JSON that is nested too deep", "a reconstruction") from None
    if isinstance(document, dict) and document.get("type") == "FeatureCollection":
        return _features(path.name, document), None
    if isinstance(document, dict) and "shots" in document:
        document = [document]
    if not isinstance(document, list) or not document:
        raise _invalid(
            path.name, f"a JSON {type(document).__name__}", "a list of reconstructions, or ODM's shots"
        )
    found: list[tuple[Centre | None, list[Centre]]] = []
    for k, part in enumerate(document):
        where = f"{path.name}, reconstruction {k}"
        if not isinstance(part, dict) or not isinstance(part.get("shots"), dict):
            raise _invalid(where, "no shots", '"shots" is needed')
        shots = [_centre(f"{where}, shot {name[:60]}", shot) for name, shot in part["shots"].items()]
        found.append((_reference(where, part.get("reference_lla")), shots))
    reference, centres = max(found, key=lambda one: len(one[1]))
    if reference is not None:
        centres = [centre for other, shots in found if other == reference for centre in shots]
    return centres, reference


def _centre(where: str, shot: Any) -> Centre:
    """The pose carries world to camera: x_camera = R x + t with R as an angle-axis vector."""
    if not isinstance(shot, dict):
        raise _invalid(where, "no shot", "rotation and translation are needed")
    rotation = Rotation.from_rotvec(_three(where, shot, "rotation"))
    x, y, z = (float(v) for v in -rotation.inv().apply(_three(where, shot, "translation")))
    return x, y, z


def _three(where: str, holder: dict[str, Any], name: str) -> Centre:
    value = holder.get(name)
    if not (
        isinstance(value, list)
        and len(value) == 3
        and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value)
        and np.isfinite(np.array(value, np.float64)).all()
    ):
        raise _invalid(where, f"no {name} of three numbers", f'"{name}": [x, y, z] is needed')
    x, y, z = (float(v) for v in value)
    return x, y, z


def _reference(where: str, value: Any) -> Centre | None:
    if value is None:
        return None
    named = value if isinstance(value, dict) else {}
    numbers = [named.get(name) for name in ("longitude", "latitude", "altitude")]
    if any(isinstance(v, bool) or not isinstance(v, (int, float)) or not abs(v) < 1e5 for v in numbers):
        found = "a reference_lla that is no place"
        raise _invalid(where, found, "longitude, latitude and altitude are needed")
    longitude, latitude, altitude = (float(str(v)) for v in numbers)
    return longitude, latitude, altitude


def _features(name: str, document: dict[str, Any]) -> list[Centre]:
    """ODM's shots: ``translation`` of each feature is in the coordinates of ODM's cloud."""
    features = document.get("features")
    if not isinstance(features, list):
        raise _invalid(name, "no features", '"features" is needed')
    centres = []
    for k, feature in enumerate(features):
        where = f"{name}, feature {k}"
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if not isinstance(properties, dict):
            raise _invalid(where, "no properties", '"translation" is needed')
        centres.append(_three(where, properties, "translation"))
    return centres


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the cameras anew", code="cameras-invalid")
