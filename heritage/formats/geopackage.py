"""Write a GeoPackage of several layers through GDAL."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pyogrio

# GDAL writes the time of writing into the file; the same layers must give the same bytes.
_NO_TIME = "1970-01-01T00:00:00Z"
# OGC 12-128r15: nothing of 1.4 is used, and the GDAL of Debian 12 warns of a version that it does not know.
_VERSION = "1.2"


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame]) -> bytes:
    """A GeoPackage's bytes; each layer has a CRS and its features in their order."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    with tempfile.TemporaryDirectory(prefix="heritage-") as folder:
        path = Path(folder) / "layers.gpkg"
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _NO_TIME})
        try:
            for name, layer in layers.items():
                more = path.exists()
                options = {} if more else {"dataset_options": {"VERSION": _VERSION}}
                pyogrio.write_dataframe(layer, path, layer=name, driver="GPKG", append=more, **options)
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})
        return path.read_bytes()
