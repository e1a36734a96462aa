"""What is done again and again beside everything else: a thread that is asked to end, and ends soon."""

from __future__ import annotations

import threading
from collections.abc import Callable


class EveryMinute:
    """Does something at once and then every `seconds`, in a thread of its own, until it is stopped.

    `do`: must not raise. `name`: the thread's.
    """

    def __init__(self, name: str, do: Callable[[], object], seconds: float = 60.0) -> None:
        self._do, self._seconds = do, seconds
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._do()
            self._stop.wait(self._seconds)
