"""Many clinicians at once, over both transports: as fast as the program answers, and at a person's pace."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from tools.bench.clinicians import Clinician, OverSocket, Ready, Way, made_ready, over_http, people
from tools.bench.figures import Chapter, Figure, Goal
from tools.bench.program import Running, ready, remember, running
from tools.bench.program import Way as Transport
from tools.bench.quick_slack import QuickSlack
from tools.bench.script import script
from tools.bench.timing import ms, percentile, spread

AT_ONCE = (1, 8, 64)
NAMES: dict[Transport, str] = {"http": "HTTP", "socket": "Socket Mode"}
FLAT_OUT, PACED, PACE = 8.0, 60.0, 1.0
"""Seconds for which they tap without a pause; at a person's pace; and seconds between the taps of one person then."""
SEEING, SEES_EVERY = 30.0, 1.2
FAR, READS, SETTLED = 0.25, 3.0, 2
"""Seconds that a call of Slack's takes; and between the taps of a person who reads; and how many of their first taps are left
out: all begin within the same moments, which opens as many conversations."""
FIRST = "U0INVFIRST"
"""Who runs a consult before anything is measured."""
UNDER_64, SEEN = 50.0, 500.0
HOW = (
    "The real program (`curbside serve`, `curbside run`) in a process of its own, and everything that it sends goes to a Slack"
    " that answers at once. From another process 1, 8 and 64 clinicians run whole consults. *Flat out*: the next tap comes as"
    " soon as the last one was acknowledged, which no person does; it shows how many steps a second one process takes."
    f" *At a person's pace*: a tap every {PACE:g} s each, which is still hurried."
)


def chapter() -> Chapter:
    """All of it."""
    return asyncio.run(_chapter())


async def _chapter() -> Chapter:
    figures: list[Figure] = []
    rows: list[tuple[str | float, ...]] = []
    for way, name in NAMES.items():
        for number in AT_ONCE:
            took, seconds = await _flat_out(way, number, FLAT_OUT)
            rows.append((name, number, "flat out", round(len(took) / seconds), *spread(took, 99, 99.9).values()))
        took = await _at_a_pace(way, max(AT_ONCE), PACED)
        rows.append((name, max(AT_ONCE), "a person's pace", round(len(took) / PACED), *spread(took, 99, 99.9).values()))
        what = f"acknowledgement at {max(AT_ONCE)} clinicians, a person's pace, {name}, p99.9"
        figures.append(Figure(what, ms(percentile(took, 99.9)), "ms", Goal(UNDER_64), f"of {len(took):,} acts"))
        shown = await _seen(way, 8, SEES_EVERY, SEEING)
        note = f"8 clinicians, {len(shown)} taps; no goal was set in a number"
        figures.append(
            Figure(f"tap to next question at Slack, {name}, p95", ms(percentile(shown, 95)), "ms", None, note)
        )
    shown = await _seen("http", max(AT_ONCE), READS, SEEING, takes=FAR, settled=SETTLED)
    what = f"the same at a Slack that takes {FAR * 1000:g} ms for each call, HTTP, p95"
    note = f"{max(AT_ONCE)} clinicians who tap every {READS:g} s, {len(shown)} taps after their first {SETTLED} each"
    figures.append(Figure(what, ms(percentile(shown, 95)), "ms", None, note))
    columns = ("transport", "clinicians", "how", "steps a second", "median ms", "p99 ms", "p99.9 ms")
    return Chapter("load", "Many clinicians at once", HOW, tuple(figures), columns, tuple(rows))


async def _flat_out(way: Transport, number: int, seconds: float) -> tuple[list[float], float]:
    async with at_work(way, number) as (_, _, clinicians):
        began = time.monotonic()
        await asyncio.gather(*(one.works(began + seconds) for one in clinicians))
        return [took for one in clinicians for _, took in one.acknowledged], time.monotonic() - began


async def _at_a_pace(way: Transport, number: int, seconds: float) -> list[float]:
    async with at_work(way, number, pace=PACE) as (_, _, clinicians):
        until = time.monotonic() + seconds
        await asyncio.gather(*(one.works(until) for one in clinicians))
        return [took for one in clinicians for _, took in one.acknowledged]


async def _seen(
    way: Transport, number: int, pace: float, seconds: float, *, takes: float = 0.0, settled: int = 0
) -> list[float]:
    """Seconds from each tap to the next question. `settled`: how many are left out of each person's first."""
    async with at_work(way, number, pace=pace, sees=True, takes=takes) as (_, _, clinicians):
        until = time.monotonic() + seconds
        await asyncio.gather(*(one.works(until) for one in clinicians))
        return [took for one in clinicians for took in one.next_shown[settled:]]


@asynccontextmanager
async def at_work(
    way: Transport,
    number: int,
    *,
    pace: float = 0.0,
    sees: bool = False,
    takes: float = 0.0,
    log: Path | None = None,
    users: Sequence[str] | None = None,
) -> AsyncIterator[tuple[Running, QuickSlack, list[Clinician]]]:
    """The program with clinicians whom it knows, after somebody else has run a consult.

    `pace`, `sees`: as a Clinician's. `takes`: seconds that a call of Slack's takes. `log`: to go on with.
    """
    taps, who = made_ready(script()), [*(users or people(number)), FIRST]
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        slack = await stack.enter_async_context(QuickSlack(takes))
        path = log or folder / "log.db"
        remember(path, who)
        program = stack.enter_context(running(way, path, slack.api_url))
        if way == "http":
            await asyncio.to_thread(ready, program)
        else:
            await asyncio.wait_for(slack.connected.wait(), 30)
        clinicians = [await _one(stack, user, way, program, slack, taps) for user in who]
        for one in clinicians:
            await one.introduces_themselves()
        # All is loaded then. Their messages go on waiting for Slack's pace, so nobody who is measured is in that conversation.
        await clinicians.pop().works(time.monotonic() + 30, len(taps) + 1)
        for one in clinicians:
            one.pace, one.sees = pace, slack if sees else None
        yield program, slack, clinicians
        for one in clinicians:  # before the program ends
            one.sees = None


async def _one(
    stack: AsyncExitStack, user: str, way: Transport, program: Running, slack: QuickSlack, taps: Sequence[Ready]
) -> Clinician:
    by: Way = await stack.enter_async_context(over_http(program.port)) if way == "http" else OverSocket(slack)
    return Clinician(user, by, taps)
