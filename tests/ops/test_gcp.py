from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from heritage.model.arrays import Similarity
from heritage.model.errors import MethodError
from heritage.model.placement_reason import said
from heritage.ops.placement.gcp import Gcp, GcpOptions, fit_gcp
from heritage.ops.placement.similarity import fit_similarity


def _points(source, target, check=()):
    return [
        Gcp(f"P{i}", "check" if i in check else "control", tuple(map(float, s)), tuple(map(float, t)))
        for i, (s, t) in enumerate(zip(source, target, strict=True))
    ]


def _pairs(seed, n=10, sigma=0.0, scale=1.0, extent=(20.0, 15.0, 8.0)):
    rng = np.random.default_rng(seed)
    source = rng.uniform(-1, 1, (n, 3)) * extent
    turned = Rotation.from_euler("z", rng.uniform(0, 360), degrees=True).as_matrix()
    truth = Similarity(turned, rng.uniform(-500, 500, 3), scale)
    return source, truth.apply(source) + rng.normal(0, sigma, (n, 3)), truth


@pytest.mark.parametrize("seed", range(20))
def test_exact_pairs_give_the_transform_back_at_any_rotation_scale_and_offset(seed):
    rng = np.random.default_rng(seed)
    source = rng.uniform(-50, 50, (8, 3))
    truth = Similarity(
        Rotation.random(random_state=seed).as_matrix(), rng.uniform(-1e7, 1e7, 3), rng.uniform(0.5, 2)
    )
    found = fit_similarity(source, truth.apply(source)).target_from_source
    assert np.abs(found.rotation - truth.rotation).max() < 1e-9
    assert abs(found.scale / truth.scale - 1) < 1e-9
    error = found.apply(source) - truth.apply(source)
    assert np.abs(error).max() < 1e-9 * np.abs(truth.translation).max()


def test_noise_comes_out_as_theory_says():
    """3n observations less 7 parameters: E[rms^2] = sigma^2 (3n - 7) / n."""
    squares = [fit_similarity(*_pairs(seed, sigma=0.005)[:2]).rms_m ** 2 for seed in range(300)]
    assert np.sqrt(np.mean(squares)) == pytest.approx(0.005 * np.sqrt(23 / 10), rel=0.05)


def test_known_scale_is_kept():
    source, target, _ = _pairs(1, scale=1.02)
    assert fit_similarity(source, target, scale=1.0).target_from_source.scale == 1.0
    assert fit_gcp(
        _points(source, target), GcpOptions(scale="unknown")
    ).site_from_monument.scale == pytest.approx(1.02)


def test_two_points_are_refused():
    source, target, _ = _pairs(0, n=2)
    with pytest.raises(MethodError, match="2 pairs; at least 3"):
        fit_gcp(_points(source, target))


def test_check_points_do_not_make_up_for_missing_control():
    source, target, _ = _pairs(0, n=6)
    with pytest.raises(MethodError, match="2 pairs"):
        fit_gcp(_points(source, target, check=(2, 3, 4, 5)))


def test_points_on_a_line_are_refused():
    line = np.linspace(0, 30, 6)[:, None] * np.array([0.6, 0.8, 0.05])
    with pytest.raises(MethodError, match="lie on one line"):
        fit_gcp(_points(line, line + 3.0))


def test_a_mirrored_set_is_refused_whichever_axis():
    source, target, _ = _pairs(3, sigma=0.004)
    for axis in range(3):
        wrong = source.copy()
        wrong[:, axis] *= -1
        with pytest.raises(MethodError, match="mirror"):
            fit_gcp(_points(wrong, target))


def test_swapped_east_and_north_are_refused_even_for_points_in_one_plane():
    source, target, _ = _pairs(4, extent=(20.0, 15.0, 0.0))
    with pytest.raises(MethodError, match="upside down"):
        fit_gcp(_points(source[:, [1, 0, 2]], target))


@pytest.mark.parametrize("seed", range(20))
def test_one_gross_blunder_in_ten_is_named_and_left_out(seed):
    source, target, truth = _pairs(seed, sigma=0.005)
    size = np.random.default_rng(seed).uniform(0.05, 3.0)
    target[seed % 10] += size * np.array([0.6, -0.64, 0.48])
    fit = fit_gcp(_points(source, target))
    assert fit.blunders == (f"P{seed % 10}",)
    assert np.abs(fit.site_from_monument.apply(source) - truth.apply(source)).max() < 0.02
    assert fit.doubts[0].code == "blunders"


@pytest.mark.parametrize("seed", range(10))
def test_three_blunders_in_twelve_cannot_hide_each_other(seed):
    source, target, _ = _pairs(seed, n=12, sigma=0.005)
    target[[1, 5, 9]] += [0.8, 0.3, -0.2]  # all out by the same, as a mistyped station gives
    assert fit_gcp(_points(source, target)).blunders == ("P1", "P5", "P9")


def test_good_points_are_rarely_called_blunders():
    named = sum(bool(fit_gcp(_points(*_pairs(seed, sigma=0.005)[:2])).blunders) for seed in range(80))
    assert named <= 5  # a risk of 1 in 100 gives 0.8 on average


def test_points_that_do_not_belong_together_are_refused():
    source, target, _ = _pairs(5)
    shuffled = target[np.random.default_rng(0).permutation(10)]
    with pytest.raises(MethodError, match=r"fit to|disagree|do not correspond|mirror"):
        fit_gcp(_points(source, shuffled))


def test_feet_taken_for_metres_are_refused_with_a_hint():
    source, target, _ = _pairs(8, sigma=0.005)
    with pytest.raises(MethodError, match="scale: unknown"):
        fit_gcp(_points(source / 0.3048, target))


def test_points_worse_than_stated_are_said():
    fit = fit_gcp(_points(*_pairs(9, sigma=0.05)[:2]))
    assert "where 5 mm was stated" in said(fit.doubts)


def test_check_points_judge_but_never_take_part():
    source, target, _ = _pairs(6, sigma=0.005)
    moved = target.copy()
    moved[[2, 7]] += [0.0, 0.0, 0.3]
    before, after = (fit_gcp(_points(source, t, check=(2, 7))) for t in (target, moved))
    assert np.array_equal(before.site_from_monument.matrix, after.site_from_monument.matrix)
    assert before.rms_m == after.rms_m
    assert before.check_rms_m < 0.02
    assert after.check_rms_m == pytest.approx(0.3, abs=0.02)
    assert {r.name for r in after.residuals if r.use == "check"} == {"P2", "P7"}


def test_four_points_are_fitted_and_said_to_be_untestable():
    source, target, _ = _pairs(7, n=4, sigma=0.004)
    fit = fit_gcp(_points(source, target))
    assert fit.check_rms_m is None
    assert [doubt.code for doubt in fit.doubts] == ["few-points", "no-checks"]


def test_stated_sigma_holds_the_truth():
    """Position at the control points' centre, east: |error| <= 1.96 sigma in 95 of 100 trials."""
    held = 0
    for seed in range(100):
        source, target, truth = _pairs(seed, n=6, sigma=0.01)
        fit = fit_gcp(_points(source, target), GcpOptions(sigma_m=0.01))
        middle = source.mean(0, keepdims=True)
        error = (fit.site_from_monument.apply(middle) - truth.apply(middle))[0, 0]
        held += abs(error) <= 1.96 * fit.sigma_m
    assert 90 <= held <= 99
