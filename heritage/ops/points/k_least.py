"""The k least of some numbers, inside compiled loops."""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from heritage.model.arrays import F32, I32

_HALVINGS = 16


@numba.njit(cache=True)
def least(d: F32, ci: I32, m: int, k: int, guess: Any, cap: Any, near: I32, near_sq: F32, work: F32) -> int:
    """The ``k`` least of ``d`` (m,) no greater than ``cap``, of equals the first, in order."""
    count = _below(d, ci, m, guess, near, near_sq)
    widened = 0
    while count < k and guess < cap:
        widened += 1
        guess = min(2 * guess, cap) if widened < 4 and m >= k else cap
        count = _below(d, ci, m, guess, near, near_sq)
    if count <= k:
        return count
    split = _split(near_sq, count, k, guess)
    if split > 0:
        return _kept(near, near_sq, count, split)
    for j in range(count):
        work[j] = near_sq[j]
    kth = _kth(work, count, k - 1)
    less = 0
    for j in range(count):
        less += near_sq[j] < kth
    equal, found = k - less, 0
    for j in range(count):
        value = near_sq[j]
        if value < kth or (value == kth and equal > 0):
            equal -= value == kth
            near[found], near_sq[found] = near[j], value
            found += 1
    return found


@numba.njit(cache=True)
def _split(values: F32, n: int, k: int, high: Any) -> Any:
    """A value that ``k`` of the first ``n`` do not exceed, 0 where halving finds none soon: where some are equal.

    Counting all a few times is faster than sorting some: there is no branch in it.
    """
    low = np.float32(0)
    high = np.float32(high)
    for _ in range(_HALVINGS):
        middle = (low + high) * np.float32(0.5)
        count = np.int32(0)
        for j in range(n):
            count += np.int32(values[j] <= middle)
        if count == k:
            return middle
        if count < k:
            low = middle
        else:
            high = middle
    return np.float32(0)


@numba.njit(cache=True)
def _below(d: F32, ci: I32, m: int, limit: Any, near: I32, near_sq: F32) -> int:
    """Those no greater than ``limit``; without a branch, as nobody could predict it.

    Their places first and what stands there afterwards: most are too far, and one number is sooner written than two.
    """
    count = 0
    for j in range(m):
        near[count] = j
        count += d[j] <= limit
    for j in range(count):
        near[j], near_sq[j] = ci[near[j]], d[near[j]]
    return count


@numba.njit(cache=True)
def _kept(near: I32, near_sq: F32, n: int, limit: Any) -> int:
    """The same of those already taken, in their place."""
    count = 0
    for j in range(n):
        near[count], near_sq[count] = near[j], near_sq[j]
        count += near_sq[j] <= limit
    return count


@numba.njit(cache=True)
def _kth(values: F32, n: int, k: int) -> Any:
    """The value that would stand at ``k`` if the first ``n`` were sorted (Hoare 1961); reorders them."""
    low, high = 0, n - 1
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                i += 1
                j -= 1
        if k <= j:
            high = j
        elif k >= i:
            low = i
        else:
            break
    return values[k]
