"""sRGB bytes and linear light (IEC 61966-2-1). Colours are averaged in linear light, as light itself adds up."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F32, U8


def _curve() -> F32:
    value = np.arange(256) / 255
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4).astype(np.float32)


LINEAR: Final[F32] = _curve()
"""(256,) float32: the linear light of each sRGB byte, 0..1."""


def to_linear(srgb: U8) -> F32:
    """Linear light 0..1, float32, same shape."""
    return np.asarray(LINEAR[srgb])


def to_srgb(linear: npt.NDArray[Any]) -> U8:
    """The nearest sRGB byte; ``to_srgb(to_linear(x)) == x``."""
    value = np.clip(linear, 0, 1)
    encoded = np.where(value <= 0.0031308, value * 12.92, 1.055 * value ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(encoded * 255), np.uint8)
