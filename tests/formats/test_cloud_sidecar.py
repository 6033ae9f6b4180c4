"""A .prj beside a cloud says the CRS that its header does not."""

from __future__ import annotations

import laspy
import numpy as np
import pyproj
import pytest

from heritage.formats.cloud import open_cloud
from heritage.model.errors import InputError
from heritage.pipeline.plan import source_digest


def _las(path, crs=None):
    header = laspy.LasHeader(point_format=6, version="1.4")
    header.scales, header.offsets = np.full(3, 0.001), np.array([775_000, 1_822_000, 0.0])
    if crs is not None:
        header.add_crs(crs)
    las = laspy.LasData(header)
    las.xyz = np.random.default_rng(0).uniform(0, 10, (50, 3)) + header.offsets
    las.write(path)
    return path


def test_a_sidecar_says_the_crs_and_counts_for_the_fingerprint(tmp_path):
    path = _las(tmp_path / "scan.las")
    assert open_cloud(path).header.crs is None
    before = source_digest(path)
    (tmp_path / "scan.prj").write_text(pyproj.CRS.from_epsg(3405).to_wkt("WKT1_ESRI"))
    header = open_cloud(path).header
    assert pyproj.CRS.from_user_input(header.crs).name.startswith("VN")
    assert any("scan.prj is taken" in note for note in header.notes)
    assert source_digest(path) != before


def test_the_header_is_believed_first(tmp_path):
    path = _las(tmp_path / "scan.las", pyproj.CRS.from_epsg(32648))
    (tmp_path / "scan.prj").write_text(pyproj.CRS.from_epsg(3405).to_wkt("WKT1_ESRI"))
    assert pyproj.CRS.from_user_input(open_cloud(path).header.crs).to_epsg() == 32648


def test_a_sidecar_that_is_no_crs_is_refused_by_size(tmp_path):
    path = _las(tmp_path / "scan.las")
    (tmp_path / "scan.prj").write_bytes(b"x" * 200_000)
    with pytest.raises(InputError, match="too large for a CRS"):
        open_cloud(path)
