"""Between stored colours and light: IEC 61966-2-1 (sRGB)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from heritage.model.arrays import F64, U8


def linear_from_srgb(stored: U8) -> F64:
    """Stored 8-bit values as linear light, 0 to 1."""
    s = stored / 255.0
    return np.asarray(np.where(s <= 0.04045, s / 12.92, ((s + 0.055) / 1.055) ** 2.4))


def srgb_from_linear(light: npt.NDArray[Any]) -> U8:
    """Linear light as stored 8-bit values; beyond 0 to 1 it is cut off."""
    x = np.clip(light, 0, 1)
    stored = np.where(x <= 0.0031308, x * 12.92, 1.055 * np.maximum(x, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(stored * 255), np.uint8)
