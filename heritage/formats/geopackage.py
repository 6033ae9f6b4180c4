"""Write a GeoPackage (OGC 12-128r19) of several layers, through GDAL."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pyogrio

# GDAL writes the time of writing into the file; the same layers must give the same bytes.
_NO_TIME = "1970-01-01T00:00:00Z"


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame]) -> bytes:
    """A GeoPackage's bytes; each layer has a CRS and its features in their order."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    with tempfile.TemporaryDirectory(prefix="heritage-") as folder:
        path = Path(folder) / "layers.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_TIME})
        try:
            for name, layer in layers.items():
                pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=path.exists())
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
        return path.read_bytes()
