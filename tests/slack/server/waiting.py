"""Waiting for what happens in another thread or process."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
SHORTEST, LONGEST = 0.002, 0.02
"""Seconds between two questions, at first and after a while: most of what is waited for is there at once."""


def wait_until(condition: Callable[[], T], seconds: float = 5.0, what: str = "") -> T:
    """Ask until the answer is true, and return it; an AssertionError when the time is over."""
    until = time.monotonic() + seconds
    pause = SHORTEST
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > until:
            raise AssertionError(f"waited {seconds:g} seconds in vain{f' for {what}' if what else ''}: {answer!r}")
        time.sleep(pause)
        pause = min(pause * 1.5, LONGEST)
