"""When the next call may be made: Slack's limits kept to beforehand, its Retry-After obeyed, and a growing wait after doubts.

Slack allows about one post a second in a channel, with short bursts, and about 50 edits a minute for the workspace (docs:
rate limits; chat.update is Tier 3).
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

POSTS = ("chat.postMessage", "chat.postEphemeral")
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0


@dataclass
class _Bucket:
    """`burst` calls at once, and then one every `every` seconds."""

    burst: float
    every: float
    level: float
    at: float

    def free_at(self, now: float) -> float:
        """When the next call may be made; `now` when it may be made already."""
        self._refill(now)
        return now if self.level >= 1 else now + (1 - self.level) * self.every

    def take(self, now: float) -> None:
        self._refill(now)
        self.level -= 1

    def _refill(self, now: float) -> None:
        self.level = min(self.burst, self.level + max(0.0, now - self.at) / self.every)
        self.at = now


class Pacing:
    """Shared by all threads that send. Times are in seconds of one clock."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}
        self._blocked: dict[str, float] = {}

    def free_at(self, method: str, place: str, now: float, *, page: bool = False) -> float:
        """When this method may be called for this conversation; `now` when it may be called already. A `page` waits only
        where Slack has said so."""
        with self._guard:
            waits = [] if page else [bucket.free_at(now) for bucket in self._of(method, place, now)]
            return max([now, *waits, *(self._blocked.get(key, 0.0) for key in _keys(method, place))])

    def called(self, method: str, place: str, now: float) -> None:
        """It is being called."""
        with self._guard:
            for bucket in self._of(method, place, now):
                bucket.take(now)

    def told_to_wait(self, method: str, place: str, until: float) -> None:
        """Slack said that this method must wait: for posts in that conversation, for others in all of them."""
        key = f"{method} {place}" if method in POSTS else method
        with self._guard:
            self._blocked = {name: time for name, time in self._blocked.items() if time > until - 3600}
            self._blocked[key] = max(until, self._blocked.get(key, 0.0))

    def _of(self, method: str, place: str, now: float) -> list[_Bucket]:
        if method in POSTS:
            return [self._buckets.setdefault(f"post {place}", _Bucket(6, 1.0, 6, now))]
        if method == "chat.update":
            return [self._buckets.setdefault("edit", _Bucket(30, 1.25, 30, now))]
        return []


def _keys(method: str, place: str) -> tuple[str, str]:
    return method, f"{method} {place}"


def wait_after(attempts: int, chance: float | None = None) -> float:
    """Seconds to wait after so many attempts: twice as long each time, up to a minute, and never the same for all rows.

    `chance`: 0 to 1, for tests; by default random.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 10))
    return longest * (0.5 + (random.random() if chance is None else chance) / 2)
