"""When the next call may be made: Slack's limits kept to beforehand, its Retry-After obeyed, and a growing wait after doubts.

Slack allows about one post a second in a channel, with short bursts, and about 50 edits a minute for the workspace (docs:
rate limits; chat.update is Tier 3).
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass

POSTS = ("chat.postMessage", "chat.postEphemeral")
POSTS_AT_ONCE, POST_EVERY = 6, 1.1
"""A little more than a second, since calls do not take equally long to arrive."""
EDIT = "chat.update"
EDITS_AT_ONCE, EDIT_EVERY = 10, 1.5
"""Seconds: 10 at once and 40 in the rest of the minute are 50."""
EDITS_KEPT = 4
"""So many of those at once are left by cosmetic edits to the ones that something may wait for, such as a card's."""
FIRST_WAIT, LONGEST_WAIT = 1.0, 60.0
LONGEST_BLOCK = 3600.0


@dataclass
class _Bucket:
    """`burst` calls at once, and then one every `every` seconds."""

    burst: float
    every: float
    level: float
    at: float

    def free_at(self, now: float, kept: int = 0) -> float:
        """When the next call may be made that leaves so many; `now` when it may be made already."""
        self._refill(now)
        return now if self.level >= 1 + kept else now + (1 + kept - self.level) * self.every

    def take(self, now: float) -> None:
        self._refill(now)
        self.level -= 1

    def empty(self) -> None:
        """Slack has counted more than this did."""
        self.level = min(self.level, 0.0)

    def _refill(self, now: float) -> None:
        self.level = min(self.burst, self.level + max(0.0, now - self.at) / self.every)
        self.at = now


class Pacing:
    """Shared by all threads that send. Times are in seconds of one clock; a place is a lane of the outbox."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._buckets: dict[str, _Bucket] = {}
        self._blocked: dict[str, float] = {}

    def free_at(self, method: str, place: str, now: float, *, page: bool = False, tidying: bool = False) -> float:
        """When this method may be called for this place; `now` when it may be called already. A `page` waits only where
        Slack has said so; an edit that is only `tidying` leaves some to the others."""
        kept = EDITS_KEPT if tidying and method == EDIT else 0
        with self._guard:
            waits = [] if page else [bucket.free_at(now, kept) for bucket in self._of(method, place, now)]
            return max([now, *waits, *(self._blocked.get(key, 0.0) for key in (method, f"{method} {place}"))])

    def called(self, method: str, place: str, now: float) -> None:
        """It is being called."""
        with self._guard:
            for bucket in self._of(method, place, now):
                bucket.take(now)

    def told_to_wait(self, method: str, place: str, until: float, *, everywhere: bool = False) -> None:
        """Slack said that this method must wait until then: posts in that place (or `everywhere`), others in all places."""
        key = f"{method} {place}" if method in POSTS and not everywhere else method
        with self._guard:
            self._blocked = {name: time for name, time in self._blocked.items() if time > until - LONGEST_BLOCK}
            self._blocked[key] = max(until, self._blocked.get(key, 0.0))
            for bucket in self._of(method, place, until):
                bucket.empty()

    def forget(self) -> None:
        """The clock was set back: what was noted by it means nothing any more."""
        with self._guard:
            self._buckets.clear()
            self._blocked.clear()

    def _of(self, method: str, place: str, now: float) -> list[_Bucket]:
        if method in POSTS:
            full = _Bucket(POSTS_AT_ONCE, POST_EVERY, POSTS_AT_ONCE, now)
            return [self._buckets.setdefault(f"post {place}", full)]
        if method == EDIT:
            return [self._buckets.setdefault("edit", _Bucket(EDITS_AT_ONCE, EDIT_EVERY, EDITS_AT_ONCE, now))]
        return []


def wait_after(attempts: int, chance: float | None = None) -> float:
    """Seconds to wait after so many attempts: twice as long each time, up to a minute, and never the same for all rows.

    `chance`: 0 to 1, for tests; by default random.
    """
    longest = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(max(attempts - 1, 0), 10))
    return longest * (0.5 + (random.random() if chance is None else chance) / 2)
