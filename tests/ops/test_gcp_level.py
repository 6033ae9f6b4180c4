"""Points clicked on a map place a monument level: against brute force, noise, blunders and useless heights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import least_squares
from scipy.spatial.transform import Rotation

from heritage.model.arrays import Similarity
from heritage.model.errors import MethodError
from heritage.ops.placement.gcp import Gcp, GcpOptions, fit_gcp
from heritage.ops.placement.gravity import level
from heritage.ops.placement.similarity import fit_level

CORNERS = np.array([[x, y, z] for z in (0.0, 12.0) for x in (-20.0, 20.0) for y in (-12.0, 12.0)])


def _points(source, target, check=()):
    return [
        Gcp(f"P{i}", "check" if i in check else "control", tuple(map(float, s)), tuple(map(float, t)))
        for i, (s, t) in enumerate(zip(source, target, strict=True))
    ]


def _truth(seed, lean_deg=0.0, scale=1.0):
    """A monument that leans in its own frame, where it stands upright; and its way up."""
    rng = np.random.default_rng(seed)
    up = Rotation.from_rotvec(np.radians(lean_deg) * np.array([0.6, 0.8, 0.0])).apply([0.0, 0.0, 1.0])
    turn = Rotation.from_euler("z", rng.uniform(0, 360), degrees=True).as_matrix()
    return Similarity(turn @ level(up), rng.uniform(-500, 500, 3), scale), up


def _clicked(seed, click_m, lean_deg=0.0, scale=1.0, pick=None):
    """Corners, clicked ``click_m`` (1 sigma per axis) off in plan, with the heights that they have as it stands."""
    truth, up = _truth(seed, lean_deg, scale)
    source = level(up).T @ CORNERS.T / scale
    source = source.T if pick is None else source.T[list(pick)]
    target = truth.apply(source)
    target[:, :2] += click_m * np.random.default_rng(seed + 1000).standard_normal((len(source), 2))
    return source, target, truth, up


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_the_closed_form_is_what_brute_force_finds(seed, known):
    source, target, _, up = _clicked(seed, 0.4, lean_deg=3.0, scale=1.0 if known else 0.4)
    target[:, 2] += np.random.default_rng(seed).normal(0, 2.0, len(target))
    found = fit_level(source, target, up, scale=1.0 if known else None).target_from_source
    raised = source @ level(up).T

    def away(p):
        c, s, k = np.cos(p[0]), np.sin(p[0]), 1.0 if known else np.exp(p[3])
        return (k * raised[:, :2] @ np.array([[c, s], [-s, c]]) + 100 * p[1:3] - target[:, :2]).ravel()

    starts = [least_squares(away, [yaw, 0, 0, 0], xtol=1e-15, ftol=1e-15) for yaw in range(7)]
    best = min(starts, key=lambda one: one.cost)
    error = (found.apply(source) - target)[:, :2].ravel()
    assert error @ error / 2 == pytest.approx(best.cost, rel=1e-9)
    assert np.abs(error - away(best.x)).max() < 1e-5
    assert np.mean(found.apply(source)[:, 2] - target[:, 2]) == pytest.approx(0, abs=1e-9)


def test_clicks_do_not_tilt_and_corners_are_nearer_than_by_a_fit_that_may():
    better, tilts = 0, []
    for seed in range(40):
        source, target, truth, up = _clicked(seed, 0.3, lean_deg=2.0, pick=(0, 3, 5, 6))
        whole = _clicked(seed, 0.0, lean_deg=2.0)[0]
        fits = (fit_gcp(_points(source, target), up=up), fit_gcp(_points(source, target)))
        assert np.abs(fits[0].site_from_monument.rotation[2] - up).max() < 1e-12
        errors = [
            np.sqrt(((f.site_from_monument.apply(whole) - truth.apply(whole)) ** 2).sum(1).mean())
            for f in fits
        ]
        better += errors[0] < errors[1]
        tilts.append(np.degrees(np.arccos(min(1.0, fits[1].site_from_monument.rotation[2] @ up))))
    assert better >= 38  # of 40
    assert max(tilts) > 0.4  # what clicks 0.3 m off do to a fit that may tilt


@pytest.mark.parametrize("seed", range(10))
def test_a_wrong_click_is_named(seed):
    source, target, truth, up = _clicked(seed, 0.1, lean_deg=1.0)
    target[seed % 8, :2] += [2.4, -3.2]
    fit = fit_gcp(_points(source, target), up=up)
    assert fit.blunders == (f"P{seed % 8}",)
    assert np.abs(fit.site_from_monument.apply(source) - truth.apply(source)).max() < 0.4


def test_a_mistyped_height_is_named_where_heights_can_say_anything():
    source, target, truth, up = _clicked(3, 0.1)
    target[2, 2] += 9.0
    fit = fit_gcp(_points(source, target), up=up)
    assert fit.blunders == ("P2",)
    assert fit.site_from_monument.apply(source)[0, 2] == pytest.approx(truth.apply(source)[0, 2], abs=1e-6)


def test_heights_read_off_another_scale_neither_scale_it_nor_make_blunders():
    source, target, truth, up = _clicked(4, 0.05, scale=2.5, pick=(0, 1, 2, 3, 4))
    target[:, 2] = source[:, 2]  # as it stood before, 2.5 times too small
    fit = fit_gcp(_points(source, target), GcpOptions(scale="unknown"), up=up)
    assert fit.site_from_monument.scale == pytest.approx(2.5, rel=0.01)
    assert fit.blunders == ()
    assert fit.rms_m < 0.1
    assert max(r.length_m for r in fit.residuals) < 0.2
    away = fit.site_from_monument.apply(source) - truth.apply(source)
    assert np.linalg.norm(away[:, :2], axis=1).max() < 0.2


def test_good_clicks_are_rarely_called_blunders():
    named = 0
    for seed in range(60):
        source, target, _, up = _clicked(seed, 0.2)
        named += bool(fit_gcp(_points(source, target), up=up).blunders)
    assert named <= 5  # a risk of 1 in 100 gives 0.8 on average


def test_stated_sigma_holds_the_truth_in_plan():
    """Exact heights must not make the plan look better than it is: |error| east <= 1.96 sigma in 95 of 100 trials."""
    held = 0
    for seed in range(100):
        source, target, truth, up = _clicked(seed, 0.2)
        fit = fit_gcp(_points(source, target), GcpOptions(sigma_m=0.2), up=up)
        middle = source.mean(0, keepdims=True)
        error = (fit.site_from_monument.apply(middle) - truth.apply(middle))[0, 0]
        held += abs(error) <= 1.96 * fit.sigma_m
    assert 89 <= held <= 99


def test_corners_of_one_front_are_enough_and_points_above_each_other_are_not():
    source, target, truth, up = _clicked(6, 0.0, pick=(0, 1, 4))  # one front: a line in plan
    fit = fit_gcp(_points(source, target), up=up)
    assert np.abs(fit.site_from_monument.apply(CORNERS) - truth.apply(CORNERS)).max() < 1e-6
    pole = np.array([[0.0, 0.0, z] for z in (0.0, 3.0, 9.0)])
    with pytest.raises(MethodError, match="stand above each other"):
        fit_gcp(_points(pole, truth.apply(pole)), up=up)
    with pytest.raises(MethodError, match="2 pairs"):
        fit_gcp(_points(source[:2], target[:2]), up=up)


def test_swapped_east_and_north_are_refused():
    source, target, _, up = _clicked(7, 0.05)
    with pytest.raises(MethodError, match="mirror"):
        fit_gcp(_points(source, target[:, [1, 0, 2]]), up=up)


def test_figures_say_that_it_was_kept_upright():
    source, target, _, up = _clicked(8, 0.1, lean_deg=2.0)
    figures = {f.name: f for f in fit_gcp(_points(source, target), up=up).figures}
    assert figures["tilt"].value == pytest.approx(2.0, abs=1e-9)
    assert figures["height_rms"].value == pytest.approx(0.0, abs=1e-9)
    assert figures["control_rms"].method.startswith("plan residuals")
    free = {f.name: f for f in fit_gcp(_points(source, target)).figures}
    assert "tilt" not in free
    assert free["control_rms"].method.startswith("3D residuals")
