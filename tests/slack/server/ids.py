"""Ids and timestamps as Slack gives them: each once."""

from __future__ import annotations

import itertools
import threading
import time


class Ids:
    """Makes ids such as U00000001."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def next(self, prefix: str) -> str:
        """An id that was not given before."""
        return f"{prefix}{next(self._numbers):08X}"


class Timestamps:
    """Makes the `ts` of messages, which rise strictly: they are ids too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0

    def next(self) -> str:
        """Now, or a microsecond after the last one."""
        with self._lock:
            self._last = max(int(time.time() * 1_000_000), self._last + 1)
            return f"{self._last // 1_000_000}.{self._last % 1_000_000:06}"
