"""The real program as a process: `curbside serve` or `curbside run`, pointed at a Slack of the bench, with a log of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Literal

from bot.storage import Profile, open_log

ROOT = Path(__file__).parents[2]
SECRET, BOT_TOKEN, APP_TOKEN = "invented-secret", "xoxb-invented", "xapp-invented"
CURBSIDE = [sys.executable, "-c", "from bot.cli import main; main()"]
COLORADO = Profile(jurisdiction="CO", profession="psychologist")
Way = Literal["http", "socket"]


@dataclass(frozen=True, slots=True)
class Running:
    """A program at work. `port`: of HTTP."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def memory(self) -> float:
        """Megabytes that it holds (resident)."""
        done = subprocess.run(["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, check=True)
        return int(done.stdout) / 1024


def free_port() -> int:
    """A port that nobody listens on just now."""
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def remember(log: Path, clinicians: Iterable[str]) -> None:
    """Have the log know where they work, so that they begin at the first question."""
    with open_log(log, key="") as opened:
        for user in clinicians:
            opened.remember_profile(user, COLORADO)


@contextmanager
def running(way: Way, log: Path, api_url: str, more: Mapping[str, str] | None = None) -> Iterator[Running]:
    """The program, from its start until the block is left. Whether it is ready is for `ready` or the Slack to say."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CURBSIDE_", "SLACK_"))}
    env = {
        **kept,
        "PYTHONPATH": str(ROOT),
        "CURBSIDE_DATABASE": str(log),
        "CURBSIDE_HOST": "127.0.0.1",
        "CURBSIDE_PORT": str(port),
        "SLACK_API_URL": api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_APP_TOKEN": APP_TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        **(more or {}),
    }
    command = [*CURBSIDE, "serve" if way == "http" else "run"]
    with (log.parent / "journal.txt").open("ab") as journal:
        process = subprocess.Popen(command, env=env, cwd=log.parent, stderr=journal, stdout=journal)
        try:
            yield Running(process, port, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def ready(one: Running, within: float = 30.0) -> None:
    """Wait until it answers that it is well. TimeoutError."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            with closing(HTTPConnection("127.0.0.1", one.port, timeout=5)) as connection:
                connection.request("GET", "/healthz")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            pass
        time.sleep(0.005)
    raise TimeoutError("the program did not become ready; journal.txt beside its log says why")
