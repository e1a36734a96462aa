"""The real program as a process that is killed (SIGKILL) and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from .server import SlackServer, wait_until

ROOT = Path(__file__).parents[2]
CURBSIDE = [sys.executable, "-c", "from bot.cli import main; main()"]
KEPT_LINES = 400


def environment(server: SlackServer, folder: Path, **more: str) -> dict[str, str]:
    """The variables by which the program finds the tests' Slack, and has its log in `folder`."""
    return {
        **os.environ,
        **server.environment(),
        "CURBSIDE_DATABASE": str(folder / "log.db"),
        "CURBSIDE_EPHEMERAL_DISK": "allowed",  # on many machines the tests' folder is in memory, or in a container
        "PYTHONPATH": str(ROOT),
        **more,
    }


class Mortal:
    """`program`: what is started, without the command. `more`: variables of its environment.

    `said`: the last lines that it wrote to standard error, in all its lives.
    """

    def __init__(
        self, server: SlackServer, folder: Path, *, program: Sequence[str] = tuple(CURBSIDE), **more: str
    ) -> None:
        self.server, self.folder = server, folder
        self.env: dict[str, str] = environment(server, folder, **more)
        self.process: subprocess.Popen[str] | None = None
        self.kills = 0
        self.said: list[str] = []
        self._program = list(program)

    def start(self, command: str = "run", *, until_connected: bool = True, **more: str) -> None:
        """Start it; `more`: variables for this life alone. `until_connected`: wait until it holds a socket open."""
        self.process = subprocess.Popen(
            [*self._program, command], env={**self.env, **more}, cwd=self.folder, stderr=subprocess.PIPE, text=True
        )
        threading.Thread(target=self._listen, args=(self.process,), daemon=True).start()
        if until_connected:
            wait_until(lambda: self.server.connected, 20)

    @property
    def alive(self) -> bool:
        """Whether it is there now."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it at once, and wait until Slack has seen it go."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)
        self.kills += 1
        wait_until(lambda: not self.server.connected, 10)

    def end(self) -> None:
        """End it, whatever it does."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def _listen(self, process: subprocess.Popen[str]) -> None:
        assert process.stderr is not None
        with process.stderr:
            for line in process.stderr:
                self.said.append(line.rstrip())
                del self.said[:-KEPT_LINES]
