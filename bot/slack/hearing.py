"""Hearing what is typed without a gap: what was missed while the program was down, or its connection, is caught up with.

The time up to which everything was heard is noted while the connection stands, and what came later is read again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from slack_sdk import WebClient

from bot.slack.catching_up import heard_until, missed, note_heard
from bot.slack.journal import log_line
from bot.storage import Log, LogError

FIRST = 5.0
"""Seconds for which new deliveries wait for what was missed; then both go on side by side."""
LOOK_EVERY, NOTE_EVERY = 1.0, 30.0

Handle = Callable[[Mapping[str, Any]], None]


class Connection(Protocol):
    """The way in, where it may break off."""

    @property
    def connected(self) -> bool:
        """Whether it stands now."""
        ...

    @property
    def times_connected(self) -> int:
        """How often it was opened."""
        ...


class Hearing:
    """`handle`: takes a message as an event brings it; what it had before it passes over."""

    def __init__(self, log: Log, client: WebClient, handle: Handle) -> None:
        self._log, self._client, self._handle = log, client, handle
        self._connection: Connection | None = None
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hearing", daemon=True)

    def catch_up(self) -> None:
        """Take what was missed; what takes longer than FIRST goes on beside what comes."""
        catching = threading.Thread(target=self._catch_up, name="catching up", daemon=True)
        catching.start()
        catching.join(FIRST)

    def start(self, connection: Connection | None) -> None:
        """Note what is heard from now on. `connection`: None where Slack itself brings everything, and again if it must."""
        self._connection = connection
        self._thread.start()

    def stop(self) -> None:
        """Note it once more."""
        self._stop.set()
        self._thread.join(1.0)
        if self._connection is None or self._connection.connected:
            self._note()

    def _catch_up(self) -> None:
        try:
            since = heard_until(self._log, time.time())
            if since is not None:
                for payload in missed(self._log, self._client, since):
                    self._handle(payload)
        except Exception as error:  # the log is locked, or closed: it is caught up with by the next program
            log_line("not_caught_up", why=type(error).__name__)

    def _run(self) -> None:
        times = self._connection.times_connected if self._connection else 0
        noted = float("-inf")
        while not self._stop.wait(LOOK_EVERY):
            if self._connection is not None:
                if not self._connection.connected:
                    continue
                if self._connection.times_connected != times:
                    times = self._connection.times_connected
                    self._catch_up()
            if time.monotonic() - noted >= NOTE_EVERY:
                noted = time.monotonic()
                self._note()

    def _note(self) -> None:
        try:
            note_heard(self._log, time.time())
        except (LogError, ValueError) as error:
            log_line("not_noted", why=type(error).__name__)
