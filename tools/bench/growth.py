"""The same with an empty log, and with 1,000, 100,000 and 1,000,000 consults in it: a step, a search, the supervisors' queue."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from statistics import median

from bot.records.verifying import state_fault
from bot.storage import open_log
from tools.bench import big_log, looking
from tools.bench.figures import Chapter, Figure, Goal
from tools.bench.inside import Inside, in_process, tap_body
from tools.bench.script import script
from tools.bench.timing import ms, percentile, timed

SIZES = (1_000, 100_000, 1_000_000)
CONSULTS, LOOKS = 30, 30
SLOWER, SEARCH, QUEUE = 1.2, 50.0, 20.0
HOW = (
    "One log is filled with consults that were run once and are written again with fresh references (tools/bench/big_log.py):"
    " 98 of 100 are short, two are decided and wait for a signature. At each size whole consults are run, an act in the log"
    " of that size, then the same act in an empty log, in turn; then each search and the queue are looked up a number of times."
    " Within one process, without a network. The log of 1,000 is verified."
)


def chapter(sizes: Sequence[int] = SIZES, *, quick: bool = False) -> Chapter:
    """All sizes, in ascending order, in one growing log."""
    rows: list[tuple[str | float, ...]] = []
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        path, there = Path(folder) / "big.db", 0
        for size in sizes:
            began = time.monotonic()
            big_log.make(path, size, first=there)
            made, there = time.monotonic() - began, size
            if size <= 1_000:
                _verify(path)
            rows_here, figures = _at(path, size, quick)
            megabytes = path.stat().st_size / 1e6
            rows.append((f"{size:,}", round(megabytes), round(made), *rows_here))
    columns = (
        "consults", "MB on the disk", "s to make", "a question, median ms", "the same, empty log", "queue p95 ms",
        "month's numbers p95 ms", "slowest search p95 ms", "slowest search",
    )  # fmt: skip
    return Chapter("growth", "With a million consults in the log", HOW, tuple(figures), columns, tuple(rows))


def _at(path: Path, size: int, quick: bool) -> tuple[tuple[str | float, ...], list[Figure]]:
    """The row of that size, and the figures, which are those of the largest size in the end."""
    big, empty = _steps(path, 2 if quick else CONSULTS)
    now = datetime.now().astimezone()
    looks = 3 if quick else LOOKS
    with open_log(path, key="") as log:
        queue = percentile([timed(lambda: looking.queue(log, now)) for _ in range(looks)], 95)
        month = percentile([timed(lambda: looking.month(log, now)) for _ in range(looks)], 95)
        found = {name: [timed(look) for _ in range(looks)] for name, look in looking.searches(log)}
    slowest = max(found, key=lambda name: percentile(found[name], 95))
    all_of_them = [took for each in found.values() for took in each]
    named = f"of {size:,} consults"
    figures = [
        Figure(f"a question step in a log {named}, times an empty log", big / empty, "times", Goal(SLOWER)),
        Figure(f"search in a log {named}, p95", ms(percentile(all_of_them, 95)), "ms", Goal(SEARCH), _kinds(found)),
        Figure(f"the supervisors' queue in a log {named}, p95", ms(queue), "ms", Goal(QUEUE)),
    ]
    row = (ms(big), ms(empty), ms(queue), ms(month), ms(percentile(found[slowest], 95)), slowest)
    return row, figures


def _kinds(found: dict[str, list[float]]) -> str:
    return "medians: " + ", ".join(f"`{name}` {ms(median(took)):g} ms" for name, took in found.items())


def _steps(path: Path, consults: int) -> tuple[float, float]:
    """The median of a question step in the log, and in an empty one, in turn."""
    found: tuple[list[float], list[float]] = ([], [])
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        programs = [stack.enter_context(in_process(log, consults + 2)) for log in (path, folder / "empty.db")]
        for number in range(consults + 2):
            for tap_times in _in_turn(programs, number):
                if number >= 2:  # all is loaded then
                    for seconds, took in zip(found, tap_times, strict=True):
                        seconds.append(took)
    return median(found[0]), median(found[1])


def _in_turn(programs: Sequence[Inside], number: int) -> list[tuple[float, float]]:
    users = [one.people[number] for one in programs]
    references = [one.begins(user) for one, user in zip(programs, users, strict=True)]
    found: list[tuple[float, float]] = []
    chance = random.Random(number)
    for tap in script():
        took = [0.0, 0.0]
        for which in sorted((0, 1), key=lambda _: chance.random()):  # neither is always the first
            took[which] = programs[which].takes(tap_body(tap, users[which], references[which]))
        if tap.kind == "question":
            found.append((took[0], took[1]))
    return found


def _verify(path: Path) -> None:
    """AssertionError when the log that was made is not as one that was at work."""
    with open_log(path, key="") as log:
        faults = log.check_chain(state_check=state_fault)
    assert not faults, faults[:3]
