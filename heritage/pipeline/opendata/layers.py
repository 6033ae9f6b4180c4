"""Monuments and footprints as layers for a GIS: one table, from which GeoJSON and GeoPackage are written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from heritage.formats.geojson import cut_at_antimeridian, feature_text
from heritage.model.arrays import F64, Similarity
from heritage.model.documents import Credit, Rights
from heritage.model.frames import WGS84_3D
from heritage.model.release import MonumentEntry, Period
from heritage.pipeline.ground import Ground
from heritage.text.site import LoadedSite


@dataclass(frozen=True)
class Layer:
    """``rows[k]`` are the properties of the feature ``ids[k]`` with the shape ``degrees[k]`` (WGS 84) and
    ``mapped[k]`` (in ``crs``); ``periods[k]`` its time where it has one."""

    name: str
    ids: tuple[str, ...]
    rows: tuple[Mapping[str, object], ...]
    degrees: tuple[BaseGeometry, ...]
    mapped: tuple[BaseGeometry, ...]
    crs: pyproj.CRS
    periods: tuple[Period | None, ...]

    def features(self) -> list[str]:
        """The features as GeoJSON."""
        every = zip(self.ids, self.degrees, self.rows, strict=True)
        return [feature_text(id, shape, row) for id, shape, row in every]

    def table(self) -> gpd.GeoDataFrame:
        """The layer as a table with the features' ids in the column ``id``."""
        rows = [{"id": id, **row} for id, row in zip(self.ids, self.rows, strict=True)]
        columns = {name: [row[name] for row in rows] for name in rows[0]} if rows else {"id": []}
        return gpd.GeoDataFrame(columns, geometry=list(self.mapped), crs=self.crs)


def ownership(rights: Rights, credits: Sequence[Credit]) -> dict[str, object]:
    """Whose an item is, as columns that go with each feature."""
    return {
        "licence": rights.licence,
        "licence_url": rights.url,
        "rights_holder": rights.holder,
        "credits": "; ".join(f"{credit.name} ({credit.role})" for credit in credits) or None,
    }


def monument_layer(loaded: LoadedSite, ground: Ground, monuments: Sequence[MonumentEntry]) -> Layer:
    """A point for each monument: the middle of its surface, on the ground. Monuments without a place are left out."""
    placed = [m for m in monuments if m.placement.method != "none"]
    site = loaded.site
    rows = []
    for m in placed:
        titles = {f"title_{language}": m.title.get(language) for language in site.languages}
        kinds = {lang: m.type.get(lang) if isinstance(m.type, dict) else m.type for lang in site.languages}
        built = m.built or Period(earliest=None, latest=None)
        rows.append(
            {
                **titles,
                "type": kinds[site.languages[0]],
                **{f"type_{language}": kind for language, kind in kinds.items()},
                "period": m.period,
                "earliest": built.earliest,
                "latest": built.latest,
                "protection": m.protection,
                "footprint": m.footprint,
                "surveys": len(m.epochs),
                "reconstructions": len(m.states),
                "placed_by": m.placement.method,
                "placement_settled": m.placement.settled,
                "sigma_m": m.placement.sigma_m,
                "view": f"#/m/{m.id}",
                **ownership(m.rights or site.rights, (*m.credits, *site.credits)),
            }
        )
    places = np.array([_middle(m) for m in placed]).reshape(-1, 3)
    degrees = _degrees(ground, places)
    to_crs = pyproj.Transformer.from_crs(WGS84_3D, ground.crs.to_3d(), always_xy=True)
    mapped = np.array(to_crs.transform(*degrees.T)).T
    return Layer(
        "monuments",
        tuple(m.id for m in placed),
        tuple(rows),
        _points(degrees),
        _points(mapped),
        ground.crs,
        tuple(m.built for m in placed),
    )


def _points(places: F64) -> tuple[BaseGeometry, ...]:
    return tuple(shapely.Point(x, y) for x, y in places[:, :2].tolist())


def _middle(monument: MonumentEntry) -> F64:
    """The middle of the underside of the monument's box, in the site frame."""
    low, high = np.array(monument.bounds.min), np.array(monument.bounds.max)
    middle = np.array([[*(low + high)[:2] / 2, low[2]]])
    return np.asarray(Similarity.from_columns(monument.placement.site_from_monument).apply(middle)[0])


def _degrees(ground: Ground, places: F64) -> F64:
    """Places (n, 3) of the site frame as longitude, latitude and height above the ellipsoid."""
    ecef = ground.frame.ecef_from_site.apply(places)
    back = pyproj.Transformer.from_crs(4978, WGS84_3D, always_xy=True)
    return np.array(back.transform(*ecef.T)).T


def footprint_layer(loaded: LoadedSite, ground: Ground, monuments: Sequence[MonumentEntry]) -> Layer:
    """Every ground plan as it was given, crossings included: what is repaired is the curators' decision."""
    owner = {m.footprint: m.id for m in monuments if m.footprint}
    spec, site = loaded.site.footprints, loaded.site
    whose = ownership((spec and spec.rights) or site.rights, (spec and spec.credits) or site.credits)
    footprints = list(ground.footprints.values())
    shapes = np.empty(len(footprints), dtype=object)
    shapes[:] = [f.geometry for f in footprints]
    way = pyproj.Transformer.from_crs(ground.footprints_crs, 4326, always_xy=True)
    degrees = shapely.transform(shapes, lambda xy: np.column_stack(way.transform(*xy.T)))
    rows = tuple(
        {
            "name": f.name,
            "monument": owner.get(f.id),
            "height_m": f.height_m,
            "ground_m": f.ground_m,
            **whose,
        }
        for f in footprints
    )
    return Layer(
        "footprints",
        tuple(f.id for f in footprints),
        rows,
        tuple(map(cut_at_antimeridian, degrees)),
        tuple(shapes),
        ground.footprints_crs,
        (None,) * len(footprints),
    )
