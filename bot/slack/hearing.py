"""Up to when everything was heard: noted while Slack reaches the program, and made up for after each time when it did not.

The first connection of a run is such a moment, and so is every later one: what was typed before it may have reached nobody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from slack_sdk import WebClient

from bot.slack.catching_up import heard_until, missed, note_heard
from bot.slack.journal import log_line
from bot.slack.listeners import messages
from bot.slack.office import Office
from bot.storage import Log, LogError

LOOK_EVERY, NOTE_EVERY = 1.0, 30.0
FIRST = 2.0
"""Seconds for which new deliveries wait for what was missed before them; Slack gives three to acknowledge."""

Connection = Callable[[], int]
"""Which connection stands now, counted from 1; 0 while there is none."""


class Hearing:
    """Watches the connection and catches up after each new one."""

    def __init__(self, log: Log, client: WebClient, office: Office, connection: Connection) -> None:
        self._log, self._client, self._office, self._connection = log, client, office, connection
        self._up_to: int = 0
        """The connection up to which all was read that may have been missed."""
        self._noted_at = float("-inf")
        self._stopping, self._caught_up = threading.Event(), threading.Event()
        self._begun_at = time.monotonic()
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def start(self) -> None:
        """Watch, in a thread of its own."""
        self._begun_at = time.monotonic()
        self._thread.start()

    def stop(self) -> None:
        """Note up to when everything was heard, if that is now."""
        self._stopping.set()
        self._thread.join(1.0)
        if self._up_to and self._up_to == self._connection():
            self._note(time.time())

    def wait(self) -> None:
        """Until what was missed is read, at most until FIRST seconds after the start."""
        self._caught_up.wait(max(0.0, self._begun_at + FIRST - time.monotonic()))

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._look()
            self._stopping.wait(LOOK_EVERY)

    def _look(self) -> None:
        now, connection = time.time(), self._connection()
        if not connection:
            return
        if connection != self._up_to:
            if not self._catch_up(now):
                return
            self._up_to, self._noted_at = connection, float("-inf")
            self._caught_up.set()
        if time.monotonic() - self._noted_at >= NOTE_EVERY:
            self._note(now)

    def _catch_up(self, now: float) -> bool:
        """Take what was typed and not heard. False when that must be tried again."""
        try:
            since = heard_until(self._log, now)
            if since is not None:
                for payload in missed(self._log, self._client, since, pause=self._stopping.wait):
                    messages.handle(self._office, payload)
        except Exception as error:
            log_line("not_caught_up", why=type(error).__name__)
            return False
        return True

    def _note(self, now: float) -> None:
        try:
            note_heard(self._log, now)
            self._noted_at = time.monotonic()
        except (LogError, ValueError) as error:
            log_line("not_noted", why=type(error).__name__)
