"""Clocks and percentiles."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from math import ceil
from statistics import median


def timed(action: Callable[[], object]) -> float:
    """Seconds that an action takes."""
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def percentile(seconds: Sequence[float], percent: float) -> float:
    """The value that so many in a hundred do not exceed (nearest rank). ValueError for nothing."""
    if not seconds:
        raise ValueError("nothing was measured")
    in_order = sorted(seconds)
    return in_order[max(0, ceil(len(in_order) * percent / 100) - 1)]


def ms(seconds: float) -> float:
    """Milliseconds, to a microsecond."""
    return round(seconds * 1000, 3)


def spread(seconds: Sequence[float], *percents: float) -> dict[str, float]:
    """The median and these percentiles, in milliseconds, by name: "median", "p95", "p99.9"."""
    found = {"median": ms(median(seconds))}
    return found | {f"p{percent:g}": ms(percentile(seconds, percent)) for percent in percents}
