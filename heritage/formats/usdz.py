"""Write surfaces as USDZ, which Quick Look on iPhones and iPads puts into the room.

The package is a zip without compression whose files begin at multiples of 64 bytes; the first is the scene, as USD
text, the others are its pictures. Source: the USDZ file format specification and the UsdPreviewSurface proposal
(OpenUSD). USD is told to be y up, as the GLB is: our (x, y, z) is written (x, z, -y).
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from heritage.formats.gltf import GENERATOR, STONE, y_up
from heritage.formats.texture import jpeg
from heritage.model.arrays import Mesh

_ALIGNMENT = 64
_PADDING_ID = 0x1986  # any id that no program uses; readers skip what they do not know
_DATE = (1980, 1, 1, 0, 0, 0)  # without times, so that equal models give equal files


def write_usdz(meshes: Sequence[tuple[Mesh, bool]], title: str, *, quality: int = 88) -> bytes:
    """The package of ``meshes``, each with whether it is lit; metres, y up, ``title`` as a comment of the model.

    An unlit surface emits its colours, because photogrammetry carries its light in them. Meshes need uv and
    texture for a picture; without them they are stone, and normals are written where a mesh is lit.
    """
    files: list[tuple[str, bytes]] = []
    bodies = []
    for k, (mesh, lit) in enumerate(meshes):
        picture = None
        if mesh.texture is not None and mesh.uv is not None:
            picture = f"surface-{k}.jpg"
            files.append((picture, jpeg(mesh.texture, quality)))
        bodies.append(_surface(k, mesh, lit, picture))
    return _package([("model.usda", _scene(title, bodies).encode()), *files])


def _scene(title: str, bodies: Iterable[str]) -> str:
    return (
        '#usda 1.0\n(\n    customLayerData = {\n        string creator = "' + GENERATOR + '"\n    }\n'
        '    defaultPrim = "Model"\n    metersPerUnit = 1\n    upAxis = "Y"\n)\n\n'
        f'def Xform "Model" (\n    doc = {_text(title)}\n    kind = "component"\n)\n{{\n'
        + "".join(bodies)
        + "}\n"
    )


def _surface(k: int, mesh: Mesh, lit: bool, picture: str | None) -> str:
    xyz = y_up(mesh.vertices).astype(np.float64) + y_up(mesh.origin[None])
    low, high = xyz.min(0), xyz.max(0)
    rows = [
        "uniform bool doubleSided = 1",
        f"float3[] extent = {_tuples(np.stack([low, high]), 4)}",
        f"int[] faceVertexCounts = [{', '.join(['3'] * len(mesh.triangles))}]",
        f"int[] faceVertexIndices = [{', '.join(map(str, mesh.triangles.ravel().tolist()))}]",
        f"rel material:binding = </Model/Material{k}>",
        f"point3f[] points = {_tuples(xyz, 4)}",
    ]
    if lit and mesh.normals is not None:
        rows.append(
            f'normal3f[] normals = {_tuples(y_up(mesh.normals), 3)} (\n            interpolation = "vertex"\n        )'
        )
    if picture is not None and mesh.uv is not None:
        # USD counts v from the picture's lower edge.
        uv = np.stack([mesh.uv[:, 0], 1 - mesh.uv[:, 1]], axis=1)
        rows.append(
            f'texCoord2f[] primvars:st = {_tuples(uv, 5)} (\n            interpolation = "vertex"\n        )'
        )
    rows.append('uniform token subdivisionScheme = "none"')
    body = "".join(f"        {row}\n" for row in rows)
    return (
        f'    def Mesh "Surface{k}" (\n        prepend apiSchemas = ["MaterialBindingAPI"]\n    )\n    {{\n{body}    }}\n\n'
        f"{_material(k, lit, picture)}"
    )


def _material(k: int, lit: bool, picture: str | None) -> str:
    path = f"/Model/Material{k}"
    colour = "inputs:diffuseColor" if lit else "inputs:emissiveColor"
    if picture is None:
        r, g, b = STONE[:3]
        looks = [f"color3f {colour} = ({r}, {g}, {b})"]
    else:
        looks = [f"color3f {colour}.connect = <{path}/Picture.outputs:rgb>"]
    if not lit:
        looks.append("color3f inputs:diffuseColor = (0, 0, 0)")
    looks += ["float inputs:metallic = 0", "float inputs:roughness = 1", "token outputs:surface"]
    shaders = [_shader("Preview", "UsdPreviewSurface", looks)]
    if picture is not None:
        sample = [
            f"asset inputs:file = @{picture}@",
            'token inputs:sourceColorSpace = "sRGB"',
            f"float2 inputs:st.connect = <{path}/Coordinates.outputs:result>",
            'token inputs:wrapS = "clamp"',
            'token inputs:wrapT = "clamp"',
            "float3 outputs:rgb",
        ]
        reads = ['string inputs:varname = "st"', "float2 outputs:result"]
        shaders += [
            _shader("Picture", "UsdUVTexture", sample),
            _shader("Coordinates", "UsdPrimvarReader_float2", reads),
        ]
    return (
        f'    def Material "Material{k}"\n    {{\n'
        f"        token outputs:surface.connect = <{path}/Preview.outputs:surface>\n\n{''.join(shaders)}    }}\n\n"
    )


def _shader(name: str, id: str, rows: Sequence[str]) -> str:
    body = "".join(f"            {row}\n" for row in rows)
    return f'        def Shader "{name}"\n        {{\n            uniform token info:id = "{id}"\n{body}        }}\n\n'


def _tuples(values: npt.NDArray[np.floating], decimals: int) -> str:
    """Rows of numbers as USD text; nought has no sign and no number more figures than it needs."""
    rounded = np.round(values.astype(np.float64), decimals) + 0.0
    rows = (", ".join(f"{v:.{decimals}f}".rstrip("0").rstrip(".") for v in row) for row in rounded.tolist())
    return "[" + ", ".join(f"({row})" for row in rows) + "]"


def _text(text: str) -> str:
    kept = "".join(c for c in text if c.isprintable())
    return '"' + kept.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _package(files: Iterable[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as packed:
        for name, content in files:
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr = 0o644 << 16
            begins = buffer.tell() + 30 + len(name)  # the local header's fixed part, then the name
            space = -begins % _ALIGNMENT
            if space:
                # An extra field has a head of 4 bytes.
                space += _ALIGNMENT if space < 4 else 0
                entry.extra = struct.pack("<HH", _PADDING_ID, space - 4) + b"\0" * (space - 4)
            packed.writestr(entry, content)
    return buffer.getvalue()
