"""Start and memory: how soon it answers, what it holds at rest and after an hour of steps, and whether it grows in the next."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, median

from bot.storage import open_log
from tools.bench.figures import Chapter, Figure, Goal
from tools.bench.load import at_work
from tools.bench.program import CURBSIDE, ROOT, ready, running
from tools.bench.quick_slack import QuickSlack
from tools.bench.timing import timed

STARTS = 5
STEPS, SAMPLES, AT_ONCE = 40_000, 20, 64
"""Two hours of 64 clinicians who run three consults an hour each have as many steps."""
NO_GROWTH = 2.0
"""MB for each 10,000 steps in the second hour, which is what the noise of the allocator comes to."""
HOW = (
    "Start: from the command to the first good answer of `/healthz`, with a log that is there already, and of `curbside --help`"
    f" beside Python alone. Memory: what the process of `curbside serve` holds (resident), once it is ready, and while"
    f" {AT_ONCE} clinicians take {STEPS:,} steps, as many as in two hours, as fast as they are answered. Growth: the slope over"
    " the second hour's; and the same of a process that takes as many steps and sends nothing."
)


def chapter() -> Chapter:
    """Both."""
    starts = asyncio.run(_starts(STARTS))
    helped = median([timed(lambda: _silent([*CURBSIDE, "--help"])) for _ in range(STARTS)])
    python = median([timed(lambda: _silent([sys.executable, "-c", ""])) for _ in range(STARTS)])
    memory, counts, waiting = asyncio.run(memory_under(AT_ONCE, STEPS, SAMPLES))
    alone, so_many = memory_of_steps(STEPS // SAMPLES)
    figures = (
        Figure("`curbside serve`, until it is ready", median(starts), "s"),
        Figure("`curbside --help`", helped, "s", None, f"Python alone: {python:.3f} s"),
        Figure("memory at rest", memory[0], "MB"),
        Figure(f"memory after an hour's worth, {counts[len(counts) // 2]:,} steps", memory[len(memory) // 2], "MB"),
        Figure(f"memory after two, {counts[-1]:,} steps", memory[-1], "MB"),
        Figure(
            "growth in the second hour, for 10,000 steps",
            _slope(counts, memory),
            "MB",
            Goal(NO_GROWTH),
            note=f"{waiting:,} messages and edits wait to be sent in the end",
            why="what the sender holds, traced, is the same however much waits; what grows stands in the arenas of the C library,"
            " of which so many threads have several, and grows less the longer it runs",
        ),
        Figure(
            "growth by the steps alone, nothing being sent, for 10,000 steps",
            _slope(so_many, alone),
            "MB",
            Goal(NO_GROWTH),
        ),
    )
    rows = tuple((f"{count:,}", round(held, 1)) for count, held in zip(counts, memory, strict=True))
    return Chapter("resting", "Start and memory", HOW, figures, ("steps so far", "MB"), rows)


def _slope(counts: Sequence[int], memory: Sequence[float]) -> float:
    """MB for each 10,000 steps, in the second hour."""
    half = len(memory) // 2
    return linear_regression(counts[half:], memory[half:]).slope * 10_000


def memory_of_steps(consults: int) -> tuple[list[float], list[int]]:
    """What a process holds that takes the steps of so many consults and sends nothing, and after how many steps."""
    command = [sys.executable, "-m", "tools.bench.steps_alone", str(consults)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["memory"], found["steps"]


def _silent(command: Sequence[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)


async def _starts(times: int) -> list[float]:
    found = []
    with tempfile.TemporaryDirectory() as folder:
        async with QuickSlack() as slack:
            for _ in range(times + 1):
                began = time.perf_counter()
                with running("http", Path(folder) / "log.db", slack.api_url) as program:
                    await asyncio.to_thread(ready, program)
                    found.append(time.perf_counter() - began)
    return found[1:]  # the first one made the log


async def memory_under(number: int, steps: int, samples: int) -> tuple[list[float], list[int], int]:
    """What it holds while so many clinicians take so many steps, after how many, and what waits to be sent in the end."""
    async with at_work("http", number) as (program, _, clinicians):
        memory, counts = [program.memory], [0]
        for sample in range(1, samples + 1):
            most = steps * sample // samples // number
            await asyncio.gather(*(one.works(float("inf"), most) for one in clinicians))
            memory.append(program.memory)
            counts.append(sum(len(one.acknowledged) for one in clinicians))
        with open_log(program.log, key="") as log:
            return memory, counts, log.outbox_counts().get("waiting", 0)
