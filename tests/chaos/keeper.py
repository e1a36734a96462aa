"""Keeps the program alive: starts it, has it die as its lives say, and starts it again."""

from __future__ import annotations

import signal
import socket
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..slack.mortal import Mortal
from ..slack.server import SlackServer
from .life import DIED, VARIABLE, Life

LAUNCHER = (sys.executable, "-m", "tests.chaos.launcher")
STOPS_WITHIN = 15.0
LAST_LIFE = Life()
REFUSED = 2
"""With which the program ends, after one plain line, where it can't start, as on a full disk. Then it is started again."""


class Keeper:
    """`lives`: those that end; after them the program lives on until `stop`. `more`: the program's settings.

    `kills`: how often it was ended. `refusals`: how often it did not start. `boundaries`: at which commits, as `before append`.
    """

    def __init__(self, server: SlackServer, folder: Path, lives: Sequence[Life], **more: str) -> None:
        self.port = _free_port()
        given = {**more, "CURBSIDE_HOST": "127.0.0.1", "CURBSIDE_PORT": str(self.port), "PYTHONHASHSEED": "0"}
        self.program = Mortal(server, folder, program=LAUNCHER, **given)
        self.kills = self.refusals = 0
        self.boundaries: Counter[str] = Counter()
        self.lived: list[Life] = []
        self.failed: BaseException | None = None
        self._server, self._lives = server, lives
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def begin(self) -> None:
        """From now on."""
        self._thread.start()

    def stop(self) -> None:
        """End the present life as a person would, after the planned ones."""
        self._over.set()
        self._thread.join(STOPS_WITHIN)
        process = self.program.process
        if process is not None and process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOPS_WITHIN)
            finally:
                self.program.end()
        for line in self.program.said:
            if line.startswith(DIED):
                self.boundaries[line.removeprefix(DIED).strip()] += 1

    def last_life(self) -> None:
        """Whatever was planned: from now on it lives."""
        self._lives = ()

    @property
    def lives_on(self) -> bool:
        """Whether the planned lives are over."""
        return bool(self.lived) and not self.lived[-1].ends and self.program.alive

    def _keep(self) -> None:
        try:
            for life in self._all_lives():
                if self._over.is_set():
                    return
                self._live(life)
        except BaseException as error:
            self.failed = error

    def _all_lives(self) -> Iterator[Life]:
        number = 0
        while True:
            yield self._lives[number] if number < len(self._lives) else self._after_all()
            number += 1

    def _after_all(self) -> Life:
        """It goes on being reached as it was."""
        return Life(command=self.lived[-1].command) if self.lived else LAST_LIFE

    def _live(self, life: Life) -> None:
        if life.command == "serve":
            self._server.deliver_by("http", f"http://127.0.0.1:{self.port}/slack/events")
        self.lived.append(life)
        self.program.start(life.command, until_connected=False, **{VARIABLE: life.as_text()})
        process = self.program.process
        assert process is not None
        killed_at = time.monotonic() + life.killed_after if life.killed_after is not None else None
        while process.poll() is None and not self._over.is_set():
            if killed_at is not None and time.monotonic() >= killed_at:
                process.kill()
                process.wait(10)
            time.sleep(0.01)
        if process.poll() is not None:
            self._has_ended(life, process.returncode)

    def _has_ended(self, life: Life, code: int) -> None:
        if code == -signal.SIGKILL:
            self.kills += 1
            return
        time.sleep(0.05)  # its last words are on their way
        said = self.program.said[-1:]
        if code != REFUSED or not any(one.startswith("curbside: ") for one in said):
            raise AssertionError(f"it ended by itself, with {code}, in {life}: {self.program.said[-12:]}")
        self.refusals += 1


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
