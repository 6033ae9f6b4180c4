"""The simulated survey and its light against cases with a known answer."""

from __future__ import annotations

import numpy as np
import pytest
from manifold3d import Manifold

from heritage.model.arrays import F64, REASONS
from heritage.model.errors import MethodError
from heritage.sample import capture
from heritage.sample.cameras import HALF_VIEW_DEG, Cameras, cameras
from heritage.sample.capture import survey
from heritage.sample.faults import Faults, measured
from heritage.sample.light import Sky, lit, scene_of
from heritage.sample.noise import Noise, cell_hash
from heritage.sample.scene import Building, Coat, Surface
from heritage.sample.shapes import box

CLEAN = Faults(noise_m=0.0, halo=0.0, outliers=0.0, fragments=0.0, duplicates=0.0)
NOON = Sky((0.0, 0.0, 1.0))


def ball() -> Surface:
    building = Building()
    building.add(Coat("lime"), Manifold.sphere(1.0, 128))
    return building.surface()


def looking_at_origin(*positions: tuple[float, float, float]) -> Cameras:
    p = np.array(positions)
    return Cameras(p, -p / np.linalg.norm(p, axis=1)[:, None])


def test_a_point_is_kept_only_where_two_cameras_see_it() -> None:
    # On the unit sphere a camera c sees the point p exactly when p · c > 1.
    eyes = looking_at_origin(*((6 * np.cos(a), 6 * np.sin(a), 0.0) for a in np.linspace(0, 2.0, 9)))
    result = survey(ball(), eyes, NOON, 4000, Noise(1), np.random.default_rng(1), CLEAN)
    views = (result.xyz @ eyes.position.T > 0.97).sum(1)
    assert views.min() >= 2
    # Nothing of the lit side is missing: the middle of the arc is seen by many and is there.
    middle = np.array([np.cos(1.0), np.sin(1.0), 0.0])
    assert np.linalg.norm(result.xyz - middle, axis=1).min() < 0.06


def test_a_hidden_face_is_not_captured() -> None:
    building = Building()
    building.add(Coat("lime"), box((-1, 1), (0.0, 0.2), (0, 2)), box((-1, 1), (1.0, 1.2), (0, 2)))
    eyes = looking_at_origin((-0.4, -6, 1.0), (0.4, -6, 1.0), (0.0, -6, 1.4))
    result = survey(building.surface(), eyes, NOON, 3000, Noise(1), np.random.default_rng(1), CLEAN)
    assert result.xyz[:, 1].max() < 0.25


def test_no_camera_no_survey() -> None:
    away = Cameras(np.array([[6.0, 0, 0], [6.0, 1, 0]]), np.array([[1.0, 0, 0], [1.0, 0, 0]]))
    with pytest.raises(MethodError, match="no camera sees"):
        survey(ball(), away, NOON, 1000, Noise(1), np.random.default_rng(1), CLEAN)


def test_a_survey_made_of_several_is_like_one(monkeypatch: pytest.MonkeyPatch) -> None:
    eyes = looking_at_origin(*((6 * np.cos(a), 6 * np.sin(a), 1.0) for a in np.linspace(0, 2.0, 9)))
    faults = Faults(halo=0.0, outliers=0.02, fragments=0.0, duplicates=0.01)
    whole = survey(ball(), eyes, NOON, 6000, Noise(1), np.random.default_rng(1), faults)
    monkeypatch.setattr(capture, "_MOST", 2500)
    several = survey(ball(), eyes, NOON, 6000, Noise(1), np.random.default_rng(1), faults)

    assert [len(a) for a in (several.xyz, several.rgb, several.normal, several.label)] == [6000] * 4
    np.testing.assert_array_equal(np.bincount(several.label), np.bincount(whole.label))
    kept = [s.xyz[s.label == REASONS["kept"]] for s in (whole, several)]
    np.testing.assert_allclose(kept[0].mean(0), kept[1].mean(0), atol=0.03)
    np.testing.assert_allclose(kept[0].std(0), kept[1].std(0), atol=0.03)
    # Parts do not follow each other in the file.
    assert abs(np.corrcoef(np.arange(6000), several.label == REASONS["outlier"])[0, 1]) < 0.05


def test_noise_grows_with_distance_and_with_the_angle_of_sight() -> None:
    n, faults = 20_000, Faults(noise_m=0.003)
    labels = np.zeros(n, np.uint8)

    def sigma(distance: float, tilt_deg: float) -> float:
        a = np.radians(tilt_deg)
        normal = np.tile([np.cos(a), np.sin(a), 0.0], (n, 1))
        eye = np.tile([distance, 0.0, 0.0], (n, 1))
        off = measured(np.zeros((n, 3)), normal, eye, labels, faults, np.random.default_rng(5))
        return float(off[:, 0].std())

    across = np.hypot(1, 1 / 3)
    assert sigma(10, 0) == pytest.approx(0.003 * across, rel=0.03)
    assert sigma(20, 0) == pytest.approx(0.006 * across, rel=0.03)
    assert sigma(10, 60) == pytest.approx(0.006 * across, rel=0.03)


def test_vegetation_is_noisier_than_stone() -> None:
    n = 5000
    normal, eye = np.tile([1.0, 0, 0], (n, 1)), np.tile([10.0, 0, 0], (n, 1))
    spread = [
        measured(
            np.zeros((n, 3)), normal, eye, np.full(n, code, np.uint8), Faults(), np.random.default_rng(2)
        ).std()
        for code in (REASONS["kept"], REASONS["vegetation"])
    ]
    assert spread[1] > 5 * spread[0]


def test_halo_points_lie_outside_the_silhouette_and_are_sky_coloured() -> None:
    eyes = looking_at_origin(*((6 * np.cos(a), 6 * np.sin(a), -1.0) for a in np.linspace(0, 6, 24)))
    faults = Faults(noise_m=0.0, halo=0.1, outliers=0.0, fragments=0.0, duplicates=0.0)
    result = survey(ball(), eyes, NOON, 4000, Noise(1), np.random.default_rng(1), faults)
    halo = result.label == REASONS["halo"]
    assert halo.sum() == 400
    radius = np.linalg.norm(result.xyz[halo], axis=1)
    assert radius.min() > 0.97
    assert np.percentile(radius, 90) < 1.25
    blue = result.rgb[:, 2].astype(int) - result.rgb[:, 0]
    assert np.median(blue[halo]) > np.median(blue[~halo]) + 5


def test_no_sky_no_halo() -> None:
    eyes = looking_at_origin((0.0, 0.5, 6.0), (0.5, 0.0, 6.0))
    with pytest.raises(MethodError, match="nothing stands against the sky"):
        survey(ball(), eyes, NOON, 500, Noise(1), np.random.default_rng(1), Faults(halo=0.02))


def test_cameras_look_at_what_they_surround() -> None:
    eyes = cameras((3.0, -2.0), 15.0, 10.0, [(1.0, 2.0, 3.0, 90.0)], np.random.default_rng(0))
    assert np.allclose(np.linalg.norm(eyes.forward, axis=1), 1)
    inwards = np.array([3.0, -2.0, 3.0]) - eyes.position[:-1]
    cosine = (inwards * eyes.forward[:-1]).sum(1) / np.linalg.norm(inwards, axis=1)
    assert (cosine > np.cos(np.radians(HALF_VIEW_DEG))).all()
    assert eyes.forward[-1, 1] > 0.99


# --- light


def grey(n: int) -> F64:
    return np.full((n, 3), 0.5)


def far_away() -> Surface:
    building = Building()
    building.add(Coat("lime"), box((900, 901), (900, 901), (0, 1)))
    return building.surface()


def test_open_ground_gets_the_cosine_weighted_mean_of_the_sky() -> None:
    sky = Sky((0.0, 0.0, -1.0))  # no sun: it stands below
    n = 400
    p, up = np.zeros((n, 3)), np.tile([0.0, 0.0, 1.0], (n, 1))
    colour = lit(grey(n), p, up, scene_of(far_away()), sky, np.random.default_rng(1), rays=64)
    # The mean of cos over a cosine-weighted hemisphere is 2/3.
    mean = np.array(sky.horizon) + (np.array(sky.zenith) - np.array(sky.horizon)) * 2 / 3
    expected = (0.5**2.2 * mean * 0.62) ** (1 / 2.2)
    assert np.allclose(colour.mean(0), expected, atol=0.003)


def test_a_roof_takes_the_sun_and_the_sky_away() -> None:
    building = Building()
    building.add(Coat("lime"), box((-5, 5), (-5, 5), (2.0, 2.2)))
    scene, up = scene_of(building.surface()), np.array([[0.0, 0.0, 1.0]])
    rng = np.random.default_rng(1)
    below, beside = (
        lit(grey(1), np.array([[x, 0.0, 0.0]]), up, scene, NOON, rng).mean() for x in (0.0, 12.0)
    )
    assert below < 0.6 * beside


def test_a_shadow_has_a_soft_edge() -> None:
    building = Building()
    building.add(Coat("lime"), box((-5, 0), (-5, 5), (4.0, 4.2)))
    x = np.linspace(-1, 1, 81)
    p = np.column_stack([np.repeat(x, 40), np.zeros(81 * 40), np.zeros(81 * 40)])
    colour = lit(
        grey(len(p)),
        p,
        np.tile([0.0, 0, 1], (len(p), 1)),
        scene_of(building.surface()),
        NOON,
        np.random.default_rng(4),
    )
    profile = colour.mean(1).reshape(81, 40).mean(1)
    dark, bright = profile[:10].mean(), profile[-10:].mean()
    between = (profile > dark + 0.2 * (bright - dark)) & (profile < dark + 0.8 * (bright - dark))
    assert bright > dark + 0.15
    assert 0.05 < between.sum() * (x[1] - x[0]) < 0.6


# --- noise


def test_noise_is_even_continuous_and_of_the_asked_size() -> None:
    noise, rng = Noise(3), np.random.default_rng(0)
    p = rng.uniform(-50, 50, (50_000, 3))
    values = noise(p, 2.0)
    assert values.min() >= 0
    assert values.max() <= 1
    assert values.mean() == pytest.approx(0.5, abs=0.05)
    step = np.abs(noise(p + np.array([0.01, 0, 0]), 2.0) - values)
    assert np.median(step) < 0.02
    far = np.corrcoef(values, noise(p + np.array([1.0, 0, 0]), 2.0))[0, 1]
    near = np.corrcoef(values, noise(p + np.array([0.1, 0, 0]), 2.0))[0, 1]
    assert near > 0.9
    assert far < 0.6


def test_cell_hash_is_one_number_per_cell_and_spreads_evenly() -> None:
    i, j = (a.ravel().astype(float) for a in np.meshgrid(np.arange(-60, 60), np.arange(-60, 60)))
    values = cell_hash(i, j)
    assert np.array_equal(values, cell_hash(i, j))
    counts, _ = np.histogram(values, bins=10, range=(0, 1))
    assert counts.min() > 0.85 * len(values) / 10
    assert abs(np.corrcoef(values[:-1], values[1:])[0, 1]) < 0.03
