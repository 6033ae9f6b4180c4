"""Camera centres of Metashape's (formerly PhotoScan's) cameras as XML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np

from heritage.model.arrays import F64
from heritage.model.errors import InputError

Centre = tuple[float, float, float]


def read_metashape(path: Path) -> tuple[list[Centre], None]:
    """Every camera with a ``transform`` (camera to chunk), carried on by that of its component or the chunk.

    Cameras that were not aligned have none, and are left out. Refuses a DOCTYPE, by which a few bytes could name
    gigabytes or other files.
    """
    data = path.read_bytes()
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\0" in data:
        raise _invalid(path.name, "XML in UTF-16 or with a DOCTYPE", "plain UTF-8 XML without declarations")
    try:
        root = ET.fromstring(data)  # noqa: S314 - no declarations, and its size is bounded
    except ET.ParseError as error:
        line, column = error.position
        raise _invalid(f"{path.name}:{line}", f"no XML at column {column + 1}", "well-formed XML") from None
    chunk = root if root.tag == "chunk" else root.find("chunk")
    if root.tag not in ("document", "chunk") or chunk is None:
        raise _invalid(path.name, f"the root <{root.tag[:40]}>", "<document> with a <chunk> is needed")
    whole = _similarity(path.name, chunk.find("transform"))
    parts = {
        component.get("id"): _similarity(path.name, component.find("transform"))
        for component in chunk.iterfind("components/component")
    }
    centres: list[Centre] = []
    for camera in chunk.iter("camera"):
        transform = camera.find("transform")
        if transform is None:
            continue
        label = f"{path.name}, camera {(camera.get('label') or camera.get('id') or '?')[-60:]}"
        matrix = _numbers(label, transform.text, 16).reshape(4, 4)
        carried = parts.get(camera.get("component_id"))
        # The chunk's own transform is written too where there is one component; never both count.
        placed = carried if carried is not None else whole
        x, y, z, _ = (float(v) for v in (placed if placed is not None else np.eye(4)) @ matrix[:, 3])
        centres.append((x, y, z))
    return centres, None


def _similarity(where: str, element: ET.Element | None) -> F64 | None:
    """(4, 4) world from chunk; None where there is none."""
    if element is None:
        return None
    rotation, translation, scale = (element.find(name) for name in ("rotation", "translation", "scale"))
    matrix = np.eye(4)
    if rotation is not None:
        matrix[:3, :3] = _numbers(f"{where}, rotation", rotation.text, 9).reshape(3, 3)
    if scale is not None:
        matrix[:3, :3] *= _numbers(f"{where}, scale", scale.text, 1)[0]
    if translation is not None:
        matrix[:3, 3] = _numbers(f"{where}, translation", translation.text, 3)
    return matrix


def _numbers(where: str, text: str | None, count: int) -> F64:
    words = (text or "").split()
    if len(words) != count:
        raise _invalid(where, f"{len(words)} numbers", f"{count} are needed")
    try:
        values = np.array([float(word) for word in words])
    except ValueError:
        raise _invalid(where, "a word where a number belongs", f"{count} numbers") from None
    if not np.isfinite(values).all():
        raise _invalid(where, "an infinite number", "finite numbers")
    return values


def _invalid(where: str, found: str, allowed: str) -> InputError:
    return InputError(where, found, allowed, "export the cameras as XML anew", code="cameras-invalid")
