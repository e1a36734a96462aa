"""Trigger ids: each lets the app open one modal, within three seconds."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

from .errors import ApiError
from .ids import Ids


@dataclass
class _Trigger:
    user: str
    given: float
    used: bool = False


class Triggers:
    """The triggers that were given out."""

    def __init__(self, ids: Ids) -> None:
        self.lifetime = 3.0  # seconds; a test may change it
        self._ids = ids
        self._given: dict[str, _Trigger] = {}
        self._lock = threading.Lock()

    def give(self, user: str) -> str:
        """A trigger for a person's interaction."""
        trigger = f"{self._ids.next('')}.{self._ids.next('')}.invented"
        with self._lock:
            self._given[trigger] = _Trigger(user, time.monotonic())
        return trigger

    def use(self, trigger: str) -> str:
        """The person who caused it; an error when it can't be used (any more)."""
        with self._lock:
            known = self._given.get(trigger)
            if known is None:
                raise ApiError("invalid_trigger_id")
            if time.monotonic() - known.given > self.lifetime:
                raise ApiError("expired_trigger_id")
            if known.used:
                raise ApiError("exchanged_trigger_id")
            known.used = True
            return known.user
