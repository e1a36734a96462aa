"""What goes wrong around the program: Slack's answers, what is brought to it, the connection, and the file of its log."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..slack.server import (
    SlackServer,
    arrives_later,
    drops,
    hangs,
    held_back,
    invalid_json,
    rate_limited,
    refuses,
    repeated,
    server_error,
)
from ..slack.server.faults import Fault, slow
from ..storage.beside import hold_locked
from .plan import Gust, Plan

FAULTS: Mapping[str, Callable[[float], Fault]] = {
    "429": lambda seconds: rate_limited(1),
    "500": lambda seconds: server_error(),
    "500, taken": lambda seconds: server_error(502, takes_effect=True),
    "dropped": lambda seconds: drops(takes_effect=False),
    "dropped, taken": lambda seconds: drops(takes_effect=True),
    "broken answer": lambda seconds: invalid_json(),
    "hangs": lambda seconds: hangs(seconds, takes_effect=True),
    "slow": slow,
    "refused": lambda seconds: refuses("internal_error"),
    "repeated": lambda seconds: repeated(),
    "repeated, unanswered": lambda seconds: repeated(answered=False),
    "held back": held_back,
    "arrives later": arrives_later,
}
MUST_GO = "apps.connections.open"
"""Without a connection the program does not start; that it says so, and tries again, is tested elsewhere."""
PAGE = "a supervisor is needed now"
FASTER = 10
"""By how much the spans are shorter in which Slack counts calls, so that a run need not wait for minutes."""


def is_page(arguments: Mapping[str, Any]) -> bool:
    """Whether the call calls whoever is on call."""
    return PAGE in str(arguments.get("text"))


def anything(arguments: Mapping[str, Any]) -> bool:
    """Any call."""
    return True


class Weather:
    """Carries out a plan's gusts, in a thread of its own. `counts`: what has happened, by its kind."""

    def __init__(self, server: SlackServer, database: Path, plan: Plan) -> None:
        self.counts: Counter[str] = Counter()
        self._server, self._database, self._plan = server, database, plan
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._blow, name="weather", daemon=True)
        limits = server.api.rate_limits
        limits.on = plan.limited
        limits.rates = {
            method: replace(rate, calls=max(1, rate.calls // FASTER), seconds=max(1.0, rate.seconds / FASTER))
            for method, rate in limits.rates.items()
            if method != MUST_GO
        }

    def begin(self) -> None:
        """From now on."""
        self._thread.start()

    def clear_up(self) -> None:
        """All goes well from now on."""
        self._over.set()
        self._thread.join(20)
        self._server.api.faults.clear()
        self._server.api.rate_limits.on = False
        for call in self._server.calls():
            if not call.repeats and (call.fault is not None or call.error == "ratelimited"):
                self.counts[f"slack: {call.fault or '429'}"] += 1

    def _blow(self) -> None:
        began = time.monotonic()
        for gust in self._plan.gusts:
            if self._over.wait(max(0.0, began + gust.at - time.monotonic())):
                return
            self._one(gust)

    def _one(self, gust: Gust) -> None:
        courier, socket = self._server.courier, self._server.socket
        match gust.kind:
            case "api" | "network":
                fault = FAULTS[gust.fault](gust.seconds)
                self._server.api.faults.order(gust.method, fault, gust.times, when=is_page if gust.pages else anything)
                return
            case "delayed":
                courier.delay_next(*[gust.seconds] * gust.times)
            case "twice":
                courier.duplicate_next(gust.times)
            case "lost":
                courier.lose_next("delivery", times=gust.times)
            case "unacknowledged":
                courier.lose_next("acknowledgement", times=gust.times)
            case "reordered":
                with courier.reordered():
                    self._over.wait(gust.seconds)
            case "cut":
                socket.drop()
            case "reconnect":
                socket.disconnect()
            case "locked":
                if not hold_locked(self._database, gust.seconds):
                    return
        self.counts[f"around: {gust.kind}"] += 1
