from __future__ import annotations

import numpy as np
import shapely

from heritage.ops.placement.nearest_edge import FAR_M, nearest_edge


def test_it_is_the_nearest_of_the_edges_that_run_with_the_wall():
    """Against distances by GEOS, of 40 edges anywhere and 300 pieces of wall, some of which no edge runs with."""
    rng = np.random.default_rng(0)
    start, turn, length = rng.uniform(-20, 20, (40, 2)), rng.uniform(0, 1.2, 40), rng.uniform(0.5, 9, 40)
    along = np.column_stack([np.cos(turn), np.sin(turn)])
    outward = np.column_stack([along[:, 1], -along[:, 0]])
    placed, angle = rng.uniform(-25, 25, (300, 2)), rng.uniform(0, np.pi, 300)
    edge, across, distance = nearest_edge(placed, angle, start, along, outward, length)
    lines = shapely.linestrings(np.stack([start, start + length[:, None] * along], axis=1))
    away = shapely.distance(shapely.points(placed)[:, None], lines)
    between = np.degrees(np.arccos(np.abs(np.column_stack([np.cos(angle), np.sin(angle)]) @ outward.T)))
    away[between >= 25] = FAR_M
    assert (away.min(1) == FAR_M).any()
    assert np.allclose(distance, away.min(1))
    found = away.min(1) < FAR_M
    assert (edge[found] == away.argmin(1)[found]).all()
    assert np.allclose(across, ((placed - start[edge]) * outward[edge]).sum(1) * found)
