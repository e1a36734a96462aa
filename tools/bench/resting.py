"""Start and memory: how soon it answers, what it holds at rest, and whether that grows under an hour's worth of steps."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import linear_regression, median

from tools.bench.figures import Chapter, Figure, Goal
from tools.bench.load import at_work
from tools.bench.program import CURBSIDE, ready, running
from tools.bench.quick_slack import QuickSlack
from tools.bench.timing import timed

STARTS = 5
STEPS, SAMPLES, AT_ONCE = 20_000, 20, 64
"""An hour of 64 clinicians who run three consults each has as many steps, about fifteen a minute and person."""
NO_GROWTH = 2.0
"""MB for each 10,000 steps in the second half, which is what the noise of the allocator comes to."""
HOW = (
    "Start: from the command to the first good answer of `/healthz`, with a log that is there already, and of `curbside --help`"
    f" beside Python alone. Memory: what the process of `curbside serve` holds (resident), once it is ready, and while"
    f" {AT_ONCE} clinicians take {STEPS:,} steps, as many as in an hour, as fast as they are answered. Growth: the slope over"
    " the second half of them."
)


def chapter(*, quick: bool = False) -> Chapter:
    """Both. `quick`: one start, and few steps, for the test that the tool works."""
    starts = asyncio.run(_starts(1 if quick else STARTS))
    helped = median([timed(lambda: _silent([*CURBSIDE, "--help"])) for _ in range(1 if quick else STARTS)])
    python = median([timed(lambda: _silent([sys.executable, "-c", ""])) for _ in range(1 if quick else STARTS)])
    memory, counts = asyncio.run(memory_under(*((4, 200, 3) if quick else (AT_ONCE, STEPS, SAMPLES))))
    half = len(memory) // 2
    slope = linear_regression(counts[half:], memory[half:]).slope * 10_000
    figures = (
        Figure("`curbside serve`, until it is ready", median(starts), "s"),
        Figure("`curbside --help`", helped, "s", None, f"Python alone: {python:.3f} s"),
        Figure("memory at rest", memory[0], "MB"),
        Figure(f"memory after {counts[-1]:,} steps", memory[-1], "MB"),
        Figure("growth in the second half, for 10,000 steps", slope, "MB", Goal(NO_GROWTH)),
    )
    rows = tuple((f"{count:,}", round(held, 1)) for count, held in zip(counts, memory, strict=True))
    return Chapter("resting", "Start and memory", HOW, figures, ("steps so far", "MB"), rows)


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


async def memory_under(number: int, steps: int, samples: int) -> tuple[list[float], list[int]]:
    """What it holds while so many clinicians take so many steps, and after how many."""
    async with at_work("http", number) as (program, _, clinicians):
        memory, counts = [program.memory], [0]
        for sample in range(1, samples + 1):
            most = steps * sample // samples // number
            await asyncio.gather(*(one.works(float("inf"), most) for one in clinicians))
            memory.append(program.memory)
            counts.append(sum(len(one.acknowledged) for one in clinicians))
        return memory, counts
