"""The footprints as streamed buildings, and the plans that the page keeps at hand."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import shapely

from heritage.formats.building_tile import write_building_tile
from heritage.formats.tiles3d import TILESET, tileset_json
from heritage.model.arrays import Similarity
from heritage.model.buildings import HEIGHT_SOURCES, Plans
from heritage.model.release import FootprintFeature, FootprintLayer, MonumentEntry
from heritage.model.tiles import Tile, TileTree
from heritage.ops.map.extrude import extrude
from heritage.ops.map.plans import drawn_plans
from heritage.ops.map.quadtree import Node, quadtree, sizes
from heritage.pipeline.ground import Ground
from heritage.pipeline.pictures.views import box_corners
from heritage.store import Writes

FOLDER = "map/buildings"
ASSUMED_HEIGHT_M = 4.0  # a house of one floor; drawn so that nobody takes it for measured
_LEAST_HEIGHT_M = 0.5  # a survey that ends below has not seen the building
MOST_PLANS = 1500  # plans kept at hand for shadows, mini-map and search: about 100 kB over the wire


def site_plans(ground: Ground, monuments: Sequence[MonumentEntry]) -> Plans:
    """Every footprint in the site frame with its height. Raises InputError where PROJ cannot carry the layer there."""
    footprints = list(ground.footprints.values())
    low, from_ = ground.feet_and_ground(footprints, ground.plans)
    tops = {m.footprint: survey_top(m) for m in monuments if m.footprint and m.placement.settled}
    nothing = float("nan")
    surveyed = np.array([tops.get(f.id, nothing) for f in footprints]) - from_
    return drawn_plans(
        [f.id for f in footprints],
        [f.name or "" for f in footprints],
        ground.plans,
        low,
        from_,
        np.array([nothing if f.height_m is None else f.height_m for f in footprints]),
        np.where(surveyed > _LEAST_HEIGHT_M, surveyed, nothing),
        ASSUMED_HEIGHT_M,
    )


def write_buildings(into: Writes, plans: Plans, root_transform: Sequence[float]) -> str:
    """Write the buildings' tileset; its path."""
    size = sizes(plans)
    tree = TileTree(_write(into, plans, quadtree(plans)), float(size.max()), "ADD")
    document = tileset_json(tree, root_transform)
    into.write(f"{FOLDER}/{TILESET}", json.dumps(document, separators=(",", ":"), allow_nan=False).encode())
    return f"{FOLDER}/{TILESET}"


def _write(into: Writes, plans: Plans, node: Node) -> Tile:
    mesh = extrude(plans, node.rows)
    uri = f"tiles/{'r' + ''.join(map(str, node.path))}.glb"
    into.write(f"{FOLDER}/{uri}", write_building_tile(mesh))
    children = tuple(_write(into, plans, child) for child in node.children)
    low, high = mesh.bounds()
    # Positions are rounded to at most 2 cm.
    low = np.min([low - 0.02, *(c.low for c in children)], axis=0)
    high = np.max([high + 0.02, *(c.high for c in children)], axis=0)
    return Tile(uri, low, high, node.missing_m, node.missing_m, children)


def nearest_plans(plans: Plans, owner: Mapping[str, str]) -> FootprintLayer:
    """The plans that shadows, mini-map and search need: the monuments' and those nearest to any of them.

    ``owner`` is the monument of a footprint's id.
    """
    boxes = shapely.bounds(plans.polygons)
    middle = np.zeros((len(plans), 2))
    middle[plans.owner] = (boxes[:, :2] + boxes[:, 2:]) / 2
    own = np.array([id in owner for id in plans.ids])
    places = middle[own] if own.any() else np.zeros((1, 2))
    near = np.min([np.linalg.norm(middle - place, axis=1) for place in places], axis=0)
    chosen = np.sort(np.lexsort((near, ~own))[:MOST_PLANS])
    first = np.searchsorted(plans.owner, np.arange(len(plans) + 1))
    known = plans.source == 0
    features = tuple(
        FootprintFeature(
            id=plans.ids[k],
            name=plans.names[k] or None,
            monument=owner.get(plans.ids[k]),
            height_m=round(float(plans.height_m[k]), 2) if known[k] else None,
            ground_m=round(float(plans.low_m[k]), 3),
            polygons=tuple(_rings(polygon) for polygon in plans.polygons[first[k] : first[k + 1]]),
        )
        for k in chosen
    )
    return FootprintLayer(features=features, complete=len(chosen) == len(plans))


def plans_around(layer: FootprintLayer) -> Plans:
    """The plans of a release that are no monument's, raised as the map raises them: monuments are seen as surveyed."""
    features = [f for f in layer.features if f.monument is None]
    polygons = [shapely.Polygon(rings[0], rings[1:]) for f in features for rings in f.polygons]
    low = np.array([f.ground_m for f in features], np.float64)
    height = np.array([ASSUMED_HEIGHT_M if f.height_m is None else f.height_m for f in features], np.float64)
    return Plans(
        ids=tuple(f.id for f in features),
        names=tuple(f.name or "" for f in features),
        polygons=np.array(polygons, object),
        owner=np.repeat(np.arange(len(features), dtype=np.int32), [len(f.polygons) for f in features]),
        low_m=low,
        high_m=low + height,
        height_m=height,
        source=np.array(
            [HEIGHT_SOURCES.index("assumed") if f.height_m is None else 0 for f in features], np.uint8
        ),
    )


def _rings(polygon: shapely.Polygon) -> tuple[tuple[tuple[float, float], ...], ...]:
    rings = (polygon.exterior, *polygon.interiors)
    return tuple(
        tuple((round(float(x), 2), round(float(y), 2)) for x, y in shapely.get_coordinates(ring)[:-1])
        for ring in rings
    )


def survey_top(monument: MonumentEntry) -> float:
    """The highest point of a survey, site metres."""
    corners = box_corners(np.array(monument.bounds.min), np.array(monument.bounds.max))
    placed = Similarity.from_columns(monument.placement.site_from_monument)
    return float(placed.apply(corners)[:, 2].max())
