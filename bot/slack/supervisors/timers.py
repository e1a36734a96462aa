"""The thread that looks what is due: a page that nobody has acknowledged, a follow-up, the digest, an unfinished
consult that nobody goes on with, the heads of the log.

What is due is worked out from the log each time, so that a restart goes on where it was; what is done is written to the log
together with what it sends. It never calls Slack.
"""

from __future__ import annotations

import logging
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

from bot.slack.journal import log_line
from bot.slack.supervisors.digest import digest_due
from bot.slack.supervisors.expiry import expiries_due
from bot.slack.supervisors.follow_up import asks_due
from bot.slack.supervisors.paging import Watched, pages_due
from bot.slack.supervisors.witness import Witness

if TYPE_CHECKING:
    from bot.slack.office import Office

EVERY = 5.0
"""Seconds: nothing that is due waits longer for being looked at; the next page of whoever was called before does not wait."""
AT_ONCE = 0.05
"""Seconds after a step within which it is seen that somebody is to be called: steps that come together are looked at together."""
FOLLOW_UPS_EVERY = 20.0
EXPIRIES_EVERY = 60.0


class Timers:
    """`office`: has a supervision. Its clock is the one by which things are due."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._woken, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="timers", daemon=True)
        self._watched, self._witness = Watched(office), Witness(office)
        self._follow_ups_at: datetime | None = None
        self._expiries_at: datetime | None = None
        self._digest_at: datetime | None = None
        self._page_at: datetime | None = None
        """When the next page is due, as far as that was worked out."""
        assert office.supervision is not None
        office.supervision.wake, office.supervision.alarmed = self.wake, self.watch

    def start(self) -> None:
        """Begin, with what was going on when the program ended."""
        self._thread.start()

    def stop(self) -> None:
        """End soon."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join(2.0)

    def wake(self) -> None:
        """Something was committed by which something may be due at once."""
        self._woken.set()

    def watch(self, reference: str) -> None:
        """Look whether somebody has to be called in that consult."""
        self._watched.add(reference)

    def look(self) -> None:
        """Do what is due now. Raises what the log raises."""
        now = self._now()
        self._page_at = pages_due(self._office, self._watched, now)
        last = self._follow_ups_at
        if last is None or not 0 <= (now - last).total_seconds() < FOLLOW_UPS_EVERY:
            self._follow_ups_at = now
            asks_due(self._office, now)
            self._digest_at = digest_due(self._office, now, self._digest_at)
        last = self._expiries_at
        if last is None or not 0 <= (now - last).total_seconds() < EXPIRIES_EVERY:
            self._expiries_at = now
            expiries_due(self._office, now)
        self._witness.look(now)

    def _run(self) -> None:
        looked_at = float("-inf")
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                if time.monotonic() - looked_at >= EVERY:
                    looked_at = time.monotonic()
                    self.look()
                else:
                    self._look_at_new()
            except Exception as error:  # a log that is locked for a moment must not end the timers
                self._page_at = None  # it is tried again with the next look, not at once and for ever
                if not self._stopping.is_set():
                    log_line("timers_not_read", level=logging.WARNING, why=type(error).__name__)
            self._woken.wait(max(0.0, min(looked_at + EVERY - time.monotonic(), self._until_page())))
            self._stopping.wait(AT_ONCE)

    def _look_at_new(self) -> None:
        """After each step there is, nearly always, nothing new."""
        now = self._now()
        if self._page_at is not None and self._page_at <= now:
            self._page_at = pages_due(self._office, self._watched, now)
            return
        new = pages_due(self._office, self._watched, now, only_new=True)
        self._page_at = min((one for one in (self._page_at, new) if one is not None), default=None)

    def _until_page(self) -> float:
        """Seconds until the next page is due."""
        return (self._page_at - self._now()).total_seconds() if self._page_at is not None else EVERY

    def _now(self) -> datetime:
        return datetime.fromisoformat(self._office.clock())
