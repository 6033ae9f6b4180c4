"""Line drawings to scale: sizes on paper and in metres, read back."""

import re
from itertools import pairwise
from xml.etree import ElementTree

import numpy as np
import pytest

from heritage.formats.drawing import Layer, dxf, svg

SQUARE = np.array([[1.0, 0.0], [4.0, 0.0], [4.0, 2.0], [1.0, 2.0], [1.0, 0.0]])
LAYERS = [Layer("2019 “a”", [SQUARE]), Layer("2024", [SQUARE[:3] + 0.1])]
NAME = "{http://www.w3.org/2000/svg}"


def test_an_svg_is_true_to_scale_on_paper():
    root = ElementTree.fromstring(svg(LAYERS, 50, "a <title>", ["note & more"], 1.0))
    way = root.findall(f"{NAME}path")[0].attrib["d"]
    x, y = np.array([[float(v) for v in p.split()] for p in re.split(r"[ML]", way) if p.strip()]).T

    assert root.attrib["width"].endswith("mm")
    assert float(root.attrib["width"][:-2]) == float(root.attrib["viewBox"].split()[2])
    assert (np.ptp(x), np.ptp(y)) == pytest.approx((60, 40), abs=1e-3)  # 3 m and 2 m at 1 : 50
    bar = [float(r.attrib["width"]) for r in root.findall(f"{NAME}rect")[1:]]
    assert sum(bar) == pytest.approx(20)
    assert [t.text for t in root.iter(f"{NAME}text")][-1] == "note & more"


def tags(text):
    lines = text.split("\r\n")
    return [(int(code), value) for code, value in zip(lines[::2], lines[1::2], strict=False)]


def test_a_dxf_is_r12_in_metres_with_a_layer_for_each_condition():
    found = tags(dxf(LAYERS, ["Huế, 1 : 1"], 1.0))
    text = dxf(LAYERS, ["Huế"], 1.0)

    assert (1, "AC1009") in found
    assert found[-1] == (0, "EOF")
    assert text.isascii()
    layers = [value for (a, b), (code, value) in pairwise(found) if (a, b) == (0, "LAYER")]
    assert layers == ["C_2019__A_", "C_2024", "SCALE"]
    corners = [
        (float(found[i + 2][1]), float(found[i + 3][1]))
        for i, tag in enumerate(found)
        if tag == (0, "VERTEX") and found[i + 1][1] == "C_2019__A_"
    ]
    np.testing.assert_allclose(corners, SQUARE[:4])
    closed = [v for (a, b), (c, v) in zip(found, found[3:], strict=False) if (a, b) == (0, "POLYLINE")]
    assert closed == ["1", "0", "0"]
    assert (1, "Hu\\U+1EBF, 1 : 1") in found
