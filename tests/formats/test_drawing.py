"""Line drawings to scale: sizes on paper and in metres, read back."""

import json
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from heritage.formats.drawing import Layer, dxf, layer_names, paper_scale, svg

SQUARE = np.array([[1.0, 0.0], [4.0, 0.0], [4.0, 2.0], [1.0, 2.0], [1.0, 0.0]])
LAYERS = [Layer("2019 “a”", [SQUARE], "2019-a"), Layer("2024", [SQUARE[:3] + 0.1], "2024")]
NAMES = Path(__file__).parents[2] / "viewer/tests/unit/layer-names.json"
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
    assert layers == ["EPOCH_2019-A", "EPOCH_2024", "SCALE"]
    corners = [
        (float(found[i + 2][1]), float(found[i + 3][1]))
        for i, tag in enumerate(found)
        if tag == (0, "VERTEX") and found[i + 1][1] == "EPOCH_2019-A"
    ]
    np.testing.assert_allclose(corners, SQUARE[:4])
    closed = [v for (a, b), (c, v) in zip(found, found[3:], strict=False) if (a, b) == (0, "POLYLINE")]
    assert closed == ["1", "0", "0"]
    assert (1, "Hu\\U+1EBF, 1 : 1") in found


def test_layers_have_names_of_their_own_the_same_as_the_viewers():
    cases = json.loads(NAMES.read_text("utf-8"))

    assert layer_names([(one["id"], one["interpreted"]) for one in cases]) == [one["name"] for one in cases]


def test_what_is_interpreted_is_dotted_whatever_its_place():
    layers = [Layer("as it was", [SQUARE], "1844", interpreted=True), LAYERS[1]]
    root = ElementTree.fromstring(svg(layers, 50, "", [], 1.0))
    state, epoch = (way.attrib.get("stroke-dasharray") for way in root.findall(f"{NAME}path")[:2])

    assert state == "0.4 1.1"
    assert epoch != state


@pytest.mark.parametrize(
    ("paper", "scale"), [((60, 40), 50), ((59, 40), 100), ((3000, 2000), 1), ((1e-3, 1), 10_000)]
)
def test_the_scale_is_the_largest_usual_one_that_fits(paper, scale):
    assert paper_scale(LAYERS[:1], *paper) == scale


def test_long_names_stand_below_each_other_within_the_sheet():
    layers = [Layer("a name that is longer than the drawing is wide", [SQUARE], str(k)) for k in range(3)]
    root = ElementTree.fromstring(svg(layers, 100, "", ["a note"], 1.0))
    texts = list(root.iter(f"{NAME}text"))[-4:]
    rows = [float(t.attrib["y"]) for t in texts]

    assert np.diff(rows) == pytest.approx(4.5)
    assert rows[-1] < float(root.attrib["viewBox"].split()[3])
    assert (
        15 + 1.8 * len(layers[0].name)
        < float(root.attrib["viewBox"].split()[2])
        < 2 * 1.8 * len(layers[0].name)
    )
