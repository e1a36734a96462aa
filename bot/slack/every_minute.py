"""What is asked of Slack again and again beside everything else: a thread that is asked to end, and ends soon."""

from __future__ import annotations

import threading
from collections.abc import Callable

from bot.slack.answers import Answer
from bot.slack.pacing import wait_after

PASSES = ("later", "in_doubt")
"""What an answer means that may be another one in a moment."""


class EveryMinute:
    """Asks at once and then every `seconds`, in a thread of its own, until it is stopped; sooner where that failed for a moment.

    `ask`: what went wrong, or None; it must not raise. `name`: the thread's. `wait`: seconds after so many failures.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[], Answer | None],
        seconds: float = 60.0,
        wait: Callable[[int], float] = wait_after,
    ) -> None:
        self._ask, self._seconds, self._wait = ask, seconds, wait
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
        failures = 0
        while not self._stop.is_set():
            failed = self._ask()
            passes = failed is not None and failed.meaning in PASSES
            failures = failures + 1 if passes else 0
            self._stop.wait(self._until_next(failed, failures))

    def _until_next(self, failed: Answer | None, failures: int) -> float:
        if failed is None or not failures:
            return self._seconds
        return max(failed.after, min(self._wait(failures), self._seconds))
