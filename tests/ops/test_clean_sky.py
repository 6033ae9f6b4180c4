"""Sky in the colour of points: what a mixture is, and what only looks like one."""

import numpy as np
import pytest

from heritage.ops.cleaning.sky import Colours, alike, colours_of, mixed, sky_of

SKY = np.array([175.0, 190.0, 204.0], np.float32)
BRICK, LIMESTONE, SHADE = (np.array(c, np.float32) for c in ([150, 80, 60], [225, 210, 185], [105, 108, 118]))


def _seen(colour: np.ndarray, count: int, spread: float = 4.0, seed: int = 0) -> np.ndarray:
    return np.clip(np.rint(np.random.default_rng(seed).normal(colour, spread, (count, 3))), 0, 255).astype(
        np.uint8
    )


def _part(*seen: tuple[np.ndarray, bool]) -> Colours:
    rgb = np.concatenate([colours for colours, _ in seen])
    return colours_of(rgb, np.concatenate([np.full(len(colours), loose) for colours, loose in seen]))


@pytest.mark.parametrize("surface", [BRICK, SHADE, np.array([40.0, 60, 30], np.float32)])
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
def test_a_colour_that_is_half_sky_is_told_from_one_that_is_less(surface: np.ndarray, share: float) -> None:
    rgb = _seen(share * SKY + (1 - share) * surface, 500)
    found = mixed(rgb, np.tile(surface, (500, 1)), SKY, 0.5)
    assert found.mean() > 0.95 if share > 0.5 else found.mean() < 0.01


def test_another_stone_beside_is_no_sky() -> None:
    # As bright as sky, but off the line that leads there.
    assert not mixed(_seen(LIMESTONE, 500), np.tile(BRICK, (500, 1)), SKY, 0.5).any()


def test_nothing_is_told_where_there_is_no_surface_beside_or_no_contrast() -> None:
    rgb = _seen(SKY, 50)
    assert not mixed(rgb, np.full((50, 3), np.nan, np.float32), SKY, 0.5).any()
    assert not mixed(rgb, np.tile(SKY - 20, (50, 1)), SKY, 0.5).any()
    assert alike(rgb, SKY).all()
    assert not alike(_seen(SHADE, 50), SKY).any()


def test_the_sky_is_what_its_clear_points_show_whatever_the_blocks() -> None:
    stone, sky = _seen(BRICK, 4000), _seen(SKY, 200, seed=1)
    whole = sky_of([_part((stone, False), (sky, True))])
    parts = sky_of(
        [
            _part((stone[:3000], False)),
            _part((stone[3000:], False), (sky[:50], True)),
            _part((sky[50:], True)),
        ]
    )
    assert whole is not None
    assert parts is not None
    assert np.abs(whole - SKY).max() < 4
    assert np.array_equal(whole, parts)


def test_there_is_no_sky_without_points_of_it() -> None:
    stone = _seen(BRICK, 4000)
    assert sky_of([]) is None
    assert sky_of([_part((stone, True))]) is None
    assert sky_of([_part((stone, False), (_seen(SKY, 10), True))]) is None
    # Sky-coloured, but part of a surface: a glazed roof.
    assert sky_of([_part((stone, False), (_seen(SKY, 400), False))]) is None


def test_shaded_stone_is_no_sky_but_a_blue_one_behind_pale_stone_is() -> None:
    bluish = np.array([125.0, 132.0, 150.0], np.float32)
    assert sky_of([_part((_seen(LIMESTONE, 2000), False), (_seen(bluish, 300), True))]) is None
    deep = np.array([156.0, 179.0, 213.0], np.float32)
    grey = _seen(np.array([190.0, 172.0, 150.0]), 1200, seed=2)
    pale = _seen(np.array([226.0, 214.0, 200.0]), 800, seed=3)
    assert sky_of([_part((grey, False), (pale, False), (_seen(deep, 300), True))]) is not None
