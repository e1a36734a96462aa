"""Starts the real program on a machine that is out to get it: it dies at a commit, its clock is wrong, its disk is full.

Nothing of this is in bot/: the program's own parts are wrapped here, in the process that is about to run it. The sender's wait
before it looks a doubtful post up is shortened, and unless `paced` its own pacing is off, so that a run takes seconds.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from tests.chaos.life import DIED, VARIABLE, Life, read_life

SETTLE = 0.6
LONGEST_WAIT = 2.0
DEEDS = frozenset(("append", "submit", "mark_sending", "mark_sent", "mark_failed", "queue"))
"""The log's methods whose commits get somewhere: not those by which something waits."""


def main() -> None:
    """`launcher.py run|serve`, with the life in the environment."""
    life = read_life(os.environ.pop(VARIABLE))
    if life.clock:
        _turn_clocks(life.clock)  # before anything takes hold of the right one
    if life.full is not None:
        threading.Thread(target=_fill_disk, args=life.full, daemon=True).start()
    _shorten_waits(life)
    if life.dies_at is not None:
        _die_at(life)
    from bot.cli import main as curbside

    curbside()


# Time


def _turn_clocks(clock: tuple[tuple[float, float], ...]) -> None:
    import flows.consult

    right, began = time.time, time.monotonic()

    def ahead() -> float:
        lived = time.monotonic() - began
        return next((by for after, by in reversed(clock) if after <= lived), 0.0)

    def now() -> str:
        return (datetime.now().astimezone() + timedelta(seconds=ahead())).isoformat(timespec="seconds")

    time.time = lambda: right() + ahead()
    flows.consult.now = now


def _shorten_waits(life: Life) -> None:
    from bot.slack.pacing import Pacing, wait_after
    from bot.slack.sender import Sender

    defaults: Any = Sender.__init__.__kwdefaults__
    defaults["settle"], defaults["wait"] = SETTLE, lambda failures: min(LONGEST_WAIT, wait_after(failures) / 4)
    if not life.paced:
        Pacing._of = lambda self, method, place, now: []  # type: ignore[method-assign]


# Disk


def _fill_disk(after: float, lasts: float) -> None:
    """No file may grow for a while; what would be written beyond its end fails as on a full disk."""
    time.sleep(after)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    time.sleep(lasts)
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# Death


def _die_at(life: Life) -> None:
    """Wrap the writer, so that the process ends at that commit, as by a power cut: nothing is closed, nobody is told."""
    from bot.storage import writer as of_writer

    writer: Any = of_writer
    label: list[str] = []
    commits = 0
    commit, connect = writer.Writer._commit, writer.connect

    def with_name(method: Callable[..., Any]) -> Callable[..., Any]:
        def named(self: Any, step: Callable[..., Any]) -> Any:
            caller = sys._getframe(1)
            if caller.f_code.co_name == "_write" and caller.f_back is not None:
                caller = caller.f_back
            step.__dict__["of"] = caller.f_code.co_name
            return method(self, step)

        return named

    def commit_with_names(self: Any, group: list[Any]) -> None:
        label[:] = sorted({one.step.__dict__.get("of", "unknown") for one in group})
        commit(self, group)

    def die(side: str) -> None:
        os.write(2, f"{DIED} {side} {'+'.join(label)}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)

    def connect_mortally(*given: Any, **more: Any) -> Any:
        db: Any = connect(*given, **more)
        execute = db.execute

        def execute_or_die(sql: str, *parameters: Any) -> Any:
            nonlocal commits
            if sql != "COMMIT":
                return execute(sql, *parameters)
            commits += not life.deeds_only or bool(DEEDS & set(label))
            if commits == life.dies_at and life.side == "before":
                die("before")
            done = execute(sql, *parameters)
            if commits == life.dies_at:
                die("after")
            return done

        db.execute = execute_or_die
        return db

    writer.Writer.submit, writer.Writer.run = with_name(writer.Writer.submit), with_name(writer.Writer.run)
    writer.Writer._commit = commit_with_names
    writer.connect = connect_mortally


if __name__ == "__main__":
    main()
