"""What Slack sends to the app, each attempt at it, and how the app acknowledged it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

Kind = Literal["events_api", "interactive", "slash_commands"]


@dataclass
class Attempt:
    """One attempt to deliver."""

    number: int  # 0: the first one
    began: float = field(default_factory=time.monotonic)
    acknowledged_at: float | None = None
    answer: dict[str, Any] = field(default_factory=dict)  # what the acknowledgement held
    status: int | None = None  # over HTTP
    body: bytes = b""
    no_retry: bool = False  # the app asked not to be sent this again
    failure: str | None = None  # why it was not acknowledged: timeout, not_connected, http_error

    @property
    def seconds(self) -> float | None:
        """How long the acknowledgement took."""
        return None if self.acknowledged_at is None else self.acknowledged_at - self.began


@dataclass
class Delivery:
    """An event, an interaction or a command on its way to the app."""

    kind: Kind
    payload: dict[str, Any]
    attempts: list[Attempt] = field(default_factory=list)
    finished: threading.Event = field(default_factory=threading.Event)  # acknowledged, or given up

    @property
    def by_a_person(self) -> bool:
        """Whether somebody did something; not what the app hears of its own messages."""
        event = self.payload.get("event", {}) if self.kind == "events_api" else {}
        return not any("bot_id" in part for part in (event, event.get("message") or {}))

    @property
    def acknowledged(self) -> bool:
        """Whether any attempt was acknowledged in time."""
        return any(attempt.acknowledged_at is not None for attempt in self.attempts)

    @property
    def answer(self) -> dict[str, Any]:
        """What the first acknowledgement held; empty when there was none or it held nothing."""
        return next((one.answer for one in self.attempts if one.acknowledged_at is not None), {})

    @property
    def status(self) -> int | None:
        """The status of the last attempt over HTTP."""
        return self.attempts[-1].status if self.attempts else None


class Transport(Protocol):
    """A way to the app: a socket or HTTP."""

    def attempt(self, delivery: Delivery, number: int, reason: str | None, seconds: float) -> Attempt:
        """Try to deliver, and wait for the acknowledgement as long as Slack does."""
        ...
