"""The viewer's section as DXF, read by ezdxf: viewer/tests/unit/sheet.test.ts holds the file to what the viewer writes."""

from __future__ import annotations

from pathlib import Path

import ezdxf
import pytest
from ezdxf.document import Drawing
from ezdxf.lldxf.encoding import decode_dxf_unicode

FILE = Path(__file__).resolve().parents[2] / "viewer" / "tests" / "golden" / "section.dxf"


@pytest.fixture(scope="module")
def drawing() -> Drawing:
    return ezdxf.readfile(FILE)


def test_it_is_sound_r12(drawing: Drawing) -> None:
    assert drawing.dxfversion == "AC1009"
    auditor = drawing.audit()
    assert [str(e.message) for e in auditor.errors] == []
    assert [str(e.message) for e in auditor.fixes] == []


def test_measured_is_whole_and_interpreted_is_dashed(drawing: Drawing) -> None:
    lines = {name: drawing.layers.get(name).dxf.linetype.upper() for name in ("EPOCH_2024", "STATE_1885")}
    assert lines == {"EPOCH_2024": "CONTINUOUS", "STATE_1885": "DASHED"}
    pattern = drawing.linetypes.get("DASHED")
    assert sum(abs(tag.value) for tag in pattern.pattern_tags.tags if tag.code == 49) == pytest.approx(0.18)


def test_it_is_true_to_scale_in_metres(drawing: Drawing) -> None:
    outline, filled = drawing.modelspace().query('POLYLINE[layer=="EPOCH_2024"]')
    corners = [(v.dxf.location.x, v.dxf.location.y) for v in outline.vertices]
    assert corners == [(0, 0), (8, 0), (8, 8), (0, 8)]
    assert outline.is_closed
    assert not filled.is_closed
    assert filled.dxf.linetype == "DOT"
    assert len(drawing.modelspace().query('POLYLINE[layer=="STATE_1885"]')) == 1


def test_words_keep_their_diacritics(drawing: Drawing) -> None:
    texts = [decode_dxf_unicode(t.dxf.text) for t in drawing.modelspace().query("TEXT")]
    assert "Ngọ Môn <x@1.25>" in texts
    assert any(t.endswith(" m") for t in texts)
