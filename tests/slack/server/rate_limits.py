"""How often a method may be called, as data; a test switches it on."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass

from .errors import RateLimited


@dataclass(frozen=True)
class Rate:
    """So many calls in so many seconds, for the whole workspace or for each channel."""

    calls: int
    seconds: float = 60.0
    each_channel: bool = False


TIER = {1: Rate(1), 2: Rate(20), 3: Rate(50), 4: Rate(100)}

RATES = {
    "chat.postMessage": Rate(1, 1.0, each_channel=True),
    "chat.postEphemeral": TIER[4],
    "chat.update": TIER[3],
    "chat.getPermalink": Rate(600),
    "conversations.history": TIER[3],
    "conversations.replies": TIER[3],
    "conversations.info": TIER[3],
    "conversations.open": TIER[3],
    "conversations.members": TIER[4],
    "users.info": TIER[4],
    "usergroups.users.list": TIER[2],
    "dnd.teamInfo": TIER[2],
    "team.info": TIER[3],
    "views.open": TIER[4],
    "views.update": TIER[4],
    "views.push": TIER[4],
    "views.publish": TIER[4],
    "apps.connections.open": TIER[1],
}


class RateLimits:
    """Counts calls and refuses those that are too many, once it is switched on."""

    def __init__(self) -> None:
        self.on = False
        self.rates = dict(RATES)
        self._calls: dict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def count(self, method: str, channel: str) -> None:
        """A call is made; RateLimited when there were too many."""
        rate = self.rates.get(method)
        if not self.on or rate is None:
            return
        now = time.monotonic()
        with self._lock:
            calls = self._calls[method, channel if rate.each_channel else ""]
            while calls and now - calls[0] >= rate.seconds:
                calls.popleft()
            if len(calls) >= rate.calls:
                raise RateLimited(max(1, math.ceil(calls[0] + rate.seconds - now)))
            calls.append(now)
